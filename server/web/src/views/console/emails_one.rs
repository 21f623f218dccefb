//! One planned email: what it says to the people of an organisation, a test to oneself, and the question before what cannot be undone.

use serde::Serialize;

use super::Desk;
use super::emails::{EmailAct, EmailLine};
use crate::views::{Chrome, View, Visit};

/// The email.
#[derive(Clone, Debug, Serialize)]
pub struct EmailPage {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's short name.
    pub campaign: String,
    /// What the campaign is called.
    pub title: String,
    /// The email as the plan has it.
    pub email: EmailLine,
    /// Organisations that it reaches: short name and name.
    pub organisations: Vec<(String, String)>,
    /// The short name of the one whose people's email is shown.
    pub organisation: String,
    /// What it says to them.
    pub words: Option<EmailWords>,
    /// Where a test goes, if this person may have one.
    pub test_to: Option<String>,
    /// Why what was asked for was not done.
    pub problem: Option<String>,
}

/// What an email says.
#[derive(Clone, Debug, Serialize)]
pub struct EmailWords {
    /// The subject.
    pub subject: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
    /// What stands on the button.
    pub button: String,
    /// What else is in it.
    pub also: Vec<String>,
}

/// The question before what cannot be undone.
#[derive(Clone, Debug, Serialize)]
pub struct EmailAsked {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's short name.
    pub campaign: String,
    /// What the campaign is called.
    pub title: String,
    /// The email as the plan has it.
    pub email: EmailLine,
    /// What is to be done with it: to send it now, or to take it off.
    pub act: EmailAct,
    /// Whether it has begun to go.
    pub begun: bool,
    /// Why it was not done.
    pub problem: Option<String>,
}

fn line(acts: &[EmailAct]) -> EmailLine {
    EmailLine::sample("councils", "Councils, one week left", "Planned", "blue", acts)
}

impl View for EmailPage {
    const TEMPLATE: &'static str = "console/emails-one.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let organisation = |slug: &str, name: &str| (slug.to_owned(), name.to_owned());
        let words = EmailWords {
            subject: "South Council: there is one week left".into(),
            paragraphs: vec![
                "People at South Council and elsewhere are saying what would make work better.".into(),
                "It is open day and night until Tuesday 7 May 2024 at 11:59pm.".into(),
            ],
            button: "Come in".into(),
            also: vec!["A link that stops these emails".into()],
        };
        let full = EmailPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/emails/councils"),
            desk: Desk::sample("/console/campaigns"),
            campaign: "second".into(),
            title: "Our second Open Conversation".into(),
            email: line(&[EmailAct::Change, EmailAct::SendNow, EmailAct::TakeOff]),
            organisations: vec![
                organisation("south", "South Council"),
                organisation("west", "West Borough Council"),
            ],
            organisation: "south".into(),
            words: Some(words),
            test_to: Some("alex.rowan@example.org".into()),
            problem: None,
        };
        let reading = EmailPage {
            email: line(&[]),
            test_to: None,
            organisations: full.organisations[..1].to_vec(),
            ..full.clone()
        };
        let mut going = full.clone();
        going.email = EmailLine::sample(
            "more",
            "More time",
            "On its way",
            "green",
            &[EmailAct::Pause, EmailAct::TakeOff],
        );
        going.email.standing.counts = vec!["sent to about 700".into()];
        let refused =
            EmailPage { problem: Some("This email is over. Plan another one.".into()), ..full.clone() };
        let mut tested = full.clone();
        tested.visit.success = Some("A test is on its way to alex.rowan@example.org.".into());
        vec![
            ("planned", full),
            ("reading-only", reading),
            ("going", going),
            ("refused", refused),
            ("tested", tested),
        ]
    }
}

impl View for EmailAsked {
    const TEMPLATE: &'static str = "console/emails-sure.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let send = EmailAsked {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/emails/councils"),
            desk: Desk::sample("/console/campaigns"),
            campaign: "second".into(),
            title: "Our second Open Conversation".into(),
            email: line(&[]),
            act: EmailAct::SendNow,
            begun: false,
            problem: None,
        };
        let refused = EmailAsked {
            problem: Some(
                "It comes too soon after “One week left”. It can go from Friday 3 May 2024 at 9:00am.".into(),
            ),
            ..send.clone()
        };
        let off = EmailAsked { act: EmailAct::TakeOff, ..send.clone() };
        let mut stop = EmailAsked { begun: true, ..off.clone() };
        stop.email.standing.counts = vec!["sent to about 700".into()];
        vec![("send-now", send), ("send-now-refused", refused), ("take-off", off), ("stop-half-way", stop)]
    }
}
