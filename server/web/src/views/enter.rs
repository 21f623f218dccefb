//! Entering with a code.

use domain::round::RoundState;
use serde::Serialize;

use super::ways::sample_address;
use super::{Campaign, Chrome, FieldError, View, Visit};

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
    /// What was chosen for "Is this a shared device?": yes, no, or nothing yet.
    pub shared: String,
    /// The code came with the address (a QR code): one button is enough.
    pub from_link: bool,
    /// What is wrong, by field.
    pub errors: Vec<FieldError>,
    /// It may be a code of the other kind: they look the same.
    pub may_be_login: bool,
}

impl View for Enter {
    const TEMPLATE: &'static str = "enter.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Enter)> {
        let enter = |code: &str, from_link, errors: &[(&str, &str)], state| Enter {
            site: chrome.clone(),
            visit: Visit::sample(false, "/enter"),
            campaign: Some(Campaign::sample(state)),
            join: sample_address(chrome, "join/first"),
            code: code.into(),
            shared: String::new(),
            from_link,
            errors: errors
                .iter()
                .map(|(field, text)| FieldError { field: (*field).into(), text: (*text).into() })
                .collect(),
            may_be_login: false,
        };
        let open = RoundState::Open;
        let typed = "7KQ2-M9XD-4TRV-W8HP";
        let all = [
            ("code", "Type the code from your slip."),
            ("shared", "Choose yes or no: is this a shared device?"),
        ];
        let short = "Check your code. It has 16 letters and numbers, and you typed 8. Some are missing.";
        let unknown = "We do not know this code. Check each of its 16 letters and numbers, and try again.";
        let spent = "This code has been used. Each code works once, for one person. If it was you, go on with the device that you used then. If not, ask for a new code.";
        let many = "There were too many tries from your network. Wait a few minutes, then try again.";
        let early = "The conversation is not open yet. Keep your code safe. It will work when the conversation opens.";
        let mut wrong = enter(typed, false, &[("code", unknown)], open);
        (wrong.may_be_login, wrong.shared) = (true, "yes".into());
        vec![
            ("empty", enter("", false, &[], open)),
            ("from-link", enter(typed, true, &[], open)),
            ("nothing-filled-in", enter("", false, &all, open)),
            ("short", enter("7KQ2-M9XD", false, &[("code", short)], open)),
            ("wrong", wrong),
            ("spent", enter(typed, false, &[("code", spent)], open)),
            ("too-many-tries", enter(typed, false, &[("code", many)], open)),
            ("not-open-yet", enter(typed, false, &[("code", early)], RoundState::Upcoming)),
            (
                "closed",
                enter(
                    typed,
                    false,
                    &[("code", "The conversation has closed, so codes no longer work.")],
                    RoundState::Closed,
                ),
            ),
        ]
    }
}
