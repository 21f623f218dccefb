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
/// The most that is remembered, bytes, about; beyond it all is forgotten.
const REMEMBERED_BYTES: usize = 16 * 1024 * 1024;
/// What a part takes beside its keys and values, bytes, about.
const PART_BYTES: usize = 512;
/// What a key takes beside itself and its value, bytes, about.
const KEY_BYTES: usize = 64;

/// What a participant keeps, by key.
pub(crate) type Own = HashMap<String, Stored>;

/// A participant with what they keep in a round, for calls of what it runs.
#[derive(Clone)]
pub(crate) struct Part {
    pub who: Who,
    pub own: Arc<Own>,
    /// Whether it was remembered, so that something may have moved since.
    pub was_remembered: bool,
    pin: RoundPin,
    /// How much had been forgotten when it was read: what was forgotten since must not come back.
    forgotten: u64,
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
        let keys = self.own.iter().map(|(key, stored)| KEY_BYTES + key.len() + stored.value.len());
        PART_BYTES + keys.sum::<usize>()
    }
}

/// The parts that this process has read or written a short while ago.
#[derive(Default)]
pub(crate) struct RememberedParts(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    parts: HashMap<(RoundId, [u8; 32]), (Part, DateTime<Utc>)>,
    bytes: usize,
    forgotten: u64,
}

impl Remembered {
    fn remove(&mut self, round: RoundId, token: [u8; 32]) -> Option<(Part, DateTime<Utc>)> {
        let removed = self.parts.remove(&(round, token));
        self.bytes -= removed.as_ref().map_or(0, |(part, _)| part.bytes());
        removed
    }
}

impl RememberedParts {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much has been forgotten because it was erased.
    fn forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    /// What is remembered of `token` in `round`, and is not any more: it is remembered again once a form has changed it.
    fn take(&self, round: RoundId, token: [u8; 32], now: DateTime<Utc>) -> Option<Part> {
        let mut remembered = self.lock();
        let (part, since) = remembered.remove(round, token)?;
        let forgotten = remembered.forgotten;
        (now < since + REMEMBERED).then_some(Part { was_remembered: true, forgotten, ..part })
    }

    /// Remembers `part`, which was read or written at `now`, unless something was erased since it was read.
    pub(crate) fn remember(&self, round: RoundId, part: Part, now: DateTime<Utc>) {
        let (token, bytes) = (part.who.token, part.bytes());
        let mut remembered = self.lock();
        if part.forgotten != remembered.forgotten {
            return;
        }
        remembered.remove(round, token);
        let too_many = remembered.bytes + bytes > REMEMBERED_BYTES;
        let all = too_many.then(|| std::mem::take(&mut remembered.parts));
        remembered.bytes = bytes + if too_many { 0 } else { remembered.bytes };
        remembered.parts.insert((round, token), (part, now));
        // They are many: nobody waits while they go.
        drop(remembered);
        drop(all);
    }

    /// Forgets what was erased of `token` in `round`, also what a page or form that is under way would remember.
    pub(crate) fn forget(&self, round: RoundId, token: [u8; 32]) {
        let mut remembered = self.lock();
        remembered.remove(round, token);
        remembered.forgotten += 1;
    }

    /// The same of everybody.
    pub(crate) fn forget_all(&self) {
        let mut remembered = self.lock();
        *remembered = Remembered { forgotten: remembered.forgotten + 1, ..Remembered::default() };
    }

