//! One contribution with a page of its comments.

use std::collections::HashMap;

use domain::contribution::PostState;
use domain::ids::PostId;
use domain::round::Round;

use crate::keep_act::kept_votes;
use crate::{ActionError, Actions, Session, Tenant, ThreadPost};

/// Comments on one page.
pub const COMMENTS_PER_PAGE: usize = 100;

/// A contribution with its thread.
#[derive(Clone, Debug)]
pub struct ContributionView {
    /// The round, as stored.
    pub round: Round,
    /// The contribution.
    pub contribution: ThreadPost,
    /// The idea that it was put together with, if it was.
    pub merged_into: Option<PostId>,
    /// Comments in the order written, in any state: readers see that something was withdrawn.
    pub comments: Vec<ThreadPost>,
    /// The revision behind which the next page begins, if there is more.
    pub next: Option<i64>,
}

impl Actions {
    /// The contribution `id` with its comments from behind revision `after`. Nothing if it is not of the reader's campaign, hidden (unless it was
    /// put together with another), or withdrawn without a comment.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_contribution(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
        after: i64,
    ) -> Result<Option<ContributionView>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let Some(mut contribution) = reading.contribution(id, session.participant).await? else {
            return Ok(None);
        };
        let merged_into = match contribution.post.state {
            PostState::Hidden => reading.case(id).await?.and_then(|case| case.merged_into),
            PostState::Visible | PostState::Withdrawn => None,
        };
        let gone = match contribution.post.state {
            PostState::Visible => false,
            PostState::Hidden => merged_into.is_none(),
            PostState::Withdrawn => contribution.post.comments == 0,
        };
        let Some(round) = reading.round(contribution.post.round).await? else { return Ok(None) };
        if gone || round.campaign != session.campaign {
            return Ok(None);
        }
        let one_more = COMMENTS_PER_PAGE as u64 + 1;
        let mut comments = reading.comments(id, session.participant, after, one_more).await?;
        let more = comments.len() > COMMENTS_PER_PAGE;
        comments.truncate(COMMENTS_PER_PAGE);
        let next = comments.last().filter(|_| more).map(|last| last.post.written_at);
        if session.waiting {
            let kept: HashMap<_, _> = kept_votes(&self.kept_acts(tenant, session).await?).collect();
            for shown in comments.iter_mut().chain([&mut contribution]) {
                shown.own_vote = kept.get(&shown.post.id).copied();
            }
        }
        Ok(Some(ContributionView { round, contribution, merged_into, comments, next }))
    }
}
