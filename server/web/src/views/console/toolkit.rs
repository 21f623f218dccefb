//! A campaign's comms toolkit: its version, the organisations, and what was asked for.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct ToolkitPage {
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
    /// Which version is current, since when, and why.
    pub version: String,
    /// Whether there were others before it.
    pub has_older: bool,
    /// What was asked for, newest first.
    pub files: Vec<ToolkitFile>,
    /// How many of them are not there yet.
    pub making: usize,
    /// For how long they are kept, days.
    pub kept_days: i64,
    /// Those who hand it out.
    pub organisations: Vec<ToolkitOrganisation>,
}

/// Something that was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct ToolkitFile {
    /// Its id.
    pub id: String,
    /// Whether it is letters with login details, not a toolkit.
    pub letters: bool,
    /// The organisation's name.
    pub organisation: String,
    /// The version of the dates in it.
    pub version: i64,
    /// What has changed since it was asked for, in words.
    pub outdated: Option<&'static str>,
    /// When it was asked for, in words.
    pub asked: String,
    /// How far it is.
    pub state: FileState,
    /// Why it could not be made.
    pub why: Option<String>,
    /// Parts that are there.
    pub made: i64,
    /// About how many there will be.
    pub of: i64,
    /// Whether this person may download it.
    pub may_fetch: bool,
    /// Whether this person may take it off the list.
    pub may_drop: bool,
}

/// How far something is that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Nobody has begun.
    Waiting,
    /// Being made.
    Making,
    /// All there.
    Ready,
    /// It could not be made.
    Failed,
}

/// An organisation that hands out a toolkit.
#[derive(Clone, Debug, Serialize)]
pub struct ToolkitOrganisation {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether its people get login details; others sign up.
    pub invited: bool,
}

impl View for ToolkitPage {
    const TEMPLATE: &'static str = "console/toolkit.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let organisation = |slug: &str, name: &str, invited| ToolkitOrganisation {
            slug: slug.into(),
            name: name.into(),
            invited,
        };
        let file = |letters, state, (made, of)| ToolkitFile {
            id: "0f8fad5b-d9cb-469f-a165-70867728950e".into(),
            letters,
            organisation: "University Hospitals Birmingham NHS Foundation Trust".into(),
            version: 2,
            outdated: None,
            asked: "Monday 6 May 2024 at 11:20am".into(),
            state,
            why: None,
            made,
            of,
            may_fetch: true,
            may_drop: true,
        };
        let first = ToolkitPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/toolkit"),
            desk: Desk::sample("/console/campaigns"),
            slug: "second".into(),
            title: "Our second Open Conversation".into(),
            version: "Version 1: the dates as they were first planned".into(),
            has_older: false,
            files: vec![],
            making: 0,
            kept_days: 7,
            organisations: vec![
                organisation("uhb", "University Hospitals Birmingham NHS Foundation Trust", true),
                organisation("birmingham-council", "Birmingham City Council", false),
            ],
        };
        let moved = ToolkitPage {
            version: "Version 2, 6 May 2024: the closing moved".into(),
            has_older: true,
            ..first.clone()
        };
        let making = ToolkitPage {
            files: vec![
                file(false, FileState::Waiting, (0, 1)),
                file(true, FileState::Making, (12, 80)),
                file(false, FileState::Making, (0, 1)),
            ],
            making: 3,
            ..moved.clone()
        };
        let dates = "The dates have changed since.";
        let looks = "A name, words, the look or an address in it has changed since.";
        let failed = "It could not be made. Ask for it again.";
        let made = ToolkitPage {
            files: vec![
                file(true, FileState::Ready, (80, 80)),
                file(false, FileState::Ready, (1, 1)),
                ToolkitFile { outdated: Some(looks), ..file(false, FileState::Ready, (1, 1)) },
                ToolkitFile { version: 1, outdated: Some(dates), ..file(true, FileState::Ready, (3, 3)) },
                ToolkitFile { why: Some(failed.into()), ..file(false, FileState::Failed, (0, 1)) },
            ],
            ..moved.clone()
        };
        let mut looks = made.clone();
        looks.files.truncate(3);
        looks.files.iter_mut().for_each(|file| (file.may_fetch, file.may_drop) = (!file.letters, false));
        vec![("first", first), ("making", making), ("made", made), ("looks", looks)]
    }
}
