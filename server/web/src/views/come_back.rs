//! Coming back with one's six words.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, Dates, View, Visit};

/// The page on which somebody types their words. Its script is `join.js`; the words are never sent.
#[derive(Clone, Debug, Serialize)]
pub struct ComeBack {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// The tenant's id.
    pub tenant_id: String,
    /// The campaign's id.
    pub campaign_id: String,
    /// What was chosen for "Is this a shared device?": yes, no, or nothing yet.
    pub shared: String,
    /// Why the last try was refused, in words.
    pub problem: Option<String>,
}

impl View for ComeBack {
    const TEMPLATE: &'static str = "come_back.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, ComeBack)> {
        let back = |state, problem: Option<&str>| ComeBack {
            site: chrome.clone(),
            visit: Visit::sample(false, "/conversations/first/return"),
            campaign: Campaign::sample(state),
            tenant_id: "0b6f6c1e-6a52-5d8e-9d57-3b1f0a3c2d11".into(),
            campaign_id: "5e0c8d5a-2f7b-5c3e-8a44-91d2b7c6e0f3".into(),
            shared: if problem.is_some() { "yes".into() } else { String::new() },
            problem: problem.map(str::to_owned),
        };
        let open = RoundState::Open;
        let mut extended = back(open, None);
        extended.campaign.dates = Dates::sample_extended();
        vec![
            ("new", back(open, None)),
            (
                "wrong",
                back(
                    open,
                    Some(
                        "These words do not open this conversation. The order matters: look on your paper, or in the file “candour-words.txt”. Check that it is the right conversation, too. Words work once you have joined with them.",
                    ),
                ),
            ),
            (
                "too-many-tries",
                back(
                    open,
                    Some("There were too many tries from your network. Wait a few minutes, then try again."),
                ),
            ),
            ("upcoming", back(RoundState::Upcoming, None)),
            ("extended", extended),
            ("paused", back(RoundState::Paused, None)),
            ("closed", back(RoundState::Closed, None)),
        ]
    }
}
