//! What this participant has said and answered.

use domain::contribution::PostState;
use domain::round::{Prompt, RoundState};
use domain::vote::{VoteCounts, VoteValue};
use serde::Serialize;

use super::{Campaign, Card, Chrome, MyModeration, View, Visit, sample_prompts};

/// What this participant has said and answered.
#[derive(Clone, Debug, Serialize)]
pub struct Mine {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// What the conversation asks; ideas and votes point into this list.
    pub prompts: Vec<Prompt>,
    /// What is kept until this participant is let in, in the order sent: each stands at the place that taking it back names.
    pub kept: Vec<MyKept>,
    /// What was kept and could not be done, until it is put away.
    pub refused: Vec<MyRefused>,
    /// What moderators did about one's own posts.
    pub moderation: MyModeration,
    /// Own ideas, newest first.
    pub ideas: Vec<MyIdea>,
    /// Own comments, newest first.
    pub comments: Vec<MyComment>,
    /// Answers given, newest first.
    pub votes: Vec<MyVote>,
    /// How many answers there are in all: the list shows the first ones only.
    pub votes_total: u64,
}

/// Something that waits to appear.
#[derive(Clone, Debug, Serialize)]
pub struct MyKept {
    /// What it is: "Idea", "Comment", "Vote".
    pub kind: String,
    /// Its words, or the vote's.
    pub text: String,
    /// The beginning of what it comments on or answers, as plain text.
    pub about: Option<String>,
}

/// Something that was kept and could not be done.
#[derive(Clone, Debug, Serialize)]
pub struct MyRefused {
    /// What it is: "Idea", "Comment", "Vote".
    pub kind: String,
    /// All its words, to be copied, or the vote's.
    pub text: String,
    /// The beginning of what it was about, as plain text, while readers may see it.
    pub about: Option<String>,
    /// Why, as a sentence.
    pub why: String,
}

/// One own idea.
#[derive(Clone, Debug, Serialize)]
pub struct MyIdea {
    /// Its id.
    pub id: String,
    /// The place of its prompt in `prompts`.
    pub prompt: usize,
    /// Visible, hidden or withdrawn.
    pub state: PostState,
    /// The beginning of its words, as plain text.
    pub excerpt: String,
    /// The day in words.
    pub when: String,
    /// The answers so far.
    pub votes: VoteCounts,
    /// How many comments.
    pub comments: i64,
}

/// One own comment.
#[derive(Clone, Debug, Serialize)]
pub struct MyComment {
    /// Its id.
    pub id: String,
    /// The contribution it stands under.
    pub contribution: String,
    /// Visible, hidden or withdrawn.
    pub state: PostState,
    /// The beginning of its words, as plain text.
    pub excerpt: String,
    /// The day in words.
    pub when: String,
}

/// One answer given.
#[derive(Clone, Debug, Serialize)]
pub struct MyVote {
    /// The contribution to open.
    pub contribution: String,
    /// The place of its prompt in `prompts`.
    pub prompt: usize,
    /// The answer.
    pub answer: VoteValue,
    /// The beginning of the words it answers, as plain text.
    pub excerpt: String,
}

impl View for Mine {
    const TEMPLATE: &'static str = "mine.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Mine)> {
        let idea = |n, state| MyIdea {
            id: Card::sample(n).id,
            prompt: n % 4,
            state,
            excerpt: "Rotas land two weeks before they start. I cannot book childcare on that.".into(),
            when: "yesterday".into(),
            votes: VoteCounts { agree: 41, disagree: 3, pass: 2 },
            comments: 4,
        };
        let comment = |n, state| MyComment {
            id: format!("c0ffee{n}"),
            contribution: Card::sample(n).id,
            state,
            excerpt: "The same on our side. A month would do.".into(),
            when: "today".into(),
        };
        let vote = |n, answer| MyVote {
            contribution: Card::sample(n).id,
            prompt: n % 4,
            answer,
            excerpt: "Nights are forgotten: no hot food after eight, training only by day…".into(),
        };
        let mine = |state| Mine {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first/mine"),
            campaign: Campaign::sample(state),
            prompts: sample_prompts(),
            kept: Vec::new(),
            refused: Vec::new(),
            moderation: MyModeration::default(),
            ideas: vec![
                idea(0, PostState::Visible),
                idea(1, PostState::Withdrawn),
                idea(2, PostState::Hidden),
            ],
            comments: vec![comment(3, PostState::Visible), comment(4, PostState::Withdrawn)],
            votes: vec![vote(5, VoteValue::Agree), vote(6, VoteValue::Disagree), vote(7, VoteValue::Pass)],
            votes_total: 57,
        };
        let mut nothing = mine(RoundState::Open);
        nothing.ideas.clear();
        nothing.comments.clear();
        nothing.votes.clear();
        nothing.votes_total = 0;
        let kept = |kind: &str, text: &str, about: Option<&str>| MyKept {
            kind: kind.into(),
            text: text.into(),
            about: about.map(str::to_owned),
        };
        let mut waiting = nothing.clone();
        waiting.visit.waits_until = Some("6pm today".into());
        waiting.kept = vec![
            kept("Idea", "Rotas land two weeks before they start. I cannot book childcare on that.", None),
            kept(
                "Comment",
                "The same on our side. A month would do.",
                Some("Rotas come too late to plan a life around"),
            ),
            kept("Vote", "Same for me", Some("Nights are forgotten: no hot food after eight…")),
        ];
        let mut sent = waiting.clone();
        sent.visit.success =
            Some("We have kept it. It appears with the next group of people who are let in.".into());
        let refused = |kind: &str, text: &str, about: Option<&str>, why: &str| MyRefused {
            kind: kind.into(),
            text: text.into(),
            about: about.map(str::to_owned),
            why: why.into(),
        };
        let mut not_done = mine(RoundState::Open);
        let gone = "What it was about has been taken back or taken down.";
        not_done.refused = vec![
            refused(
                "Idea",
                "Rotas land two weeks before they start.\n\nI cannot book childcare on that.",
                None,
                "The conversation holds all the ideas that it can.",
            ),
            refused("Comment", "The same on our side. A month would do.", None, gone),
            refused("Vote", "You agree", Some("Rotas come too late to plan a life around"), gone),
        ];
        let mut taken_back = mine(RoundState::Open);
        taken_back.visit.success = Some("Your idea has been taken back.".into());
        vec![
            ("open", mine(RoundState::Open)),
            ("nothing-yet", nothing),
            ("waiting", waiting),
            ("kept", sent),
            ("not-done", not_done),
            ("taken-back", taken_back),
            ("moderated", Mine { moderation: MyModeration::sample(), ..mine(RoundState::Open) }),
            ("closed", mine(RoundState::Closed)),
        ]
    }
}
