//! The audit log's chain: each entry's digest holds the one before, so that whoever changes, removes, adds or moves an entry has to write
//! every later one anew, and whoever noted a head sees it.
//!
//! Here: one link, and checking a chain. Not here: what an entry says (`domain::audit`), and where it is stored. What is hashed is the text
//! exactly as it is stored, never a text made from it again.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// First line of what is hashed: what it is, and its version.
const HASHED_AS: &str = "candour/audit/1\n";
/// What stands for the digest before the first entry: 64 zeros.
const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedEntry {
    /// Its place, from 0.
    pub number: i64,
    /// What it says: JSON with a `number` of its own.
    pub entry: String,
    /// What [`link`] gave when it was written.
    pub digest: String,
}

/// The last entry of a log as somebody noted it: on an export, in a backup, on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The entry's place, from 0.
    pub number: i64,
    /// Its digest, 64 hexadecimal digits in small letters.
    pub digest: String,
}

/// Where a log is broken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("entry {number} of the audit log: {why}")]
pub struct AuditBreak {
    /// The place at which the chain no longer holds, from 0.
    pub number: i64,
    /// What is wrong there.
    pub why: AuditFault,
}

/// What can be wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuditFault {
    /// The entry is not there, and a later one is.
    #[error("it is missing; the next one there is entry {found}")]
    Missing {
        /// The next one there.
        found: i64,
    },
    /// An entry that was there before, or one with a number that cannot be.
    #[error("entry {found} stands in its place; one was added or moved")]
    OutOfPlace {
        /// The number of what stands there.
        found: i64,
    },
    /// Its text says another number than its row, or none: it was written by something else, or moved.
    #[error("its text is not that of an entry with this number; it was changed or moved")]
    Number,
    /// Its digest does not follow from its text and the entry before.
    #[error(
        "its digest does not fit what it says and the entry before; it was changed, or one before it was removed"
    )]
    Digest,
    /// It is whole, and not what was noted.
    #[error(
        "the log said something else here when its head was noted; it was written anew from here or earlier"
    )]
    Rewritten,
    /// The log ends before the head that was noted.
    #[error("it is missing: the log ends before it, and it was there when the head was noted")]
    CutOff,
}

/// The digest of `entry_json` behind `previous`, the digest of the entry before, which the first entry does not have: SHA-256 of
/// `candour/audit/1`, a line feed, the previous digest (64 zeros for none), a line feed, and the text to the byte; in hexadecimal.
pub fn link(previous: Option<&str>, entry_json: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [HASHED_AS, previous.unwrap_or(BEFORE_THE_FIRST), "\n", entry_json] {
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

/// Checks a whole log from its first entry, in the order of its numbers, and says its head; none if it is empty. See [`Chain`].
///
/// # Errors
/// The first [`AuditBreak`].
pub fn verify<'a>(
    entries: impl IntoIterator<Item = &'a ChainedEntry>,
    known: Option<AuditHead>,
) -> Result<Option<AuditHead>, AuditBreak> {
    let mut chain = Chain::new(known);
    entries.into_iter().try_for_each(|entry| chain.follow(entry))?;
    chain.end()
}

/// A log while it is checked, an entry at a time, so that a long one need not be in memory.
#[derive(Clone, Debug)]
pub struct Chain {
    head: Option<AuditHead>,
    known: Option<AuditHead>,
}

impl Chain {
    /// Nothing read yet. With a `known` head, the log must still hold it: a chain that somebody wrote anew from some entry on, or whose
    /// tail was cut off, is whole in itself, and only a head that was noted elsewhere shows it.
    pub fn new(known: Option<AuditHead>) -> Self {
        Self { head: None, known }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// [`AuditBreak`] when it is not the next.
    pub fn follow(&mut self, entry: &ChainedEntry) -> Result<(), AuditBreak> {
        let number = self.length();
        let broken = |why| Err(AuditBreak { number, why });
        if entry.number > number {
            return broken(AuditFault::Missing { found: entry.number });
        }
        if entry.number < number {
            return broken(AuditFault::OutOfPlace { found: entry.number });
        }
        if number_in(&entry.entry) != Some(number) {
            return broken(AuditFault::Number);
        }
        let previous = self.head.as_ref().map(|head| head.digest.as_str());
        if entry.digest != link(previous, &entry.entry) {
            return broken(AuditFault::Digest);
        }
        let noted = self.known.as_ref().filter(|known| known.number == number);
        if noted.is_some_and(|known| known.digest != entry.digest) {
            return broken(AuditFault::Rewritten);
        }
        self.head = Some(AuditHead { number, digest: entry.digest.clone() });
        Ok(())
    }

    /// The head, after the last entry.
    ///
    /// # Errors
    /// [`AuditBreak`] when the log ends before the known head.
    pub fn end(self) -> Result<Option<AuditHead>, AuditBreak> {
        let number = self.length();
        match self.known {
            Some(known) if known.number >= number => Err(AuditBreak { number, why: AuditFault::CutOff }),
            _ => Ok(self.head),
        }
    }

    fn length(&self) -> i64 {
        self.head.as_ref().map_or(0, |head| head.number + 1)
    }
}

fn number_in(entry_json: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Numbered {
        number: i64,
    }
    serde_json::from_str::<Numbered>(entry_json).ok().map(|entry| entry.number)
}

#[cfg(test)]
mod tests;
