//! The platform's round types.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The platform's round types.
#[derive(Clone, Debug, Serialize)]
pub struct RoundTypes {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Why something was not done.
    pub refused: Option<String>,
    /// Every component, by name.
    pub lines: Vec<RoundTypeLine>,
}

/// One component.
#[derive(Clone, Debug, Serialize)]
pub struct RoundTypeLine {
    /// What people read of it.
    pub title: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its identity.
    pub digest: String,
    /// The beginning of that.
    pub short: String,
    /// Whether it came with Candour.
    pub built_in: bool,
    /// Whether rounds that open now take it.
    pub current: bool,
    /// Whether no round runs it any more.
    pub withdrawn: bool,
    /// How often it was called in this process.
    pub calls: u64,
    /// How many of those failed through its fault.
    pub failed: u64,
    /// What else was counted, in words.
    pub says: Vec<(String, String)>,
    /// The rounds that run it.
    pub rounds: Vec<RunningLine>,
}

/// A round that runs a component.
#[derive(Clone, Debug, Serialize)]
pub struct RunningLine {
    /// The tenant's short name.
    pub tenant: String,
    /// The campaign's short name.
    pub campaign: String,
    /// The round's short name.
    pub round: String,
    /// Whether a later component of its type is there.
    pub can_be_upgraded: bool,
}

impl View for RoundTypes {
    const TEMPLATE: &'static str = "console/round-types.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |title: &str, name: &str, calls, failed| RoundTypeLine {
            title: title.into(),
            name: name.into(),
            version: "1.0.0".into(),
            digest: "5f".repeat(32),
            short: "5f".repeat(6),
            built_in: name != "coffee",
            current: true,
            withdrawn: false,
            calls,
            failed,
            says: vec![
                ("Trapped".into(), failed.to_string()),
                ("Most memory of a call".into(), "96 KiB".into()),
            ],
            rounds: Vec::new(),
        };
        let round = |can_be_upgraded| RunningLine {
            tenant: "bsol".into(),
            campaign: "second-conversation".into(),
            round: "pledges".into(),
            can_be_upgraded,
        };
        let page = Self {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/round-types"),
            desk: Desk::sample("/console/round-types"),
            refused: None,
            lines: vec![
                RoundTypeLine {
                    rounds: vec![round(false)],
                    ..line("Pledge review", "pledge-review", 12_400, 0)
                },
                RoundTypeLine {
                    current: false,
                    rounds: vec![round(true)],
                    ..line("Quick pulse", "quick-pulse", 3, 0)
                },
                RoundTypeLine { withdrawn: true, current: false, ..line("Coffee breaks", "coffee", 90, 17) },
            ],
        };
        let refused = Self {
            refused: Some("the two versions count the same answers differently. Nothing was changed".into()),
            ..page.clone()
        };
        vec![("list", page), ("refused", refused)]
    }
}
