//! What rounds' activities collected, as files.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The files of a campaign's activities.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerSheets {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's short name.
    pub campaign: String,
    /// What it is called.
    pub title: String,
    /// The kinds of files.
    pub kinds: Vec<String>,
    /// Its rounds that have an activity.
    pub rounds: Vec<RoundSheets>,
}

/// A round's files.
#[derive(Clone, Debug, Serialize)]
pub struct RoundSheets {
    /// The round's short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Its sheets.
    pub sheets: Vec<SheetLine>,
}

/// One sheet.
#[derive(Clone, Debug, Serialize)]
pub struct SheetLine {
    /// Its name.
    pub id: String,
    /// What it is called.
    pub title: String,
}

impl View for AnswerSheets {
    const TEMPLATE: &'static str = "console/answers.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |id: &str, title: &str| SheetLine { id: id.into(), title: title.into() };
        let some = Self {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/first/answers"),
            desk: Desk::sample("/console/campaigns"),
            campaign: "first".into(),
            title: "Our second Open Conversation".into(),
            kinds: ["csv", "xlsx", "json"].map(String::from).into(),
            rounds: vec![RoundSheets {
                slug: "pledges".into(),
                title: "Draft pledges".into(),
                sheets: vec![line("verdicts", "Verdicts"), line("right", "Did we get it right?")],
            }],
        };
        vec![("none", Self { rounds: Vec::new(), ..some.clone() }), ("some", some)]
    }
}
