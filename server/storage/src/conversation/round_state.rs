//! What round types remember: for one participant, and for all together. Written many at a time, as votes are.
//!
//! An entry that was taken away stays with an empty value, so that no version ever comes twice; nobody who reads sees it.

use std::collections::{HashMap, HashSet};

use domain::ids::{ParticipantId, RoundId};
use sea_orm::{QueryResult, Value};

use super::round_types::{RoundPin, pin_of};
use super::votes::ROWS_PER_STATEMENT;
use super::{Reading, Writing};
use crate::tenancy::{column, placeholders};
use crate::{Result, StorageError};

/// Something that a round type keeps, with the version that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptValue {
    /// From 1 up, never the same again for the same place.
    pub version: i64,
    /// What is kept; never empty.
    pub value: Vec<u8>,
}

/// A participant's part of a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPart {
    /// What the round runs, once somebody has taken part.
    pub pin: Option<RoundPin>,
    /// The cohort of the credential that they came in with; none for a sealed code.
    pub cohort: Option<String>,
    /// What is kept, by key.
    pub kept: HashMap<String, KeptValue>,
}

/// A participant in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whose {
    /// The round.
    pub round: RoundId,
    /// Who.
    pub participant: ParticipantId,
    /// Their name in this round.
    pub token: [u8; 32],
}

/// What one participant keeps under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnValue {
    /// Their name in this round.
    pub token: Vec<u8>,
    /// The cohort of the credential that they came in with; none for a sealed code.
    pub cohort: Option<String>,
    /// What is kept.
    pub value: Vec<u8>,
}

/// One entry of what everybody keeps in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    /// Where.
    pub key: OwnKey,
    /// Whose it is.
    pub participant: ParticipantId,
    /// The cohort of the credential that they came in with.
    pub cohort: Option<String>,
    /// What is kept.
    pub kept: KeptValue,
}

/// Where something of one participant's is kept: the round, their name in it, the key.
pub type OwnKey = (RoundId, Vec<u8>, String);

/// Where something of all together is kept: the round, the collection, the key.
pub type SharedKey = (RoundId, String, String);

/// A place with the version that somebody saw there; none where nothing was.
pub type Seen<Key> = (Key, Option<i64>);

/// What a participant keeps from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWrite {
    /// Where.
    pub key: OwnKey,
    /// Whose it is.
    pub participant: ParticipantId,
    /// What; empty takes it away.
    pub value: Vec<u8>,
}

/// What all together keep from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedWrite {
    /// Where.
    pub key: SharedKey,
    /// What; empty takes it away.
    pub value: Vec<u8>,
}

