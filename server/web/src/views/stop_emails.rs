//! "Stop these emails": the button behind an email's link, and that it is done.

use serde::Serialize;

use super::{Chrome, View, Visit};

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopState {
    /// They are asked.
    Ask,
    /// They get no more.
    Done,
    /// It is no link of ours.
    Unknown,
}

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct StopEmails {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit, of which nothing is known.
    pub visit: Visit,
    /// How far it is.
    pub state: StopState,
    /// What the link brought; goes back with the button alone.
    pub token: String,
}

impl View for StopEmails {
    const TEMPLATE: &'static str = "stop_emails.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, StopEmails)> {
        let page = |state| StopEmails {
            site: chrome.clone(),
            visit: Visit::default(),
            state,
            token: "sample-link".into(),
        };
        vec![
            ("ask", page(StopState::Ask)),
            ("done", page(StopState::Done)),
            ("unknown", page(StopState::Unknown)),
        ]
    }
}
