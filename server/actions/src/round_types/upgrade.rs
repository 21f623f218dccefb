//! A round is brought to another component while people take part: what is kept is copied and brought to the new version, both components count
//! the copy, and only if they count the same is the round changed over. Answers wait for the last part of that; none is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::ParticipantId;
use domain::round_type::RoundType;
use plugin_host::contract::{Participant, Phase, Results};
use plugin_host::{Call, Changes, Digest, MemoryState, Old, Place};
use storage::conversation::{OwnKey, OwnWrite, SharedKey, SharedWrite};
use thiserror::Error;

use super::RoundTypeFault;
use super::calling::Runs;
use super::snapshot::{Snapshot, Who};
use crate::{ActionError, Actions, RoundInfo, Tenant};

/// Entries read, and given to a guest, at a time.
const AT_ONCE: u32 = 200;
/// For how long answers wait at most; whoever began a change and did not end it by then has failed. Seconds.
const HOLD_SECONDS: i64 = 60;

/// Why a round was not brought to another component.
#[derive(Debug, Error)]
pub enum UpgradeRefusal {
    /// It has not run any yet: it will take the present one by itself.
    #[error("nobody has taken part in this round yet: it takes the present version by itself")]
    NotBegun,
    /// It runs that one already.
    #[error("the round runs the present version already")]
    Already,
    /// The pack has made it another type since people took part.
    #[error("people took part in this round as `{0}`: give it that round type again")]
    OtherType(String),
    /// Somebody else is at it.
    #[error("somebody is bringing this round to another version just now: wait a minute")]
    Held,
    /// The new component does not know the state.
    #[error("the new version keeps its state in version {to} and cannot read version {from}")]
    NoMigration {
        /// The version in which it is kept.
        from: u32,
        /// The one that the new component wants.
        to: u32,
    },
    /// Its migration failed.
    #[error("the new version could not bring over what people gave: {0}. Nothing was changed")]
    Migration(String),
    /// The two do not agree.
    #[error("the two versions count the same answers differently. Nothing was changed")]
    TallyDiffers,
    /// A component cannot be run.
    #[error(transparent)]
    RoundType(#[from] RoundTypeFault),
    /// A fault.
    #[error(transparent)]
    Fault(#[from] ActionError),
}

impl From<storage::StorageError> for UpgradeRefusal {
    fn from(fault: storage::StorageError) -> Self {
        Self::Fault(fault.into())
    }
}

/// Where an entry is, with who it is of where it is one participant's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Own(OwnKey, ParticipantId, Option<String>),
    Shared(SharedKey),
}

/// Everything that a round keeps, with its versions.
type Copy = BTreeMap<Entry, (i64, Vec<u8>)>;

impl Actions {
    /// Brings `round` to the present component of its type. Gives that. It goes on to its end if whoever asked for it goes away.
    ///
    /// # Errors
    /// An [`UpgradeRefusal`]; then nothing has changed.
    pub async fn upgrade_round(&self, tenant: &Tenant, round: &RoundInfo) -> Result<Digest, UpgradeRefusal> {
        let (actions, tenant, round) = (self.clone(), tenant.clone(), round.clone());
        let task = tokio::spawn(async move { actions.bring_to_present(&tenant, &round).await });
        task.await.unwrap_or_else(|fault| Err(ActionError::Fault(fault.to_string()).into()))
    }

    async fn bring_to_present(&self, tenant: &Tenant, round: &RoundInfo) -> Result<Digest, UpgradeRefusal> {
        let RoundType::Plugin(name) = &round.round_type else { return Err(UpgradeRefusal::NotBegun) };
        let pin = self.conversation.read(tenant.id).await?.round_pin(round.id).await?;
        let pin = pin.ok_or(UpgradeRefusal::NotBegun)?;
        let target = self.round_types.current(name)?;
        if target.digest.to_string() == pin.digest {
            return Err(UpgradeRefusal::Already);
        }
        self.round_types.known().remember_pin(round.id, pin.clone());
        let old = Digest::try_from(pin.digest.clone())
            .map_err(|error| RoundTypeFault::Stored(error.to_string()))?;
        let old = self.round_types.component(old).await?;
        if old.manifest.name != *name {
            return Err(UpgradeRefusal::OtherType(old.manifest.name.clone()));
        }
        let from = Runs {
            plugin: self.round_types.load_even_withdrawn(&old).await?,
            data_version: pin.data_version,
        };
        let plugin = self.round_types.load(&target).await?;
        let data_version = plugin.description().data_version;
        let to = Runs { plugin, data_version };
        if from.data_version != to.data_version && !to.plugin.migrates() {
            return Err(UpgradeRefusal::NoMigration { from: from.data_version, to: to.data_version });
        }
        self.keep_component(target.digest).await?;
        let change = Change { tenant, round, from: &from, to: &to };
        // Once while everybody goes on: what fails, fails here, and most of the work is done.
        let trial = self.bring_over(&change, Copy::new(), Copy::new()).await?;
        let until = self.hold(&change).await?;
        let changed = match self.bring_over(&change, trial.0, trial.1).await {
            Ok((_, brought)) => self.change_over(&change, until, brought).await,
            Err(refusal) => Err(refusal),
        };
        if changed.is_err() {
            self.let_go(&change, until).await?;
        }
        changed?;
        self.round_types.known().remember_pin(round.id, to.pin());
        Ok(target.digest)
    }

