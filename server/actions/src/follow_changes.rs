//! What changed in a round since a revision, and a way to hear of it.

use domain::ids::{PostId, RoundId, TenantId};
use domain::vote::VoteCounts;
use storage::feed::{Change, Subscription};

use crate::{ActionError, Actions, Tenant};

/// The most posts that one answer names; beyond it readers are told to load the page again.
pub const MAX_CHANGES: usize = 200;

/// What changed in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The round's revision now.
    pub revision: i64,
    /// Contributions written since.
    pub new: Vec<PostId>,
    /// Comments written since: (contribution, comment).
    pub new_comments: Vec<(PostId, PostId)>,
    /// Posts whose counts may have changed, the new ones among them.
    pub changed: Vec<ChangedPost>,
    /// Posts that readers had and may not see any more.
    pub gone: Vec<PostId>,
    /// Whether more changed than this says.
    pub reload: bool,
    /// Whether the round's dates changed, or it was paused or resumed.
    pub dates: bool,
}

/// A post's counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedPost {
    /// Which post.
    pub id: PostId,
    /// How many answered what.
    pub votes: VoteCounts,
    /// How many visible comments it has.
    pub comments: i64,
    /// Whether a moderator changed its text.
    pub amended: bool,
}

/// A round in which something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// This one.
    Round(TenantId, RoundId),
    /// Perhaps any of them.
    Any,
}

impl Actions {
    /// What changed in `round` since `revision`. Nothing if there is no such round.
    ///
    /// # Errors
    /// Database faults.
    pub async fn changes_since(
        &self,
        tenant: TenantId,
        round: RoundId,
        revision: i64,
    ) -> Result<Option<Changes>, ActionError> {
        let reading = self.conversation.read(tenant).await?;
        let Some(stored) = reading.round(round).await? else { return Ok(None) };
        let mut deltas = match stored.revision > revision {
            true => reading.changes_since(round, revision, MAX_CHANGES as u64 + 1).await?,
            false => Vec::new(),
        };
        let reload = deltas.len() > MAX_CHANGES;
        deltas.truncate(MAX_CHANGES);
        let fresh = deltas.iter().filter(|delta| delta.visible && delta.written_at > revision);
        let (mut new, mut new_comments) = (Vec::new(), Vec::new());
        for delta in fresh {
            match delta.contribution {
                None => new.push(delta.id),
                Some(contribution) => new_comments.push((contribution, delta.id)),
            }
        }
        let changed = deltas
            .iter()
            .filter(|delta| delta.visible)
            .map(|delta| ChangedPost {
                id: delta.id,
                votes: delta.votes,
                comments: delta.comments,
                amended: delta.amended,
            })
            .collect();
        // What was held back as soon as it was written was never there for anybody else: it is written at no revision yet, however it changes.
        let gone = deltas.iter().filter(|delta| !delta.visible && delta.written_at <= revision);
        let gone = gone.map(|delta| delta.id).collect();
        let dates = stored.dated_at > revision;
        Ok(Some(Changes { revision: stored.revision, new, new_comments, changed, gone, reload, dates }))
    }

    /// The revision of `round` now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn revision(&self, tenant: &Tenant, round: RoundId) -> Result<Option<i64>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        Ok(reading.round(round).await?.map(|round| round.revision))
    }

    /// Follows every round from now on.
    pub fn follow(&self) -> Following {
        Following(self.conversation.feed().subscribe())
    }
}

/// A place in the stream of changes.
pub struct Following(Subscription);

impl Following {
    /// The next round in which something changed; `None` at the end of the server's life.
    pub async fn next(&mut self) -> Option<Followed> {
        loop {
            match self.0.next().await? {
                Change::Round(tenant, round) => return Some(Followed::Round(tenant, round)),
                Change::Missed => return Some(Followed::Any),
                Change::SessionEnded(_) => {}
            }
        }
    }
}
