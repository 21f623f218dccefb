//! Somebody with a phone who wants to say one thing.
//!
//! They read what they have not read before: of a page its headings down to the form and its first paragraph; of what they fill in its label;
//! of choices each down to the one that they take; of what they press its words. They skim the rest: hints, small print, help.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};

/// Words read a second: silent reading of English, 238 words a minute (Brysbaert 2019).
const READS: f64 = 4.0;
/// Characters typed a second: 40 words a minute, of five characters each.
const TYPES: f64 = 40.0 * 5.0 / 60.0;
/// Seconds for a click, from wherever the hand is.
const CLICK: f64 = 1.0;
/// Seconds for going to the email, finding the code and coming back.
const FETCH: f64 = 10.0;

/// A phone of today, CSS pixels.
const SCREEN: (u32, u32) = (390, 844);
/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(10);

const ARGUMENTS: [&str; 6] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-gpu",
    "--lang=en-GB",
];

/// The headings of the page down to the end of what is looked at, and its first paragraph.
const AT_A_GLANCE: &str = "
    const main = document.querySelector('main');
    const goal = document.querySelector(GOAL);
    const before = one => goal.contains(one) || goal.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING;
    const shown = [...main.querySelectorAll('h1, h2, p')].filter(one => one.checkVisibility() && before(one));
    const first = shown.find(one => one.localName === 'p');
    return shown.filter(one => one.localName !== 'p' || one === first).map(one => one.innerText);";

/// The legend of a group of choices, and the choices down to the one that is taken.
const CHOICES: &str = "
    const all = [...document.querySelectorAll(`${WITHIN} input[name=${NAME}]`)];
    const taken = all.findIndex(one => one.value === VALUE);
    const words = all.slice(0, taken + 1).map(one => one.labels[0].innerText);
    return [all[0].closest('fieldset').querySelector('legend').innerText, ...words];";

/// What the time went to, seconds, and the pages of ours that were seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    pub screens: usize,
    pub reading: f64,
    pub words: usize,
    pub typing: f64,
    pub clicking: f64,
    pub fetching: f64,
    /// Between a click and the next page, as measured.
    pub machine: f64,
}

impl Spent {
    /// All of it, seconds.
    pub fn seconds(&self) -> f64 {
        self.reading + self.typing + self.clicking + self.fetching + self.machine
    }
}

/// The person, and their browser, which has been nowhere.
pub struct Person {
    browser: WebDriver,
    spent: Spent,
    read: HashSet<String>,
}

impl Person {
    pub async fn with_a_phone(driver: &str) -> Result<Self> {
        // The client that talks to ChromeDriver can do TLS, and asks for its provider even where there is none to do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut capabilities: ChromeCapabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument)?;
        }
        let browser = WebDriver::new(driver, capabilities).await?;
        let (width, height) = SCREEN;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": true });
        browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        // The file with the words is asked for, and put nowhere.
        browser.cdp().send_raw("Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
        Ok(Self { browser, spent: Spent::default(), read: HashSet::new() })
    }

    /// Closes the browser; what they spent.
    pub async fn leave(self) -> Result<Spent> {
        self.browser.quit().await?;
        Ok(self.spent)
    }

    /// Opens the link that they came by.
    pub async fn opens(&mut self, url: &str) -> Result<()> {
        let begun = Instant::now();
        self.spent.clicking += CLICK;
        self.browser.goto(url).await?;
        self.spent.machine += begun.elapsed().as_secs_f64();
        Ok(())
    }

    /// Sees a new page of ours, whose purpose is what `css` names.
    pub async fn looks_at(&mut self, css: &str) -> Result<()> {
        self.spent.screens += 1;
        self.looks_at_a_page_of_others(css).await
    }

    /// The same on somebody else's page.
    pub async fn looks_at_a_page_of_others(&mut self, css: &str) -> Result<()> {
        let script = format!("const GOAL = {}; {AT_A_GLANCE}", json!(css));
        let texts = self.asks(&script).await?;
        self.reads(&texts)
    }