    /// Has answers wait.
    async fn hold(&self, change: &Change<'_>) -> Result<i64, UpgradeRefusal> {
        let write = self.conversation.write(change.tenant.id).await?;
        let held = write.hold_round(change.round.id).await?.ok_or(UpgradeRefusal::NotBegun)?;
        let now = self.clock.now();
        if super::keep_answers::is_held(&held, now) || held.pin != Some(change.from.pin()) {
            return Err(UpgradeRefusal::Held);
        }
        let until = now.timestamp() + HOLD_SECONDS;
        write.hold_answers(change.round.id, Some(until)).await?;
        write.commit().await?;
        Ok(until)
    }

    async fn let_go(&self, change: &Change<'_>, until: i64) -> Result<(), UpgradeRefusal> {
        let write = self.conversation.write(change.tenant.id).await?;
        let held = write.hold_round(change.round.id).await?;
        if held.is_some_and(|held| held.held_until == Some(until)) {
            write.hold_answers(change.round.id, None).await?;
            write.commit().await?;
        }
        Ok(())
    }

    /// Everything that is kept now, and the same in the new version; `earlier` and `brought` are those of the last time, so that only what has
    /// changed since is brought over. Both components have counted it, and agree.
    async fn bring_over(
        &self,
        change: &Change<'_>,
        earlier: Copy,
        mut brought: Copy,
    ) -> Result<(Copy, Copy), UpgradeRefusal> {
        let copy = self.copy_of(change).await?;
        brought.retain(|entry, _| copy.contains_key(entry));
        let news: Vec<(&Entry, &(i64, Vec<u8>))> =
            copy.iter().filter(|(entry, kept)| earlier.get(entry) != Some(kept)).collect();
        for chunk in news.chunks(AT_ONCE as usize) {
            let values = self.migrated(change, chunk).await?;
            for ((entry, (version, _)), value) in chunk.iter().zip(values) {
                brought.insert((*entry).clone(), (*version, value));
            }
        }
        let before = self.counted(change, change.from, &copy).await?;
        let after = self.counted(change, change.to, &brought).await?;
        if !is_same(&before, &after) {
            return Err(UpgradeRefusal::TallyDiffers);
        }
        Ok((copy, brought))
    }

    async fn migrated(
        &self,
        change: &Change<'_>,
        entries: &[(&Entry, &(i64, Vec<u8>))],
    ) -> Result<Vec<Vec<u8>>, UpgradeRefusal> {
        if change.from.data_version == change.to.data_version {
            return Ok(entries.iter().map(|(_, (_, value))| value.clone()).collect());
        }
        let old = |(entry, (_, value)): &(&Entry, &(i64, Vec<u8>))| {
            let (collection, key) = match entry {
                Entry::Own((_, _, key), ..) => (None, key.clone()),
                Entry::Shared((_, collection, key)) => (Some(collection.clone()), key.clone()),
            };
            Old { collection, key, value: value.clone() }
        };
        let old: Vec<Old> = entries.iter().map(old).collect();
        let runs = Runs { plugin: Arc::clone(&change.to.plugin), data_version: change.from.data_version };
        let state = Snapshot::of_round(&self.conversation, change.tenant.id, change.round.id);
        let call = self.call(change.round, &runs, Phase::Open, None, state);
        let migrated = self.round_types.machine().await?.host.migrate(&call, &old).await;
        migrated.map_err(|failure| UpgradeRefusal::Migration(failure.to_string()))
    }

