//! How a conversation's dates have changed, as everybody reads it.

use domain::timetable::ChangeKind;
use serde::Serialize;

/// One change of dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DateChanged {
    /// The day on which it was changed: "6 May 2024".
    pub on: String,
    /// What changed, in words.
    pub what: String,
    /// Why.
    pub reason: String,
    /// What was told to those who take part.
    pub announcement: Option<String>,
}

/// A conversation's dates beside those on every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dates {
    /// Why it is paused, if it is.
    pub paused_because: Option<String>,
    /// What the newest change told people.
    pub announcement: Option<String>,
    /// Every change, newest first.
    pub changes: Vec<DateChanged>,
}

impl DateChanged {
    /// What became of the dates: "open for longer"; the times are in words already.
    pub(crate) fn words(kind: ChangeKind, from: &str, to: &str) -> String {
        match kind {
            ChangeKind::Extended => {
                format!("It is open for longer: until {to}. Before, it was until {from}.")
            }
            ChangeKind::Shortened => format!("It closes sooner: on {to}. Before, it was on {from}."),
            ChangeKind::Paused => "It was paused.".to_owned(),
            ChangeKind::Resumed => "It went on after the pause.".to_owned(),
            ChangeKind::Reopened => format!("It is open again, until {to}. It had closed on {from}."),
        }
    }
}

impl Dates {
    pub(crate) fn sample_extended() -> Self {
        let words = "Thursday 9 May at 11:59pm";
        Self {
            paused_because: None,
            announcement: Some("You asked for more time, so you have two more days.".into()),
            changes: vec![DateChanged {
                on: "6 May 2024".into(),
                what: DateChanged::words(ChangeKind::Extended, "Tuesday 7 May at 11:59pm", words),
                reason: "Many of you wanted more time to look at the pledges.".into(),
                announcement: Some("You asked for more time, so you have two more days.".into()),
            }],
        }
    }

    pub(crate) fn sample_paused() -> Self {
        let reason = "We are mending a fault that kept some of you out.".to_owned();
        let paused = DateChanged {
            on: "1 May 2024".into(),
            what: DateChanged::words(ChangeKind::Paused, "", ""),
            reason: reason.clone(),
            announcement: None,
        };
        let mut dates = Self::sample_extended();
        dates.changes.insert(0, paused);
        Self { paused_because: Some(reason), announcement: None, changes: dates.changes }
    }
}
