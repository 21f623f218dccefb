//! The record of what named people did.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// Which side's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditSide {
    /// Accounts, campaigns, rolls, keys.
    Identity,
    /// What moderators did.
    Conversation,
}

impl AuditSide {
    /// Its name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Conversation => "conversation",
        }
    }

    /// The side called `slug`; the identity side for any other word.
    pub fn from_slug(slug: &str) -> Self {
        if slug == Self::Conversation.slug() { Self::Conversation } else { Self::Identity }
    }
}

/// A page of the record.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Which side's.
    pub side: AuditSide,
    /// Whether both sides' records are here.
    pub both: bool,
    /// The deeds, newest first.
    pub lines: Vec<AuditLine>,
    /// Where older deeds begin, if there are some.
    pub older: Option<i64>,
    /// What checking the whole record found, if that was asked for.
    pub checked: Option<AuditChecked>,
    /// Whether this person may carry it away.
    pub may_export: bool,
}

/// What checking a whole record found.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum AuditChecked {
    /// The chain holds.
    Whole {
        /// How many lines there are.
        entries: u64,
        /// The chain's head, to note elsewhere: `number:digest`.
        head: String,
    },
    /// It does not.
    Broken {
        /// Where and why, in words.
        why: String,
    },
}

/// One deed.
#[derive(Clone, Debug, Serialize)]
pub struct AuditLine {
    /// Its place.
    pub number: i64,
    /// When, in the tenant's own time.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was done to what kind of thing.
    pub what: String,
    /// To which one.
    pub subject: String,
    /// What else there is to say.
    pub detail: String,
}

impl View for Audit {
    const TEMPLATE: &'static str = "console/audit.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |number, what: &str, subject: &str, detail: &str| AuditLine {
            number,
            at: "6 May 2024, 10:12".into(),
            by: "Alex Rowan".into(),
            what: what.into(),
            subject: subject.into(),
            detail: detail.into(),
        };
        let full = Audit {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/audit"),
            desk: Desk::sample("/console/audit"),
            side: AuditSide::Identity,
            both: true,
            lines: vec![
                line(
                    2,
                    "campaign.extend",
                    "second-conversation",
                    "closes 7 May 23:59 → 9 May 23:59: more time was asked for",
                ),
                line(1, "role.grant", "Sam Birch", "moderator"),
                line(0, "account.sign-in", "Alex Rowan", "passkey"),
            ],
            older: Some(0),
            checked: None,
            may_export: true,
        };
        let empty = Audit { lines: vec![], older: None, may_export: false, ..full.clone() };
        let head = "2:6f0c9d3c1d5e0f4f7d9f25c7a4e0b6e2c6a1f5b8d3e4c7a9b0d1e2f3a4b5c6d7".into();
        let whole = Audit { checked: Some(AuditChecked::Whole { entries: 3, head }), ..full.clone() };
        let why =
            "entry 1 of the audit log: its digest does not fit what it says and the entry before".into();
        let checked = Some(AuditChecked::Broken { why });
        let broken = Audit { checked, side: AuditSide::Conversation, ..full.clone() };
        vec![("full", full), ("empty", empty), ("whole", whole), ("broken", broken)]
    }
}
