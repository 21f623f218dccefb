//! Components of round types, which belong to the platform's tenant, and which of them each round runs.

use chrono::NaiveDate;
use domain::ids::RoundId;
use domain::round::Round;
use sea_orm::{DbBackend, QueryResult};

use super::rounds::{ROUND, ROUND_COLUMNS, round_of};
use super::{Reading, Writing, text};
use crate::Result;
use crate::tenancy::column;

/// The component that a round runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundPin {
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// The version in which the round's state is kept.
    pub data_version: u32,
}

/// A round that nobody else changes until the end of the transaction.
#[derive(Clone, Debug)]
pub struct HeldRound {
    /// The round.
    pub round: Round,
    /// What it runs, once it has opened.
    pub pin: Option<RoundPin>,
    /// Until when nobody's answers are written, seconds since 1970: it is being brought to another component.
    pub held_until: Option<i64>,
}

/// A component that was used or admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRoundType {
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Its name.
    pub name: String,
    /// Whose signature it bears, hexadecimal; none for those that came with Candour.
    pub publisher: Option<String>,
    /// Its manifest, JSON.
    pub manifest: String,
    /// The day on which it was admitted.
    pub admitted_on: NaiveDate,
    /// The day on which it was withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
}

const ROUND_TYPE: &str = "digest, kind, publisher, manifest, admitted_on, withdrawn_on";

fn round_type_of(row: &QueryResult) -> Result<StoredRoundType> {
    Ok(StoredRoundType {
        digest: column(row, 0)?,
        name: column(row, 1)?,
        publisher: column(row, 2)?,
        manifest: column(row, 3)?,
        admitted_on: column(row, 4)?,
        withdrawn_on: column(row, 5)?,
    })
}

pub(super) fn pin_of(digest: Option<String>, version: Option<i32>) -> Option<RoundPin> {
    Some(RoundPin { digest: digest?, data_version: version?.unsigned_abs() })
}

impl Reading {
    /// The component that `round` runs, once it has opened.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_pin(&self, round: RoundId) -> Result<Option<RoundPin>> {
        let sql = "SELECT digest, data_version FROM round_pin WHERE tenant_id = $1 AND round_id = $2";
        let row = self.0.one(sql, vec![round.0.into()]).await?;
        row.map_or(Ok(None), |row| Ok(pin_of(column(&row, 0)?, column(&row, 1)?)))
    }

    /// Until when nobody's answers are written in `round`, seconds since 1970.
    ///
    /// # Errors
    /// Database faults.
    pub async fn answers_held_until(&self, round: RoundId) -> Result<Option<i64>> {
        let sql = "SELECT held_until FROM round_pin WHERE tenant_id = $1 AND round_id = $2";
        let row = self.0.one(sql, vec![round.0.into()]).await?;
        row.map_or(Ok(None), |row| column(&row, 0))
    }

    /// Which rounds of the tenant run which component.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_pins(&self) -> Result<Vec<(RoundId, RoundPin)>> {
        let sql =
            "SELECT round_id, digest, data_version FROM round_pin WHERE tenant_id = $1 ORDER BY round_id";
        let mut pins = Vec::new();
        for row in self.0.all(sql, Vec::new()).await? {
            let pin = pin_of(column(&row, 1)?, column(&row, 2)?);
            pins.extend(pin.map(|pin| Ok((RoundId(column(&row, 0)?), pin))));
        }
        pins.into_iter().collect()
    }

    /// Every component that this tenant, the platform's, has admitted or used, by name and in the order in which they came.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_types(&self) -> Result<Vec<StoredRoundType>> {
        let sql = format!("SELECT {ROUND_TYPE} FROM round_type WHERE tenant_id = $1 ORDER BY kind, number");
        self.0.all(sql, Vec::new()).await?.iter().map(round_type_of).collect()
    }

    /// The bytes of the component `digest`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn component(&self, digest: &str) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT component FROM round_type WHERE tenant_id = $1 AND digest = $2";
        let row = self.0.one(sql, vec![digest.into()]).await?;
        row.map(|row| column(&row, 0)).transpose()
    }
}

impl Writing {
    /// Keeps a component, the last of all. One that is there stays in its place, and is admitted again if it was withdrawn.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_round_type(&self, round_type: &StoredRoundType, component: &[u8]) -> Result<()> {
        let sql =
            "INSERT INTO round_type (tenant_id, digest, number, kind, publisher, manifest, component, admitted_on)
             VALUES ($1, $2, (SELECT coalesce(max(t.number), 0) + 1 FROM round_type t WHERE t.tenant_id = $1), $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, digest) DO UPDATE SET withdrawn_on = NULL";
        let values = vec![
            round_type.digest.clone().into(),
            round_type.name.clone().into(),
            text(round_type.publisher.as_deref()),
            round_type.manifest.clone().into(),
            component.to_vec().into(),
            round_type.admitted_on.into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Withdraws the component `digest`, or with no day admits it again. Gives whether it is there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn withdraw_round_type(&self, digest: &str, on: Option<NaiveDate>) -> Result<bool> {
        let sql = "UPDATE round_type SET withdrawn_on = $3 WHERE tenant_id = $1 AND digest = $2";
        Ok(self.0.execute(sql, vec![digest.into(), on.into()]).await?.rows_affected() > 0)
    }

    /// Holds `round` as it is until this transaction ends, and gives it with the component that it runs. Its revision stays.
    ///
    /// # Errors
    /// Database faults.
    pub async fn hold_round(&self, round: RoundId) -> Result<Option<HeldRound>> {
        // SQLite has one writer: this transaction. On PostgreSQL those who only refer to the round need not wait.
        let lock =
            if self.reading.0.backend() == DbBackend::Postgres { " FOR NO KEY UPDATE OF r" } else { "" };
        let sql = format!(
            "SELECT {ROUND}, p.digest, p.data_version, p.held_until FROM round r
             LEFT JOIN round_pin p ON p.tenant_id = r.tenant_id AND p.round_id = r.id
             WHERE r.tenant_id = $1 AND r.id = $2{lock}"
        );
        let Some(row) = self.0.one(sql, vec![round.0.into()]).await? else { return Ok(None) };
        let pin = pin_of(column(&row, ROUND_COLUMNS)?, column(&row, ROUND_COLUMNS + 1)?);
        let held_until = column(&row, ROUND_COLUMNS + 2)?;
        Ok(Some(HeldRound { round: round_of(&row, round)?, pin, held_until }))
    }

    /// Has nobody's answers be written in `round` until an instant, seconds since 1970, or with none from now on again.
    ///
    /// # Errors
    /// Database faults.
    pub async fn hold_answers(&self, round: RoundId, until: Option<i64>) -> Result<()> {
        let sql = "UPDATE round_pin SET held_until = $3 WHERE tenant_id = $1 AND round_id = $2";
        self.0.execute(sql, vec![round.0.into(), until.into()]).await?;
        Ok(())
    }

    /// Has `round` run the component `pin` from now on, and take answers.
    ///
    /// # Errors
    /// Database faults.
    pub async fn pin_round(&self, round: RoundId, pin: &RoundPin) -> Result<()> {
        let sql = "INSERT INTO round_pin (tenant_id, round_id, digest, data_version) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (tenant_id, round_id)
                   DO UPDATE SET digest = excluded.digest, data_version = excluded.data_version, held_until = NULL";
        let version = i32::try_from(pin.data_version).unwrap_or(i32::MAX);
        self.0.execute(sql, vec![round.0.into(), pin.digest.clone().into(), version.into()]).await?;
        Ok(())
    }
}
