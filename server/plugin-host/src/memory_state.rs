//! A round's state in memory: for authors at work, for tests, and for replaying a round from its records.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::contract::{Entry, Figure, Kept, Participant};
use crate::state::{Changes, Place, RoundState, StateFault, Stored};

/// Everything that one round keeps.
#[derive(Clone, Debug, Default, PartialEq)]
struct Contents {
    entries: BTreeMap<Place, Stored>,
    people: BTreeMap<String, Participant>,
    released: Vec<Figure>,
    /// The last version given.
    version: u64,
}

/// One round's state.
#[derive(Debug, Default)]
pub struct MemoryState(Mutex<Arc<Contents>>);

/// What it was at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct MemorySnapshot(Arc<Contents>);

/// Something that a call read has changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state has moved: make the call again")]
pub struct Moved;

impl MemoryState {
    /// A state with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// As it is now.
    pub fn snapshot(&self) -> MemorySnapshot {
        MemorySnapshot(Arc::clone(&self.contents()))
    }

    /// Writes what `participant`'s call would change.
    ///
    /// # Errors
    /// [`Moved`] if something that the call read has changed since; then nothing is written.
    pub fn apply(&self, participant: Option<&Participant>, changes: &Changes) -> Result<(), Moved> {
        let mut guard = self.contents();
        let now = |place| guard.entries.get(place).map(|stored| stored.version);
        if changes.read.iter().any(|(place, seen)| now(place) != *seen) {
            return Err(Moved);
        }
        let contents = Arc::make_mut(&mut guard);
        if let Some(participant) = participant {
            contents.people.insert(participant.token.clone(), participant.clone());
        }
        for (place, value) in &changes.written {
            contents.version += 1;
            match value {
                Some(value) => {
                    let stored = Stored { version: contents.version, value: value.clone() };
                    contents.entries.insert(place.clone(), stored);
                }
                None => {
                    contents.entries.remove(place);
                }
            }
        }
        Ok(())
    }

    /// Says which figures may be seen from now on.
    pub fn release(&self, figures: Vec<Figure>) {
        Arc::make_mut(&mut self.contents()).released = figures;
    }

    fn contents(&self) -> MutexGuard<'_, Arc<Contents>> {
        // Whoever panicked had not begun to change anything.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RoundState for MemorySnapshot {
    async fn get(&self, place: &Place) -> Result<Option<Stored>, StateFault> {
        Ok(self.0.entries.get(place).cloned())
    }

    async fn count(&self, collection: &str) -> Result<u64, StateFault> {
        Ok(self.after(collection, None).count() as u64)
    }

    async fn scan(&self, collection: &str, after: Option<&str>, max: u32) -> Result<Vec<Entry>, StateFault> {
        Ok(self.after(collection, after).take(max as usize).collect())
    }

    async fn everyone(&self, key: &str, after: Option<&str>, max: u32) -> Result<Vec<Kept>, StateFault> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let people = self.0.people.range::<str, _>((from, Bound::Unbounded));
        let kept = people.filter_map(|(token, participant)| {
            let place = Place::Own { participant: token.clone(), key: key.to_owned() };
            let stored = self.0.entries.get(&place)?;
            Some(Kept { participant: participant.clone(), value: stored.value.clone() })
        });
        Ok(kept.take(max as usize).collect())
    }

    async fn released(&self) -> Result<Vec<Figure>, StateFault> {
        Ok(self.0.released.clone())
    }
}

impl MemorySnapshot {
    /// Everything that is kept, in the order of places.
    pub fn entries(&self) -> impl Iterator<Item = (&Place, &Stored)> {
        self.0.entries.iter()
    }

    /// A state with the same people and figures, and with `entries` instead of those that are there.
    pub(crate) fn with_entries(&self, entries: impl IntoIterator<Item = (Place, Vec<u8>)>) -> MemoryState {
        let entries: BTreeMap<Place, Stored> =
            (1..).zip(entries).map(|(version, (place, value))| (place, Stored { version, value })).collect();
        let Contents { people, released, .. } = (*self.0).clone();
        let version = entries.len() as u64;
        MemoryState(Mutex::new(Arc::new(Contents { entries, people, released, version })))
    }

    fn after<'a>(&'a self, collection: &'a str, after: Option<&str>) -> impl Iterator<Item = Entry> + 'a {
        let place = |key: &str| Place::Shared { collection: collection.to_owned(), key: key.to_owned() };
        let from = after.map_or_else(|| Bound::Included(place("")), |key| Bound::Excluded(place(key)));
        let rest = self.0.entries.range((from, Bound::Unbounded));
        rest.map_while(move |(place, stored)| match place {
            Place::Shared { collection: other, key } if other == collection => {
                Some(Entry { key: key.clone(), value: stored.value.clone() })
            }
            _ => None,
        })
    }
}
