//! Replaying a round: its component and what it was given from outside make the same state, figures and pages again, byte for byte.
//!
//! Nothing else enters a call: a guest has no clock and no chance but those it is given, and its arithmetic gives the same bits on every machine. So
//! whoever doubts a result takes the component, which its digest names, and the [`Recording`], and works it out. What calls saw by `scan` or
//! `count` is not compared when calls run side by side ([`crate::Changes::read`]): the recording's order is the order in which changes were written.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::artefact::Digest;
use crate::contract::{Ctx, Figure, Participant, Phase, Results};
use crate::failure::CallFailure;
use crate::host::{Call, Host};
use crate::memory_state::MemoryState;
use crate::page::Page;
use crate::plugin::Plugin;
use crate::rounds::SentForm;
use crate::state::Place;

/// Everything that a round was given from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Recording {
    /// The component.
    pub digest: Digest,
    /// Where the round stood when its results were worked out. Its settings are those that it began with.
    pub ctx: Ctx,
    /// What happened, in the order in which it was written.
    pub happened: Vec<Happening>,
}

/// Something that happened to a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// Its settings changed.
    Settings(String),
    /// These figures may be seen from now on.
    Released(Vec<Figure>),
    /// A form was taken. One that was refused leaves nothing behind, and is not recorded.
    Taken(Box<TakenForm>),
}

/// A form that was taken, with all that its call was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TakenForm {
    /// Who sent it.
    pub who: Participant,
    /// The form with its answers.
    pub sent: SentForm,
    /// [`Ctx::locale`] of the call.
    pub locale: String,
    /// [`Ctx::now`] of the call, seconds since 1970.
    pub now: u64,
    /// [`Ctx::seed`] of the call.
    pub seed: u64,
    /// [`Call::chance`].
    pub chance: u64,
}

/// What a round comes to. Two replays of one recording are the same JSON, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Replayed {
    /// Everything that is kept, in the order of places.
    pub state: Vec<(Place, Vec<u8>)>,
    /// The page that followed each form, for the participant who had sent it.
    pub pages: Vec<Page>,
    /// What the round comes to, before small numbers are taken out.
    pub results: Results,
    /// The page that tells it from the figures released last.
    pub summary: Page,
}

/// Why a recording cannot be replayed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayRefusal {
    /// It was made with another component.
    #[error("the recording is of the component {0}")]
    OtherComponent(Digest),
    /// A call came to nothing, though it did when it was recorded.
    #[error("number {number} of what happened: {failure}")]
    NotTaken {
        /// Which, from 1; one more than there are for the results.
        number: usize,
        /// Why.
        failure: CallFailure,
    },
}

/// Works `recording` out anew, from nothing.
///
/// # Errors
/// [`ReplayRefusal`], by name.
pub async fn replay(
    host: &Host,
    plugin: &Arc<Plugin>,
    recording: &Recording,
) -> Result<Replayed, ReplayRefusal> {
    if plugin.digest() != recording.digest {
        return Err(ReplayRefusal::OtherComponent(recording.digest));
    }
    let state = MemoryState::new();
    let (mut ctx, mut released, mut pages) = (recording.ctx.clone(), [].as_slice(), Vec::new());
    for (happening, number) in recording.happened.iter().zip(1..) {
        match happening {
            Happening::Settings(config) => ctx.config.clone_from(config),
            Happening::Released(figures) => {
                released = figures;
                state.release(figures.clone());
            }
            Happening::Taken(taken) => {
                let page = take(host, plugin, &ctx, &state, taken).await;
                pages.push(page.map_err(|failure| ReplayRefusal::NotTaken { number, failure })?);
            }
        }
    }
    let number = recording.happened.len() + 1;
    let failed = |failure| ReplayRefusal::NotTaken { number, failure };
    let snapshot = state.snapshot();
    let call = Call::new(Arc::clone(plugin), ctx, Arc::new(snapshot.clone()), 0);
    let results = host.tally(&call).await.map_err(failed)?;
    let summary = host.summarise(&call, released).await.map_err(failed)?;
    let kept = snapshot.entries().map(|(place, stored)| (place.clone(), stored.value.clone()));
    Ok(Replayed { state: kept.collect(), pages, results, summary })
}

/// Takes one form, and gives the page that follows.
async fn take(
    host: &Host,
    plugin: &Arc<Plugin>,
    ctx: &Ctx,
    state: &MemoryState,
    taken: &TakenForm,
) -> Result<Page, CallFailure> {
    let TakenForm { who, sent, locale, now, seed, chance } = taken;
    let (locale, now, seed) = (locale.clone(), *now, *seed);
    let ctx = Ctx { locale, now, seed, phase: Phase::Open, ..ctx.clone() };
    let call = Call::new(Arc::clone(plugin), ctx, Arc::new(state.snapshot()), *chance);
    let (outcome, changes) = host.submit(&call, who, sent).await?;
    state.apply(Some(who), &changes).expect("nobody else writes to this state");
    let after = Call { state: Arc::new(state.snapshot()), ..call };
    host.render(&after, Some(who), &outcome.page).await
}
