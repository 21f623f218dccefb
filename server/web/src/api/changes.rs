//! What happened since, for clients that poll.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Participant;
use super::fresh::{Fresh, is_known};
use super::refused::Refused;
use super::shapes::Votes;

pub(super) struct ChangesOf;

/// What changed since a revision.
#[derive(Object)]
struct Changes {
    /// The revision now: the next `since`.
    revision: i64,
    /// Contributions written since.
    new: Vec<Uuid>,
    /// Comments written since.
    new_comments: Vec<CommentPlace>,
    /// Posts whose counts may have changed, the new ones among them.
    changed: Vec<Counts>,
    /// Posts that were there and cannot be read any more.
    gone: Vec<Uuid>,
    /// Whether more changed than this says, so that pages have to be fetched again.
    reload: bool,
}

/// A comment and where it stands.
#[derive(Object)]
struct CommentPlace {
    contribution: Uuid,
    comment: Uuid,
}

/// A post's counts.
#[derive(Object)]
struct Counts {
    id: Uuid,
    votes: Votes,
    /// How many visible comments it has.
    comments: i64,
}

#[OpenApi(tag = "Tag::Changes")]
impl ChangesOf {
    /// What changed since a revision
    #[oai(path = "/campaigns/:campaign/changes", method = "get", operation_id = "listChanges")]
    async fn list(
        &self,
        caller: Participant,
        campaign: Path<String>,
        /// The `revision` of an earlier answer.
        since: Query<i64>,
        /// The ETag of an earlier answer to the same address, to be told only whether anything changed.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> Result<Fresh<Changes>, Refused> {
        let caller = caller.0;
        let (actions, tenant) = (caller.actions(), caller.tenant());
        let round = caller.campaign(&campaign)?.round_at(actions.now());
        let tag_at = |revision: i64| format!("\"{}.{revision}\"", round.slug);
        if if_none_match.is_some() {
            let revision = actions.revision(tenant, round.id).await?.ok_or_else(Refused::not_found)?;
            let tag = tag_at(revision);
            if is_known(if_none_match.as_deref(), &tag) {
                return Ok(Fresh::Unchanged(tag));
            }
        }
        let changes =
            actions.changes_since(tenant.id, round.id, since.0).await?.ok_or_else(Refused::not_found)?;
        let tag = tag_at(changes.revision);
        Ok(Fresh::New(Json(changes.into()), tag))
    }
}

impl From<actions::Changes> for Changes {
    fn from(changes: actions::Changes) -> Self {
        let comments = changes.new_comments.into_iter();
        let counts = changes.changed.into_iter();
        Self {
            revision: changes.revision,
            new: changes.new.into_iter().map(|id| id.0).collect(),
            new_comments: comments
                .map(|(contribution, comment)| CommentPlace {
                    contribution: contribution.0,
                    comment: comment.0,
                })
                .collect(),
            changed: counts
                .map(|post| Counts { id: post.id.0, votes: post.votes.into(), comments: post.comments })
                .collect(),
            gone: changes.gone.into_iter().map(|id| id.0).collect(),
            reload: changes.reload,
        }
    }
}
