//! A round's state as a guest reads it.

use std::ops::Deref;
use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::{RoundId, TenantId};
use domain::round_results::RoundFigure;
use plugin_host::contract::{Entry, Figure, Kept, Participant};
use plugin_host::{Place, RoundState, StateFault, Stored};
use storage::StorageError;
use storage::conversation::{Conversation, KeptValue, Reading};
use tokio::sync::OnceCell;

use super::own_parts::Own;

/// One round's state, with one participant's part of it at hand.
pub(crate) struct Snapshot {
    conversation: Conversation,
    tenant: TenantId,
    round: RoundId,
    own: Arc<Own>,
    /// One moment's reading where everything must be of one moment; else each question has its own, so that a guest that takes its time holds up
    /// no connection.
    moment: Option<OnceCell<Reading>>,
    tells_cohorts: bool,
    tells_released: bool,
}

/// Somebody who takes part, as a guest knows them.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// Their name in the round.
    pub token: [u8; 32],
    /// The same as a guest reads it, with their cohort.
    pub seen: Participant,
}

impl Who {
    pub(crate) fn new(token: [u8; 32], cohort: Option<String>) -> Self {
        let seen = Self::of_token(&token, cohort);
        Self { token, seen }
    }

    /// The same as a guest reads it.
    pub(crate) fn of_token(token: &[u8], cohort: Option<String>) -> Participant {
        Participant { token: hex::encode(token), cohort, attributes: Vec::new() }
    }
}

impl Snapshot {
    /// Of `round`, for somebody who only reads.
    pub(crate) fn of_round(conversation: &Conversation, tenant: TenantId, round: RoundId) -> Self {
        let conversation = conversation.clone();
        let own = Arc::default();
        Self { conversation, tenant, round, own, moment: None, tells_cohorts: true, tells_released: false }
    }

    /// Of `round`, all as of one moment: to go through everyone's answers.
    pub(crate) fn at_one_moment(conversation: &Conversation, tenant: TenantId, round: RoundId) -> Self {
        Self { moment: Some(OnceCell::new()), ..Self::of_round(conversation, tenant, round) }
    }

    /// The same without anybody's group, where rows of single people come out of it.
    pub(crate) fn without_cohorts(self) -> Self {
        Self { tells_cohorts: false, ..self }
    }

    /// The same with what one participant keeps.
    pub(crate) fn with_own(self, own: Arc<Own>) -> Self {
        Self { own, ..self }
    }

    /// The same with the figures that were published: only of a round that has closed.
    pub(crate) fn telling_released(self, tells_released: bool) -> Self {
        Self { tells_released, ..self }
    }

    async fn reading(&self) -> Result<OneReading<'_>, StorageError> {
        match &self.moment {
            None => Ok(OneReading::Own(self.conversation.read(self.tenant).await?)),
            Some(moment) => {
                let open = || self.conversation.snapshot(self.tenant);
                Ok(OneReading::OfTheMoment(moment.get_or_try_init(open).await?))
            }
        }
    }

    async fn shared(&self, collection: &str, key: &str) -> Result<Option<Stored>, StorageError> {
        let place = (self.round, collection.to_owned(), key.to_owned());
        let kept = self.reading().await?.shared_state(&place).await?;
        Ok(kept.map(stored))
    }

    async fn everyones(&self, key: &str, after: Option<&str>, max: u32) -> Result<Vec<Kept>, StorageError> {
        let after = after.and_then(|after| hex::decode(after).ok()).unwrap_or_default();
        let kept = self.reading().await?.everyones_state(self.round, key, &after, max).await?;
        let seen = |own: storage::conversation::OwnValue| Kept {
            participant: Who::of_token(&own.token, own.cohort.filter(|_| self.tells_cohorts)),
            value: own.value,
        };
        Ok(kept.into_iter().map(seen).collect())
    }
}

/// Where one question is asked.
enum OneReading<'a> {
    Own(Reading),
    OfTheMoment(&'a Reading),
}

impl Deref for OneReading<'_> {
    type Target = Reading;

    fn deref(&self) -> &Reading {
        match self {
            Self::Own(reading) => reading,
            Self::OfTheMoment(reading) => reading,
        }
    }
}

#[async_trait]
impl RoundState for Snapshot {
    async fn get(&self, place: &Place) -> Result<Option<Stored>, StateFault> {
        match place {
            Place::Own { key, .. } => Ok(self.own.get(key).cloned()),
            Place::Shared { collection, key } => self.shared(collection, key).await.map_err(fault),
        }
    }

    async fn count(&self, collection: &str) -> Result<u64, StateFault> {
        let reading = self.reading().await.map_err(fault)?;
        Ok(reading.count_shared(self.round, collection).await.map_err(fault)?.cast_unsigned())
    }

    async fn scan(&self, collection: &str, after: Option<&str>, max: u32) -> Result<Vec<Entry>, StateFault> {
        let reading = self.reading().await.map_err(fault)?;
        let after = after.unwrap_or_default();
        let found = reading.scan_shared(self.round, collection, after, max).await.map_err(fault)?;
        Ok(found.into_iter().map(|(key, value)| Entry { key, value }).collect())
    }

    async fn everyone(&self, key: &str, after: Option<&str>, max: u32) -> Result<Vec<Kept>, StateFault> {
        self.everyones(key, after, max).await.map_err(fault)
    }

    async fn released(&self) -> Result<Vec<Figure>, StateFault> {
        // Once a round is open again, what it came to before would sway.
        if !self.tells_released {
            return Ok(Vec::new());
        }
        let reading = self.reading().await.map_err(fault)?;
        let figures = reading.round_results(self.round).await.map_err(fault)?;
        Ok(figures.into_iter().map(figure).collect())
    }
}

/// A published figure as guests read it.
pub(crate) fn figure(it: RoundFigure) -> Figure {
    let RoundFigure { subject, measure, cohort, people, value } = it;
    Figure { subject, measure, cohort, people, value }
}

/// Something kept as guests' host knows it.
pub(super) fn stored(kept: KeptValue) -> Stored {
    Stored { version: kept.version.cast_unsigned(), value: kept.value }
}

fn fault(fault: StorageError) -> StateFault {
    tracing::error!(%fault, "a round's state could not be read");
    StateFault
}
