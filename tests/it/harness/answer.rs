//! What the server said, and how tests read it.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// How a form's token begins; it is another on every page.
const CSRF_FIELD: &str = "name=\"csrf\" value=\"";

/// Characters of an id as it is written.
const UUID_CHARACTERS: usize = 36;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; bytes that are not UTF-8 replaced.
    pub body: String,
}

/// How many agreed, disagreed and passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Agreed.
    pub agree: i64,
    /// Disagreed.
    pub disagree: i64,
    /// Passed.
    pub pass: i64,
}

/// Short for a test's expectation.
pub fn counts(agree: i64, disagree: i64, pass: i64) -> Counts {
    Counts { agree, disagree, pass }
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer arrives whole");
        Self { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are text"))
    }

    /// Itself, if it has this status.
    ///
    /// # Panics
    /// If not, with what it says.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} {}", self.header("location"), self.text());
        self
    }

    /// Where it sends the browser.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text());
        self.header("location")
    }

    /// Whether it is a page.
    pub fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }

    /// What a reader of this page sees: without markup, line by line.
    pub fn text(&self) -> String {
        let mut pieces = self.body.split('<');
        let first = pieces.next().unwrap_or_default().to_owned();
        let seen =
            pieces.fold(first, |seen, piece| seen + piece.split_once('>').map_or("", |(_, text)| text));
        let entities = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#x27;", "'"),
            ("&#39;", "'"),
            ("&#x2f;", "/"),
            ("&amp;", "&"),
        ];
        let seen = entities.iter().fold(seen, |seen, (entity, character)| seen.replace(entity, character));
        seen.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Its JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The last part of a problem's type.
    #[track_caller]
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        let kind = self.json()["type"].as_str().expect("problems have a type").to_owned();
        kind.rsplit(':').next().unwrap_or_default().to_owned()
    }

    /// The token of a form on this page.
    pub fn csrf(&self) -> Option<&str> {
        between(&self.body, CSRF_FIELD, "\"")
    }

    /// The posts on this page that can be read, in order.
    pub fn posts(&self) -> Vec<String> {
        let articles = self.body.split("<article").filter_map(|article| between(article, "id=\"post-", ">"));
        articles
            .filter(|post| post.contains("data-post="))
            .map(|post| post[..UUID_CHARACTERS].to_owned())
            .collect()
    }

    /// The markup of one post on this page.
    #[track_caller]
    pub fn post(&self, id: &str) -> &str {
        let found = between(&self.body, &format!("id=\"post-{id}\""), "</article>");
        found.unwrap_or_else(|| panic!("no post {id} in {}", self.body))
    }

    /// The counts of one post on this page.
    #[track_caller]
    pub fn counts(&self, id: &str) -> Counts {
        let post = self.post(id);
        let count = |name: &str| {
            let found = between(post, &format!("data-count=\"{name}\">"), "<");
            found.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no count {name} in {post}"))
        };
        Counts { agree: count("agree"), disagree: count("disagree"), pass: count("pass") }
    }

    /// The display name of a post's author on this page.
    #[track_caller]
    pub fn author(&self, id: &str) -> String {
        let name = between(self.post(id), &format!("id=\"who-{id}\">"), "</h").expect("a post has an author");
        name.rsplit("</span>").next().unwrap_or(name).to_owned()
    }

    /// The answer of one's own that is pressed on a post of this page.
    #[track_caller]
    pub fn own_answer(&self, id: &str) -> Option<String> {
        let pressed =
            self.post(id).split("<button").find(|button| button.contains("aria-pressed=\"true\""))?;
        between(pressed, "data-count=\"", "\"").map(str::to_owned)
    }

    /// What tells one answer from another, apart from what is different in every answer: status, headers, body.
    pub fn essence(&self) -> (u16, Vec<(String, String)>, String) {
        let varying = ["x-request-id", "date", "content-length", "set-cookie"];
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !varying.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort();
        let mut parts = self.body.split(CSRF_FIELD);
        let first = parts.next().unwrap_or_default().to_owned();
        let body = parts.fold(first, |body, rest| body + rest.split_once('"').map_or("", |(_, after)| after));
        (self.status, headers, body)
    }
}

/// What stands in `text` between `before` and the next `after`.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}
