//! Calling a round's type: which component, with what it is told about where it stands.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use credentials::{round_name, round_seed, round_token};
use domain::clock::random_bytes;
use domain::ids::ParticipantId;
use domain::round::RoundState;
use domain::round_type::RoundType;
use plugin_host::contract::{Ctx, Phase};
use plugin_host::{Call, CallFailure, Cause, Digest, Plugin};
use storage::conversation::RoundPin;

use super::RoundTypeFault;
use super::snapshot::{Snapshot, Who};
use crate::{ActionError, Actions, RoundInfo, Session, Tenant};

/// The language in which guests are asked to answer.
const LOCALE: &str = "en-GB";

/// What a round runs.
pub(crate) struct Runs {
    pub plugin: Arc<Plugin>,
    /// The version in which the round's state is kept.
    pub data_version: u32,
}

impl Runs {
    pub(crate) fn pin(&self) -> RoundPin {
        RoundPin { digest: self.plugin.digest().to_string(), data_version: self.data_version }
    }
}

impl Actions {
    /// What `round` runs: the component that it has run since it opened, else the present one. Nothing if it is an open discussion.
    pub(crate) async fn runs(&self, tenant: &Tenant, round: &RoundInfo) -> Result<Option<Runs>, ActionError> {
        let RoundType::Plugin(name) = &round.round_type else { return Ok(None) };
        let mut pin = self.round_types.known().pin(round.id);
        if pin.is_none() {
            pin = self.conversation.read(tenant.id).await?.round_pin(round.id).await?;
            if let Some(pin) = &pin {
                self.round_types.known().remember_pin(round.id, pin.clone());
            }
        }
        let loaded = self.load(name, pin).await;
        if let Err(fault) = &loaded {
            tracing::error!(tenant = tenant.slug, round = round.slug, round_type = name, %fault, "a round cannot run");
        }
        Ok(loaded.ok())
    }

    async fn load(&self, name: &str, pin: Option<RoundPin>) -> Result<Runs, RoundTypeFault> {
        let component = match &pin {
            Some(pin) => {
                let digest = Digest::try_from(pin.digest.clone())
                    .map_err(|error| RoundTypeFault::Stored(error.to_string()))?;
                self.round_types.component(digest).await?
            }
            None => Arc::new(self.round_types.current(name)?),
        };
        let plugin = self.round_types.load(&component).await?;
        let data_version = pin.map_or(plugin.description().data_version, |pin| pin.data_version);
        Ok(Runs { plugin, data_version })
    }

    /// A call of what `round` runs, on `state`, in `phase`.
    pub(crate) fn call(
        &self,
        round: &RoundInfo,
        runs: &Runs,
        phase: Phase,
        who: Option<&Who>,
        state: Snapshot,
    ) -> Call {
        let name = round_name(&self.pepper, round.id.0.as_bytes());
        let seed = round_seed(&self.pepper, who.map_or(&name, |who| &who.token));
        let ctx = Ctx {
            round: hex::encode(&name[..8]),
            locale: LOCALE.to_owned(),
            now: self.clock.now().timestamp().max(0).cast_unsigned(),
            seed,
            config: round.settings.to_string(),
            data_version: runs.data_version,
            phase,
        };
        let chance = u64::from_le_bytes(random_bytes(&*self.entropy));
        let state = state.telling_released(phase == Phase::Closed);
        Call::new(Arc::clone(&runs.plugin), ctx, Arc::new(state), chance)
    }

    /// What a participant is called in `round`.
    pub(crate) fn token(&self, round: &RoundInfo, participant: ParticipantId) -> [u8; 32] {
        round_token(&self.pepper, round.id.0.as_bytes(), participant.0.as_bytes())
    }
}

/// Whether `round` is one of the session's campaign, and has an activity.
pub(crate) fn may_take_part(tenant: &Tenant, session: &Session, round: &RoundInfo) -> bool {
    let campaign = tenant.campaigns.iter().find(|campaign| campaign.id == session.campaign);
    let is_own = campaign.is_some_and(|campaign| campaign.rounds.iter().any(|own| own.id == round.id));
    is_own && round.has_activity()
}

/// What a guest is told of a round's state. While a round is paused it draws what it draws when it is open; the host takes nothing.
pub(crate) fn phase(round: &RoundInfo, now: DateTime<Utc>) -> Phase {
    match round.state(now) {
        RoundState::Upcoming => Phase::Before,
        RoundState::Open | RoundState::Paused => Phase::Open,
        RoundState::Closed => Phase::Closed,
    }
}

/// Says in the log that a guest failed, without any words of its own: they could hold what a participant wrote.
pub(crate) fn note_failure(tenant: &Tenant, round: &RoundInfo, failure: &CallFailure) {
    let CallFailure::Unavailable(cause) = failure else { return };
    let kind = match cause {
        Cause::Trap(_) => "trap",
        Cause::TimeOut => "took too long",
        Cause::TooMuch(_) => "did too much",
        Cause::BadOutput(_) => "output that breaks the contract",
        Cause::Internal(_) => "its own mistake",
        Cause::Busy => "too many calls at once",
        Cause::State(_) => "state out of reach",
    };
    tracing::warn!(tenant = tenant.slug, round = round.slug, kind, "an activity is unavailable");
}
