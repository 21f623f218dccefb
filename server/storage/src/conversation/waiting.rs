//! Who has come in and waits for others, and how a group is let in.
//!
//! Everything is written in the order of random ids and hashes, and the rows of a campaign's waiting people and of their sessions are
//! rewritten whenever one changes, so that neither they nor those of a group that was let in say who came first.

use chrono::NaiveDate;
use domain::ids::{CampaignId, ParticipantId};
use sea_orm::{DbBackend, QueryResult, Value};

use super::{Reading, Session, Writing};
use crate::feed::Change;
use crate::tenancy::{column, placeholders};
use crate::{Result, StorageError};

/// What somebody came in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// A blind-signed credential: the device's key, and the cohort whose key signed it.
    Credential {
        /// The device's public key.
        device_key: [u8; 32],
        /// The cohort's short name.
        cohort: String,
    },
    /// A sealed code's keyed hash.
    Code([u8; 32]),
}

/// Somebody who came in and waits, or is about to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// The participant that they are or will be.
    pub participant: ParticipantId,
    /// What shuffles their fair mix.
    pub seed: i64,
    /// What they came in with.
    pub pass: Pass,
    /// Their devices' sessions, in an order that says nothing: keyed hash, and the last day on which each is good.
    pub sessions: Vec<([u8; 32], NaiveDate)>,
    /// What they have sent meanwhile: JSON of the actions' making.
    pub acts: String,
}

/// A credential that has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    /// Whose it is; nobody's when all that they wrote was erased at their wish.
    pub participant: Option<ParticipantId>,
}

/// What is known of a sealed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Nobody has come in with it.
    Good,
    /// Somebody has.
    Spent,
}

const NEWCOMER: &str = "participant_id, seed, device_key, cohort, code_hash, acts";

impl Reading {
    /// Everybody who waits for `campaign`, by random id.
    ///
    /// # Errors
    /// Database faults.
    pub async fn waiting(&self, campaign: CampaignId) -> Result<Vec<Newcomer>> {
        let sql = format!(
            "SELECT {NEWCOMER} FROM waiting WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY participant_id"
        );
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        let mut newcomers: Vec<Newcomer> = rows.iter().map(newcomer_of).collect::<Result<_>>()?;
        let sql = "SELECT participant_id, hash, expires_on FROM waiting_session
                   WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY hash";
        for row in self.0.all(sql, vec![campaign.0.into()]).await? {
            let participant = ParticipantId(column(&row, 0)?);
            let own = newcomers.binary_search_by_key(&participant, |newcomer| newcomer.participant);
            let hash: Vec<u8> = column(&row, 1)?;
            let hash =
                hash.try_into().map_err(|_| StorageError::Corrupt("waiting_session.hash".to_owned()))?;
            // Who was let in between the two looks has none that wait.
            if let Ok(own) = own {
                newcomers[own].sessions.push((hash, column(&row, 2)?));
            }
        }
        Ok(newcomers)
    }

