//! Scenarios: files of calls and of what must come of them, the same for every round type and every language it is written in.
//!
//! `candour plugin test` runs them, and so do this repository's tests. Each is run twice, and both runs must give the same pages and the same state,
//! byte for byte. Here: running one. `file` is how they are written, `play` takes one step after another. To add a kind of step: a case of
//! [`Step`], and its arm in `play`.

mod file;
mod play;

use std::sync::Arc;

pub use file::{Earlier, FigureRow, Person, Scenario, ScenarioPhase, Step, SubmitStep};

use crate::call::Log;
use crate::contract::Results;
use crate::host::Host;
use crate::memory_state::MemorySnapshot;
use crate::page::Page;
use crate::plugin::Plugin;
use play::Play;

/// A scenario that did not go as it should.
#[derive(Debug, thiserror::Error)]
#[error("{name}, step {step}: {what}")]
pub struct ScenarioFailure {
    /// The scenario.
    pub name: String,
    /// The step, from 1; 0 before the first.
    pub step: usize,
    /// What was not as it should be.
    pub what: String,
}

/// Everything that a run gave.
#[derive(Debug, PartialEq)]
struct Record {
    pages: Vec<Page>,
    results: Vec<Results>,
    state: MemorySnapshot,
}

/// Runs `scenario` against `plugin`, twice.
///
/// # Errors
/// The first step that did not go as it should, or that both runs differ.
pub async fn run(
    host: &Host,
    plugin: &Arc<Plugin>,
    scenario: &Scenario,
    log: &Log,
) -> Result<(), ScenarioFailure> {
    let one = Play::new(host, plugin, scenario, log).run(scenario).await?;
    let other = Play::new(host, plugin, scenario, log).run(scenario).await?;
    if one == other {
        return Ok(());
    }
    let what = "the same calls gave something else the second time".to_owned();
    Err(ScenarioFailure { name: scenario.name.clone(), step: scenario.steps.len(), what })
}
