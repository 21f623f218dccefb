//! What people do in a browser: open, follow, press, type, wait.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::TypingData;
use thirtyfour::components::SelectElement;
use thirtyfour::prelude::*;

use crate::harness::browser::Browser;

/// How long something may take to come about before the test fails, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often something is clicked that is drawn anew under the pointer.
const CLICKS: usize = 5;

/// The text of a JavaScript or CSS string.
pub fn quoted(text: &str) -> String {
    json!(text).to_string()
}

impl Browser {
    /// Opens an address, as typed or scanned.
    pub async fn open(&self, url: &str) {
        self.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// The one thing that `css` names, the first if there are several.
    pub async fn one(&self, css: &str) -> WebElement {
        let found = self.find(By::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(_) => panic!("no {css} on {}:\n{}", self.place().await, self.words().await),
        }
    }

    /// Clicks the first thing that `css` names.
    pub async fn click(&self, css: &str) {
        self.try_click(css).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    async fn try_click(&self, css: &str) -> WebDriverResult<()> {
        let element = self.find(By::Css(css)).await?;
        element.scroll_into_view().await?;
        element.click().await
    }

    /// Presses the first visible link or button inside `css` whose words begin with these, and waits for the page that it leads to.
    pub async fn press_in(&self, css: &str, words: &str) {
        let (css, words) = (quoted(css), quoted(words));
        self.press_found(&format!(
            "[...document.querySelectorAll({css})].flatMap(place => [...place.querySelectorAll('a, button, summary')])
                .find(one => one.checkVisibility() && one.innerText.trim().startsWith({words}))"
        ))
        .await;
    }

    /// Presses the first thing that `css` names, and waits for the page that it leads to.
    pub async fn press_one(&self, css: &str) {
        self.press_found(&format!("document.querySelector({})", quoted(css))).await;
    }

    async fn press_found(&self, found: &str) {
        let mark = format!(
            "document.querySelector('[data-pressed]')?.removeAttribute('data-pressed');
             const found = {found};
             if (!found) return null;
             found.setAttribute('data-pressed', '');
             return found.matches('a[href]:not([href^=\"#\"]), form button:not([type=button])');"
        );
        let mut leads_on = self.evaluate(&mark).await;
        assert!(!leads_on.is_null(), "no {found} on {}:\n{}", self.place().await, self.words().await);
        let mut missed = 0;
        while let Err(error) = self.try_click("[data-pressed]").await {
            // What is live may be drawn anew between the look and the click: then nothing was clicked.
            missed += 1;
            assert!(missed < CLICKS, "{found}: {error}");
            leads_on = self.evaluate(&mark).await;
        }
        if leads_on == json!(true) {
            self.until(
                "return document.readyState === 'complete' && !document.querySelector('[data-pressed]');",
            )
            .await;
        }
    }

    /// The same anywhere on the page.
    pub async fn press(&self, words: &str) {
        self.press_in("body", words).await;
    }

    /// Puts text into a field, instead of what was in it, by the keyboard.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.one(css).await;
        field.clear().await.expect("a field can be cleared");
        field.send_keys(text).await.expect("a field takes keys");
    }

    /// Chooses from a list by the words of the choice.
    pub async fn pick(&self, css: &str, words: &str) {
        let list = SelectElement::new(&self.one(css).await).await.expect("a list to choose from");
        list.select_by_exact_text(words).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Chooses a radio button by clicking its label.
    pub async fn choose(&self, css: &str) {
        let id = self.one(css).await.attr("id").await.expect("attributes").expect("a radio button has an id");
        self.click(&format!("label[for=\"{id}\"]")).await;
    }

    /// Presses a key, or types text, wherever the focus is.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.action_chain().send_keys(keys).perform().await.expect("Chromium takes keys");
    }

    /// Path, query and fragment of the page that is shown.
    pub async fn place(&self) -> String {
        let place = self.evaluate("return location.pathname + location.search + location.hash;").await;
        place.as_str().unwrap_or_default().to_owned()
    }

    /// The visible words of the page.
    pub async fn words(&self) -> String {
        self.text_of("body").await
    }

    /// The visible words of the first thing that `css` names; empty if there is none.
    pub async fn text_of(&self, css: &str) -> String {
        let script = format!("return document.querySelector({})?.innerText ?? '';", quoted(css));
        self.evaluate(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Whether a script's `return` value is `true`.
    pub async fn holds(&self, script: &str) -> bool {
        self.evaluate(script).await == json!(true)
    }

    /// Waits until a script's `return` value is `true`.
    pub async fn until(&self, script: &str) {
        let begun = Instant::now();
        while !self.holds(script).await {
            let page = self.place().await;
            assert!(begun.elapsed() < PATIENCE, "never on {page}: {script}\n{}", self.words().await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the page shows these words.
    pub async fn expect_words(&self, words: &str) {
        self.until(&format!("return document.body.innerText.includes({});", quoted(words))).await;
    }

    /// A number or other value in the page.
    pub async fn value(&self, expression: &str) -> Value {
        self.evaluate(&format!("return {expression};")).await
    }
}
