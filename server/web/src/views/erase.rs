//! Erasing everything that one wrote.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, View, Visit};

/// The question before everything that somebody wrote is erased.
#[derive(Clone, Debug, Serialize)]
pub struct Erase {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
}

impl View for Erase {
    const TEMPLATE: &'static str = "erase.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Erase)> {
        let erase = |state| Erase {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first/mine"),
            campaign: Campaign::sample(state),
        };
        vec![("open", erase(RoundState::Open)), ("closed", erase(RoundState::Closed))]
    }
}
