//! A round's activity: what its round type draws, and what the host says around it.

use domain::round::RoundState;
use serde::Serialize;

use super::blocks::{BlocksView, sample_blocks};
use super::{Campaign, Chrome, View, Visit};

/// A page of a round's activity, or of what it came to.
#[derive(Clone, Debug, Serialize)]
pub struct ActivityPage {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// What the round is called.
    pub round: String,
    /// The page's title: the round's, or what a page below the first begins with.
    pub title: String,
    /// Which of the activity's pages it is.
    pub place: ActivityPlace,
    /// What the round type drew; none where [`message`](Self::message) says why.
    pub blocks: Option<BlocksView>,
    /// Why nothing is drawn.
    pub message: Option<String>,
    /// The round takes nothing now, and somebody just sent something: it stands in the form.
    pub not_taken: Option<String>,
    /// What was typed into a form that is not on the page any more, to be copied.
    pub kept: String,
    /// Whether people talk about it as well.
    pub has_discussion: bool,
    /// Whether there is a page that says what it came to.
    pub has_results: bool,
}

/// Which page of an activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityPlace {
    /// Its first page.
    #[default]
    First,
    /// A page below the first.
    Below,
    /// What it came to.
    Results,
}

impl View for ActivityPage {
    const TEMPLATE: &'static str = "activity.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |state, place| Self {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first"),
            campaign: Campaign::sample(state),
            round: "Check the pledges".into(),
            title: "Check the pledges".into(),
            kept: String::new(),
            place,
            blocks: Some(sample_blocks(false)),
            message: None,
            not_taken: None,
            has_discussion: true,
            has_results: false,
        };
        let open = page(RoundState::Open, ActivityPlace::First);
        let said = |words: &str| Self { blocks: None, message: Some(words.into()), ..open.clone() };
        let mut thanked = page(RoundState::Open, ActivityPlace::Below);
        thanked.title = "Rotas in good time".into();
        thanked.visit.success = Some("Your answer is saved.".into());
        vec![
            ("refused-form", Self { blocks: Some(sample_blocks(true)), ..open.clone() }),
            ("below", thanked),
            ("closed", Self { has_results: true, ..page(RoundState::Closed, ActivityPlace::First) }),
            ("results", Self { has_results: true, ..page(RoundState::Closed, ActivityPlace::Results) }),
            (
                "unavailable",
                said("This activity is not working just now. Everything else is. Please try again later."),
            ),
            (
                "gone",
                Self {
                    kept: "What I had typed.".into(),
                    ..said("This page has changed since you opened it. Please answer again.")
                },
            ),
            ("paused", page(RoundState::Paused, ActivityPlace::Below)),
            (
                "closed-meanwhile",
                Self {
                    not_taken: Some("The conversation has closed.".into()),
                    ..page(RoundState::Closed, ActivityPlace::First)
                },
            ),
            ("open", open),
        ]
    }
}
