//! Chromium as people use Candour: narrow and wide, with and without JavaScript, by keyboard.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, Key, LoggingPrefsLogLevel};

use super::axe::{self, Violation};
use super::chromedriver::ChromeDriver;

/// How Chromium is started: no window, no calls home, at home in a container.
const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--lang=en-GB",
];

/// Chromium's number for "block" in its content settings.
const BLOCK: u8 = 2;

/// The folder for pictures of pages; without it none are taken.
const SCREENSHOTS: &str = "CANDOUR_SCREENSHOTS";

/// How wide the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 320 × 800 CSS pixels: the narrowest screen that WCAG 1.4.10 asks for.
    Phone,
    /// 1280 × 900 CSS pixels.
    Desk,
}

impl Width {
    /// Both widths that every page is looked at in.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Desk];

    fn pixels(self) -> (u32, u32) {
        match self {
            Self::Phone => (320, 800),
            Self::Desk => (1280, 900),
        }
    }
}

/// Whether pages may run JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As most people have it.
    On,
    /// Blocked by a setting of the browser. What a test itself evaluates still runs.
    Off,
}

/// What has the keyboard's focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The element: its tag and its `id`, or else its words, such as `a "Skip to main content"`.
    pub on: String,
    /// Whether it stands on the screen and nothing covers its middle.
    pub visible: bool,
}

/// One browser with an empty profile. All of WebDriver's own commands are reachable through it.
pub struct Browser {
    // Dropped in this order: the session closes Chromium, then the driver may end.
    session: WebDriver,
    _driver: Arc<ChromeDriver>,
    width: Width,
    scripts: Scripts,
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.session
    }
}

impl Browser {
    /// Starts Chromium.
    ///
    /// # Panics
    /// When Chromium or ChromeDriver is lacking: a journey that cannot run fails.
    pub async fn start(width: Width, scripts: Scripts) -> Self {
        // The client that talks to ChromeDriver can do TLS, and asks for its provider even where there is none to do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let driver = ChromeDriver::shared();
        let session = WebDriver::new(driver.url.as_str(), capabilities(width, scripts))
            .await
            .unwrap_or_else(|error| panic!("cannot start Chromium: {error}. `bash tests/run` installs it"));
        let browser = Self { session, _driver: driver, width, scripts };
        browser.fit_width().await;
        browser
    }

    /// Shows the page that is open at another width.
    pub async fn show_at(&mut self, width: Width) {
        self.width = width;
        self.fit_width().await;
    }

    /// Whether pages may run scripts here.
    pub fn scripts(&self) -> Scripts {
        self.scripts
    }

    /// Makes the page itself as wide as asked for: a window's frame and Chromium's least width would change it.
    async fn fit_width(&self) {
        let (width, height) = self.width.pixels();
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Sends one command of Chromium's DevTools protocol.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Value {
        let answer = self.session.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Evaluates a script's `return` value in the page, also when the page itself may not run scripts.
    pub async fn evaluate(&self, script: &str) -> Value {
        let answer = self.session.execute(script, vec![]).await;
        answer.unwrap_or_else(|error| panic!("evaluating {script:.200}: {error}")).json().clone()
    }

    /// Audits the page that is shown, in the state that it is in.
    pub async fn axe(&self) -> Vec<Violation> {
        // Half a megabyte: once a page is enough, however often it is looked at.
        if self.evaluate("return typeof axe;").await == json!("undefined") {
            let timers = match self.scripts {
                Scripts::On => "",
                Scripts::Off => axe::WITHOUT_TIMERS,
            };
            self.evaluate(&[timers, axe::SOURCE].join("\n")).await;
        }
        axe::violations(&self.evaluate(axe::RUN).await)
    }

    /// What the browser complained about since this was last asked: errors of scripts, breaches of the content security policy,
    /// files that did not come.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.session.browser_log().await.expect("Chromium keeps a log");
        log.into_iter().map(|entry| format!("{}: {}", entry.level, entry.message)).collect()
    }

    /// What the network did since this was last asked: `Network.…` events of the DevTools protocol, with their parameters.
    pub async fn network(&self) -> Vec<(String, Value)> {
        let log = self.session.get_log("performance").await.expect("Chromium keeps a log");
        log.iter().filter_map(|entry| network_event(&entry.message)).collect()
    }

