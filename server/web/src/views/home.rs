//! The front page of a tenant.

use domain::round::RoundState;
use serde::Serialize;

use super::ways::sample_address;
use super::{Campaign, Chrome, ReportEntry, View, Visit};

/// The front page of a tenant.
#[derive(Clone, Debug, Serialize)]
pub struct Home {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The headline.
    pub headline: String,
    /// One or two sentences under it.
    pub lead: String,
    /// More from the tenant's pack, as safe HTML; may be empty.
    pub body_html: String,
    /// What was found in what people said, the newest first.
    pub reports: Vec<ReportEntry>,
    /// The conversation to show, if there is one.
    pub campaign: Option<Campaign>,
    /// Where people join it, which may be at another address; empty without a conversation.
    pub join: String,
    /// What has happened in it so far; `None` before it opens.
    pub counts: Option<Counts>,
    /// Other conversations that are open now.
    pub also_open: Vec<OtherCampaign>,
}

/// A conversation beside the one that is shown.
#[derive(Clone, Debug, Serialize)]
pub struct OtherCampaign {
    /// What it is called.
    pub title: String,
    /// Where people join it, which may be at another address.
    pub join: String,
    /// Whether nobody can write in it just now.
    pub paused: bool,
    /// When it closes, in local time.
    pub closes: String,
}

/// What has happened in a campaign so far.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Counts {
    /// Contributions that can be read.
    pub ideas: u64,
    /// Comments that can be read.
    pub comments: u64,
    /// Answers given.
    pub votes: u64,
    /// People who have entered.
    pub joined: u64,
}

impl View for Home {
    const TEMPLATE: &'static str = "home.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Home)> {
        let home = |state: Option<RoundState>, signed_in| {
            Home {
            site: chrome.clone(),
            visit: Visit::sample(signed_in, "/"),
            headline: "Say what gets in your way. Help to put it right.".into(),
            lead: "For two weeks, everyone who works in health and care here can speak openly, without a name, about what is wrong and what would make it better.".into(),
            body_html: "<h2>Why now</h2><p>You know best what happens on a normal day. What you say here becomes the first draft of a plan, and you get to check that plan before it is final.</p>".into(),
            reports: vec![],
            campaign: state.map(Campaign::sample),
            join: sample_address(chrome, "join/first"),
            also_open: vec![OtherCampaign {
                title: "Our second Open Conversation".into(),
                join: sample_address(chrome, "join/second"),
                paused: signed_in,
                closes: "Tuesday 7 May 2024, 23:59".into(),
            }],
            counts: state.filter(|s| *s != RoundState::Upcoming).map(|_| Counts {
                ideas: 154,
                comments: 1_212,
                votes: 29_719,
                joined: 536,
            }),
        }
        };
        let mut reported = home(Some(RoundState::Closed), false);
        reported.reports = vec![ReportEntry::sample()];
        let mut just_left = home(Some(RoundState::Open), false);
        just_left.visit.success = Some("You have left. Nothing of your visit is kept on this device.".into());
        vec![
            ("upcoming", home(Some(RoundState::Upcoming), false)),
            ("open", home(Some(RoundState::Open), false)),
            ("open-signed-in", home(Some(RoundState::Open), true)),
            ("paused", home(Some(RoundState::Paused), false)),
            ("closed", home(Some(RoundState::Closed), false)),
            ("closed-with-report", reported),
            ("none", home(None, false)),
            ("just-left", just_left),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Renderer;
    use crate::views::sample_sites;

    /// The count is rounded down.
    #[test]
    fn how_many_have_joined_is_said_as_a_sentence() {
        let renderer = Renderer::new().unwrap();
        let chrome = renderer.dress(&sample_sites().remove(0).1).unwrap();
        let samples = Home::samples(&chrome);
        let (_, mut open) = samples.into_iter().find(|(name, _)| *name == "open").unwrap();
        open.counts = Some(Counts { joined: 1_530, ..open.counts.unwrap() });
        assert!(
            renderer.render(&open).unwrap().contains("<p>At least <b>1,530</b> people have come in.</p>")
        );
        open.counts = Some(Counts { joined: 0, ..open.counts.unwrap() });
        assert!(
            !renderer.render(&open).unwrap().contains("people have come in"),
            "nothing is said of nobody"
        );
    }
}