    /// What `runs` counts of `copy`.
    async fn counted(
        &self,
        change: &Change<'_>,
        runs: &Runs,
        copy: &Copy,
    ) -> Result<Results, UpgradeRefusal> {
        let state = in_memory(copy);
        let empty = Snapshot::of_round(&self.conversation, change.tenant.id, change.round.id);
        let call = self.call(change.round, runs, Phase::Closed, None, empty);
        let call = Call { state: Arc::new(state.snapshot()), ..call };
        let tally = self.round_types.machine().await?.host.tally(&call).await;
        tally.map_err(|failure| UpgradeRefusal::Migration(failure.to_string()))
    }

    /// Everything that the round keeps, as of one moment.
    async fn copy_of(&self, change: &Change<'_>) -> Result<Copy, UpgradeRefusal> {
        let (round, mut copy) = (change.round.id, Copy::new());
        let reading = self.conversation.snapshot(change.tenant.id).await?;
        let mut after = (Vec::new(), String::new());
        loop {
            let entries = reading.every_own(round, (&after.0, &after.1), AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            after = (last.key.1.clone(), last.key.2.clone());
            copy.extend(entries.into_iter().map(|entry| {
                let kept = (entry.kept.version, entry.kept.value);
                (Entry::Own(entry.key, entry.participant, entry.cohort), kept)
            }));
        }
        let mut after = (String::new(), String::new());
        loop {
            let entries = reading.every_shared(round, (&after.0, &after.1), AT_ONCE).await?;
            let Some(((_, collection, key), _)) = entries.last() else { break };
            after = (collection.clone(), key.clone());
            copy.extend(
                entries.into_iter().map(|(key, kept)| (Entry::Shared(key), (kept.version, kept.value))),
            );
        }
        Ok(copy)
    }

    /// Writes what was brought over, and has the round run the new component: all of it or nothing.
    async fn change_over(
        &self,
        change: &Change<'_>,
        until: i64,
        brought: Copy,
    ) -> Result<(), UpgradeRefusal> {
        let round = change.round.id;
        let write = self.conversation.write(change.tenant.id).await?;
        let held = write.hold_round(round).await?.ok_or(UpgradeRefusal::NotBegun)?;
        if held.held_until != Some(until)
            || held.pin != Some(change.from.pin())
            || is_over(until, self.clock.now())
        {
            return Err(UpgradeRefusal::Held);
        }
        let (mut own, mut shared) = (Vec::new(), Vec::new());
        for (entry, (_, value)) in brought {
            match entry {
                Entry::Own(key, participant, _) => own.push(OwnWrite { key, participant, value }),
                Entry::Shared(key) => shared.push(SharedWrite { key, value }),
            }
        }
        if change.from.data_version != change.to.data_version {
            write.keep_own(&own).await?;
            write.keep_shared(&shared).await?;
        }
        write.pin_round(round, &change.to.pin()).await?;
        Ok(write.commit().await?)
    }
}

/// Which round is brought from what to what.
struct Change<'a> {
    tenant: &'a Tenant,
    round: &'a RoundInfo,
    from: &'a Runs,
    to: &'a Runs,
}

fn is_over(until: i64, now: DateTime<Utc>) -> bool {
    now.timestamp() >= until
}

fn in_memory(copy: &Copy) -> MemoryState {
    let state = MemoryState::new();
    for (entry, (_, value)) in copy {
        let (who, place): (Option<Participant>, Place) = match entry {
            Entry::Own((_, token, key), _, cohort) => {
                let who = Who::of_token(token, cohort.clone());
                let place = Place::Own { participant: who.token.clone(), key: key.clone() };
                (Some(who), place)
            }
            Entry::Shared((_, collection, key)) => {
                (None, Place::Shared { collection: collection.clone(), key: key.clone() })
            }
        };
        let written = BTreeMap::from([(place, Some(value.clone()))]);
        // Nothing was read, so nothing can have moved.
        let _ = state.apply(who.as_ref(), &Changes { read: BTreeMap::new(), written });
    }
    state
}

/// Whether two counts say the same, in whatever order.
fn is_same(one: &Results, other: &Results) -> bool {
    let sorted = |results: &Results| {
        let mut figures = results.figures.clone();
        figures.sort_by(|one, other| {
            (&one.subject, &one.measure, &one.cohort).cmp(&(&other.subject, &other.measure, &other.cohort))
        });
        figures
    };
    sorted(one) == sorted(other)
}
