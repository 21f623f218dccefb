//! The moderators' queue.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The moderators' queue of one conversation.
#[derive(Clone, Debug, Serialize)]
pub struct ModerationQueue {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The conversation's short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Which cases are listed: a state's name, or empty for all that wait.
    pub filter: String,
    /// What can be listed.
    pub filters: Vec<QueueFilter>,
    /// The cases of this page.
    pub cases: Vec<QueueLine>,
    /// Those who may not write for now, to whoever may end that.
    pub suspended: Vec<SuspendedLine>,
    /// How many of those are listed at most.
    pub most_suspended: u64,
    /// This page's number, from 1.
    pub page: u64,
    /// Whether there is another.
    pub more: bool,
    /// Whether this person may decide.
    pub may_decide: bool,
    /// What was decided just before, to look at again.
    pub before: Option<DecidedBefore>,
}

/// What this person decided just before.
#[derive(Clone, Debug, Serialize)]
pub struct DecidedBefore {
    /// The post's id.
    pub post: String,
    /// The version of its case: to bring back what was hidden. None where that is not what is to undo.
    pub undo: Option<i32>,
}

/// Something that can be listed.
#[derive(Clone, Debug, Serialize)]
pub struct QueueFilter {
    /// Its name in the address; empty for all that wait.
    pub value: &'static str,
    /// What people read.
    pub label: &'static str,
    /// How many there are.
    pub count: i64,
}

/// One case.
#[derive(Clone, Debug, Serialize)]
pub struct QueueLine {
    /// The post's id.
    pub post: String,
    /// Whether it is a comment.
    pub comment: bool,
    /// The beginning of its words, plain.
    pub excerpt: String,
    /// Where the case stands.
    pub state: &'static str,
    /// Why rules stopped it, in words.
    pub flags: Vec<&'static str>,
    /// How many people reported it.
    pub reports: i64,
    /// For which reasons they did, in words.
    pub reasons: Vec<&'static str>,
    /// Whether one of them is that somebody may not be safe.
    pub urgent: bool,
    /// Since which day, in words.
    pub since: String,
    /// Who works on it, if somebody does.
    pub claimed: Option<ClaimedBy>,
}

/// Somebody who may not write for now, and for which words. Never who.
#[derive(Clone, Debug, Serialize)]
pub struct SuspendedLine {
    /// The post's id.
    pub post: String,
    /// The beginning of its words, plain; none where its author has taken them back.
    pub excerpt: Option<String>,
    /// Why, in words.
    pub reason: Option<&'static str>,
    /// The day on which they may write again, in words; none: when a moderator ends it.
    pub until: Option<String>,
}

/// Who works on a case.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimedBy {
    /// Their name.
    pub name: String,
    /// Whether that is the reader.
    pub mine: bool,
    /// Until when, the time of day.
    pub until: String,
}

impl View for ModerationQueue {
    const TEMPLATE: &'static str = "console/moderation_queue.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |post: &str, state, excerpt: &str| QueueLine {
            post: post.into(),
            comment: false,
            excerpt: excerpt.into(),
            state,
            flags: Vec::new(),
            reports: 0,
            reasons: Vec::new(),
            urgent: false,
            since: "today".into(),
            claimed: None,
        };
        let by = |name: &str, mine| Some(ClaimedBy { name: name.into(), mine, until: "14:05".into() });
        let filter = |value, label, count| QueueFilter { value, label, count };
        let full = ModerationQueue {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/first/moderation"),
            desk: Desk::sample("/console/campaigns"),
            slug: "first".into(),
            title: "What gets in your way, and what would help?".into(),
            filter: String::new(),
            filters: vec![
                filter("", "Waiting for you", 57),
                filter("appealed", "Appealed", 1),
                filter("reported", "Reported", 2),
                filter("held", "Held by a rule", 3),
                filter("new", "New", 51),
                filter("hidden", "Hidden", 9),
            ],
            cases: vec![
                line("a1", "Appealed", "The car park is full at six, so I park at the church and walk."),
                QueueLine {
                    reports: 3,
                    reasons: vec!["Somebody may not be safe", "You can tell who is meant"],
                    urgent: true,
                    claimed: by("Sam Birch", false),
                    ..line("a2", "Reported", "Everybody knows who that is, in bay 3 on a Friday.")
                },
                QueueLine {
                    flags: vec!["it may name a person", "it has a web address"],
                    comment: true,
                    claimed: by("Alex Rowan", true),
                    ..line("a3", "Held by a rule", "Ask Susan, she knows: www.example.org")
                },
                line("a4", "New", "Rotas land two weeks before they start."),
            ],
            suspended: vec![
                SuspendedLine {
                    post: "s1".into(),
                    excerpt: None,
                    reason: Some("It is abusive"),
                    until: None,
                },
                SuspendedLine {
                    post: "s2".into(),
                    excerpt: Some("You are all useless, every one of you.".into()),
                    reason: Some("It is abusive"),
                    until: Some("8 May".into()),
                },
            ],
            most_suspended: 100,
            page: 1,
            more: true,
            may_decide: true,
            before: None,
        };
        let empty = ModerationQueue {
            cases: Vec::new(),
            suspended: Vec::new(),
            more: false,
            filters: vec![filter("", "Waiting for you", 0), filter("new", "New", 0)],
            ..full.clone()
        };
        let second = ModerationQueue {
            page: 2,
            filter: "new".into(),
            before: Some(DecidedBefore { post: "a2".into(), undo: None }),
            visit: Visit { success: Some("Kept. Nothing else waits.".into()), ..full.visit.clone() },
            ..full.clone()
        };
        vec![("full", full), ("nothing-waits", empty), ("second-page", second)]
    }
}
