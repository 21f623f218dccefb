//! What guests want kept: written, in groups as votes are, if nothing that they read has moved.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use domain::Clock;
use domain::ids::{RoundId, TenantId};
use domain::round::RoundRefusal;
use plugin_host::{Changes, Place};
use serde::{Deserialize, Serialize};
use storage::StorageError;
use storage::conversation::{
    Conversation, HeldRound, OwnKey, OwnWrite, RoundPin, Seen, SharedKey, SharedWrite, Writing,
};

use crate::keep_act::Author;
use crate::{ActionError, grouped};

/// What became of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeepOutcome {
    /// They are kept.
    Kept,
    /// Something that the guest read has changed, or the round runs another component: it is to be called again.
    Moved,
    /// The round is being brought to another component: it is to be called again in a moment.
    Held,
    /// The round takes nothing now.
    NotOpen(RoundRefusal),
    /// There is no such round in the participant's campaign.
    NotThere,
}

/// What a guest wants kept.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub author: Author,
    pub round: RoundId,
    pub token: [u8; 32],
    /// What the round ran when the guest was called; it is held to it from now on.
    pub pin: RoundPin,
    pub changes: Changes,
}

/// What somebody keeps in a round while they wait to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAnswers {
    /// The component that they were given to, hexadecimal.
    pub digest: String,
    /// The version in which they are kept.
    pub data_version: u32,
    /// The values, by key.
    pub kept: BTreeMap<String, Vec<u8>>,
    /// Words for others: by their name, the subject and the text.
    pub posts: BTreeMap<String, (String, String)>,
}

impl grouped::Ask for Ask {
    type Outcome = KeepOutcome;

    async fn settle(
        asks: &[&Self],
        conversation: &Conversation,
        clock: &dyn Clock,
        tenant: TenantId,
    ) -> Result<Vec<KeepOutcome>, StorageError> {
        let write = conversation.write(tenant).await?;
        let outcomes = write_answers(&write, asks, &|| clock.now()).await?;
        if outcomes.contains(&KeepOutcome::Kept) {
            write.commit().await?;
        }
        Ok(outcomes)
    }
}

/// Decides and writes inside a transaction; `now` is asked under the rounds' locks.
pub(crate) async fn write_answers(
    write: &Writing,
    asks: &[&Ask],
    now: &(dyn Fn() -> DateTime<Utc> + Sync),
) -> Result<Vec<KeepOutcome>, StorageError> {
    // In the order of their ids, so that two processes cannot wait for each other. Everything is read under these locks.
    let mut rounds: BTreeMap<RoundId, Option<HeldRound>> = asks.iter().map(|ask| (ask.round, None)).collect();
    for (id, round) in &mut rounds {
        *round = write.hold_round(*id).await?;
    }
    let now = now();
    let mut stand = Standing::read(write, asks).await?;
    let mut outcomes = Vec::with_capacity(asks.len());
    for ask in asks {
        let Some(Some(held)) = rounds.get_mut(&ask.round) else {
            outcomes.push(KeepOutcome::NotThere);
            continue;
        };
        let outcome = decide(held, &stand, ask, now);
        if outcome == KeepOutcome::Kept {
            if held.pin.is_none() {
                write.pin_round(ask.round, &ask.pin).await?;
                held.pin = Some(ask.pin.clone());
            }
            stand.take(ask);
        }
        outcomes.push(outcome);
    }
    let Standing { own, shared, .. } = stand;
    write.keep_own(&own.into_values().collect::<Vec<_>>()).await?;
    write.keep_shared(&shared.into_values().collect::<Vec<_>>()).await?;
    Ok(outcomes)
}

fn decide(held: &HeldRound, stand: &Standing, ask: &Ask, now: DateTime<Utc>) -> KeepOutcome {
    if held.round.campaign != ask.author.campaign {
        return KeepOutcome::NotThere;
    }
    if let Err(refusal) = held.round.require_open(now) {
        return KeepOutcome::NotOpen(refusal);
    }
    if is_held(held, now) {
        return KeepOutcome::Held;
    }
    if held.pin.as_ref().is_some_and(|pin| *pin != ask.pin) || !stand.is_as_read(ask) {
        return KeepOutcome::Moved;
    }
    KeepOutcome::Kept
}

