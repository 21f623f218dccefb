//! Migrating a whole round: what an earlier version kept, in pieces that a guest can hold.

use crate::failure::CallFailure;
use crate::host::{Call, Host};
use crate::limits::ENTRIES_AT_ONCE;
use crate::memory_state::{MemorySnapshot, MemoryState};
use crate::round_v1::migration::Old;
use crate::state::{Place, Stored};

/// The most that one call of `migrate` is given, bytes of values; one value always fits.
const BYTES_AT_ONCE: usize = 1024 * 1024;

impl Host {
    /// A new state in which everything that `old` keeps is brought up to date; `old` stays as it is. `call.ctx.data_version` is the version that it is
    /// in. Whoever upgrades a round then asks for the tally of both, compares, and takes over the new one.
    ///
    /// # Errors
    /// [`CallFailure`], by name; [`CallFailure::NoSuchForm`] if the round type has no migration.
    pub async fn migrate_all(&self, call: &Call, old: &MemorySnapshot) -> Result<MemoryState, CallFailure> {
        let kept: Vec<(&Place, &Stored)> = old.entries().collect();
        let mut new = Vec::with_capacity(kept.len());
        let mut rest = kept.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(how_many(rest));
            rest = after;
            let entries: Vec<Old> = piece.iter().copied().map(entry).collect();
            let values = self.migrate(call, &entries).await?;
            let places = piece.iter().map(|(place, _)| (*place).clone());
            new.extend(places.zip(values).filter(|(_, value)| !value.is_empty()));
        }
        Ok(old.with_entries(new))
    }
}

/// How many of `rest`, from its beginning, go into one call: at least one.
fn how_many(rest: &[(&Place, &Stored)]) -> usize {
    let mut bytes = 0;
    let fits = rest.iter().take(ENTRIES_AT_ONCE as usize).take_while(|(_, stored)| {
        bytes += stored.value.len();
        bytes <= BYTES_AT_ONCE
    });
    fits.count().max(1)
}

fn entry((place, stored): (&Place, &Stored)) -> Old {
    let (collection, key) = match place {
        Place::Own { key, .. } => (None, key.clone()),
        Place::Shared { collection, key } => (Some(collection.clone()), key.clone()),
    };
    Old { collection, key, value: stored.value.clone() }
}

#[test]
fn a_piece_has_neither_too_many_entries_nor_too_many_bytes() {
    let place = Place::Shared { collection: "all".to_owned(), key: "key".to_owned() };
    let pieces = |bytes: usize, count: usize| {
        let stored = Stored { version: 1, value: vec![1; bytes] };
        how_many(&vec![(&place, &stored); count])
    };
    assert_eq!(pieces(1, 7), 7);
    assert_eq!(pieces(1, 501), 500);
    assert_eq!(pieces(64 * 1024, 500), 16);
    assert_eq!(pieces(2 * BYTES_AT_ONCE, 3), 1);
}
