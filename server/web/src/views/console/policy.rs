//! Who may do what, from the enforcer itself.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// Who may do what in this tenant.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyPage {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The roles, in words, one a column.
    pub roles: Vec<String>,
    /// What can be done, one a row.
    pub rows: Vec<PolicyRow>,
    /// Which lines this page was made from.
    pub seen: String,
    /// The tenant's own lines, as text, or what was typed instead.
    pub lines: String,
    /// What they are, where somebody else has changed them meanwhile.
    pub standing: Option<String>,
    /// Whether this person may change them.
    pub may_change: bool,
    /// What is wrong with the lines that were sent.
    pub problems: Vec<String>,
}

/// One thing that can be done.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyRow {
    /// To what: `campaign`.
    pub kind: String,
    /// What is done: `extend`.
    pub action: String,
    /// Who may, in the order of the roles.
    pub cells: Vec<PolicyCell>,
}

/// Whether one role may do one thing.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PolicyCell {
    /// It may.
    pub allowed: bool,
    /// A line of the tenant's own says so.
    pub own: bool,
}

impl View for PolicyPage {
    const TEMPLATE: &'static str = "console/policy.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let cell = |allowed, own| PolicyCell { allowed, own };
        let row = |kind: &str, action: &str, cells: [PolicyCell; 3]| PolicyRow {
            kind: kind.into(),
            action: action.into(),
            cells: cells.into(),
        };
        let base = PolicyPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/policy"),
            desk: Desk::sample("/console/policy"),
            roles: vec!["Comms lead".into(), "Moderator".into(), "Viewer".into()],
            rows: vec![
                row("campaign", "extend", [cell(true, false), cell(false, false), cell(false, false)]),
                row("figures", "export", [cell(true, false), cell(false, false), cell(true, true)]),
                row("participant", "unmask", [cell(false, false); 3]),
            ],
            seen: "0".into(),
            lines: "allow, viewer, figures, export\n".into(),
            standing: None,
            may_change: true,
            problems: vec![],
        };
        let refused = PolicyPage {
            lines: "allow, executive, participant, unmask\n".into(),
            problems: vec!["line 1: nobody may learn who a participant is. Take the line out.".into()],
            ..base.clone()
        };
        let changed = PolicyPage {
            standing: Some("allow, viewer, audit, read\n".into()),
            problems: vec![
                "Somebody else has changed these lines since you opened this page. What they say now stands below.".into(),
            ],
            ..base.clone()
        };
        let reading = PolicyPage { may_change: false, lines: String::new(), ..base.clone() };
        vec![("changing", base), ("refused", refused), ("changed", changed), ("reading", reading)]
    }
}