/// Whether the round is being brought to another component just now.
pub(crate) fn is_held(held: &HeldRound, now: DateTime<Utc>) -> bool {
    held.held_until.is_some_and(|until| now.timestamp() < until)
}

/// Which of what asks read has moved, and what those before have them write.
struct Standing {
    moved_own: HashSet<Seen<OwnKey>>,
    moved_shared: HashSet<Seen<SharedKey>>,
    own: BTreeMap<OwnKey, OwnWrite>,
    shared: BTreeMap<SharedKey, SharedWrite>,
}

impl Standing {
    async fn read(write: &Writing, asks: &[&Ask]) -> Result<Self, StorageError> {
        let (mut own, mut shared) = (HashSet::new(), HashSet::new());
        for ask in asks {
            for (place, seen) in &ask.changes.read {
                let seen = seen.map(u64::cast_signed);
                match place_of(ask, place) {
                    Key::Own(key) => _ = own.insert((key, seen)),
                    Key::Shared(key) => _ = shared.insert((key, seen)),
                }
            }
        }
        Ok(Self {
            moved_own: write.moved_own(&own.into_iter().collect::<Vec<_>>()).await?,
            moved_shared: write.moved_shared(&shared.into_iter().collect::<Vec<_>>()).await?,
            own: BTreeMap::new(),
            shared: BTreeMap::new(),
        })
    }

    /// Whether everything that the guest read is as it was, and nobody before has written what this participant would write unread.
    fn is_as_read(&self, ask: &Ask) -> bool {
        let is_written = |place| matches!(place_of(ask, place), Key::Own(key) if self.own.contains_key(&key));
        if ask.changes.written.keys().any(is_written) {
            return false;
        }
        ask.changes.read.iter().all(|(place, seen)| {
            let seen = seen.map(u64::cast_signed);
            match place_of(ask, place) {
                Key::Own(key) => !self.own.contains_key(&key) && !self.moved_own.contains(&(key, seen)),
                Key::Shared(key) => {
                    !self.shared.contains_key(&key) && !self.moved_shared.contains(&(key, seen))
                }
            }
        })
    }

    fn take(&mut self, ask: &Ask) {
        for (place, value) in &ask.changes.written {
            let value = value.clone().unwrap_or_default();
            match place_of(ask, place) {
                Key::Own(key) => {
                    let write = OwnWrite { key: key.clone(), participant: ask.author.participant, value };
                    self.own.insert(key, write);
                }
                Key::Shared(key) => _ = self.shared.insert(key.clone(), SharedWrite { key, value }),
            }
        }
    }
}

enum Key {
    Own(OwnKey),
    Shared(SharedKey),
}

/// Where a guest's place is: its own is always that of the participant whose call it was.
fn place_of(ask: &Ask, place: &Place) -> Key {
    match place {
        Place::Own { key, .. } => Key::Own((ask.round, ask.token.to_vec(), key.clone())),
        Place::Shared { collection, key } => Key::Shared((ask.round, collection.clone(), key.clone())),
    }
}

/// Writes what somebody who is let in now kept in `round` while they waited. Gives whether it could be: not if the round's state is kept in
/// another version by now.
pub(crate) async fn write_waiting(
    write: &Writing,
    author: Author,
    (round, token): (RoundId, [u8; 32]),
    answers: &OwnAnswers,
    now: DateTime<Utc>,
) -> Result<bool, ActionError> {
    let Some(held) = write.hold_round(round).await? else { return Ok(false) };
    if is_held(&held, now) {
        return Err(ActionError::Busy);
    }
    match held.pin {
        Some(pin) if pin.data_version != answers.data_version => return Ok(false),
        Some(_) => {}
        None => {
            let pin = RoundPin { digest: answers.digest.clone(), data_version: answers.data_version };
            write.pin_round(round, &pin).await?;
        }
    }
    let own = |(key, value): (&String, &Vec<u8>)| OwnWrite {
        key: (round, token.to_vec(), key.clone()),
        participant: author.participant,
        value: value.clone(),
    };
    write.keep_own(&answers.kept.iter().map(own).collect::<Vec<_>>()).await?;
    Ok(true)
}