    /// The day on which the campaign's waiting people were last let in for the lateness of the hour, and how many wait now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn door(&self, campaign: CampaignId) -> Result<(Option<NaiveDate>, i64)> {
        let sql = "SELECT c.admitted_on, (SELECT COUNT(*) FROM waiting w WHERE w.tenant_id = c.tenant_id
                   AND w.campaign_id = c.id) FROM campaign c WHERE c.tenant_id = $1 AND c.id = $2";
        let row = self.0.one(sql, vec![campaign.0.into()]).await?;
        row.map_or(Ok((None, 0)), |row| Ok((column(&row, 0)?, column(&row, 1)?)))
    }

    /// Whoever waits with this session.
    pub(super) async fn waiting_session(&self, hash: [u8; 32]) -> Result<Option<Session>> {
        let sql = "SELECT w.participant_id, w.campaign_id, w.seed, s.expires_on FROM waiting_session s
                   JOIN waiting w ON w.tenant_id = s.tenant_id AND w.participant_id = s.participant_id
                   WHERE s.tenant_id = $1 AND s.hash = $2";
        let Some(row) = self.0.one(sql, vec![hash.to_vec().into()]).await? else { return Ok(None) };
        Ok(Some(Session {
            participant: ParticipantId(column(&row, 0)?),
            campaign: CampaignId(column(&row, 1)?),
            seed: column(&row, 2)?,
            expires_on: column(&row, 3)?,
            waiting: true,
        }))
    }

    /// The credential of this device key in `campaign`, if it has come in and does not wait.
    ///
    /// # Errors
    /// Database faults.
    pub async fn credential(
        &self,
        campaign: CampaignId,
        device_key: [u8; 32],
    ) -> Result<Option<StoredCredential>> {
        let sql = "SELECT participant_id FROM credential
                   WHERE tenant_id = $1 AND campaign_id = $2 AND device_key = $3";
        let row = self.0.one(sql, vec![campaign.0.into(), device_key.to_vec().into()]).await?;
        row.map(|row| {
            let participant: Option<uuid::Uuid> = column(&row, 0)?;
            Ok(StoredCredential { participant: participant.map(ParticipantId) })
        })
        .transpose()
    }

    /// How many credentials and codes have come in: those let in, not those who wait.
    ///
    /// # Errors
    /// Database faults.
    pub async fn registered(&self, campaign: CampaignId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM credential WHERE tenant_id = $1 AND campaign_id = $2";
        self.0.one(sql, vec![campaign.0.into()]).await?.map_or(Ok(0), |row| column(&row, 0))
    }

    /// What was published of those registered, by day.
    ///
    /// # Errors
    /// Database faults.
    pub async fn daily_registered(&self, campaign: CampaignId) -> Result<Vec<(NaiveDate, i64)>> {
        let sql =
            "SELECT day, registered FROM daily_count WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY day";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect()
    }
}

