//! Coming in with login details.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, Here, View, Visit, Ways};

/// The form for login details.
#[derive(Clone, Debug, Serialize)]
pub struct Login {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The ways in for those who have no login details.
    pub ways: Ways,
    /// Which conversation.
    pub campaign: Campaign,
    /// What stands in the field: typed before, or from the address.
    pub code: String,
    /// The login details came with the address: one button is enough.
    pub from_link: bool,
    /// What went wrong with the last try, in words.
    pub problem: Option<String>,
    /// It may be a code of the other kind: they look the same.
    pub may_be_sealed: bool,
}

impl View for Login {
    const TEMPLATE: &'static str = "login.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Login)> {
        let login = |code: &str, from_link, problem: Option<&str>| Login {
            site: chrome.clone(),
            visit: Visit::sample(false, ""),
            ways: Ways::sample(chrome),
            campaign: Campaign::sample(RoundState::Open),
            code: code.into(),
            from_link,
            problem: problem.map(str::to_owned),
            may_be_sealed: false,
        };
        let typed = "7KQ2-M9XD-4TRV-W8HP";
        let unknown = "We do not know these login details. Check each letter and number, and try again.";
        let many = "There were too many tries from your network. Wait a few minutes, then try again.";
        let mut wrong = login(typed, false, Some(unknown));
        wrong.may_be_sealed = true;
        let mut already = login(typed, true, None);
        already.ways.here = Here::In;
        vec![
            ("in-already", already),
            ("empty", login("", false, None)),
            ("from-link", login(typed, true, None)),
            ("nothing-typed", login("", false, Some("Type the login code from your invitation."))),
            ("unknown", wrong),
            ("too-many-tries", login(typed, false, Some(many))),
        ]
    }
}
