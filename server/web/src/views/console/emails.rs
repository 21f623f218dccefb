//! A campaign's emails in order of time: what goes when, to whom, to about how many, and how each stands. Counts are in whole groups.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The plan.
#[derive(Clone, Debug, Serialize)]
pub struct EmailsPage {
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
    /// Its emails, by time.
    pub emails: Vec<EmailLine>,
    /// What holds for all of them.
    pub rules: EmailRulesInWords,
    /// Whether this person may change the plan.
    pub may_change: bool,
    /// Whether there is room for one more.
    pub has_room: bool,
}

/// An email.
#[derive(Clone, Debug, Serialize)]
pub struct EmailLine {
    /// Its short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it is about, in words.
    pub kind: String,
    /// The day on which it goes or went.
    pub day: String,
    /// The time.
    pub time: String,
    /// That quiet hours or a holiday move it, and from when.
    pub moved: Option<String>,
    /// Names of the organisations whose people get it; everyone's, if there is none.
    pub to: Vec<String>,
    /// To how many, in words.
    pub people: String,
    /// How it stands.
    pub standing: StandingInWords,
    /// What can be done with it.
    pub acts: Vec<EmailAct>,
}

/// How an email stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StandingInWords {
    /// One or two words.
    pub tag: String,
    /// The tag's colour.
    pub colour: String,
    /// Why, where there is something to say.
    pub why: Option<String>,
    /// What became of it: "sent to about 1,600".
    pub counts: Vec<String>,
}

/// What can be done with an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailAct {
    /// It can be changed or removed.
    Change,
    /// It can go now.
    SendNow,
    /// It can be taken off, whether it has begun or not.
    TakeOff,
    /// It can rest.
    Pause,
    /// It can go on.
    Resume,
    /// Another can be planned that says the same.
    Again,
}

/// What holds for all emails of a campaign, in words.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EmailRulesInWords {
    /// Why none can go now, if none can.
    pub closed: Option<String>,
    /// From when on they go: "7am".
    pub from: String,
    /// Until when: "9pm".
    pub until: String,
    /// On which days none goes.
    pub holidays: Vec<String>,
    /// The smallest group that is shown.
    pub smallest_group: u32,
    /// Most nudges to the same people.
    pub most_nudges: usize,
    /// Hours between two.
    pub hours_apart: i64,
    /// Whether the mail server can be asked what it has sent.
    pub can_be_asked: bool,
}

impl EmailRulesInWords {
    fn sample() -> Self {
        Self {
            closed: None,
            from: "7am".into(),
            until: "9pm".into(),
            holidays: vec!["Monday 6 May 2024".into(), "Monday 27 May 2024".into()],
            smallest_group: 10,
            most_nudges: 4,
            hours_apart: 72,
            can_be_asked: false,
        }
    }
}

impl EmailLine {
    pub(super) fn sample(slug: &str, title: &str, tag: &str, colour: &str, acts: &[EmailAct]) -> Self {
        Self {
            slug: slug.into(),
            title: title.into(),
            kind: "Reminder".into(),
            day: "Tuesday 30 April 2024".into(),
            time: "9:00am".into(),
            moved: None,
            to: vec![],
            people: "about 1,600".into(),
            standing: StandingInWords {
                tag: tag.into(),
                colour: colour.into(),
                ..StandingInWords::default()
            },
            acts: acts.to_vec(),
        }
    }
}

impl View for EmailsPage {
    const TEMPLATE: &'static str = "console/emails.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        use EmailAct::{Again, Change, Pause, Resume, SendNow, TakeOff};
        let mut went = EmailLine::sample("launch", "It has opened", "Sent", "grey", &[Again]);
        went.standing.counts = vec!["sent to about 1,500".into(), "about 20 could not be reached".into()];
        let mut going = EmailLine::sample("more", "More time", "On its way", "green", &[Pause, TakeOff]);
        going.standing.counts = vec!["sent to about 700".into()];
        going.standing.why = Some("It rests until the quiet hours or the holiday are over.".into());
        let mut paused = EmailLine::sample("paused", "One week left", "Paused", "orange", &[Resume, TakeOff]);
        paused.standing.why = Some(
            "More than 5 in 100 were refused by the mail server. Check the list before it goes on.".into(),
        );
        paused.standing.counts = vec!["sent to about 100".into(), "about 10 could not be reached".into()];
        let mut planned =
            EmailLine::sample("councils", "Councils", "Planned", "blue", &[Change, SendNow, TakeOff]);
        planned.to = vec!["South Council".into(), "West Borough Council".into()];
        planned.people = "fewer than 10".into();
        planned.moved = Some("Tuesday 30 April 2024 at 9:30pm".into());
        let mut held =
            EmailLine::sample("last-day", "Last day", "Held", "orange", &[Change, SendNow, TakeOff]);
        held.standing.why =
            Some("It says that this is the last day. The last day is now Thursday 9 May.".into());
        held.to = (1..=5).map(|number| format!("Community Trust number {number}")).collect();
        let late = EmailLine::sample("late", "A reminder", "Too late", "red", &[Again]);
        let off = EmailLine::sample("off", "Another reminder", "Taken off", "grey", &[Again]);
        let all = EmailsPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/emails"),
            desk: Desk::sample("/console/campaigns"),
            slug: "second".into(),
            title: "Our second Open Conversation".into(),
            emails: vec![went, going, paused, planned, held, late, off],
            rules: EmailRulesInWords::sample(),
            may_change: true,
            has_room: true,
        };
        let mut reading = all.clone();
        reading.may_change = false;
        reading.emails.iter_mut().for_each(|email| email.acts.clear());
        let mut none = EmailsPage { emails: vec![], ..all.clone() };
        none.rules.closed = Some("This campaign is not launched yet, so none of its emails goes.".into());
        none.rules.holidays.clear();
        none.rules.can_be_asked = true;
        let full = EmailsPage { has_room: false, ..all.clone() };
        vec![("all", all), ("reading-only", reading), ("none", none), ("full", full)]
    }
}
