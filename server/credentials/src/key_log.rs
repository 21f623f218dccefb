//! The public key log: one line for every cohort's key, each chained to the one before by its hash.
//!
//! A browser has its message signed only by a key that stands here, and the log's head is printed on posters and invitations, so
//! an operator who gave one person a key of their own would have to show it to all. Here: adding a line, checking a log,
//! comparing two. Not here: where it is stored, who may launch (actions), and how many people a cohort needs (domain).
//!
//! The browser computes the same hashes. `key_log/vector.json` is read by the tests of both.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;
use domain::ids::CampaignId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::blind::{CohortPublicKey, PublicKeyRefusal};

/// First line of what is hashed: what it is, and its version.
const HASHED_AS: &str = "candour/key-log/1\n";
/// What the first entry has as `previous`, and the head of an empty log: 64 zeros.
const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The most characters in the short name of a cohort or an organisation.
pub const NAME_CHARACTERS: usize = 80;
/// The most organisations of one cohort.
pub const COHORT_ORGANISATIONS: usize = 1_000;
/// How many hexadecimal digits of the head are printed: 64 bits.
const PRINTED_DIGITS: usize = 16;
/// How many of them stand together.
const GROUP_DIGITS: usize = 4;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyLogEntry {
    /// Its place, from 0.
    pub index: u64,
    /// The campaign whose credentials the key signs.
    pub campaign: CampaignId,
    /// Short name of the cohort, one key each: `[a-z0-9-]`, 1 to 80 characters.
    pub cohort: String,
    /// Short names of the organisations in it, in the log's own order: `[a-z0-9-]`, 1 to 80 characters each.
    pub organisations: Vec<String>,
    /// How many people were eligible when the key was made.
    pub eligible: u32,
    /// The key in SPKI form, base64url without padding.
    pub public_key: String,
    /// The day on which the key was made, in the tenant's time zone.
    pub made_on: NaiveDate,
    /// `hash` of the entry before, or 64 zeros.
    pub previous: String,
    /// SHA-256 of [`hashed`](Self::hashed), 64 hexadecimal digits in small letters.
    pub hash: String,
}

/// What a launch adds to the log; place and hashes follow from the log.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The campaign whose credentials the key signs.
    pub campaign: CampaignId,
    /// Short name of the cohort.
    pub cohort: String,
    /// Short names of the organisations in it.
    pub organisations: Vec<String>,
    /// How many people are eligible.
    pub eligible: u32,
    /// The key.
    pub public_key: CohortPublicKey,
    /// Today, in the tenant's time zone.
    pub made_on: NaiveDate,
}

/// Where a log is broken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("entry {entry} of the key log: {why}")]
pub struct ChainBreak {
    /// The place of the entry, from 0.
    pub entry: u64,
    /// What is wrong with it.
    pub why: Fault,
}

/// What can be wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It says that it stands elsewhere.
    #[error("it says that it is entry {found}; one was left out, added or moved")]
    WrongIndex {
        /// What it says.
        found: u64,
    },
    /// A short name with other characters, or of another length.
    #[error("the name “{name}” must have 1 to {NAME_CHARACTERS} of the characters a-z, 0-9 and -")]
    Name {
        /// The name.
        name: String,
    },
    /// No organisation, or too many, or one twice.
    #[error("a cohort has 1 to {COHORT_ORGANISATIONS} organisations, none of them twice")]
    Organisations,
    /// A public key that is none.
    #[error(transparent)]
    Key(#[from] PublicKeyRefusal),
    /// It does not follow the entry before.
    #[error("it does not follow the entry before; one of the two was changed")]
    Previous,
    /// Its hash is not that of its contents.
    #[error("its hash does not fit what it says; it was changed")]
    Hash,
    /// Its cohort has a key already: people of one cohort would be told apart by the key.
    #[error("its cohort of this campaign has a key already, in entry {first}")]
    CohortTwice {
        /// Where the other key stands.
        first: u64,
    },
    /// An organisation of it is in another cohort of this campaign: its people could be told apart by which key signed.
    #[error("its organisation `{organisation}` is in a cohort of this campaign already, in entry {first}")]
    OrganisationTwice {
        /// The organisation's short name.
        organisation: String,
        /// Where the other cohort stands.
        first: u64,
    },
    /// Its key stands in the log already: each cohort has one of its own.
    #[error("its key stands in the log already, in entry {first}")]
    KeyTwice {
        /// Where it stands.
        first: u64,
    },
    /// A log that was seen before says something else here.
    #[error("the log said something else here before")]
    Rewritten,
    /// A log that was seen before goes on here.
    #[error("the log had this entry before, and now it ends")]
    Missing,
}

/// The hash of the last entry: whoever knows it can tell whether anything in the log was ever changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head(pub String);

impl KeyLogEntry {
    /// The text (UTF-8) whose SHA-256 is the entry's hash, to the byte: `candour/key-log/1`, a line feed (0x0A), and then
    /// these eight lines with one line feed between each two and none at the end:
    ///
    /// 1. `index`: decimal, no leading zeros
    /// 2. `campaign`: UUID, small letters, with hyphens
    /// 3. `cohort`: as it stands
    /// 4. `organisations`: as they stand, in their order, with one comma (0x2C) between each two and no space
    /// 5. `eligible`: decimal, no leading zeros
    /// 6. `public_key`: as it stands (base64url without padding)
    /// 7. `made_on`: `YYYY-MM-DD`
    /// 8. `previous`: as it stands (64 hexadecimal digits in small letters)
    pub fn hashed(&self) -> String {
        let lines = [
            self.index.to_string(),
            self.campaign.to_string(),
            self.cohort.clone(),
            self.organisations.join(","),
            self.eligible.to_string(),
            self.public_key.clone(),
            self.made_on.to_string(),
            self.previous.clone(),
        ];
        format!("{HASHED_AS}{}", lines.join("\n"))
    }

