//! Taking one's own words back.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Card, Chrome, View, Visit};

/// An idea or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    /// An idea.
    Contribution,
    /// A comment.
    Comment,
}

/// The question "are you sure?" before a post is taken back.
#[derive(Clone, Debug, Serialize)]
pub struct Withdraw {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// The post's id.
    pub post: String,
    /// An idea or a comment.
    pub kind: PostKind,
    /// The contribution to go back to.
    pub contribution: String,
    /// Its words as safe HTML.
    pub html: String,
}

impl View for Withdraw {
    const TEMPLATE: &'static str = "withdraw.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Withdraw)> {
        let withdraw = |kind| Withdraw {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first/posts/7d0f5c1e/withdraw"),
            campaign: Campaign::sample(RoundState::Open),
            post: "7d0f5c1e".into(),
            kind,
            contribution: "7d0f5c1e".into(),
            html: Card::sample(2).html,
        };
        vec![("idea", withdraw(PostKind::Contribution)), ("comment", withdraw(PostKind::Comment))]
    }
}
