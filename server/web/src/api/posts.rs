//! A contribution or comment once it stands: changed, taken back, answered.

use domain::ids::PostId;
use domain::vote::{VoteValue, VoteWish};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Participant;
use super::contributions::feeling_slug;
use super::refused::Refused;
use super::shapes::{FeelingName, Vote};

pub(super) struct Posts;

/// What to change. What is left out stays as it is.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Change {
    /// The new text, plain, 1 to 3,000 characters.
    body: Option<String>,
    /// The short name of another theme, or null for none. A comment has none whatever is sent.
    theme: MaybeUndefined<String>,
    /// Another feeling, or null for none. A comment has none whatever is sent.
    feeling: MaybeUndefined<FeelingName>,
}

/// Where a changed post stands.
#[derive(Object)]
struct Place {
    /// The contribution in whose thread it stands; itself, if it is a contribution.
    contribution: Uuid,
    state: EditedState,
}

/// Whether others see it.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum EditedState {
    /// They do.
    Visible,
    /// A moderator looks at it first.
    Held,
}

/// A vote to cast, or the one that stands.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Ballot {
    value: Vote,
}

#[derive(ApiResponse)]
enum Done {
    /// It is gone.
    #[oai(status = 204)]
    Gone,
}

#[OpenApi(tag = "Tag::Posts")]
impl Posts {
    /// Change what one wrote
    ///
    /// Refusals: `text-…`, `unknown-theme` (422), `not-yours` (403), `not-open-yet`, `closed` (409), `gone` (410).
    #[oai(path = "/campaigns/:campaign/posts/:id", method = "patch", operation_id = "editPost")]
    async fn edit(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
        change: Json<Change>,
    ) -> Result<Json<Place>, Refused> {
        let (caller, id, change) = (caller.0, PostId(id.0), change.0);
        caller.campaign(&campaign)?;
        let (actions, tenant, session) = (caller.actions(), caller.tenant(), &caller.session);
        let post = actions.own_post(tenant, session, id).await?.ok_or_else(Refused::not_found)?;
        let body = change.body.unwrap_or(post.body);
        let theme = match change.theme {
            MaybeUndefined::Undefined => post.theme.unwrap_or_default(),
            MaybeUndefined::Null => String::new(),
            MaybeUndefined::Value(theme) => theme,
        };
        let feeling = match change.feeling {
            MaybeUndefined::Undefined => feeling_slug(post.feeling.map(Into::into)),
            MaybeUndefined::Null => String::new(),
            MaybeUndefined::Value(feeling) => feeling_slug(Some(feeling)),
        };
        let place = actions.edit_post(tenant, session, id, &body, &theme, &feeling).await?;
        let edited = place.ok_or_else(Refused::not_found)?;
        let state = if edited.visible { EditedState::Visible } else { EditedState::Held };
        Ok(Json(Place { contribution: edited.place.0, state }))
    }

    /// Take back what one wrote
    ///
    /// The words are erased. A thread keeps an empty place. Refusals: `not-yours` (403), `not-open-yet`, `closed` (409), `gone`
    /// (410).
    #[oai(path = "/campaigns/:campaign/posts/:id", method = "delete", operation_id = "withdrawPost")]
    async fn withdraw(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
    ) -> Result<Done, Refused> {
        let caller = caller.0;
        caller.campaign(&campaign)?;
        let place = caller.actions().withdraw_post(caller.tenant(), &caller.session, PostId(id.0)).await?;
        place.map(|_| Done::Gone).ok_or_else(Refused::not_found)
    }

    /// Vote, or change one's vote
    ///
    /// The vote is on disk when this answers; of somebody who is not let in yet it counts once they are. Refusals: `not-open-yet`, `closed` (409), `gone` (410), `busy` (503).
    #[oai(path = "/campaigns/:campaign/posts/:id/vote", method = "put", operation_id = "castVote")]
    async fn vote(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
        ballot: Json<Ballot>,
    ) -> Result<Json<Ballot>, Refused> {
        let value = VoteValue::from(ballot.value);
        cast(caller, &campaign, id.0, VoteWish::Cast(value)).await?;
        Ok(Json(Ballot { value: value.into() }))
    }

    /// Take one's vote back
    #[oai(path = "/campaigns/:campaign/posts/:id/vote", method = "delete", operation_id = "withdrawVote")]
    async fn unvote(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
    ) -> Result<Done, Refused> {
        cast(caller, &campaign, id.0, VoteWish::Withdraw).await?;
        Ok(Done::Gone)
    }
}

async fn cast(caller: Participant, campaign: &str, id: Uuid, wish: VoteWish) -> Result<(), Refused> {
    let caller = caller.0;
    caller.campaign(campaign)?;
    let outcome = caller.actions().cast_vote(caller.tenant(), &caller.session, PostId(id), wish).await?;
    outcome.map(|_| ()).ok_or_else(Refused::not_found)
}