    /// The key, read.
    ///
    /// # Errors
    /// [`PublicKeyRefusal`], which an entry of a log that [`check`] takes never has.
    pub fn key(&self) -> Result<CohortPublicKey, PublicKeyRefusal> {
        CohortPublicKey::from_base64url(&self.public_key)
    }

    fn computed_hash(&self) -> String {
        hex::encode(Sha256::digest(self.hashed()))
    }

    /// What can be judged without the rest of the log, the hash apart.
    fn contents(&self) -> Result<(), Fault> {
        for name in self.organisations.iter().chain([&self.cohort]) {
            if !is_name(name) {
                return Err(Fault::Name { name: name.clone() });
            }
        }
        let mut sorted: Vec<_> = self.organisations.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let twice = sorted.len() != self.organisations.len();
        if twice || sorted.is_empty() || sorted.len() > COHORT_ORGANISATIONS {
            return Err(Fault::Organisations);
        }
        self.key()?;
        Ok(())
    }
}

impl Head {
    /// The first 16 digits in groups of 4, for posters and invitations.
    pub fn for_print(&self) -> String {
        let digits: Vec<char> = self.0.chars().take(PRINTED_DIGITS).collect();
        let groups: Vec<String> = digits.chunks(GROUP_DIGITS).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The entry that adds `new` to `log`.
///
/// # Errors
/// [`ChainBreak`] when the log is broken already, or would be with it.
pub fn append(log: &[KeyLogEntry], new: NewKey) -> Result<KeyLogEntry, ChainBreak> {
    let mut chain = Chain::default();
    chain.follow_all(log)?;
    let mut entry = KeyLogEntry {
        index: chain.next,
        campaign: new.campaign,
        cohort: new.cohort,
        organisations: new.organisations,
        eligible: new.eligible,
        public_key: new.public_key.to_base64url(),
        made_on: new.made_on,
        previous: chain.head().0,
        hash: String::new(),
    };
    entry.hash = entry.computed_hash();
    chain.follow_all(std::slice::from_ref(&entry))?;
    Ok(entry)
}

/// Checks a whole log from its first entry, and says its head.
///
/// # Errors
/// The first [`ChainBreak`].
pub fn check(entries: &[KeyLogEntry]) -> Result<Head, ChainBreak> {
    let mut chain = Chain::default();
    chain.follow_all(entries)?;
    Ok(chain.head())
}

/// Whether `newer` is whole and begins with all of `known`, which somebody saw before: nothing was changed or taken away.
///
/// # Errors
/// The first [`ChainBreak`] of `newer`, or the first entry in which it differs.
pub fn extends(known: &[KeyLogEntry], newer: &[KeyLogEntry]) -> Result<(), ChainBreak> {
    check(newer)?;
    for (entry, seen) in (0..).zip(known) {
        match newer.get(entry as usize) {
            None => return Err(ChainBreak { entry, why: Fault::Missing }),
            Some(now) if now != seen => return Err(ChainBreak { entry, why: Fault::Rewritten }),
            Some(_) => {}
        }
    }
    Ok(())
}

/// What one knows of a log after reading it up to some entry.
#[derive(Default)]
struct Chain {
    next: u64,
    last_hash: Option<String>,
    cohorts: HashMap<(CampaignId, String), u64>,
    organisations: HashMap<(CampaignId, String), u64>,
    keys: HashMap<String, u64>,
}

impl Chain {
    fn head(&self) -> Head {
        Head(self.last_hash.clone().unwrap_or_else(|| BEFORE_THE_FIRST.to_owned()))
    }

    fn follow_all(&mut self, entries: &[KeyLogEntry]) -> Result<(), ChainBreak> {
        entries.iter().try_for_each(|entry| {
            let place = self.next;
            self.follow(entry).map_err(|why| ChainBreak { entry: place, why })
        })
    }

    fn follow(&mut self, entry: &KeyLogEntry) -> Result<(), Fault> {
        if entry.index != self.next {
            return Err(Fault::WrongIndex { found: entry.index });
        }
        entry.contents()?;
        if entry.previous != self.head().0 {
            return Err(Fault::Previous);
        }
        if entry.hash != entry.computed_hash() {
            return Err(Fault::Hash);
        }
        let cohort = (entry.campaign, entry.cohort.clone());
        if let Some(first) = self.cohorts.insert(cohort, entry.index) {
            return Err(Fault::CohortTwice { first });
        }
        for organisation in &entry.organisations {
            let member = (entry.campaign, organisation.clone());
            if let Some(first) = self.organisations.insert(member, entry.index) {
                return Err(Fault::OrganisationTwice { organisation: organisation.clone(), first });
            }
        }
        if let Some(first) = self.keys.insert(entry.public_key.clone(), entry.index) {
            return Err(Fault::KeyTwice { first });
        }
        self.last_hash = Some(entry.hash.clone());
        self.next += 1;
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests;
