//! Participants and their sessions on devices.
//!
//! What a session stands for never changes while it lives, so each process remembers the sessions that it has seen; the feed
//! tells it when one ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use domain::ids::{CampaignId, ParticipantId, TenantId};

use super::{Conversation, Reading, Writing};
use crate::Result;
use crate::feed::{Change, Feed};
use crate::tenancy::{Bound, column};

/// Sessions that a process remembers; beyond it, it forgets all and asks again.
const MAX_REMEMBERED: usize = 100_000;

/// Who a session stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The participant.
    pub participant: ParticipantId,
    /// The campaign that they came into.
    pub campaign: CampaignId,
    /// What shuffles their fair mix.
    pub seed: i64,
    /// The last day on which it is good.
    pub expires_on: NaiveDate,
    /// Whether they wait to be let in with others: they read, and what they send is kept until then.
    pub waiting: bool,
}

/// What a process remembers, and how many sessions it has seen end: who read a session before one ended must not remember it after.
#[derive(Default)]
pub(super) struct Remembered {
    sessions: HashMap<(TenantId, [u8; 32]), Session>,
    endings: u64,
}

impl Remembered {
    fn end(&mut self, ended: [u8; 32]) {
        self.endings += 1;
        self.sessions.retain(|(_, hash), _| *hash != ended);
    }

    fn end_all(&mut self) {
        self.endings += 1;
        self.sessions.clear();
    }
}

/// The sessions that this process has seen.
#[derive(Clone, Default)]
pub(super) struct SessionCache(Arc<Mutex<Remembered>>);

impl SessionCache {
    /// A cache that forgets what `feed` says has ended.
    pub(super) fn following(feed: &Feed) -> Self {
        let cache = Self::default();
        let (ours, mut changes) = (cache.clone(), feed.subscribe());
        tokio::spawn(async move {
            while let Some(change) = changes.next().await {
                match change {
                    Change::SessionEnded(ended) => ours.lock().end(ended),
                    Change::Missed => ours.lock().end_all(),
                    Change::Round(..) => {}
                }
            }
        });
        cache
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Conversation {
    /// The session with this keyed hash, expired or not.
    ///
    /// # Errors
    /// Database faults.
    pub async fn session(&self, tenant: TenantId, hash: [u8; 32]) -> Result<Option<Session>> {
        let endings = {
            let remembered = self.sessions.lock();
            if let Some(session) = remembered.sessions.get(&(tenant, hash)) {
                return Ok(Some(*session));
            }
            remembered.endings
        };
        let bound = Bound::reading(&self.pools, tenant).await?;
        let reading = Reading(bound);
        let mut found = reading.admitted_session(hash).await?;
        if found.is_none() {
            found = reading.waiting_session(hash).await?;
        }
        if found.is_none() {
            // Between the two looks they may have been let in.
            found = reading.admitted_session(hash).await?;
        }
        let Some(session) = found else { return Ok(None) };
        let mut remembered = self.sessions.lock();
        if remembered.sessions.len() >= MAX_REMEMBERED {
            remembered.sessions.clear();
        }
        if remembered.endings == endings {
            remembered.sessions.insert((tenant, hash), session);
        }
        Ok(Some(session))
    }

    /// Forgets a session that this process just ended, before it answers.
    pub fn forget_session(&self, hash: [u8; 32]) {
        self.sessions.lock().end(hash);
    }
}

impl Reading {
    /// The session of somebody who was let in.
    async fn admitted_session(&self, hash: [u8; 32]) -> Result<Option<Session>> {
        let sql = "SELECT p.id, p.campaign_id, p.seed, s.expires_on FROM session s
                   JOIN participant p ON p.tenant_id = s.tenant_id AND p.id = s.participant_id
                   WHERE s.tenant_id = $1 AND s.hash = $2";
        let Some(row) = self.0.one(sql, vec![hash.to_vec().into()]).await? else { return Ok(None) };
        Ok(Some(Session {
            participant: ParticipantId(column(&row, 0)?),
            campaign: CampaignId(column(&row, 1)?),
            seed: column(&row, 2)?,
            expires_on: column(&row, 3)?,
            waiting: false,
        }))
    }
}

impl Writing {
    /// Writes a new participant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_participant(&self, id: ParticipantId, campaign: CampaignId, seed: i64) -> Result<()> {
        let sql = "INSERT INTO participant (tenant_id, id, campaign_id, seed) VALUES ($1, $2, $3, $4)";
        let values = vec![id.0.into(), campaign.0.into(), seed.into()];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Writes a new session.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_session(
        &self,
        hash: [u8; 32],
        participant: ParticipantId,
        expires_on: NaiveDate,
    ) -> Result<()> {
        let sql = "INSERT INTO session (tenant_id, hash, participant_id, expires_on) VALUES ($1, $2, $3, $4)";
        self.0.execute(sql, vec![hash.to_vec().into(), participant.0.into(), expires_on.into()]).await?;
        Ok(())
    }

    /// Ends a session on every process.
    ///
    /// # Errors
    /// Database faults.
    pub async fn end_session(&mut self, hash: [u8; 32]) -> Result<()> {
        self.0
            .execute("DELETE FROM session WHERE tenant_id = $1 AND hash = $2", vec![hash.to_vec().into()])
            .await?;
        self.will_tell(Change::SessionEnded(hash));
        Ok(())
    }
}
