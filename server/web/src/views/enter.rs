//! Entering with a code.

use domain::round::RoundState;
use serde::Serialize;

use super::ways::sample_address;
use super::{Campaign, Chrome, View, Visit};

/// Why a code did not open the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnterProblem {
    /// Nothing was typed.
    Empty,
    /// No such code.
    Wrong,
    /// The code was used before, on another device.
    Spent,
    /// Too many tries from here; wait.
    TooManyTries,
    /// The code is good, the conversation is not open yet.
    NotOpenYet,
    /// The conversation is over.
    Closed,
}

/// The code form.
#[derive(Clone, Debug, Serialize)]
pub struct Enter {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The conversation the code is for, where it is known.
    pub campaign: Option<Campaign>,
    /// Where people without a sealed code join it, which may be at another address.
    pub join: String,
    /// What stands in the field: typed before, or from the address.
    pub code: String,
    /// The code came with the address (a QR code): one button is enough.
    pub from_link: bool,
    /// What went wrong with the last try.
    pub problem: Option<EnterProblem>,
}

impl View for Enter {
    const TEMPLATE: &'static str = "enter.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Enter)> {
        let enter = |code: &str, from_link, problem, state| Enter {
            site: chrome.clone(),
            visit: Visit::sample(false, "/enter"),
            campaign: Some(Campaign::sample(state)),
            join: sample_address(chrome, "join/first"),
            code: code.into(),
            from_link,
            problem,
        };
        let open = RoundState::Open;
        let typed = "7KQ2-M9XD-4TRV-W8HP";
        vec![
            ("empty", enter("", false, None, open)),
            ("from-link", enter(typed, true, None, open)),
            ("nothing-typed", enter("", false, Some(EnterProblem::Empty), open)),
            ("wrong", enter("7KQ2-M9XD", false, Some(EnterProblem::Wrong), open)),
            ("spent", enter(typed, false, Some(EnterProblem::Spent), open)),
            ("too-many-tries", enter(typed, false, Some(EnterProblem::TooManyTries), open)),
            ("not-open-yet", enter(typed, false, Some(EnterProblem::NotOpenYet), RoundState::Upcoming)),
            ("closed", enter(typed, false, Some(EnterProblem::Closed), RoundState::Closed)),
        ]
    }
}
