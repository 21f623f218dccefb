//! Everything about one case, and everything that can be done about it.

use domain::moderation::{MAX_NOTE_CHARACTERS, Reason, SUSPENSION_DAYS};
use serde::Serialize;

use super::{ClaimedBy, DecidedBefore, Desk};
use crate::views::{Chrome, ReasonChoice, View, Visit};

/// Everything about one case, and everything that can be done about it.
#[derive(Clone, Debug, Serialize)]
pub struct ModerationCase {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// URL of `moderation.js`.
    pub script: String,
    /// The conversation's short name.
    pub slug: String,
    /// Which cases come next: a state's name, or empty for all that wait.
    pub filter: String,
    /// How many wait.
    pub waiting: i64,
    /// The post.
    pub post: CasePost,
    /// Where the case stands, in words.
    pub state: &'static str,
    /// What was done about it so far: sent back with each decision.
    pub version: i32,
    /// Since which day, in words.
    pub since: String,
    /// Who works on it.
    pub claimed: Option<ClaimedBy>,
    /// What the rules found: the rule in words, and what it stopped at.
    pub findings: Vec<CaseFinding>,
    /// Why people reported it: the reason, and their words.
    pub reports: Vec<CaseReport>,
    /// How many did.
    pub reports_total: i64,
    /// Why it is hidden.
    pub reason: Option<&'static str>,
    /// What was said about it, oldest first.
    pub said: Vec<CaseSaid>,
    /// The suspension of its author that was made here: until when, in words.
    pub suspended: Option<String>,
    /// Ideas to put it together with.
    pub similar: Vec<CaseSimilar>,
    /// What was looked for among them.
    pub search: String,
    /// Where it leads.
    pub merged_into: Option<String>,
    /// What this person can do now.
    pub can: CaseActs,
    /// The codebook.
    pub reasons: Vec<ReasonChoice>,
    /// The lengths of a suspension, days.
    pub days: Vec<u32>,
    /// The most characters of a note.
    pub limit: usize,
    /// Whom safety is passed on to.
    pub support: String,
    /// Who that is.
    pub support_name: String,
    /// Who hid it, where its author appeals: by name, and whether that is the reader.
    pub hidden_by: Option<HiddenBy>,
    /// What was decided just before, to look at again.
    pub before: Option<DecidedBefore>,
    /// Why the last thing was not done.
    pub problem: Option<String>,
    /// What was typed when it was not.
    pub typed: CaseTyped,
}

/// Who hid a post.
#[derive(Clone, Debug, Serialize)]
pub struct HiddenBy {
    /// Their name.
    pub name: String,
    /// Whether that is the reader.
    pub mine: bool,
    /// Whether the reader leaves it to somebody else therefore.
    pub barred: bool,
}

/// The post as moderators see it.
#[derive(Clone, Debug, Serialize)]
pub struct CasePost {
    /// Its id.
    pub id: String,
    /// Whether it is a comment.
    pub comment: bool,
    /// The name that its author has in this thread alone.
    pub name: String,
    /// Its words as safe HTML.
    pub html: String,
    /// Its words, plain.
    pub body: String,
    /// The day in words.
    pub when: String,
    /// Whether others see it.
    pub visible: bool,
    /// Whether its author changed it.
    pub edited: bool,
    /// Whether a moderator did.
    pub amended: bool,
    /// The question that an idea answers.
    pub prompt: Option<String>,
    /// The idea that a comment is on.
    pub thread: Option<CaseThread>,
    /// Whether comments under it are closed.
    pub locked: bool,
    /// Answers, in words.
    pub votes: String,
    /// How many comments.
    pub comments: i64,
}

/// The idea that a comment is on.
#[derive(Clone, Debug, Serialize)]
pub struct CaseThread {
    /// Its id.
    pub id: String,
    /// What it says, as safe HTML.
    pub html: String,
}

/// What a rule found.
#[derive(Clone, Debug, Serialize)]
pub struct CaseFinding {
    /// The rule in words.
    pub rule: &'static str,
    /// What it stopped at.
    pub found: Option<String>,
}

/// Why somebody reported it.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    /// The reason in words.
    pub reason: &'static str,
    /// More, in their words.
    pub note: Option<String>,
}

/// Something that was said about it.
#[derive(Clone, Debug, Serialize)]
pub struct CaseSaid {
    /// Who says what.
    pub who: &'static str,
    /// The words.
    pub words: String,
    /// What the post said before.
    pub before: Option<String>,
}

/// An idea to put it together with.
#[derive(Clone, Debug, Serialize)]
pub struct CaseSimilar {
    /// Its id.
    pub id: String,
    /// The beginning of its words.
    pub excerpt: String,
    /// Answers, in words.
    pub votes: String,
}

/// What this person can do now: what they may do, as far as the case stands so that it is possible.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct CaseActs {
    /// Take it for five minutes.
    pub claim: bool,
    /// Let it stand.
    pub keep: bool,
    /// Change its words.
    pub amend: bool,
    /// Hide it.
    pub hide: bool,
    /// Bring it back.
    pub restore: bool,
    /// Ask its author.
    pub ask: bool,
    /// Put it together with another.
    pub merge: bool,
    /// Close the comments under it, or open them.
    pub lock: bool,
    /// Stop its author from writing.
    pub suspend: bool,
    /// Pass it on.
    pub escalate: bool,
}

/// What was typed when something was not done.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CaseTyped {
    /// Which form it was.
    pub form: String,
    /// Amended words.
    pub body: String,
    /// A note.
    pub note: String,
    /// A chosen reason.
    pub reason: String,
}

