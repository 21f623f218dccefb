//! Shapes that several endpoints give or take.

use actions::{Post, Tenant, ThreadPost};
use chrono::NaiveDate;
use domain::board::{Card, Sort};
use domain::contribution::PostState;
use domain::ids::{ParticipantId, PromptId, RoundId};
use domain::round::{Feeling, RoundState};
use domain::voice;
use domain::vote::{VoteCounts, VoteValue};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

/// Upcoming, open, paused or closed.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "CampaignState", remote = "RoundState", rename_all = "snake_case")]
pub(super) enum State {
    Upcoming,
    Open,
    /// Takes nothing for a while.
    Paused,
    Closed,
}

/// An answer to a contribution or comment. Passing is an answer too.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "Vote", remote = "VoteValue", rename_all = "snake_case")]
pub(super) enum Vote {
    Agree,
    Disagree,
    Pass,
}

/// How its author says they feel about it.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "Feeling", remote = "Feeling", rename_all = "snake_case")]
pub(super) enum FeelingName {
    Hopeful,
    Proud,
    Worried,
    Frustrated,
    Tired,
}

/// What readers see of a post: its words, or that a moderator hid it, or that its author took it back.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "PostState", remote = "PostState", rename_all = "snake_case")]
pub(super) enum Visibility {
    Visible,
    Hidden,
    Withdrawn,
}

/// The order of the contributions: `mix` is a shuffle of the caller's own, steady over pages.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "Sort", remote = "Sort")]
pub(super) enum Order {
    #[oai(rename = "mix")]
    FairMix,
    #[oai(rename = "newest")]
    Newest,
    #[oai(rename = "discussed")]
    MostDiscussed,
    #[oai(rename = "supported")]
    MostSupported,
    #[oai(rename = "needs-votes")]
    NeedsVotes,
}

/// How many answered what.
#[derive(Object)]
pub(super) struct Votes {
    agree: i64,
    disagree: i64,
    pass: i64,
}

impl From<VoteCounts> for Votes {
    fn from(VoteCounts { agree, disagree, pass }: VoteCounts) -> Self {
        Self { agree, disagree, pass }
    }
}

/// A contribution as the caller sees it.
#[derive(Object)]
pub(super) struct Contribution {
    id: Uuid,
    /// The short name of the prompt that it answers.
    prompt: String,
    /// The short name of its theme.
    theme: Option<String>,
    feeling: Option<FeelingName>,
    state: Visibility,
    /// Its text, plain; not HTML. Null unless it is visible.
    body: Option<String>,
    /// Its author's name in this thread; the same person has another in every other. Null unless it is visible.
    display_name: Option<String>,
    /// The day on which it was written.
    day: NaiveDate,
    /// Whether its text was changed since.
    edited: bool,
    /// Whether a moderator changed its text.
    amended: bool,
    /// Whether the caller wrote it.
    own: bool,
    votes: Votes,
    /// The caller's own vote.
    own_vote: Option<Vote>,
    /// How many visible comments it has.
    comments: i64,
}

impl Contribution {
    pub fn of_card(card: &Card, own_vote: Option<VoteValue>, prompt: String, caller: ParticipantId) -> Self {
        Self {
            id: card.id.0,
            prompt,
            theme: card.theme.clone(),
            feeling: card.feeling.map(Into::into),
            state: Visibility::Visible,
            body: Some(card.body.clone()),
            display_name: Some(voice::name(card.voice)),
            day: card.day,
            edited: card.edited,
            amended: card.amended,
            own: card.author == Some(caller),
            votes: card.votes.into(),
            own_vote: own_vote.map(Into::into),
            comments: card.comments,
        }
    }

    pub fn of_thread(
        ThreadPost { post, own_vote }: ThreadPost,
        prompt: String,
        caller: ParticipantId,
    ) -> Self {
        Self {
            id: post.id.0,
            prompt,
            display_name: shown_name(&post),
            own: post.author == Some(caller),
            state: post.state.into(),
            theme: post.theme,
            feeling: post.feeling.map(Into::into),
            body: (post.state == PostState::Visible).then_some(post.body),
            day: post.written_on,
            edited: post.edited,
            amended: post.amended,
            votes: post.votes.into(),
            own_vote: own_vote.map(Into::into),
            comments: post.comments,
        }
    }
}

/// A comment as the caller sees it.
#[derive(Object)]
pub(super) struct Comment {
    id: Uuid,
    /// The comment that it answers, if it does not answer the contribution itself.
    reply_to: Option<Uuid>,
    state: Visibility,
    /// Its text, plain; not HTML. Null unless it is visible.
    body: Option<String>,
    /// Its author's name in this thread. Null unless it is visible.
    display_name: Option<String>,
    /// The day on which it was written.
    day: NaiveDate,
    /// Whether its text was changed since.
    edited: bool,
    /// Whether a moderator changed its text.
    amended: bool,
    /// Whether the caller wrote it.
    own: bool,
    votes: Votes,
    /// The caller's own vote.
    own_vote: Option<Vote>,
}

impl Comment {
    pub fn of(ThreadPost { post, own_vote }: ThreadPost, caller: ParticipantId) -> Self {
        Self {
            id: post.id.0,
            reply_to: post.reply_to.map(|id| id.0),
            display_name: shown_name(&post),
            own: post.author == Some(caller),
            state: post.state.into(),
            body: (post.state == PostState::Visible).then_some(post.body),
            day: post.written_on,
            edited: post.edited,
            amended: post.amended,
            votes: post.votes.into(),
            own_vote: own_vote.map(Into::into),
        }
    }
}

fn shown_name(post: &Post) -> Option<String> {
    (post.state == PostState::Visible).then(|| voice::name(post.voice))
}

/// The short name of a prompt of `round`; empty for one that the tenant's pack no longer has.
pub(super) fn prompt_slug(tenant: &Tenant, round: RoundId, prompt: Option<PromptId>) -> String {
    let mut rounds = tenant.campaigns.iter().flat_map(|campaign| campaign.rounds.iter());
    let round = rounds.find(|info| info.id == round);
    let prompt = prompt.and_then(|id| round?.prompt(id));
    prompt.map(|prompt| prompt.slug.clone()).unwrap_or_default()
}
