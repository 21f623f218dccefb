//! What the session's participant wrote and voted.

use domain::round::Round;

use crate::{ActionError, Actions, OwnVote, Post, RoundInfo, Session, Tenant};

/// The most posts, and the most votes, that the page lists.
pub const MAX_MINE: u64 = 500;

/// One's own posts and votes in a round.
#[derive(Clone, Debug)]
pub struct Mine {
    /// The round, as stored.
    pub round: Round,
    /// Posts, newest first.
    pub posts: Vec<Post>,
    /// Votes, on the newest post first.
    pub votes: Vec<OwnVote>,
}

impl Actions {
    /// One's own posts and votes in `round`. Nothing if the round is not of the session's campaign.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_mine(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
    ) -> Result<Option<Mine>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let Some(stored) = reading.round(round.id).await? else { return Ok(None) };
        if stored.campaign != session.campaign {
            return Ok(None);
        }
        let posts = reading.own_posts(round.id, session.participant, MAX_MINE).await?;
        let votes = reading.own_votes(round.id, session.participant, MAX_MINE).await?;
        Ok(Some(Mine { round: stored, posts, votes }))
    }
}
