//! What one participant keeps in a round: read in groups, and remembered for a while, so that the form after a page, or after a form, is taken
//! without reading it again. Whoever writes finds out if it has moved; pages are always drawn from what stands.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use domain::ids::{ParticipantId, RoundId, TenantId};
use plugin_host::{Changes, Place, Stored};
use storage::StorageError;
use storage::conversation::{Conversation, OwnPart, RoundPin, Whose};

use super::calling::Runs;
use super::snapshot::{Snapshot, Who, stored};
use crate::{ActionError, Actions, RoundInfo, Tenant, grouped};

/// For how long a part is remembered.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);
/// The most that is remembered, bytes of keys and values; beyond it all is forgotten.
const REMEMBERED_BYTES: usize = 16 * 1024 * 1024;

/// What a participant keeps, by key.
pub(crate) type Own = HashMap<String, Stored>;

/// A participant with what they keep in a round, for calls of what it runs.
#[derive(Clone)]
pub(crate) struct Part {
    pub who: Who,
    pub own: Arc<Own>,
    pin: RoundPin,
}

impl Part {
    /// What it is once `changes` are written; nothing if that cannot be told.
    pub(crate) fn after(mut self, changes: &Changes) -> Option<Self> {
        let own = Arc::make_mut(&mut self.own);
        for (place, value) in &changes.written {
            let Place::Own { key, .. } = place else { continue };
            // Where nothing was, something may have been taken away: the next version is not the first.
            let version = changes.read.get(place).copied().flatten()? + 1;
            own.insert(key.clone(), Stored { version, value: value.clone()? });
        }
        Some(self)
    }

    fn bytes(&self) -> usize {
        self.own.iter().map(|(key, stored)| key.len() + stored.value.len()).sum()
    }
}

/// The parts that this process has read or written a short while ago.
#[derive(Default)]
pub(crate) struct RememberedParts(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    parts: HashMap<(RoundId, [u8; 32]), (Part, DateTime<Utc>)>,
    bytes: usize,
}

impl RememberedParts {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered of `token` in `round`, and no longer is: whoever takes it brings it back.
    pub(crate) fn take(&self, round: RoundId, token: [u8; 32]) -> Option<Part> {
        let mut remembered = self.lock();
        let (part, _) = remembered.parts.remove(&(round, token))?;
        remembered.bytes -= part.bytes();
        Some(part)
    }

    /// Remembers `part`, which was read or written at `now`.
    pub(crate) fn remember(&self, round: RoundId, part: Part, now: DateTime<Utc>) {
        let (token, bytes) = (part.who.token, part.bytes());
        let mut remembered = self.lock();
        if remembered.bytes + bytes > REMEMBERED_BYTES {
            *remembered = Remembered::default();
        }
        remembered.bytes += bytes;
        if let Some((before, _)) = remembered.parts.insert((round, token), (part, now)) {
            remembered.bytes -= before.bytes();
        }
    }

    /// Forgets what was remembered long before `now`.
    pub(crate) fn forget_old(&self, now: DateTime<Utc>) {
        let mut remembered = self.lock();
        remembered.parts.retain(|_, (_, since)| now < *since + REMEMBERED);
        remembered.bytes = remembered.parts.values().map(|(part, _)| part.bytes()).sum();
    }
}

impl Actions {
    /// The participant with what they keep in `round`, if the round still runs `runs`; else what it runs is looked up anew next time.
    pub(crate) async fn own_part(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
        runs: &Runs,
        participant: ParticipantId,
    ) -> Result<Option<Part>, ActionError> {
        let token = self.token(round, participant);
        let part = self.parts.settle(tenant.id, Whose { round: round.id, participant, token }).await?;
        let OwnPart { pin, cohort, kept } = part;
        if let Some(pin) = pin.filter(|pin| *pin != runs.pin()) {
            // What is kept is another version's: this component would not understand it.
            self.round_types.known().remember_pin(round.id, pin);
            return Ok(None);
        }
        let own = kept.into_iter().map(|(key, kept)| (key, stored(kept))).collect();
        Ok(Some(Part { who: Who::new(token, cohort), own: Arc::new(own), pin: runs.pin() }))
    }

    /// The same, as it is remembered if it is: for a form, which is not kept if it has moved.
    pub(crate) async fn own_part_for_form(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
        runs: &Runs,
        participant: ParticipantId,
    ) -> Result<Option<Part>, ActionError> {
        let remembered = self.round_types.parts().take(round.id, self.token(round, participant));
        match remembered.filter(|part| part.pin == runs.pin()) {
            Some(part) => Ok(Some(part)),
            None => self.own_part(tenant, round, runs, participant).await,
        }
    }

    /// The state of `round` for calls of this participant's.
    pub(crate) fn snapshot_for(&self, tenant: &Tenant, round: &RoundInfo, part: &Part) -> Snapshot {
        Snapshot::of_round(&self.conversation, tenant.id, round.id).with_own(Arc::clone(&part.own))
    }
}

/// Many people's pages and forms at once are one statement.
impl grouped::Ask for Whose {
    type Outcome = OwnPart;

    async fn settle(
        whose: &[&Self],
        conversation: &Conversation,
        _: &dyn Clock,
        tenant: TenantId,
    ) -> Result<Vec<OwnPart>, StorageError> {
        let whose: Vec<Self> = whose.iter().map(|one| **one).collect();
        conversation.read(tenant).await?.own_parts(&whose).await
    }
}
