//! What a browser sent to whom, and what it kept: for pages whose words must not leave the device.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::browser::Browser;

/// Everything that the browser keeps for the page's origin where scripts can put it.
const STORED: &str = "return { tab: { ...sessionStorage }, device: { ...localStorage } };";

/// One request of the browser.
#[derive(Clone, Debug)]
pub struct Asked {
    id: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// The whole address, without what stands behind its `#`: browsers send that to nobody.
    pub url: String,
    /// The headers that the page gave it, as text.
    pub headers: String,
    /// Its body, if it has one.
    pub body: String,
}

/// What was seen of a browser's network and of its complaints, from the beginning to the last look.
#[derive(Default)]
pub struct Watch {
    /// Every request, in order.
    pub asked: Vec<Asked>,
    /// Errors of scripts, breaches of the content security policy, files that did not come.
    pub complaints: Vec<String>,
    /// The address of each page that was shown, by its request: of several redirects the last.
    pages: BTreeMap<String, (usize, String)>,
    /// The headers that went over the network, cookies among them, by the request.
    sent_headers: Vec<(String, String)>,
}

impl Watch {
    /// Looks at what the browser did since the last look.
    pub async fn look(&mut self, browser: &Browser) {
        self.complaints.extend(browser.complaints().await);
        for (method, event) in browser.network().await {
            match method.as_str() {
                "Network.requestWillBeSent" => self.note(&event),
                "Network.requestWillBeSentExtraInfo" => {
                    let id = event["requestId"].as_str().unwrap_or_default().to_owned();
                    self.sent_headers.push((id, event["headers"].to_string()));
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let request = &event["request"];
        let url = text(&request["url"]);
        // What the browser makes itself (a file to save) is asked of nobody.
        if !url.starts_with("http") {
            return;
        }
        if event["type"] == "Document" {
            let place = (self.asked.len(), url.clone());
            self.pages.insert(text(&event["requestId"]), place);
        }
        let (method, headers) = (text(&request["method"]), request["headers"].to_string());
        let id = text(&event["requestId"]);
        self.asked.push(Asked { id, method, url, headers, body: text(&request["postData"]) });
    }

    /// The paths of the pages that were shown, in order.
    pub fn pages(&self) -> Vec<String> {
        let mut pages: Vec<_> = self.pages.values().cloned().collect();
        pages.sort();
        pages.into_iter().map(|(_, url)| path(&url).to_owned()).collect()
    }

    /// The requests whose path ends so, by this method.
    pub fn sent(&self, method: &str, end: &str) -> Vec<&Asked> {
        let fits = |asked: &&Asked| asked.method == method && path(&asked.url).ends_with(end);
        self.asked.iter().filter(fits).collect()
    }

    /// Whether a request brought cookies.
    pub fn brought_cookies(&self, asked: &Asked) -> bool {
        let headers = self.sent_headers.iter().filter(|(id, _)| *id == asked.id);
        headers.into_iter().any(|(_, headers)| headers.to_ascii_lowercase().contains("\"cookie\":"))
    }

    /// Nothing was complained about, and nobody asked but these origins.
    ///
    /// # Panics
    /// When not so.
    pub fn assert_quiet(&self, origins: &[&str]) {
        assert!(self.complaints.is_empty(), "{:#?}", self.complaints);
        let foreign: Vec<_> = self
            .asked
            .iter()
            .filter(|asked| !origins.contains(&origin(&asked.url)))
            .map(|asked| &asked.url)
            .collect();
        assert!(foreign.is_empty(), "asked {foreign:?}");
        assert!(!self.asked.is_empty(), "the browser was watched");
    }

    /// None of what the device alone may know was sent, and nothing that shows who somebody is stood in an address.
    ///
    /// # Panics
    /// When not so.
    pub fn assert_kept(&self, secrets: &Secrets) {
        for Asked { method, url, headers, body, .. } in &self.asked {
            for part in [url, headers, body] {
                assert!(!secrets.words_are_in(part), "words in {method} {url}: {part}");
            }
            for part in [url, headers] {
                assert!(!secrets.is_in(part), "a ticket or a key in {method} {url}: {part}");
            }
        }
        for (_, headers) in &self.sent_headers {
            assert!(!secrets.words_are_in(headers) && !secrets.is_in(headers), "in {headers}");
        }
    }
}

/// What must not be found where it does not belong.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The six words.
    pub words: Vec<String>,
    /// Ticket, device key, proof, signature: whatever else there is.
    pub others: Vec<String>,
}

impl Secrets {
    /// Those of the attempt that the words page has in this tab.
    ///
    /// # Panics
    /// When the page that is shown has none.
    pub async fn of_attempt(browser: &Browser) -> Self {
        let attempt = browser
            .value("Object.values(Object.values(sessionStorage).map(text => JSON.parse(text)).find(kept => kept.attempts).attempts)[0]")
            .await;
        let words = attempt["words"].as_array().expect("an attempt has words");
        let words: Vec<String> = words.iter().map(|word| word.as_str().expect("a word").to_owned()).collect();
        assert_eq!(words.len(), 6);
        let ticket = attempt["ticket"].as_str().expect("an attempt has a ticket").to_owned();
        Self { words, others: vec![ticket] }
    }

    /// The words as they are typed.
    pub fn typed(&self) -> String {
        self.words.join(" ")
    }

    /// Adds what the registration sent, which must stand nowhere else.
    pub fn add_form(&mut self, body: &str) {
        for name in ["device_key=", "prefix=", "signature=", "proof="] {
            let value = body.split('&').find_map(|field| field.strip_prefix(name));
            self.others.push(value.unwrap_or_else(|| panic!("no {name} in {body}")).to_owned());
        }
    }

    /// Whether any two neighbouring words are in a text, however they are joined: one alone may stand anywhere by chance.
    pub fn words_are_in(&self, text: &str) -> bool {
        let plain = letters(text);
        self.words.windows(2).any(|pair| plain.contains(&letters(&pair.concat())))
    }

    /// Whether ticket or keys are in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.others.iter().any(|secret| text.contains(secret.as_str()))
    }
}

/// What scripts keep in this tab and on this device, as text.
pub async fn stored(browser: &Browser) -> (String, String) {
    let stored = browser.evaluate(STORED).await;
    (stored["tab"].to_string(), stored["device"].to_string())
}

/// The letters of a text alone, without what stands encoded.
fn letters(text: &str) -> String {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    let plain = pieces.fold(first, |plain, piece| plain + piece.get(2..).unwrap_or_default());
    plain.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn path(url: &str) -> &str {
    let path = &url[origin(url).len()..];
    path.split(['?', '#']).next().unwrap_or_default()
}

fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + "://".len());
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

#[test]
fn words_are_found_however_they_are_joined_and_not_alone() {
    let words = ["coexist", "payroll", "able", "operating", "unicycle", "shorty"].map(str::to_owned);
    let secrets = Secrets { words: words.to_vec(), others: vec!["tick-et".to_owned()] };
    for text in ["a?w=coexist+payroll", "able%20operating", "x=Unicycle-SHORTY", "[\"payroll\",\"able\"]"] {
        assert!(secrets.words_are_in(text), "{text}");
    }
    for text in ["/payroll/of/able/people", "shorty coexist", ""] {
        assert!(!secrets.words_are_in(text), "{text}");
    }
    assert!(secrets.is_in("/join?ticket=tick-et") && !secrets.is_in("/join"));
}
