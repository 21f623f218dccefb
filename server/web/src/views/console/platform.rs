//! How the platform fares.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// How the platform fares.
#[derive(Clone, Debug, Serialize)]
pub struct Platform {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The program's version.
    pub version: String,
    /// What was looked at.
    pub lines: Vec<HealthLine>,
    /// Whether round types run here.
    pub has_round_types: bool,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct HealthLine {
    /// What.
    pub what: String,
    /// What it says.
    pub says: String,
    /// Whether that is well.
    pub well: bool,
}

impl View for Platform {
    const TEMPLATE: &'static str = "console/platform.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |what: &str, says: &str, well| HealthLine { what: what.into(), says: says.into(), well };
        let well = Platform {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/platform"),
            desk: Desk::sample("/console/platform"),
            version: "0.1.0".into(),
            lines: vec![
                line("Identity database", "answers in 0.4 ms", true),
                line("Emails about accounts and sign-up, waiting", "3", true),
            ],
            has_round_types: true,
        };
        let ill = Platform {
            lines: vec![line("Conversation database", "does not answer: connection refused", false)],
            ..well.clone()
        };
        vec![("well", well), ("ill", ill)]
    }
}