    /// Lets go of what was remembered long before `now`.
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
        let (token, forgotten) = (self.token(round, participant), self.round_types.parts().forgotten());
        let part = self.parts.settle(tenant.id, Whose { round: round.id, participant, token }).await?;
        let OwnPart { pin, cohort, kept } = part;
        if let Some(pin) = pin.filter(|pin| *pin != runs.pin()) {
            // What is kept is another version's: this component would not understand it.
            self.round_types.known().remember_pin(round.id, pin);
            return Ok(None);
        }
        let own = Arc::new(kept.into_iter().map(|(key, kept)| (key, stored(kept))).collect());
        let who = Who::new(token, cohort);
        Ok(Some(Part { who, own, was_remembered: false, pin: runs.pin(), forgotten }))
    }

    /// The same, as it is remembered if it is: for a form. What comes of it counts only if nothing has moved.
    pub(crate) async fn own_part_for_form(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
        runs: &Runs,
        participant: ParticipantId,
    ) -> Result<Option<Part>, ActionError> {
        let token = self.token(round, participant);
        let remembered = self.round_types.parts().take(round.id, token, self.clock.now());
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

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND: RoundId = RoundId(uuid::Uuid::nil());

    fn part(number: u8, value: &[u8]) -> Part {
        let own = [("key".to_owned(), Stored { version: 3, value: value.to_vec() })];
        let pin = RoundPin { digest: "00".to_owned(), data_version: 1 };
        let who = Who::new([number; 32], None);
        Part { who, own: Arc::new(own.into()), was_remembered: false, pin, forgotten: 0 }
    }

    fn own(key: &str) -> Place {
        Place::Own { participant: "00".to_owned(), key: key.to_owned() }
    }

    fn writing(key: &str, seen: Option<u64>, value: Option<&[u8]>) -> Changes {
        let read = [(own(key), seen)].into();
        Changes { read, written: [(own(key), value.map(<[u8]>::to_vec))].into() }
    }

    #[test]
    fn what_is_written_has_the_next_version() {
        let after = part(1, b"old").after(&writing("key", Some(3), Some(b"new"))).unwrap();
        assert_eq!(after.own["key"], Stored { version: 4, value: b"new".to_vec() });
        assert!(
            part(1, b"old").after(&writing("other", None, Some(b"first"))).is_none(),
            "or another, after one taken away"
        );
        assert!(part(1, b"old").after(&writing("key", Some(3), None)).is_none());
        let unread = Changes { read: [].into(), ..writing("key", None, Some(b"new")) };
        assert!(part(1, b"old").after(&unread).is_none());
        let shared = Place::Shared { collection: "all".to_owned(), key: "key".to_owned() };
        let of_all = Changes { read: [].into(), written: [(shared, Some(b"1".to_vec()))].into() };
        assert_eq!(part(1, b"old").after(&of_all).unwrap().own, part(1, b"old").own);
    }

    #[test]
    fn so_much_is_remembered_and_so_long() {
        let (parts, now) = (RememberedParts::default(), DateTime::UNIX_EPOCH);
        let one_part = PART_BYTES + KEY_BYTES + "key".len();
        parts.remember(ROUND, part(1, b"one"), now);
        parts.remember(ROUND, part(1, b"more"), now + TimeDelta::minutes(1));
        assert_eq!(parts.lock().bytes, one_part + "more".len());
        parts.forget_old(now + REMEMBERED);
        let again = parts.take(ROUND, [1; 32], now + REMEMBERED).unwrap();
        assert!(again.was_remembered && again.own["key"].value == b"more");
        assert!(parts.take(ROUND, [1; 32], now).is_none() && parts.lock().bytes == 0);
        parts.remember(ROUND, part(2, b"two"), now);
        parts.forget_old(now + REMEMBERED);
        assert!(parts.take(ROUND, [2; 32], now).is_none() && parts.lock().bytes == 0);
        parts.remember(ROUND, part(2, b"two"), now);
        assert!(parts.take(ROUND, [2; 32], now + REMEMBERED).is_none(), "also before anybody has tidied up");
        parts.remember(ROUND, part(3, b"three"), now);
        let large = part(4, &vec![0; REMEMBERED_BYTES - one_part]);
        parts.remember(ROUND, large, now);
        assert_eq!(parts.lock().bytes, REMEMBERED_BYTES);
        assert!(parts.take(ROUND, [3; 32], now).is_none() && parts.take(ROUND, [4; 32], now).is_some());
    }

    #[test]
    fn what_is_erased_does_not_come_back() {
        let (parts, now) = (RememberedParts::default(), DateTime::UNIX_EPOCH);
        parts.remember(ROUND, part(1, b"one"), now);
        parts.remember(ROUND, part(2, b"two"), now);
        let under_way = parts.take(ROUND, [1; 32], now).unwrap();
        parts.forget(ROUND, [1; 32]);
        parts.remember(ROUND, under_way, now);
        assert!(parts.take(ROUND, [1; 32], now).is_none());
        let others = parts.take(ROUND, [2; 32], now).unwrap();
        parts.remember(ROUND, others, now);
        parts.forget_all();
        assert!(parts.take(ROUND, [2; 32], now).is_none() && parts.lock().bytes == 0);
    }
}
