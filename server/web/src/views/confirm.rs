//! Showing that an address is one's own.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, View, Visit};

/// The form for the code that was sent, or the button behind the link.
#[derive(Clone, Debug, Serialize)]
pub struct Confirm {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// For how long code and link are good, minutes.
    pub minutes: i64,
    /// What it is confirmed with.
    pub with: ConfirmWith,
    /// What went wrong with the last try, in words.
    pub problem: Option<String>,
}

/// What an address is confirmed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "text")]
pub enum ConfirmWith {
    /// The emailed link brought this.
    Link(String),
    /// The code is typed; this stands in the field.
    Code(String),
    /// There is nothing to confirm: it ran out, or was asked for in another browser.
    Nothing,
}

impl View for Confirm {
    const TEMPLATE: &'static str = "confirm.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Confirm)> {
        let confirm = |with: ConfirmWith, problem: Option<&str>| Confirm {
            site: chrome.clone(),
            visit: Visit::sample(false, ""),
            campaign: Campaign::sample(RoundState::Open),
            minutes: 30,
            with,
            problem: problem.map(str::to_owned),
        };
        let code = |typed: &str| ConfirmWith::Code(typed.into());
        let link = || ConfirmWith::Link("sample-link".into());
        let wrong = "That is not the code. Check the newest email from us, and try again.";
        let expired = "This code or link has run out. Ask for a new one: it takes a minute.";
        let many = "There were too many tries from your network. Wait a few minutes, then try again.";
        vec![
            ("code", confirm(code(""), None)),
            ("link", confirm(link(), None)),
            ("nothing", confirm(ConfirmWith::Nothing, None)),
            ("nothing-typed", confirm(code(""), Some("Type the code that we emailed to you."))),
            ("wrong", confirm(code("1234 5678"), Some(wrong))),
            ("expired", confirm(ConfirmWith::Nothing, Some(expired))),
            ("too-many-tries", confirm(code("1234 5678"), Some(many))),
            ("link-too-many-tries", confirm(link(), Some(many))),
        ]
    }
}
