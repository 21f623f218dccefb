//! What moderators have done in a conversation, counted.

use domain::moderation::Reason;
use serde::Serialize;

use super::{Chrome, View, Visit};

/// What moderators have done in a conversation, counted.
#[derive(Clone, Debug, Serialize)]
pub struct Ledger {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The conversation's short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What was done, how often.
    pub lines: Vec<LedgerLine>,
    /// Why something can be hidden.
    pub reasons: Vec<ReasonInWords>,
    /// Whom to write to.
    pub support: String,
    /// Who that is.
    pub support_name: String,
}

/// One count.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerLine {
    /// What was done.
    pub what: String,
    /// Why; empty where there is nothing to say.
    pub reason: String,
    /// How often.
    pub times: i64,
}

/// Why something can be hidden.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonInWords {
    /// In few words.
    pub label: &'static str,
    /// What the author is told.
    pub words: &'static str,
}

impl View for Ledger {
    const TEMPLATE: &'static str = "ledger.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line =
            |what: &str, reason: &str, times| LedgerLine { what: what.into(), reason: reason.into(), times };
        let full = Ledger {
            site: chrome.clone(),
            visit: Visit::sample(false, "/conversations/first/moderation"),
            slug: "first".into(),
            title: "What gets in your way, and what would help?".into(),
            lines: vec![
                line("Held back by a rule until a moderator looked", "it may name a person", 31),
                line("Looked at and kept as it was", "", 1_204),
                line("Hidden by a moderator", "It names a person", 12),
                line("Hidden by a moderator", "It is abusive", 3),
            ],
            reasons: Reason::ALL
                .map(|reason| ReasonInWords { label: reason.label(), words: reason.to_author() })
                .to_vec(),
            support: "support@example.org".into(),
            support_name: "The independent support team".into(),
        };
        let nothing = Ledger { lines: Vec::new(), ..full.clone() };
        vec![("full", full), ("nothing-yet", nothing)]
    }
}
