//! The state as one call sees it: a snapshot, the call's own writes over it, what it may do, and what it has left to spend.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::contract::{Entry, Figure, Kept};
use crate::limits::{Budget, ENTRIES_AT_ONCE, KEY_BYTES, VALUE_BYTES};
use crate::round_v1::types::StateFailure;
use crate::state::{Changes, Place, RoundState};

/// What a call may do with the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing: it has no state at all.
    None,
    /// Read what belongs to its participant and what is shared.
    Read,
    /// The same, and write it.
    Write,
    /// Read what is shared and what everyone keeps.
    Everyone,
}

/// Spent: the guest is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Overrun {
    #[error("it called the host too often")]
    Calls,
    #[error("it read too much")]
    Read,
    #[error("it wrote too much")]
    Written,
    #[error("it ran too long")]
    Time,
}

type Answered<T> = wasmtime::Result<Result<T, StateFailure>>;

/// See the module.
pub(crate) struct View {
    snapshot: Arc<dyn RoundState>,
    access: Access,
    changes: Changes,
    /// What new keys are made from.
    seed: u64,
    appended: u32,
    calls: u32,
    read: usize,
    written: usize,
}

impl View {
    pub(crate) fn new(snapshot: Arc<dyn RoundState>, access: Access, seed: u64, budget: &Budget) -> Self {
        let Budget { calls, read, written, .. } = *budget;
        Self { snapshot, access, changes: Changes::default(), seed, appended: 0, calls, read, written }
    }

    /// For the next call of the same guest: what it may do and spend. What it has read stays noted, as it may remember it.
    pub(crate) fn go_on(&mut self, access: Access, budget: &Budget) {
        let Budget { calls, read, written, .. } = *budget;
        (self.access, self.calls, self.read, self.written) = (access, calls, read, written);
    }

    /// What the call would change, and what it read.
    pub(crate) fn into_changes(self) -> Changes {
        self.changes
    }

    pub(crate) fn spend_call(&mut self) -> Result<(), Overrun> {
        self.calls = self.calls.checked_sub(1).ok_or(Overrun::Calls)?;
        Ok(())
    }

    fn spend_read(&mut self, bytes: usize) -> Result<(), Overrun> {
        self.read = self.read.checked_sub(bytes).ok_or(Overrun::Read)?;
        Ok(())
    }

    /// A key that nobody can foresee who does not know the seed, and that tells no order.
    pub(crate) fn new_key(&mut self) -> String {
        let mut digest = Sha256::new();
        digest.update(b"candour round key");
        digest.update(self.seed.to_be_bytes());
        digest.update(self.appended.to_be_bytes());
        self.appended += 1;
        hex::encode(&digest.finalize()[..16])
    }

    pub(crate) async fn get(&mut self, place: Place) -> Answered<Option<Vec<u8>>> {
        self.spend_call()?;
        if let Err(failure) = self.may_read(&place) {
            return Ok(Err(failure));
        }
        if let Some(own) = self.changes.written.get(&place) {
            let own = own.clone();
            self.spend_read(own.as_ref().map_or(0, Vec::len))?;
            return Ok(Ok(own));
        }
        let stored = self.snapshot.get(&place).await?;
        self.changes.read.insert(place, stored.as_ref().map(|stored| stored.version));
        self.spend_read(stored.as_ref().map_or(0, |stored| stored.value.len()))?;
        Ok(Ok(stored.map(|stored| stored.value)))
    }

    pub(crate) fn put(&mut self, place: Place, value: Vec<u8>) -> Answered<()> {
        self.spend_call()?;
        if self.access != Access::Write {
            return Ok(Err(StateFailure::NotAllowed));
        }
        if !is_in_bounds(&place) || value.len() > VALUE_BYTES {
            return Ok(Err(StateFailure::TooMuch));
        }
        // A key costs as well: empty values in many places are a flood.
        self.written = self.written.checked_sub(value.len() + KEY_BYTES).ok_or(Overrun::Written)?;
        self.changes.written.insert(place, (!value.is_empty()).then_some(value));
        Ok(Ok(()))
    }

