//! What a guest's call carries with it: its view of the state, its limits, and where its words to its author go.

use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::ResourceLimiter;

use crate::limits::{Budget, LOG_BYTES, TABLE_ELEMENTS};
use crate::state::Place;
use crate::view::{Access, Overrun, View};

/// The data of one call's store.
pub(crate) struct CallData {
    pub view: View,
    pub memory: MemoryLimit,
    pub log: Log,
    /// Whose call it is: their token.
    pub participant: Option<String>,
    ticks: u32,
}

impl CallData {
    pub(crate) fn new(
        view: View,
        memory: usize,
        log: Log,
        participant: Option<String>,
        budget: &Budget,
    ) -> Self {
        let memory = MemoryLimit { most: memory, used: 0, table_elements: 0 };
        Self { view, memory, log, participant, ticks: budget.ticks }
    }

    /// The participant's own place for `key`, in calls that are a participant's.
    pub(crate) fn own(&self, key: String) -> Option<Place> {
        Some(Place::Own { participant: self.participant.clone()?, key })
    }

    /// The next call of the same guest: it may do `access`, and has a budget of its own.
    pub(crate) fn go_on(&mut self, access: Access, budget: &Budget) {
        self.ticks = budget.ticks;
        self.view.go_on(access, budget);
    }

    /// One more tick found the guest running.
    pub(crate) fn spend_tick(&mut self) -> Result<(), Overrun> {
        self.ticks = self.ticks.checked_sub(1).ok_or(Overrun::Time)?;
        Ok(())
    }
}

/// All memories of one guest together, and all its tables.
pub(crate) struct MemoryLimit {
    most: usize,
    used: usize,
    table_elements: usize,
}

impl MemoryLimit {
    /// Bytes that the guest had at most. Memories never shrink.
    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        let fits = used <= self.most;
        if fits {
            self.used = used;
        }
        Ok(fits)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let elements = self.table_elements.saturating_add(desired.saturating_sub(current));
        let fits = elements <= TABLE_ELEMENTS;
        if fits {
            self.table_elements = elements;
        }
        Ok(fits)
    }
}

/// Where a guest's words to its author go: kept for an author at work, counted and dropped by a server in use.
#[derive(Clone, Debug, Default)]
pub struct Log {
    kept: Option<Arc<Mutex<Vec<String>>>>,
    bytes: usize,
}

impl Log {
    /// Drops what is said.
    pub fn dropped() -> Self {
        Self::default()
    }

    /// Keeps what is said, up to [`LOG_BYTES`] a call; [`Log::lines`] reads it.
    pub fn kept() -> Self {
        Self { kept: Some(Arc::default()), bytes: 0 }
    }

    /// What was said, by all calls that were given this log or a clone of it.
    pub fn lines(&self) -> Vec<String> {
        let lines =
            self.kept.as_ref().map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner).clone());
        lines.unwrap_or_default()
    }

    pub(crate) fn write(&mut self, level: &str, message: &str) {
        self.bytes = self.bytes.saturating_add(message.len());
        let Some(kept) = &self.kept else { return };
        if self.bytes <= LOG_BYTES {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{level}: {message}"));
        }
    }
}

#[test]
fn all_memories_have_one_bound_together_and_all_tables_as_well() {
    let mut limit = MemoryLimit { most: 1_000, used: 0, table_elements: 0 };
    let mut memory = |current, desired| limit.memory_growing(current, desired, None).unwrap();
    assert!(memory(0, 600) && !memory(0, 401) && memory(0, 400) && !memory(400, 401));
    assert_eq!(limit.used(), 1_000);
    let mut table = |current, desired| limit.table_growing(current, desired, None).unwrap();
    assert!(table(0, 15_000) && !table(0, 15_000) && !table(0, usize::MAX) && table(0, 5_000));
    assert!(!table(5_000, 5_001));
}