    /// The `font-family` that the style sheet asks for at the first element that `css` finds.
    pub async fn asked_font(&self, css: &str) -> String {
        let element = self.session.find(By::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        element.css_value("font-family").await.expect("every element has a font family")
    }

    /// The fonts that Chromium drew the text below `css` with, such as `Liberation Sans` where Arial was asked for.
    pub async fn drawn_fonts(&self, css: &str) -> Vec<String> {
        self.devtools("DOM.enable", json!({})).await;
        self.devtools("CSS.enable", json!({})).await;
        let document = self.devtools("DOM.getDocument", json!({})).await;
        let root = &document["root"]["nodeId"];
        let found = self.devtools("DOM.querySelector", json!({ "nodeId": root, "selector": css })).await;
        let node = json!({ "nodeId": found["nodeId"] });
        let answer = self.devtools("CSS.getPlatformFontsForNode", node).await;
        let fonts = answer["fonts"].as_array().map(Vec::as_slice).unwrap_or_default();
        fonts.iter().filter_map(|font| font["familyName"].as_str()).map(str::to_owned).collect()
    }

    /// Whether one would have to scroll sideways to read the page.
    pub async fn scrolls_sideways(&self) -> bool {
        let script = "const page = document.scrollingElement; return page.scrollWidth > page.clientWidth;";
        self.evaluate(script).await == json!(true)
    }

    /// The addresses outside this page's own origin that were asked for while it loaded.
    pub async fn foreign_requests(&self) -> Vec<String> {
        let script = "return performance.getEntriesByType('resource').map(entry => entry.name)
                          .filter(name => new URL(name, location).origin !== location.origin);";
        strings(&self.evaluate(script).await)
    }

    /// Where the focus goes when Tab is pressed up to `presses` times from where it is.
    pub async fn focus_order(&self, presses: usize) -> Vec<Focus> {
        let mut order = Vec::with_capacity(presses);
        for _ in 0..presses {
            order.push(self.press_tab().await);
        }
        order
    }

    /// Presses Tab once and says what has the focus then.
    pub async fn press_tab(&self) -> Focus {
        let pressed = self.session.action_chain().send_keys(Key::Tab + "").perform().await;
        pressed.expect("Chromium takes a key");
        let seen = self.evaluate(FOCUS).await;
        Focus {
            on: seen["on"].as_str().unwrap_or_default().to_owned(),
            visible: seen["visible"] == json!(true),
        }
    }

    /// Keeps a picture of the whole page as `<name>-<width>.png` when `CANDOUR_SCREENSHOTS` names a folder.
    pub async fn screenshot(&self, name: &str) -> Option<PathBuf> {
        let folder = PathBuf::from(std::env::var_os(SCREENSHOTS)?);
        let (width, height) = self.width.pixels();
        let file = folder.join(format!("{name}-{width}.png"));
        std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
        let whole = self.evaluate("return document.scrollingElement.scrollHeight;").await;
        let tall = json!({ "width": width, "height": whole.as_u64().unwrap_or_default().max(height.into()), "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", tall).await;
        self.session.screenshot(&file).await.expect("Chromium draws a picture");
        self.fit_width().await;
        Some(file)
    }

    /// Closes Chromium. Dropping does the same, holding up the thread meanwhile.
    pub async fn quit(self) {
        self.session.quit().await.expect("Chromium closes");
    }
}

/// Says in the page what has the focus.
const FOCUS: &str = r#"
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const words = (element.innerText || element.value || element.getAttribute('aria-label') || '').trim();
    const name = element.id ? `#${element.id}` : words ? ` "${words}"` : '';
    return { on: element.localName + name, visible: element.contains(top) || (top !== null && top.contains(element)) };"#;

fn capabilities(width: Width, scripts: Scripts) -> ChromeCapabilities {
    let (across, down) = width.pixels();
    let mut capabilities = DesiredCapabilities::chrome();
    let mut add = |argument: &str| capabilities.add_arg(argument).expect("an argument is text");
    ARGUMENTS.iter().copied().for_each(&mut add);
    add(&format!("--window-size={across},{down}"));
    for log in ["browser", "performance"] {
        capabilities.set_logging_prefs(log, LoggingPrefsLogLevel::All).expect("a log's name is text");
    }
    if scripts == Scripts::Off {
        let block = json!({ "profile.managed_default_content_settings.javascript": BLOCK });
        capabilities.add_experimental_option("prefs", block).expect("preferences are JSON");
    }
    capabilities
}

/// The DevTools event in a line of the performance log, if it is the network's.
fn network_event(line: &str) -> Option<(String, Value)> {
    let mut line: Value = serde_json::from_str(line).ok()?;
    let message = &mut line["message"];
    let method = message["method"].as_str()?.to_owned();
    method.starts_with("Network.").then(|| (method, message["params"].take()))
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
