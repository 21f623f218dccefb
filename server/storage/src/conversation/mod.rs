//! The conversation side: tenants as readers see them, participants, posts and votes. No person.

mod boards;
mod codes;
mod counts;
mod erase;
mod merge;
mod mine;
mod moderation;
mod posts;
mod round_results;
mod round_state;
mod round_types;
mod rounds;
mod sessions;
mod tenants;
mod threads;
mod transfer;
mod votes;
mod waiting;

use std::ops::Deref;
use std::sync::Arc;

use domain::ids::TenantId;
use sea_orm::{DbBackend, Value};

pub use counts::{Acts, TakingPart};
pub use mine::{OwnPost, OwnVote};
pub use moderation::{Case, CaseNote, ModeratedPost, QueuedPost, Report, StandingSuspension, Suspension};
pub use posts::{NewPost, Post, PostEdit};
pub use round_state::{
    KeptValue, OwnEntry, OwnKey, OwnPart, OwnValue, OwnWrite, Seen, SharedKey, SharedWrite, Whose,
};
pub use round_types::{HeldRound, RoundPin, StoredRoundType};
pub use rounds::{Moment, RoundDelta};
pub use sessions::Session;
pub use tenants::NewRound;
pub use threads::ThreadPost;
pub use transfer::{Participation, TransferredPost, TransferredVote};
pub use votes::{StandingVote, VoteChange};
pub use waiting::{CodeState, Newcomer, Pass, StoredCredential};

use crate::Result;
use crate::audit::AuditTrail;
use crate::connection::Pools;
use crate::feed::{CHANNEL, Change, Feed, encode};
use crate::tenancy::Bound;
use boards::Boards;
use sessions::SessionCache;

/// The conversation database.
#[derive(Clone)]
pub struct Conversation {
    pools: Pools,
    feed: Feed,
    boards: Arc<Boards>,
    sessions: SessionCache,
}

/// A reader of one tenant's conversation side. Each statement sees what was committed when it began.
pub struct Reading(Bound);

/// A write transaction on one tenant's conversation side; everything a reader can do, too.
pub struct Writing {
    reading: Reading,
    feed: Feed,
    changes: Vec<Change>,
}

impl Deref for Writing {
    type Target = Reading;
    fn deref(&self) -> &Reading {
        &self.reading
    }
}

impl Conversation {
    /// Opens the database at `url`, which must exist and be up to date.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &str) -> Result<Self> {
        let pools = Pools::open(url).await?;
        let feed = Feed::default();
        if pools.backend() == DbBackend::Postgres {
            feed.listen(url).await?;
        }
        let sessions = SessionCache::following(&feed);
        Ok(Self { pools, feed, boards: Arc::default(), sessions })
    }

    /// Reads `tenant`'s rows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self, tenant: TenantId) -> Result<Reading> {
        Ok(Reading(Bound::reading(&self.pools, tenant).await?))
    }

    /// Reads `tenant`'s rows, all as of one moment.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn snapshot(&self, tenant: TenantId) -> Result<Reading> {
        Ok(Reading(Bound::snapshot(&self.pools, tenant).await?))
    }

    /// Begins a write of `tenant`'s rows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn write(&self, tenant: TenantId) -> Result<Writing> {
        let reading = Reading(Bound::writing(&self.pools, tenant).await?);
        Ok(Writing { reading, feed: self.feed.clone(), changes: Vec::new() })
    }

    /// The feed of changes.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.pools.read.ping().await?)
    }

    /// Empties the database's own log of words that were taken back. On PostgreSQL its own vacuum and archive do this in time.
    ///
    /// # Errors
    /// Database faults.
    pub async fn empty_log(&self) -> Result<()> {
        self.pools.empty_log().await
    }

    /// SQLite only: writes a consistent copy of the database, made while it is in use, to `path`, which must not exist.
    ///
    /// # Errors
    /// On PostgreSQL (its own tools do this), or when the copy could not be written.
    pub async fn copy_to(&self, path: &str) -> Result<()> {
        self.pools.copy_to(path).await
    }
}

impl Reading {
    /// The audit log.
    pub fn audit_trail(&self) -> AuditTrail<'_> {
        AuditTrail(&self.0)
    }
}

impl Writing {
    /// Makes the changes last and tells those who follow the feed.
    ///
    /// # Errors
    /// When the database could not.
    pub async fn commit(self) -> Result<()> {
        let Self { reading, feed, changes } = self;
        match reading.0.backend() {
            DbBackend::Postgres => {
                for change in changes {
                    // `$1` is the tenant, which a notification does not need but every statement has.
                    let sql = "SELECT pg_notify($2, $3) WHERE $1::uuid IS NOT NULL";
                    reading.0.one(sql, vec![CHANNEL.into(), encode(change).into()]).await?;
                }
                reading.0.commit().await
            }
            _ => {
                reading.0.commit().await?;
                changes.into_iter().for_each(|change| feed.publish(change));
                Ok(())
            }
        }
    }

    fn will_tell(&mut self, change: Change) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }
}

/// An optional text as a value.
fn text(value: Option<&str>) -> Value {
    value.map(str::to_owned).into()
}
