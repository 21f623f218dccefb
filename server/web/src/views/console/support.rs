//! Operators' access to a tenant, as the tenant sees it.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The accesses that there were and are.
#[derive(Clone, Debug, Serialize)]
pub struct Support {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// How many are listed at most.
    pub most: u64,
    /// The accesses: those that last first.
    pub lines: Vec<SupportLine>,
    /// Whether this person may end one.
    pub may_end: bool,
}

/// One access.
#[derive(Clone, Debug, Serialize)]
pub struct SupportLine {
    /// Its id.
    pub id: String,
    /// Who.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Since when, in words.
    pub from: String,
    /// Until when, in words.
    pub until: String,
    /// Whether it lasts.
    pub lasts: bool,
}

/// An operator arrives.
#[derive(Clone, Debug, Serialize)]
pub struct Arrive {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// What came with the link.
    pub token: String,
    /// What went wrong.
    pub problem: Option<String>,
}

impl View for Support {
    const TEMPLATE: &'static str = "console/support.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |lasts| SupportLine {
            id: "5f0c9f0e-6b1f-4c59-9d0a-1d3c7a1b2c3d".into(),
            name: "Robin Marsh (platform support)".into(),
            reason: "The logo looks wrong on phones; you asked us to look.".into(),
            from: "Monday 6 May at 10am".into(),
            until: "Monday 6 May at 12pm".into(),
            lasts,
        };
        let now = Support {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/support"),
            desk: Desk::sample("/console/support"),
            most: 2,
            lines: vec![line(true), line(false)],
            may_end: true,
        };
        let never = Support { lines: vec![], ..now.clone() };
        vec![("now", now), ("never", never)]
    }
}

impl View for Arrive {
    const TEMPLATE: &'static str = "console/arrive.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let arrive = |problem: Option<&str>| Arrive {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/support/arrive"),
            token: "t".into(),
            problem: problem.map(str::to_owned),
        };
        vec![
            ("button", arrive(None)),
            ("too-late", arrive(Some("This link has run out, or was used already."))),
        ]
    }
}
