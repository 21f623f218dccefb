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
    /// To what, in words.
    pub kind: String,
    /// What is done, in words.
    pub action: String,
    /// The same as a line of one's own names it: `campaign, extend`.
    pub line: String,
    /// The roles that may, in words.
    pub roles: Vec<PolicyRole>,
    /// The roles that might elsewhere, and may not here because a line of the tenant's own says so.
    pub not_here: Vec<String>,
}

/// A role that may do something.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyRole {
    /// What it is called.
    pub title: String,
    /// Whether a line of the tenant's own says so.
    pub own: bool,
}

impl View for PolicyPage {
    const TEMPLATE: &'static str = "console/policy.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let role = |title: &str, own| PolicyRole { title: title.into(), own };
        let row = |kind: &str, action: &str, line: &str, roles: Vec<PolicyRole>| PolicyRow {
            kind: kind.into(),
            action: action.into(),
            line: line.into(),
            roles,
            not_here: vec![],
        };
        let base = PolicyPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/policy"),
            desk: Desk::sample("/console/policy"),
            rows: vec![
                PolicyRow {
                    not_here: vec!["Facilitator".into()],
                    ..row("Published figures", "See", "figures, read", vec![role("Comms lead", false)])
                },
                row(
                    "Published figures",
                    "Take away as a file",
                    "figures, export",
                    vec![role("Comms lead", false), role("Viewer", true)],
                ),
                row("Whoever wrote something", "Learn who it is", "participant, unmask", vec![]),
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
