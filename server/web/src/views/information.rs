//! Pages that explain: a tenant's own, and those every tenant has.

use serde::Serialize;

use super::{Chrome, View, Visit};

/// A page of the tenant's pack.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Its heading.
    pub title: String,
    /// Its text as safe HTML, starting at `h2`.
    pub html: String,
}

/// How anonymity works here.
#[derive(Clone, Debug, Serialize)]
pub struct Anonymity {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// How this deployment runs.
    pub facts: Facts,
}

/// Who runs the half that knows who may join, and the half that holds what is said.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "are", rename_all = "snake_case")]
pub enum Operators {
    /// The same people, or nobody said that they are not.
    One,
    /// Two owners.
    Two {
        /// Of the list of who may join.
        list: Owner,
        /// Of what is said.
        said: Owner,
    },
}

/// One half's owner.
#[derive(Clone, Debug, Serialize)]
pub struct Owner {
    /// The half's host name.
    pub host: String,
    /// Their name; nothing for those who run this page.
    pub name: Option<String>,
}

/// What anonymity depends on, as this deployment runs.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// Who runs the halves.
    pub operators: Operators,
    /// How many people are let in together.
    pub batch_size: u32,
    /// When whoever waits is let in at the latest, each day: "6pm".
    pub latest_hour: String,
    /// The fewest people of a group that has a key of its own.
    pub fewest_in_cohort: u32,
    /// The fewest people that a published figure is about.
    pub fewest_counted: i64,
    /// How many days after the end the list of who may join is deleted.
    pub keep_roll_days: u32,
    /// Whether any organisation sends its people login details.
    pub invites: bool,
    /// Whether people of any organisation sign up themselves.
    pub sign_ups: bool,
    /// Whether people of any organisation come in with its own sign-on.
    pub single_sign_on: bool,
    /// Whether there are codes on paper; unknown to the half that knows who may join.
    pub sealed_codes: Option<bool>,
}

impl Facts {
    fn sample() -> Facts {
        Facts {
            operators: Operators::One,
            batch_size: 20,
            latest_hour: "6pm".into(),
            fewest_in_cohort: 50,
            fewest_counted: 10,
            keep_roll_days: 30,
            invites: true,
            sign_ups: true,
            single_sign_on: true,
            sealed_codes: Some(true),
        }
    }
}

/// The privacy notice.
#[derive(Clone, Debug, Serialize)]
pub struct Privacy {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// How this deployment runs.
    pub facts: Facts,
    /// What the tenant adds, as safe HTML; may be empty.
    pub extra_html: String,
}

/// What is kept on a person's device.
#[derive(Clone, Debug, Serialize)]
pub struct Cookies {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Every cookie that this site sets.
    pub cookies: Vec<CookieFact>,
}

/// One cookie, in plain words.
#[derive(Clone, Debug, Serialize)]
pub struct CookieFact {
    /// Its name in the browser.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// How long it lasts: "30 days".
    pub lasts: String,
}

/// The accessibility statement.
#[derive(Clone, Debug, Serialize)]
pub struct Accessibility {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
}

impl View for Page {
    const TEMPLATE: &'static str = "page.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Page)> {
        let page = Page {
            site: chrome.clone(),
            visit: Visit::sample(false, "/pages/why"),
            title: "Why we are asking".into(),
            html: "<p>We want this to be the best place to work in health and care.</p>\
                   <h2>How this differs from a survey</h2>\
                   <ul><li>You see what others say, as they say it.</li><li>You can answer them.</li></ul>\
                   <h2>What happens next</h2><ol><li>Independent people read everything.</li>\
                   <li>They write a report, which is published here.</li></ol>\
                   <blockquote><p>Nothing is compulsory.</p></blockquote>\
                   <table><thead><tr><th>When</th><th>What</th></tr></thead><tbody><tr><td>30 November</td><td>Opens</td></tr></tbody></table>\
                   <p>Questions? <a href=\"mailto:conversations@example.org\">Write to us</a>.</p>"
                .into(),
        };
        vec![("why", page)]
    }
}

impl View for Anonymity {
    const TEMPLATE: &'static str = "anonymity.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Anonymity)> {
        let page = Anonymity {
            site: chrome.clone(),
            visit: Visit::sample(false, "/anonymity"),
            facts: Facts::sample(),
        };
        let mut apart = page.clone();
        apart.facts = Facts {
            operators: Operators::Two {
                list: Owner { host: "join.example.org".into(), name: Some("The Independent Partner".into()) },
                said: Owner { host: "talk.example.net".into(), name: None },
            },
            sealed_codes: Some(false),
            single_sign_on: false,
            ..Facts::sample()
        };
        let mut demonstration = page.clone();
        demonstration.facts = Facts { batch_size: 1, sealed_codes: None, sign_ups: false, ..Facts::sample() };
        vec![("one-operator", page), ("two-owners", apart), ("demonstration", demonstration)]
    }
}

impl View for Privacy {
    const TEMPLATE: &'static str = "privacy.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Privacy)> {
        let privacy = Privacy {
            site: chrome.clone(),
            visit: Visit::sample(false, "/privacy"),
            facts: Facts::sample(),
            extra_html: "<p>Our data protection officer can be reached at the address above.</p>".into(),
        };
        vec![("page", privacy)]
    }
}

impl View for Cookies {
    const TEMPLATE: &'static str = "cookies.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Cookies)> {
        let cookies = Cookies {
            site: chrome.clone(),
            visit: Visit::sample(false, "/cookies"),
            cookies: vec![
                CookieFact {
                    name: "__Host-visit".into(),
                    purpose: "Makes sure that what you send comes from our own pages".into(),
                    lasts: "Until you close the browser".into(),
                },
                CookieFact {
                    name: "__Host-bsol".into(),
                    purpose: "Remembers that this device is in. It holds a random number, not who you are"
                        .into(),
                    lasts: "30 days".into(),
                },
            ],
        };
        vec![("page", cookies)]
    }
}

impl View for Accessibility {
    const TEMPLATE: &'static str = "accessibility.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Accessibility)> {
        vec![("page", Accessibility { site: chrome.clone(), visit: Visit::sample(true, "/accessibility") })]
    }
}