impl Writing {
    /// The day on which the campaign's waiting people were last let in for the lateness of the hour. From here to the end of the
    /// transaction nobody else changes who waits.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_door(&self, campaign: CampaignId) -> Result<Option<NaiveDate>> {
        // SQLite has one writer: this transaction.
        let lock = if self.reading.0.backend() == DbBackend::Postgres { " FOR UPDATE" } else { "" };
        let sql = format!("SELECT admitted_on FROM campaign WHERE tenant_id = $1 AND id = $2{lock}");
        self.reading.0.one(sql, vec![campaign.0.into()]).await?.map_or(Ok(None), |row| column(&row, 0))
    }

    /// Notes the day on which waiting people were let in for the lateness of the hour.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_admitted(&self, campaign: CampaignId, day: NaiveDate) -> Result<()> {
        let sql = "UPDATE campaign SET admitted_on = $3 WHERE tenant_id = $1 AND id = $2";
        self.0.execute(sql, vec![campaign.0.into(), day.into()]).await?;
        Ok(())
    }

    /// Makes `newcomers` all who wait for `campaign`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_waiting(&self, campaign: CampaignId, newcomers: &mut [Newcomer]) -> Result<()> {
        for gone in ["waiting_session", "waiting"] {
            let sql = format!("DELETE FROM {gone} WHERE tenant_id = $1 AND campaign_id = $2");
            self.0.execute(sql, vec![campaign.0.into()]).await?;
        }
        if newcomers.is_empty() {
            return Ok(());
        }
        newcomers.sort_unstable_by_key(|newcomer| newcomer.participant);
        let places = placeholders(3, newcomers.len(), 6).replace('(', "($1, $2, ");
        let sql = format!(
            "INSERT INTO waiting (tenant_id, campaign_id, participant_id, seed, device_key, cohort, code_hash, acts)
             VALUES {places}"
        );
        let mut values: Vec<Value> = vec![campaign.0.into()];
        for newcomer in newcomers.iter() {
            let (key, cohort, code) = match &newcomer.pass {
                Pass::Credential { device_key, cohort } => {
                    (Some(device_key.to_vec()), Some(cohort.clone()), None)
                }
                Pass::Code(hash) => (None, None, Some(hash.to_vec())),
            };
            values.extend([
                newcomer.participant.0.into(),
                newcomer.seed.into(),
                key.into(),
                cohort.into(),
                code.into(),
                newcomer.acts.clone().into(),
            ]);
        }
        self.0.execute(sql, values).await?;
        self.put_waiting_sessions(campaign, newcomers).await
    }

    async fn put_waiting_sessions(&self, campaign: CampaignId, newcomers: &[Newcomer]) -> Result<()> {
        let sessions = sessions_of(newcomers);
        if sessions.is_empty() {
            return Ok(());
        }
        let places = placeholders(3, sessions.len(), 3).replace('(', "($1, $2, ");
        let sql = format!(
            "INSERT INTO waiting_session (tenant_id, campaign_id, hash, participant_id, expires_on) VALUES {places}"
        );
        let mut values: Vec<Value> = vec![campaign.0.into()];
        for (hash, participant, expires_on) in sessions {
            values.extend([hash.to_vec().into(), participant.0.into(), expires_on.into()]);
        }
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Lets `newcomers` in: writes their participants, credentials and sessions, and spends their codes.
    ///
    /// # Errors
    /// Database faults.
    pub async fn admit(&mut self, campaign: CampaignId, newcomers: &[Newcomer]) -> Result<()> {
        let mut participants: Vec<(ParticipantId, i64)> =
            newcomers.iter().map(|newcomer| (newcomer.participant, newcomer.seed)).collect();
        participants.sort_unstable();
        for (participant, seed) in participants {
            self.add_participant(participant, campaign, seed).await?;
        }
        let (mut credentials, mut codes) = (Vec::new(), Vec::new());
        for newcomer in newcomers {
            match &newcomer.pass {
                Pass::Credential { device_key, cohort } => {
                    credentials.push((*device_key, cohort.as_str(), newcomer.participant));
                }
                Pass::Code(hash) => codes.push(*hash),
            }
        }
        credentials.sort_unstable();
        codes.sort_unstable();
        for (device_key, cohort, participant) in credentials {
            let sql = "INSERT INTO credential (tenant_id, device_key, campaign_id, cohort, participant_id)
                       VALUES ($1, $2, $3, $4, $5)";
            let values =
                vec![device_key.to_vec().into(), campaign.0.into(), cohort.into(), participant.0.into()];
            self.0.execute(sql, values).await?;
        }
        for code in codes {
            self.spend_code(campaign, code).await?;
        }
        for (hash, participant, expires_on) in sessions_of(newcomers) {
            self.add_session(hash, participant, expires_on).await?;
            // Whoever remembers it as one that waits forgets it.
            self.will_tell(Change::SessionEnded(hash));
        }
        Ok(())
    }

    /// Publishes a day's total of those registered, unless it is published.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_daily_registered(
        &self,
        campaign: CampaignId,
        day: NaiveDate,
        registered: i64,
    ) -> Result<()> {
        let sql = "INSERT INTO daily_count (tenant_id, campaign_id, day, registered) VALUES ($1, $2, $3, $4)
                   ON CONFLICT DO NOTHING";
        self.0.execute(sql, vec![campaign.0.into(), day.into(), registered.into()]).await?;
        Ok(())
    }
}

/// Everybody's sessions, in the order of their hashes.
fn sessions_of(newcomers: &[Newcomer]) -> Vec<([u8; 32], ParticipantId, NaiveDate)> {
    let of_one = |newcomer: &Newcomer| {
        let participant = newcomer.participant;
        newcomer.sessions.iter().map(move |(hash, day)| (*hash, participant, *day)).collect::<Vec<_>>()
    };
    let mut sessions: Vec<_> = newcomers.iter().flat_map(of_one).collect();
    sessions.sort_unstable();
    sessions
}

/// Without sessions, which are rows of their own.
fn newcomer_of(row: &QueryResult) -> Result<Newcomer> {
    let corrupt = |what: &str| StorageError::Corrupt(format!("waiting.{what}"));
    let (key, cohort): (Option<Vec<u8>>, Option<String>) = (column(row, 2)?, column(row, 3)?);
    let code: Option<Vec<u8>> = column(row, 4)?;
    let pass = match (key, cohort, code) {
        (Some(key), Some(cohort), None) => {
            Pass::Credential { device_key: key.try_into().map_err(|_| corrupt("device_key"))?, cohort }
        }
        (None, None, Some(code)) => Pass::Code(code.try_into().map_err(|_| corrupt("code_hash"))?),
        _ => return Err(corrupt("pass")),
    };
    Ok(Newcomer {
        participant: ParticipantId(column(row, 0)?),
        seed: column(row, 1)?,
        pass,
        sessions: Vec::new(),
        acts: column(row, 5)?,
    })
}
