//! What a round type remembers, as the host reaches it: a snapshot to read, and what a call would change.
//!
//! Whoever keeps rounds implements [`RoundState`] over one read snapshot, runs the call without any transaction, and then writes the
//! [`Changes`] in one transaction, provided that what the guest read by key still has the version that it saw ([`Changes::read`]). If it
//! has not, the call is made again on a new snapshot: it has done nothing outside its changes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::contract::{Entry, Figure, Kept};

/// Where something is kept, within one round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// For one participant.
    Own {
        /// Their token in this round.
        participant: String,
        /// The key.
        key: String,
    },
    /// For all together.
    Shared {
        /// The collection.
        collection: String,
        /// The key.
        key: String,
    },
}

/// Something kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Differs from every other version that this place ever had.
    pub version: u64,
    /// What it is. Never empty.
    pub value: Vec<u8>,
}

/// The state cannot be reached. What happened is logged where it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the round's state cannot be reached")]
pub struct StateFault;

/// One snapshot of one round's state. No method sees what was written after the snapshot was taken.
#[async_trait]
pub trait RoundState: Send + Sync + 'static {
    /// What is kept at `place`.
    async fn get(&self, place: &Place) -> Result<Option<Stored>, StateFault>;

    /// How many entries `collection` has.
    async fn count(&self, collection: &str) -> Result<u64, StateFault>;

    /// The first `max` entries of `collection` whose keys come after `after`, in the order of keys' bytes.
    async fn scan(&self, collection: &str, after: Option<&str>, max: u32) -> Result<Vec<Entry>, StateFault>;

    /// What participants keep under `key`: the first `max` whose tokens come after `after`, in the order of tokens' bytes.
    async fn everyone(&self, key: &str, after: Option<&str>, max: u32) -> Result<Vec<Kept>, StateFault>;

    /// The figures of the round that may be seen.
    async fn released(&self) -> Result<Vec<Figure>, StateFault>;
}

/// What a call would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The places that the guest read by key, each with the version that was there, or none. Write only if all of them are still so.
    pub read: BTreeMap<Place, Option<u64>>,
    /// The new values; none where an entry goes.
    pub written: BTreeMap<Place, Option<Vec<u8>>>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }
}
