//! A campaign's dates: as they are, how they came to be so, the emails that hang on them, and the form that changes them.

use domain::round::RoundState;
use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, DateChanged, Dates, FieldError, View, Visit};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct DatesPage {
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
    /// Its rounds.
    pub rounds: Vec<DatedRound>,
    /// Its planned emails.
    pub emails: Vec<DatedEmail>,
    /// Whether this person may change dates.
    pub may_change: bool,
    /// The form as it was sent, or empty.
    pub form: DatesForm,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// What it would do, to be confirmed.
    pub preview: Option<DatesToConfirm>,
}

/// A round with its dates.
#[derive(Clone, Debug, Serialize)]
pub struct DatedRound {
    /// Its short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: RoundState,
    /// In words.
    pub opens: String,
    /// In words.
    pub closes: String,
    /// For a form's field: `2024-05-07T23:59`.
    pub closes_field: String,
    /// Every change, newest first.
    pub changes: Vec<DateChanged>,
}

/// A planned email.
#[derive(Clone, Debug, Serialize)]
pub struct DatedEmail {
    /// What it is called.
    pub title: String,
    /// What it is about, in words.
    pub kind: String,
    /// When it is to go, in words.
    pub when: String,
    /// Whether that is past.
    pub past: bool,
    /// Why it is held, if it is.
    pub held: Option<String>,
}

/// What somebody asks for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DatesForm {
    /// Which round.
    pub round: String,
    /// `close`, `pause` or `resume`.
    pub what: String,
    /// The new closing, as typed.
    pub closes: String,
    /// Why.
    pub reason: String,
    /// What people are told.
    pub announcement: String,
}

/// What would change.
#[derive(Clone, Debug, Serialize)]
pub struct DatesToConfirm {
    /// In words: "It is open for longer: until …"
    pub what: String,
    /// The closing that was seen, for the form.
    pub seen: String,
    /// Emails that will be held: title and why.
    pub held: Vec<(String, String)>,
    /// Emails that will not be held any more.
    pub released: Vec<String>,
}

impl View for DatesPage {
    const TEMPLATE: &'static str = "console/dates.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let round = |state, changes: Vec<DateChanged>| DatedRound {
            slug: "pledges".into(),
            title: "Pledges".into(),
            state,
            opens: "Tuesday 23 April 2024 at 9:00am".into(),
            closes: "Tuesday 7 May 2024 at 11:59pm".into(),
            closes_field: "2024-05-07T23:59".into(),
            changes,
        };
        let email = |title: &str, when: &str, past, held: Option<&str>| DatedEmail {
            title: title.into(),
            kind: "Reminder".into(),
            when: when.into(),
            past,
            held: held.map(Into::into),
        };
        let page = |state, changes| DatesPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/dates"),
            desk: Desk::sample("/console/campaigns"),
            slug: "second".into(),
            title: "Our second Open Conversation".into(),
            rounds: vec![round(state, changes)],
            emails: vec![
                email("It has opened", "Tuesday 23 April 2024 at 9:00am", true, None),
                email("One week left", "Tuesday 30 April 2024 at 9:00am", false, None),
                email(
                    "Last day",
                    "Tuesday 7 May 2024 at 8:00am",
                    false,
                    Some("It says that this is the last day. The last day is now Thursday 9 May."),
                ),
            ],
            may_change: true,
            form: DatesForm {
                round: "pledges".into(),
                closes: "2024-05-07T23:59".into(),
                ..DatesForm::default()
            },
            errors: vec![],
            preview: None,
        };
        let open = || page(RoundState::Open, vec![]);
        let mut refused = open();
        refused.form = DatesForm { what: "close".into(), closes: "2025-05-07T23:59".into(), ..refused.form };
        refused.errors = vec![
            FieldError { field: "closes".into(), text: "A round can close at most 28 days later than first planned: choose a time on or before Tuesday 4 June 2024 at 11:59pm.".into() },
        ];
        let mut confirm = open();
        confirm.form = DatesForm {
            what: "close".into(),
            closes: "2024-05-09T23:59".into(),
            reason: "Many of you wanted more time to look at the pledges.".into(),
            announcement: "You have two more days.".into(),
            ..confirm.form
        };
        confirm.preview = Some(DatesToConfirm {
            what: "It is open for longer: until Thursday 9 May 2024 at 11:59pm. Before, it was until Tuesday 7 May 2024 at 11:59pm.".into(),
            seen: "2024-05-07T23:59:00".into(),
            held: vec![("Last day".into(), "It says that this is the last day. The last day is now Thursday 9 May.".into())],
            released: vec!["A reminder".into()],
        });
        let mut reading = page(RoundState::Closed, Dates::sample_extended().changes);
        reading.may_change = false;
        reading.emails.clear();
        let mut two = open();
        two.rounds.push(DatedRound {
            slug: "final".into(),
            title: "Last look".into(),
            ..round(RoundState::Upcoming, vec![])
        });
        let mut done = page(RoundState::Open, Dates::sample_extended().changes);
        done.visit.success = Some("The dates are changed. Every page and file says so now.".into());
        vec![
            ("open", open()),
            ("refused", refused),
            ("to-confirm", confirm),
            ("changed", done),
            ("paused", page(RoundState::Paused, Dates::sample_paused().changes)),
            ("two-rounds", two),
            ("closed-reading-only", reading),
        ]
    }
}
