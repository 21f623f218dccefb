//! The conversation: its contributions in pages, one of them with its comments, and writing both.

use actions::{CommentForm, Placed, RoundInfo};
use domain::board::{MAX_SEARCH_CHARACTERS, Query as BoardQuery};
use domain::contribution::{ContributionForm, PostState};
use domain::ids::PostId;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Participant;
use super::fresh::{Fresh, entity_tag, is_known};
use super::refused::Refused;
use super::shapes::{Comment, Contribution, FeelingName, Order, prompt_slug};
use crate::cursor;

pub(super) struct Contributions;

/// A page of the conversation.
#[derive(Object)]
struct ContributionPage {
    /// At most 20.
    contributions: Vec<Contribution>,
    /// Send it as `after` for the next page; null on the last.
    next: Option<String>,
    /// How many match in all.
    matching: usize,
    /// Ask `changes` what happened since this.
    revision: i64,
}

/// A contribution with a page of its comments.
#[derive(Object)]
struct Thread {
    contribution: Contribution,
    /// At most 100, in the order written, with those that can no longer be read.
    comments: Vec<Comment>,
    /// Send it as `after` for more comments; null on the last page.
    next: Option<i64>,
}

/// A contribution to write.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewContribution {
    /// The short name of the prompt that it answers.
    prompt: String,
    /// Plain text of 1 to 3,000 characters.
    body: String,
    /// The short name of a theme.
    theme: Option<String>,
    feeling: Option<FeelingName>,
}

/// A comment to write.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewComment {
    /// Plain text of 1 to 3,000 characters.
    body: String,
    /// The comment of the same thread that it answers.
    reply_to: Option<Uuid>,
}

/// What was written.
#[derive(Object)]
struct Written {
    id: Uuid,
}

/// What is kept until its author is let in.
#[derive(Object)]
struct Kept {
    state: KeptState,
}

/// Where it is.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum KeptState {
    /// With us. It appears with the next group of people who are let in.
    Waiting,
    /// With a moderator. It appears once one has looked.
    Held,
}

#[derive(ApiResponse)]
enum Created {
    /// It stands in the conversation.
    #[oai(status = 201)]
    Written(
        Json<Written>,
        /// Where it can be read, relative to the address that was asked.
        #[oai(header = "Location")]
        String,
    ),
    /// It is kept. Either the caller is not let in yet, and it appears with the next group of people who are; it has no id until then. Or a
    /// moderator looks at it first.
    #[oai(status = 202)]
    Kept(Json<Kept>),
}

impl Created {
    /// The answer for what was `placed`, which can be read at the address that `place` makes of its id.
    fn of(placed: Placed, place: impl FnOnce(Uuid) -> String) -> Self {
        match placed {
            Placed::Now(PostId(id)) => Self::Written(Json(Written { id }), place(id)),
            Placed::WithModerator(_) => Self::Kept(Json(Kept { state: KeptState::Held })),
            Placed::WithTheNextGroup => Self::Kept(Json(Kept { state: KeptState::Waiting })),
        }
    }
}