impl Reading {
    /// Each participant's part of a round with what the round runs, both as of one moment: those of `whose`, in their order.
    ///
    /// # Errors
    /// Database faults.
    pub async fn own_parts(&self, whose: &[Whose]) -> Result<Vec<OwnPart>> {
        let mut parts: HashMap<(RoundId, Vec<u8>), OwnPart> = HashMap::new();
        let mut once = whose.to_vec();
        once.sort_unstable();
        once.dedup();
        for chunk in once.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "SELECT k.column1, k.column3, c.cohort, p.digest, p.data_version, s.place, s.version, s.value
                 FROM (VALUES {}) AS k
                 LEFT JOIN round_pin p ON p.tenant_id = $1 AND p.round_id = k.column1
                 LEFT JOIN credential c ON c.tenant_id = $1 AND c.participant_id = k.column2
                 LEFT JOIN own_state s ON s.tenant_id = $1 AND s.round_id = k.column1 AND s.token = k.column3
                 AND length(s.value) > 0",
                placeholders(2, chunk.len(), 3)
            );
            let of = |one: &Whose| [one.round.0.into(), one.participant.0.into(), one.token.to_vec().into()];
            for row in self.0.all(sql, chunk.iter().flat_map(of).collect()).await? {
                let part = parts.entry((RoundId(column(&row, 0)?), column(&row, 1)?)).or_default();
                part.cohort = column(&row, 2)?;
                part.pin = pin_of(column(&row, 3)?, column(&row, 4)?);
                if let Some(place) = column::<Option<Vec<u8>>>(&row, 5)? {
                    let kept = KeptValue { version: column(&row, 6)?, value: column(&row, 7)? };
                    part.kept.insert(words(place)?, kept);
                }
            }
        }
        let of = |one: &Whose| parts.get(&(one.round, one.token.to_vec())).cloned().unwrap_or_default();
        Ok(whose.iter().map(of).collect())
    }

    /// What all together keep at `key`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn shared_state(&self, key: &SharedKey) -> Result<Option<KeptValue>> {
        let (round, collection, place) = key;
        let sql = "SELECT version, value FROM shared_state
                   WHERE tenant_id = $1 AND round_id = $2 AND collection = $3 AND place = $4 AND length(value) > 0";
        let row = self.0.one(sql, vec![round.0.into(), bytes(collection), bytes(place)]).await?;
        row.map(|row| Ok(KeptValue { version: column(&row, 0)?, value: column(&row, 1)? })).transpose()
    }

    /// How many entries `collection` has.
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_shared(&self, round: RoundId, collection: &str) -> Result<i64> {
        let sql = "SELECT count(*) FROM shared_state
                   WHERE tenant_id = $1 AND round_id = $2 AND collection = $3 AND length(value) > 0";
        let row = self.0.one(sql, vec![round.0.into(), bytes(collection)]).await?;
        row.map_or(Ok(0), |row| column(&row, 0))
    }

    /// The first `most` entries of `collection` whose keys come after `after`, in the order of the keys' bytes.
    ///
    /// # Errors
    /// Database faults.
    pub async fn scan_shared(
        &self,
        round: RoundId,
        collection: &str,
        after: &str,
        most: u32,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let sql = "SELECT place, value FROM shared_state
                   WHERE tenant_id = $1 AND round_id = $2 AND collection = $3 AND place > $4 AND length(value) > 0
                   ORDER BY place LIMIT $5";
        let values = vec![round.0.into(), bytes(collection), bytes(after), i64::from(most).into()];
        let rows = self.0.all(sql, values).await?;
        rows.iter().map(|row| Ok((words(column(row, 0)?)?, column(row, 1)?))).collect()
    }

    /// What the first `most` participants after the token `after` keep under `place`, in the order of tokens.
    ///
    /// # Errors
    /// Database faults.
    pub async fn everyones_state(
        &self,
        round: RoundId,
        place: &str,
        after: &[u8],
        most: u32,
    ) -> Result<Vec<OwnValue>> {
        let sql = "SELECT s.token, c.cohort, s.value FROM own_state s
                   LEFT JOIN credential c ON c.tenant_id = s.tenant_id AND c.participant_id = s.participant_id
                   WHERE s.tenant_id = $1 AND s.round_id = $2 AND s.place = $3 AND s.token > $4 AND length(s.value) > 0
                   ORDER BY s.token LIMIT $5";
        let values = vec![round.0.into(), bytes(place), after.to_vec().into(), i64::from(most).into()];
        let rows = self.0.all(sql, values).await?;
        let own =
            |row| Ok(OwnValue { token: column(row, 0)?, cohort: column(row, 1)?, value: column(row, 2)? });
        rows.iter().map(own).collect()
    }

    /// What `participant` keeps in `round`, by key.
    ///
    /// # Errors
    /// Database faults.
    pub async fn every_own_answer(
        &self,
        round: RoundId,
        participant: ParticipantId,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let sql = "SELECT place, value FROM own_state
                   WHERE tenant_id = $1 AND participant_id = $3 AND round_id = $2 AND length(value) > 0 ORDER BY place";
        let rows = self.0.all(sql, vec![round.0.into(), participant.0.into()]).await?;
        rows.iter().map(|row| Ok((words(column(row, 0)?)?, column(row, 1)?))).collect()
    }

    /// What everybody keeps in `round`: the first `most` entries after one, in the order of tokens and keys.
    ///
    /// # Errors
    /// Database faults.
    pub async fn every_own(
        &self,
        round: RoundId,
        (token, place): (&[u8], &str),
        most: u32,
    ) -> Result<Vec<OwnEntry>> {
        let sql = "SELECT s.token, s.place, s.participant_id, c.cohort, s.version, s.value FROM own_state s
                   LEFT JOIN credential c ON c.tenant_id = s.tenant_id AND c.participant_id = s.participant_id
                   WHERE s.tenant_id = $1 AND s.round_id = $2 AND (s.token > $3 OR (s.token = $3 AND s.place > $4))
                   AND length(s.value) > 0 ORDER BY s.token, s.place LIMIT $5";
        let values = vec![round.0.into(), token.to_vec().into(), bytes(place), i64::from(most).into()];
        let rows = self.0.all(sql, values).await?;
        let entry = |row| {
            Ok(OwnEntry {
                key: (round, column(row, 0)?, words(column(row, 1)?)?),
                participant: ParticipantId(column(row, 2)?),
                cohort: column(row, 3)?,
                kept: KeptValue { version: column(row, 4)?, value: column(row, 5)? },
            })
        };
        rows.iter().map(entry).collect()
    }

    /// What all together keep in `round`: the first `most` entries after one, in the order of collections and keys.
    ///
    /// # Errors
    /// Database faults.
    pub async fn every_shared(
        &self,
        round: RoundId,
        (collection, place): (&str, &str),
        most: u32,
    ) -> Result<Vec<(SharedKey, KeptValue)>> {
        let sql = "SELECT collection, place, version, value FROM shared_state
                   WHERE tenant_id = $1 AND round_id = $2 AND (collection > $3 OR (collection = $3 AND place > $4))
                   AND length(value) > 0 ORDER BY collection, place LIMIT $5";
        let values = vec![round.0.into(), bytes(collection), bytes(place), i64::from(most).into()];
        let rows = self.0.all(sql, values).await?;
        let entry = |row| -> Result<_> {
            let key = (round, words(column(row, 0)?)?, words(column(row, 1)?)?);
            Ok((key, KeptValue { version: column(row, 2)?, value: column(row, 3)? }))
        };
        rows.iter().map(entry).collect()
    }

    /// Those of `seen` that have another version now than was seen.
    ///
    /// # Errors
    /// Database faults.
    pub async fn moved_own(&self, seen: &[Seen<OwnKey>]) -> Result<HashSet<Seen<OwnKey>>> {
        let of = |((round, token, place), version): &Seen<OwnKey>| {
            [round.0.into(), token.clone().into(), bytes(place), (*version).into()]
        };
        let mut moved = HashSet::new();
        for row in self.moved(("own_state", "token"), seen.iter().map(of).collect()).await? {
            let key = (RoundId(column(&row, 0)?), column(&row, 1)?, words(column(&row, 2)?)?);
            moved.insert((key, column(&row, 3)?));
        }
        Ok(moved)
    }

    /// The same of what all together keep.
    ///
    /// # Errors
    /// Database faults.
    pub async fn moved_shared(&self, seen: &[Seen<SharedKey>]) -> Result<HashSet<Seen<SharedKey>>> {
        let of = |((round, collection, place), version): &Seen<SharedKey>| {
            [round.0.into(), bytes(collection), bytes(place), (*version).into()]
        };
        let mut moved = HashSet::new();
        for row in self.moved(("shared_state", "collection"), seen.iter().map(of).collect()).await? {
            let key = (RoundId(column(&row, 0)?), words(column(&row, 1)?)?, words(column(&row, 2)?)?);
            moved.insert((key, column(&row, 3)?));
        }
        Ok(moved)
    }

    /// Those of `seen` (round, what `part` names, place, version) that are not so in `table`: hardly ever any, so that nothing is to be fetched.
    async fn moved(&self, (table, part): (&str, &str), seen: Vec<[Value; 4]>) -> Result<Vec<QueryResult>> {
        let mut moved = Vec::new();
        for chunk in seen.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "SELECT k.column1, k.column2, k.column3, k.column4 FROM (VALUES {}) AS k
                 LEFT JOIN {table} s ON s.tenant_id = $1 AND s.round_id = k.column1 AND s.{part} = k.column2
                 AND s.place = k.column3 AND length(s.value) > 0 WHERE s.version IS DISTINCT FROM k.column4",
                placeholders(2, chunk.len(), 4)
            );
            moved.extend(self.0.all(sql, chunk.iter().flatten().cloned().collect()).await?);
        }
        Ok(moved)
    }
}

