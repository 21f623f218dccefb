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
}

/// The privacy notice.
#[derive(Clone, Debug, Serialize)]
pub struct Privacy {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
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
        vec![("page", Anonymity { site: chrome.clone(), visit: Visit::sample(false, "/anonymity") })]
    }
}

impl View for Privacy {
    const TEMPLATE: &'static str = "privacy.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Privacy)> {
        let privacy = Privacy {
            site: chrome.clone(),
            visit: Visit::sample(false, "/privacy"),
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
                    purpose: "Remembers that this device has entered with a code. It holds a random number, not who you are".into(),
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
