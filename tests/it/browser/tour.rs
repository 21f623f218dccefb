//! A walk through the pages, on which each is looked at, at both widths.

use std::time::Instant;

use super::sights::{self, Fonts};
use super::stage::Stage;
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::people::Person;

/// Somebody who looks at every page of one tenant.
pub struct Tour {
    /// Where they go.
    pub stage: Stage,
    /// What they go with.
    pub browser: Browser,
    begun: Instant,
    seen: Vec<String>,
    faults: Vec<String>,
}

impl Tour {
    /// Fills a server for the tenant and starts a browser that has been nowhere.
    pub async fn begin(tenant: &'static str) -> Self {
        let stage = Stage::filled(tenant).await;
        let browser = Browser::start(Width::Phone, Scripts::On).await;
        Self { stage, browser, begun: Instant::now(), seen: Vec::new(), faults: Vec::new() }
    }

    /// Says what was wrong, of all that was seen.
    pub fn end(self) {
        println!("{} states in {:?}", self.seen.len(), self.begun.elapsed());
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
    }

    /// Looks at what is shown now.
    pub async fn see(&mut self, state: &str) {
        self.see_with(state, Fonts::All).await;
    }

    /// The same where some fonts are not ours.
    pub async fn see_with(&mut self, state: &str, fonts: Fonts) {
        let name = format!("{}-{state}", self.stage.tenant);
        assert!(!self.seen.contains(&name), "{name} twice");
        let faults = sights::faults(&mut self.browser, &name, &Width::ALL, fonts).await;
        self.faults.extend(faults);
        self.seen.push(name);
    }

    /// Opens a path of the site and looks at it.
    pub async fn go(&mut self, path: &str, state: &str) {
        self.browser.open(&self.stage.at(path)).await;
        self.see(state).await;
    }

    /// Opens a path of the conversation and looks at it.
    pub async fn go_in(&mut self, rest: &str, state: &str) {
        self.go(&self.stage.within(rest), state).await;
    }

    /// Opens a path of the conversation.
    pub async fn visit(&self, rest: &str) {
        self.stage.visit(&self.browser, rest).await;
    }

    /// Moves the server's clock.
    pub fn time(&self, instant: &str) {
        self.stage.server.clock.set(instant);
    }

    /// Somebody else, who takes part by plain requests.
    pub async fn somebody(&self) -> Person {
        self.stage.somebody().await
    }

    /// Types a code into the form and sends it.
    pub async fn try_code(&self, code: &str) {
        self.browser.open(&self.stage.at("/enter")).await;
        self.browser.fill("#code", code).await;
        self.browser.choose("input[name=shared][value=no]").await;
        self.browser.press_in("main form", "Enter").await;
    }
}