impl Writing {
    /// Writes what participants keep; each key at most once in `writes`.
    ///
    /// # Errors
    /// Database faults; also when a participant has been erased.
    pub async fn keep_own(&self, writes: &[OwnWrite]) -> Result<()> {
        for chunk in writes.chunks(ROWS_PER_STATEMENT) {
            let rows: Vec<String> = (0..chunk.len())
                .map(|row| {
                    let first = row * 5 + 2;
                    let [token, place, participant, value] = [1, 2, 3, 4].map(|next| first + next);
                    format!("($1, ${first}, ${token}, ${place}, ${participant}, 1, ${value})")
                })
                .collect();
            let sql = format!(
                "INSERT INTO own_state (tenant_id, round_id, token, place, participant_id, version, value) VALUES {}
                 ON CONFLICT (tenant_id, round_id, token, place)
                 DO UPDATE SET version = own_state.version + 1, value = excluded.value",
                rows.join(", ")
            );
            let of = |write: &OwnWrite| {
                let (round, token, place) = &write.key;
                let whose = write.participant.0.into();
                [round.0.into(), token.clone().into(), bytes(place), whose, write.value.clone().into()]
            };
            self.0.execute(sql, chunk.iter().flat_map(of).collect()).await?;
        }
        Ok(())
    }

    /// Writes what all together keep; each key at most once in `writes`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn keep_shared(&self, writes: &[SharedWrite]) -> Result<()> {
        for chunk in writes.chunks(ROWS_PER_STATEMENT) {
            let rows: Vec<String> = (0..chunk.len())
                .map(|row| {
                    let first = row * 4 + 2;
                    let [place, key, value] = [1, 2, 3].map(|next| first + next);
                    format!("($1, ${first}, ${place}, ${key}, 1, ${value})")
                })
                .collect();
            let sql = format!(
                "INSERT INTO shared_state (tenant_id, round_id, collection, place, version, value) VALUES {}
                 ON CONFLICT (tenant_id, round_id, collection, place)
                 DO UPDATE SET version = shared_state.version + 1, value = excluded.value",
                rows.join(", ")
            );
            let of = |write: &SharedWrite| {
                let (round, collection, place) = &write.key;
                [round.0.into(), bytes(collection), bytes(place), write.value.clone().into()]
            };
            self.0.execute(sql, chunk.iter().flat_map(of).collect()).await?;
        }
        Ok(())
    }
}

/// A key as it is stored.
fn bytes(key: &str) -> Value {
    key.as_bytes().to_vec().into()
}

/// A stored key.
fn words(key: Vec<u8>) -> Result<String> {
    String::from_utf8(key).map_err(|_| StorageError::Corrupt("a key of a round's state".to_owned()))
}