impl ModerationCase {
    fn sample(chrome: &Chrome) -> Self {
        let thread = "<p>Who decides about the bay on Fridays?</p>";
        Self {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/first/moderation/c0ffee1"),
            desk: Desk::sample("/console/campaigns"),
            script: crate::assets::url("moderation.js"),
            slug: "first".into(),
            filter: String::new(),
            waiting: 57,
            post: CasePost {
                id: "c0ffee1".into(),
                comment: true,
                name: "Teal heron".into(),
                html: "<p>Ask Susan, she knows: www.example.org</p>".into(),
                body: "Ask Susan, she knows: www.example.org".into(),
                when: "today".into(),
                visible: false,
                edited: false,
                amended: false,
                prompt: None,
                thread: Some(CaseThread { id: "7d0f5c1e".into(), html: thread.into() }),
                locked: false,
                votes: "0 agree, 0 disagree, 0 not sure".into(),
                comments: 0,
            },
            state: "Held by a rule",
            version: 1,
            since: "today".into(),
            claimed: Some(ClaimedBy { name: "Alex Rowan".into(), mine: true, until: "14:05".into() }),
            findings: vec![
                CaseFinding { rule: "it may name a person", found: Some("Susan".into()) },
                CaseFinding { rule: "it has a web address", found: Some("www.example.org".into()) },
            ],
            reports: Vec::new(),
            reports_total: 0,
            reason: None,
            said: Vec::new(),
            suspended: None,
            similar: Vec::new(),
            search: String::new(),
            merged_into: None,
            can: CaseActs {
                claim: true,
                keep: true,
                amend: true,
                hide: true,
                restore: false,
                ask: true,
                merge: false,
                lock: false,
                suspend: true,
                escalate: true,
            },
            reasons: ReasonChoice::all(),
            days: SUSPENSION_DAYS.to_vec(),
            limit: MAX_NOTE_CHARACTERS,
            support: "support@example.org".into(),
            support_name: "The independent support team".into(),
            hidden_by: None,
            before: None,
            problem: None,
            typed: CaseTyped::default(),
        }
    }

    fn sample_idea(chrome: &Chrome) -> Self {
        let mut idea = Self::sample(chrome);
        idea.post = CasePost {
            comment: false,
            html: "<p>Rotas land two weeks before they start.</p>".into(),
            body: "Rotas land two weeks before they start.".into(),
            visible: true,
            edited: true,
            prompt: Some("What gets in your way?".into()),
            thread: None,
            votes: "41 agree, 3 disagree, 2 not sure".into(),
            comments: 4,
            ..idea.post
        };
        idea.findings.clear();
        idea.state = "Reported";
        idea.reports_total = 2;
        idea.reports = vec![
            CaseReport { reason: Reason::Duplicate.label(), note: Some("Said on the first day".into()) },
            CaseReport { reason: Reason::OffTopic.label(), note: None },
        ];
        idea.similar = vec![CaseSimilar {
            id: "5eed".into(),
            excerpt: "The rota comes out too late to book childcare".into(),
            votes: "12 agree, 0 disagree, 1 not sure".into(),
        }];
        idea.can = CaseActs { merge: true, lock: true, ..idea.can };
        idea
    }
}

impl View for ModerationCase {
    const TEMPLATE: &'static str = "console/moderation_case.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let held = Self::sample(chrome);
        let reported = Self::sample_idea(chrome);
        let said = |who, words: &str| CaseSaid { who, words: words.into(), before: None };
        let mut appealed = Self::sample_idea(chrome);
        appealed.state = "Appealed";
        appealed.post.visible = false;
        appealed.reason = Some(Reason::OffTopic.label());
        appealed.said = vec![
            said("A moderator hid it", ""),
            said("Its author asks for another look", "It is about rotas."),
        ];
        appealed.can = CaseActs { keep: false, restore: true, merge: false, ..appealed.can };
        appealed.hidden_by = Some(HiddenBy { name: "Alex Rowan".into(), mine: true, barred: false });
        appealed.before = Some(DecidedBefore { post: "c0ffee1".into(), undo: Some(3) });
        let mut barred = appealed.clone();
        barred.can = CaseActs { suspend: true, escalate: true, ..CaseActs::default() };
        barred.hidden_by = Some(HiddenBy { name: "Alex Rowan".into(), mine: true, barred: true });
        let mut amended = Self::sample_idea(chrome);
        amended.state = "Kept";
        amended.post.amended = true;
        amended.post.locked = true;
        amended.suspended = Some("until 8 May".into());
        amended.said = vec![CaseSaid {
            before: Some("Ask Priya: rotas land late.".into()),
            ..said("A moderator changed it", "We took out a name.")
        }];
        amended.can.keep = false;
        let mut somebody_elses = Self::sample(chrome);
        somebody_elses.claimed =
            Some(ClaimedBy { name: "Sam Birch".into(), mine: false, until: "14:05".into() });
        somebody_elses.can = CaseActs::default();
        let mut merged = Self::sample_idea(chrome);
        merged.state = "Put together";
        merged.post.visible = false;
        merged.merged_into = Some("5eed".into());
        merged.can = CaseActs { escalate: true, ..CaseActs::default() };
        let mut refused = Self::sample(chrome);
        refused.problem = Some("Choose a reason from the list.".into());
        refused.typed =
            CaseTyped { form: "hide".into(), note: "Only one Susan there".into(), ..CaseTyped::default() };
        vec![
            ("held", held),
            ("reported", reported),
            ("appealed", appealed),
            ("barred", barred),
            ("amended", amended),
            ("somebody-elses", somebody_elses),
            ("put-together", merged),
            ("refused", refused),
        ]
    }
}
