//! Asking a moderator to look at a post.

use domain::moderation::{MAX_NOTE_CHARACTERS, Reason};
use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, FieldError, PostKind, View, Visit};

/// Asking a moderator to look at a post.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// The post.
    pub post: String,
    /// What it is.
    pub kind: PostKind,
    /// The contribution in whose thread it stands.
    pub contribution: String,
    /// Its words as safe HTML.
    pub html: String,
    /// The reasons to choose from.
    pub reasons: Vec<ReasonChoice>,
    /// The reason chosen so far.
    pub chosen: String,
    /// What was written so far.
    pub note: String,
    /// The most characters of that.
    pub limit: usize,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
}

/// A reason of the codebook.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonChoice {
    /// Its name in forms.
    pub value: &'static str,
    /// What people read.
    pub text: &'static str,
}

impl ReasonChoice {
    /// All of the codebook.
    pub fn all() -> Vec<Self> {
        Reason::ALL.map(|reason| Self { value: reason.slug(), text: reason.label() }).to_vec()
    }
}

impl View for Report {
    const TEMPLATE: &'static str = "report.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let report = |errors: Vec<FieldError>| Report {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first"),
            campaign: Campaign::sample(RoundState::Open),
            post: "c0ffee1".into(),
            kind: PostKind::Comment,
            contribution: "7d0f5c1e".into(),
            html: "<p>Everybody knows who that is, in bay 3 on a Friday.</p>".into(),
            reasons: ReasonChoice::all(),
            chosen: String::new(),
            note: String::new(),
            limit: MAX_NOTE_CHARACTERS,
            errors,
        };
        let wrong = FieldError { field: "reason".into(), text: "Choose a reason from the list.".into() };
        vec![("empty", report(Vec::new())), ("no-reason", report(vec![wrong]))]
    }
}