#[OpenApi(tag = "Tag::Contributions")]
impl Contributions {
    /// A page of the conversation
    #[oai(path = "/campaigns/:campaign/contributions", method = "get", operation_id = "listContributions")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a parameter of the query, which the macro describes"
    )]
    async fn list(
        &self,
        caller: Participant,
        campaign: Path<String>,
        /// Only answers to the prompt with this short name.
        prompt: Query<Option<String>>,
        /// Only those of the theme with this short name.
        theme: Query<Option<String>>,
        /// Only those with all of these words, at most 100 characters.
        q: Query<Option<String>>,
        /// In this order; `mix` if none is asked for.
        sort: Query<Option<Order>>,
        /// The `next` of the page before, asked for in the same order.
        after: Query<Option<String>>,
        /// The ETag of the same page, to be told only whether it changed.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Fresh<ContributionPage>, Refused> {
        let caller = caller.0;
        let (actions, tenant) = (caller.actions(), caller.tenant());
        let round = caller.campaign(&campaign)?.round_at(actions.now());
        let query = board_query(round, prompt.0.as_deref(), theme.0, q.0, sort.0, after.0.as_deref())?;
        // Read before the page is made, so that the tag never promises more than the page shows.
        let revision = actions.revision(tenant, round.id).await?.ok_or_else(Refused::not_found)?;
        let tag = entity_tag(&[
            tenant.digest.as_bytes(),
            round.id.0.as_bytes(),
            caller.session.participant.0.as_bytes(),
            &revision.to_be_bytes(),
            format!("{query:?}").as_bytes(),
        ]);
        // What is kept of somebody who waits changes without the revision.
        if !caller.session.waiting && is_known(if_none_match.as_deref(), &tag) {
            return Ok(Fresh::Unchanged(tag));
        }
        let view = actions.show_conversation(tenant, &caller.session, round.id, &query).await?;
        let view = view.ok_or_else(Refused::not_found)?;
        let contributions = view.page.cards.iter().map(|card| {
            let prompt = prompt_slug(tenant, round.id, Some(card.prompt));
            Contribution::of_card(card, view.votes.get(&card.id).copied(), prompt, caller.session.participant)
        });
        let page = ContributionPage {
            contributions: contributions.collect(),
            next: view.page.next.as_ref().map(cursor::encode),
            matching: view.page.matching,
            revision,
        };
        Ok(Fresh::New(Json(page), tag))
    }

    /// Write a contribution
    ///
    /// Refusals: `text-…`, `unknown-prompt`, `unknown-theme` (422), `not-open-yet`, `closed`, `too-many-posts`, `round-full` (409).
    #[oai(path = "/campaigns/:campaign/contributions", method = "post", operation_id = "shareContribution")]
    async fn share(
        &self,
        caller: Participant,
        campaign: Path<String>,
        new: Json<NewContribution>,
    ) -> Result<Created, Refused> {
        let caller = caller.0;
        let (actions, NewContribution { prompt, body, theme, feeling }) = (caller.actions(), new.0);
        let round = caller.campaign(&campaign)?.round_at(actions.now());
        let form = ContributionForm {
            prompt,
            body,
            theme: theme.unwrap_or_default(),
            feeling: feeling_slug(feeling),
        };
        let placed = actions.share_contribution(caller.tenant(), &caller.session, round, &form).await?;
        Ok(Created::of(placed.ok_or_else(Refused::not_found)?, |id| format!("contributions/{id}")))
    }

    /// A contribution with its comments
    #[oai(path = "/campaigns/:campaign/contributions/:id", method = "get", operation_id = "showContribution")]
    async fn show(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
        /// The `next` of the page of comments before.
        after: Query<Option<i64>>,
    ) -> Result<Json<Thread>, Refused> {
        let caller = caller.0;
        caller.campaign(&campaign)?;
        let (tenant, participant) = (caller.tenant(), caller.session.participant);
        let view = caller
            .actions()
            .show_contribution(tenant, &caller.session, PostId(id.0), after.unwrap_or(0))
            .await?;
        let view = view.ok_or_else(Refused::not_found)?;
        let prompt = prompt_slug(tenant, view.round.id, view.contribution.post.prompt);
        Ok(Json(Thread {
            contribution: Contribution::of_thread(view.contribution, prompt, participant),
            comments: view
                .comments
                .into_iter()
                .filter(|comment| comment.post.state != PostState::Hidden)
                .map(|comment| Comment::of(comment, participant))
                .collect(),
            next: view.next,
        }))
    }

    /// Write a comment
    ///
    /// Refusals: `text-…` (422), `not-open-yet`, `closed`, `too-many-posts` (409), `gone` (410).
    #[oai(
        path = "/campaigns/:campaign/contributions/:id/comments",
        method = "post",
        operation_id = "addComment"
    )]
    async fn comment(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
        new: Json<NewComment>,
    ) -> Result<Created, Refused> {
        let caller = caller.0;
        caller.campaign(&campaign)?;
        let form = CommentForm { reply_to: new.0.reply_to.map(PostId), body: new.0.body };
        let placed =
            caller.actions().add_comment(caller.tenant(), &caller.session, PostId(id.0), &form).await?;
        Ok(Created::of(placed.ok_or_else(Refused::not_found)?, |_| format!("../{}", id.0)))
    }
}

pub(super) fn feeling_slug(feeling: Option<FeelingName>) -> String {
    feeling.map(|feeling| domain::round::Feeling::from(feeling).slug().to_owned()).unwrap_or_default()
}

/// What the parameters ask of the board.
fn board_query(
    round: &RoundInfo,
    prompt: Option<&str>,
    theme: Option<String>,
    search: Option<String>,
    sort: Option<Order>,
    after: Option<&str>,
) -> Result<BoardQuery, Refused> {
    let prompt = prompt.map(|slug| {
        let prompt = round.prompts.iter().find(|prompt| prompt.slug == slug);
        prompt
            .map(|prompt| prompt.id)
            .ok_or_else(|| Refused::parameter("prompt", "The campaign has no such prompt."))
    });
    let theme = theme.map(|slug| match round.themes.iter().any(|theme| theme.slug == slug) {
        true => Ok(slug),
        false => Err(Refused::parameter("theme", "The campaign has no such theme.")),
    });
    let search = search.unwrap_or_default();
    if search.chars().count() > MAX_SEARCH_CHARACTERS {
        return Err(Refused::parameter("q", format!("The most is {MAX_SEARCH_CHARACTERS} characters.")));
    }
    let after = after.map(|text| {
        cursor::decode(text).ok_or_else(|| Refused::parameter("after", "This is not the `next` of a page."))
    });
    Ok(BoardQuery {
        prompt: prompt.transpose()?,
        theme: theme.transpose()?,
        search,
        sort: sort.map(Into::into).unwrap_or_default(),
        after: after.transpose()?,
    })
}
