//! Campaigns: those that are there, those that are being prepared, and a new one.

use domain::round::RoundState;
use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, FieldError, View, Visit};

/// The list.
#[derive(Clone, Debug, Serialize)]
pub struct Campaigns {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Open, paused or to come, by opening.
    pub live: Vec<CampaignLine>,
    /// Being prepared, the one last changed first.
    pub drafts: Vec<DraftLine>,
    /// Closed.
    pub ended: Vec<CampaignLine>,
    /// Whether this person may prepare campaigns.
    pub may_prepare: bool,
    /// Whether this person may see how many have login details.
    pub may_see_logins: bool,
    /// The short name of the campaign that was just launched.
    pub launched: Option<String>,
}

/// A campaign.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignLine {
    /// Its short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: RoundState,
    /// When it opens.
    pub opens: String,
    /// When it closes.
    pub closes: String,
}

/// A draft.
#[derive(Clone, Debug, Serialize)]
pub struct DraftLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// When it was last changed, in words.
    pub changed: String,
}

/// The form that starts a draft.
#[derive(Clone, Debug, Serialize)]
pub struct NewCampaign {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// As typed.
    pub title: String,
    /// The campaign that it is to be like; empty for none.
    pub like: String,
    /// The campaigns that it can be like: short name and title.
    pub campaigns: Vec<(String, String)>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl View for Campaigns {
    const TEMPLATE: &'static str = "console/campaigns.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |slug: &str, title: &str, state| CampaignLine {
            slug: slug.into(),
            title: title.into(),
            state,
            opens: "Tuesday 23 April 2024 at 9:00am".into(),
            closes: "Tuesday 7 May 2024 at 11:59pm".into(),
        };
        let draft = DraftLine {
            id: "0f8fad5b-d9cb-469f-a165-70867728950e".into(),
            title: "A third conversation".into(),
            changed: "today".into(),
        };
        let page = |live, drafts, ended, may_prepare| Campaigns {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns"),
            desk: Desk::sample("/console/campaigns"),
            live,
            drafts,
            ended,
            may_prepare,
            may_see_logins: may_prepare,
            launched: None,
        };
        let live = vec![
            line("second", "Our second Open Conversation", RoundState::Open),
            line("series", "A series", RoundState::Paused),
            line("third", "Later", RoundState::Upcoming),
        ];
        let ended = vec![line("first", "Our first Open Conversation", RoundState::Closed)];
        let mut launched = page(live.clone(), vec![], vec![], true);
        launched.launched = Some("third".into());
        vec![
            ("all", page(live.clone(), vec![draft], ended.clone(), true)),
            ("none", page(vec![], vec![], vec![], true)),
            ("launched", launched),
            ("reading-only", page(live, vec![], ended, false)),
        ]
    }
}

impl View for NewCampaign {
    const TEMPLATE: &'static str = "console/new-campaign.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |campaigns, errors| NewCampaign {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/new"),
            desk: Desk::sample("/console/campaigns"),
            title: String::new(),
            like: String::new(),
            campaigns,
            errors,
        };
        let known = vec![("first".to_owned(), "Our first Open Conversation".to_owned())];
        let missing =
            FieldError { field: "title".into(), text: "Give it a title. You can change it later.".into() };
        vec![
            ("first", page(vec![], vec![])),
            ("like-another", page(known.clone(), vec![])),
            ("refused", page(known, vec![missing])),
        ]
    }
}