    pub(crate) async fn count(&mut self, collection: &str) -> Answered<u64> {
        self.spend_call()?;
        if let Err(failure) = self.may_read_shared(collection) {
            return Ok(Err(failure));
        }
        let mut count = self.snapshot.count(collection).await?;
        let own: Vec<(Place, bool)> = self
            .own_entries(collection, None)
            .map(|(key, value)| (shared(collection, key), value.is_some()))
            .collect();
        for (place, is_there) in own {
            // Each is one more question to the state.
            self.spend_call()?;
            let before = self.snapshot.get(&place).await?;
            match (before.is_some(), is_there) {
                (false, true) => count += 1,
                (true, false) => count -= 1,
                _ => {}
            }
        }
        Ok(Ok(count))
    }

    pub(crate) async fn scan(
        &mut self,
        collection: &str,
        after: Option<&str>,
        max: u32,
    ) -> Answered<Vec<Entry>> {
        self.spend_call()?;
        if let Err(failure) = self.may_read_shared(collection) {
            return Ok(Err(failure));
        }
        let max = max.min(ENTRIES_AT_ONCE);
        // As many more as the call's own writes may take out.
        let wanted =
            max + u32::try_from(self.own_entries(collection, after).count()).unwrap_or(u32::MAX - max);
        let found = self.snapshot.scan(collection, after, wanted).await?;
        // Also what the call's own writes hide has been read, and each of those is looked through.
        let theirs: usize = found.iter().map(|entry| entry.key.len() + entry.value.len()).sum();
        let own = self.own_entries(collection, after);
        let own: usize = own.map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
        self.spend_read(theirs + own)?;
        let mut entries: BTreeMap<String, Vec<u8>> =
            found.into_iter().map(|entry| (entry.key, entry.value)).collect();
        for (key, value) in self.own_entries(collection, after) {
            match value {
                Some(value) => entries.insert(key.to_owned(), value.clone()),
                None => entries.remove(key),
            };
        }
        Ok(Ok(entries.into_iter().take(max as usize).map(|(key, value)| Entry { key, value }).collect()))
    }

    pub(crate) async fn everyone(&mut self, key: &str, after: Option<&str>, max: u32) -> Answered<Vec<Kept>> {
        self.spend_call()?;
        if self.access != Access::Everyone {
            return Ok(Err(StateFailure::NotAllowed));
        }
        let max = max.min(ENTRIES_AT_ONCE);
        let kept = self.snapshot.everyone(key, after, max).await?;
        self.spend_read(kept.iter().map(|kept| kept.participant.token.len() + kept.value.len()).sum())?;
        Ok(Ok(kept))
    }

    pub(crate) async fn released(&mut self) -> Answered<Vec<Figure>> {
        self.spend_call()?;
        if self.access == Access::None {
            return Ok(Err(StateFailure::NotAllowed));
        }
        let figures = self.snapshot.released().await?;
        self.spend_read(figures.len() * size_of::<Figure>())?;
        Ok(Ok(figures))
    }

    fn may_read(&self, place: &Place) -> Result<(), StateFailure> {
        let may = match place {
            Place::Own { .. } => matches!(self.access, Access::Read | Access::Write),
            Place::Shared { .. } => self.access != Access::None,
        };
        if !may {
            return Err(StateFailure::NotAllowed);
        }
        if !is_in_bounds(place) {
            return Err(StateFailure::TooMuch);
        }
        Ok(())
    }

    fn may_read_shared(&self, collection: &str) -> Result<(), StateFailure> {
        self.may_read(&shared(collection, "any"))
    }

    /// The call's own writes to `collection` after the key `after`.
    fn own_entries(
        &self,
        collection: &str,
        after: Option<&str>,
    ) -> impl Iterator<Item = (&str, &Option<Vec<u8>>)> {
        let from = after.map_or_else(
            || Bound::Included(shared(collection, "")),
            |key| Bound::Excluded(shared(collection, key)),
        );
        let rest = self.changes.written.range((from, Bound::Unbounded));
        rest.map_while(move |(place, value)| match place {
            Place::Shared { collection: other, key } if other == collection => Some((key.as_str(), value)),
            _ => None,
        })
    }
}

fn shared(collection: &str, key: &str) -> Place {
    Place::Shared { collection: collection.to_owned(), key: key.to_owned() }
}

/// Whether every name in `place` has one to [`KEY_BYTES`] bytes.
fn is_in_bounds(place: &Place) -> bool {
    let is_name = |name: &str| (1..=KEY_BYTES).contains(&name.len());
    match place {
        Place::Own { key, .. } => is_name(key),
        Place::Shared { collection, key } => is_name(collection) && is_name(key),
    }
}

#[cfg(test)]
mod tests;
