//! Login details of a campaign's people, as counts.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct LoginsPage {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Organisations with somebody on the roll.
    pub lines: Vec<LoginsLine>,
    /// Every organisation's own link: name and address.
    pub links: Vec<(String, String)>,
    /// Whether this person may send them.
    pub may_send: bool,
    /// Why emails with login details that are on their way rest, if they do.
    pub rests: Option<String>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// An organisation; numbers are in whole groups.
#[derive(Clone, Debug, Serialize)]
pub struct LoginsLine {
    /// Its name.
    pub organisation: String,
    /// How many are on the roll, in words.
    pub on_roll: String,
    /// How many of them have login details, in words.
    pub with_details: String,
}

impl View for LoginsPage {
    const TEMPLATE: &'static str = "console/logins.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |organisation: &str, on_roll: &str, with_details: &str| LoginsLine {
            organisation: organisation.into(),
            on_roll: on_roll.into(),
            with_details: with_details.into(),
        };
        let some = LoginsPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/first/logins"),
            desk: Desk::sample("/console/campaigns"),
            slug: "first".into(),
            title: "Our first Open Conversation".into(),
            lines: vec![
                line("Northfield Community Trust", "about 120", "fewer than 10"),
                line("South Council", "fewer than 10", "fewer than 10"),
            ],
            links: vec![(
                "South Council".into(),
                "https://example.org/join/first/sign-up?organisation=south&kind=staff".into(),
            )],
            may_send: true,
            rests: None,
            problem: None,
        };
        let mut asked = some.clone();
        asked.visit.success = Some("It is asked for. Load this page again to see how far it is.".into());
        let empty = LoginsPage { lines: vec![], ..some.clone() };
        let early = "This campaign is not launched yet. Launch it first.";
        let refused = LoginsPage { problem: Some(early.into()), ..some.clone() };
        let looks = LoginsPage { may_send: false, ..some.clone() };
        let why = "More than 5 in 100 were refused by the mail server. Check the list before it goes on.";
        let rests = LoginsPage { rests: Some(why.into()), ..some.clone() };
        vec![
            ("some", some),
            ("rests", rests),
            ("asked", asked),
            ("empty", empty),
            ("refused", refused),
            ("looks", looks),
        ]
    }
}