    /// Takes one of a group of choices in a part of the page.
    pub async fn chooses(&mut self, within: &str, name: &str, value: &str) -> Result<()> {
        let script = format!(
            "const WITHIN = {}, NAME = {}, VALUE = {}; {CHOICES}",
            json!(within),
            json!(name),
            json!(value)
        );
        let texts = self.asks(&script).await?;
        self.reads(&texts)?;
        let id = format!("return document.querySelector('{within} input[name={name}][value={value}]').id;");
        let id = self.asks(&id).await?;
        self.clicks(&format!("label[for='{}']", id.as_str().context("a choice has an id")?)).await
    }

    /// Looks down a list of things that open for the one that has `goal`, opens it, and sees what it holds: no new page.
    pub async fn unfolds(&mut self, list: &str, goal: &str) -> Result<()> {
        let script = format!(
            "const all = [...document.querySelectorAll({})];
             return all.slice(0, all.findIndex(one => one.querySelector({})) + 1).map(one => one.querySelector('summary').innerText);",
            json!(list),
            json!(goal)
        );
        let texts = self.asks(&script).await?;
        self.reads(&texts)?;
        self.clicks(&format!("{list}:has({goal}) summary")).await?;
        self.looks_at_a_page_of_others(goal).await
    }

    /// Clicks into a field, unless the page has done so, and types.
    pub async fn types(&mut self, css: &str, text: &str) -> Result<()> {
        let label = format!("return [document.querySelector({}).labels[0].innerText];", json!(css));
        let label = self.asks(&label).await?;
        self.reads(&label)?;
        let focused = format!("return document.activeElement === document.querySelector({});", json!(css));
        if self.asks(&focused).await? != json!(true) {
            self.clicks(css).await?;
        }
        self.browser.find(By::Css(css)).await?.send_keys(text).await?;
        self.spent.typing += text.chars().count() as f64 / TYPES;
        Ok(())
    }

    /// Presses what leads to another page.
    pub async fn presses(&mut self, css: &str) -> Result<()> {
        self.reads_words_of(css).await?;
        self.goes_on_by(css).await
    }

    /// Presses what leads nowhere.
    pub async fn presses_a_switch(&mut self, css: &str) -> Result<()> {
        self.reads_words_of(css).await?;
        self.clicks(css).await
    }

    /// Goes to the email and comes back.
    pub fn fetches_the_code(&mut self) {
        self.spent.fetching += FETCH;
    }

    /// Waits until this holds in the page.
    pub async fn waits_for(&mut self, condition: &str) -> Result<()> {
        let begun = Instant::now();
        // Between two pages there is nothing to ask.
        while !matches!(self.asks(&format!("return {condition};")).await, Ok(Value::Bool(true))) {
            if begun.elapsed() > PATIENCE {
                let page = self.asks("return location.pathname + '\\n' + document.body.innerText;").await?;
                bail!("never: {condition} on {page}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.spent.machine += begun.elapsed().as_secs_f64();
        Ok(())
    }

    /// Whether the page is of this origin.
    pub async fn is_at(&self, origin: &str) -> Result<bool> {
        Ok(self.asks("return location.origin;").await? == json!(origin))
    }

    async fn goes_on_by(&mut self, css: &str) -> Result<()> {
        self.asks("window.left = false;").await?;
        self.clicks(css).await?;
        self.waits_for("window.left === undefined && document.readyState === 'complete'").await
    }

    async fn clicks(&mut self, css: &str) -> Result<()> {
        let element = self.browser.find(By::Css(css)).await?;
        element.scroll_into_view().await?;
        element.click().await.with_context(|| css.to_owned())?;
        self.spent.clicking += CLICK;
        Ok(())
    }

    async fn reads_words_of(&mut self, css: &str) -> Result<()> {
        let words = format!("return [document.querySelector({}).innerText];", json!(css));
        let words = self.asks(&words).await?;
        self.reads(&words)
    }

    fn reads(&mut self, texts: &Value) -> Result<()> {
        for text in texts.as_array().context("texts to read")?.iter().filter_map(Value::as_str) {
            if self.read.insert(text.trim().to_owned()) {
                let words = text.split_whitespace().count();
                self.spent.words += words;
                self.spent.reading += words as f64 / READS;
            }
        }
        Ok(())
    }

    async fn asks(&self, script: &str) -> Result<Value> {
        Ok(self.browser.execute(script, vec![]).await?.json().clone())
    }
}
