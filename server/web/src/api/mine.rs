//! What the participant wrote and answered.

use actions::{OwnVote, Post};
use chrono::NaiveDate;
use domain::voice;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::{Caller, Participant};
use super::refused::Refused;
use super::shapes::{FeelingName, Visibility, Vote, Votes, prompt_slug};

pub(super) struct MineOf;

/// The caller's own posts and votes.
#[derive(Object)]
struct Mine {
    /// At most 500, newest first, without those taken back.
    posts: Vec<OwnPost>,
    /// At most 500, on the newest post first.
    votes: Vec<VoteCast>,
}

/// A post of the caller's.
#[derive(Object)]
struct OwnPost {
    id: Uuid,
    /// The contribution that a comment is on; null for a contribution.
    contribution: Option<Uuid>,
    /// The comment that a comment answers.
    reply_to: Option<Uuid>,
    /// The short name of the prompt that a contribution answers.
    prompt: Option<String>,
    theme: Option<String>,
    feeling: Option<FeelingName>,
    state: Visibility,
    /// Its text, plain; not HTML.
    body: String,
    /// The caller's name in this thread.
    display_name: String,
    /// The day on which it was written.
    day: NaiveDate,
    edited: bool,
    votes: Votes,
    /// How many visible comments it has.
    comments: i64,
}

/// A vote of the caller's.
#[derive(Object)]
struct VoteCast {
    /// The contribution or comment that it is on.
    post: Uuid,
    /// The contribution in whose thread that stands.
    contribution: Uuid,
    value: Vote,
}

#[OpenApi(tag = "Tag::Mine")]
impl MineOf {
    /// What the caller wrote and voted
    #[oai(path = "/campaigns/:campaign/mine", method = "get", operation_id = "listMine")]
    async fn list(&self, caller: Participant, campaign: Path<String>) -> Result<Json<Mine>, Refused> {
        let caller = caller.0;
        let round = caller.campaign(&campaign)?.round_at(caller.actions().now());
        let mine = caller.actions().list_mine(caller.tenant(), &caller.session, round).await?;
        let mine = mine.ok_or_else(Refused::not_found)?;
        Ok(Json(Mine {
            posts: mine.posts.into_iter().map(|post| OwnPost::of(post, &caller)).collect(),
            votes: mine.votes.into_iter().map(VoteCast::from).collect(),
        }))
    }
}

impl OwnPost {
    fn of(post: Post, caller: &Caller) -> Self {
        Self {
            id: post.id.0,
            contribution: post.contribution.map(|id| id.0),
            reply_to: post.reply_to.map(|id| id.0),
            prompt: post.prompt.map(|id| prompt_slug(caller.tenant(), post.round, Some(id))),
            theme: post.theme,
            feeling: post.feeling.map(Into::into),
            state: post.state.into(),
            body: post.body,
            display_name: voice::name(post.voice),
            day: post.written_on,
            edited: post.edited,
            votes: post.votes.into(),
            comments: post.comments,
        }
    }
}

impl From<OwnVote> for VoteCast {
    fn from(OwnVote { post, value }: OwnVote) -> Self {
        Self { post: post.id.0, contribution: post.contribution.unwrap_or(post.id).0, value: value.into() }
    }
}
