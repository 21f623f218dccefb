//! The console's first page.

use domain::round::RoundState;
use serde::Serialize;

use super::{Desk, DeskLink};
use crate::views::{Chrome, View, Visit};

/// The tenant's conversations, and what this person can do in each.
#[derive(Clone, Debug, Serialize)]
pub struct Start {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Operators of the platform who may be in here now, to whoever may know.
    pub support: Vec<StartSupport>,
    /// The conversations.
    pub campaigns: Vec<StartCampaign>,
}

/// An operator's access that lasts.
#[derive(Clone, Debug, Serialize)]
pub struct StartSupport {
    /// Who.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Until when, in words.
    pub until: String,
}

/// One conversation.
#[derive(Clone, Debug, Serialize)]
pub struct StartCampaign {
    /// What it is called.
    pub title: String,
    /// Where participants find it.
    pub path: String,
    /// Upcoming, open or closed.
    pub state: RoundState,
    /// When it opens or closes, a sentence.
    pub when: String,
    /// What this person can do in it.
    pub work: Vec<DeskLink>,
}

impl View for Start {
    const TEMPLATE: &'static str = "console/start.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let link = |text: &str, part: &str| DeskLink {
            text: text.into(),
            path: format!("/console/campaigns/first/{part}"),
            current: false,
        };
        let campaign = |state, when: &str| StartCampaign {
            title: "What gets in your way, and what would help?".into(),
            path: "/conversations/first".into(),
            state,
            when: when.into(),
            work: vec![link("Figures", "figures"), link("Moderation", "moderation"), link("Dates", "dates")],
        };
        let start = |campaigns| Start {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console"),
            desk: Desk::sample("/console"),
            support: vec![],
            campaigns,
        };
        let leaving = "This site is closed. On 5 June 2024 everything of it is deleted.".to_owned();
        let desk = Desk { standing: Some(leaving), ..Desk::sample("/console") };
        let support = vec![StartSupport {
            name: "Robin Marsh (platform support)".into(),
            reason: "The logo looks wrong on phones; you asked us to look.".into(),
            until: "Monday 6 May at 12pm".into(),
        }];
        let watched = Start { desk, support, ..start(vec![]) };
        let open = campaign(RoundState::Open, "It closes on Tuesday 7 May at 11:59pm.");
        let closed = campaign(RoundState::Closed, "It closed on Thursday 14 December at 11:59pm.");
        let viewer = StartCampaign { work: vec![], ..open.clone() };
        vec![
            ("two", start(vec![open, closed])),
            ("paused", start(vec![campaign(RoundState::Paused, "It closes on Tuesday 7 May at 11:59pm.")])),
            ("none", start(vec![])),
            ("leaving-with-support", watched),
            ("nothing-to-do", start(vec![viewer])),
        ]
    }
}
