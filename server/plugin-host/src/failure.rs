//! Why there is no result: what a participant or an operator is told, by name.

use wasmtime::Trap;

use crate::contract::Problem;
use crate::output::BadOutput;
use crate::round_v1::types::{Failure, StateFailure};
use crate::state::StateFault;
use crate::view::Overrun;

/// Why a call gave no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallFailure {
    /// What was given cannot be taken: show each beside its field.
    #[error("{} answers cannot be taken", .0.len())]
    Invalid(Vec<Problem>),
    /// The round type says no, in a sentence for the participant.
    #[error("{0}")]
    Refused(String),
    /// The round type has no such page, form, button, sheet or migration: for a participant, the page has changed.
    #[error("there is no such page or form now")]
    NoSuchForm,
    /// The round is not open.
    #[error("the round is not open")]
    NotOpen,
    /// "This activity is unavailable": counted, shown to operators. Other rounds carry on.
    #[error("this activity is unavailable: {0}")]
    Unavailable(Cause),
}

/// Why a guest is unavailable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// It stopped by itself: out of bounds, unreachable, out of stack or memory.
    #[error("it trapped: {0}")]
    Trap(String),
    /// It ran, or its state took, too long.
    #[error("it took too long")]
    TimeOut,
    /// It called the host too often, or moved too much.
    #[error("it did too much: {0}")]
    TooMuch(String),
    /// What it gave back breaks the contract.
    #[error("what it gave cannot be used: {0}")]
    BadOutput(BadOutput),
    /// It says that it has a mistake.
    #[error("it says: {0}")]
    Internal(String),
    /// Too many calls of its class were under way for too long.
    #[error("too many activities are busy")]
    Busy,
    /// The state cannot be reached; not the guest's fault.
    #[error(transparent)]
    State(#[from] StateFault),
}

/// The longest of a guest's own words about its mistakes that is kept, characters.
const WORDS_KEPT: usize = 200;

impl CallFailure {
    /// What wasmtime says, sorted out.
    pub(crate) fn of_run(error: &wasmtime::Error) -> Self {
        let cause = if let Some(overrun) = error.downcast_ref::<Overrun>() {
            match overrun {
                Overrun::Time => Cause::TimeOut,
                other => Cause::TooMuch(other.to_string()),
            }
        } else if let Some(fault) = error.downcast_ref::<StateFault>() {
            Cause::State(*fault)
        } else if let Some(trap) = error.downcast_ref::<Trap>() {
            Cause::Trap(trap.to_string())
        } else {
            Cause::Trap(error.root_cause().to_string())
        };
        Self::Unavailable(cause)
    }

    /// What the guest says, with its words cut to a bound.
    pub(crate) fn of_guest(failure: Failure) -> Self {
        match failure {
            Failure::Invalid(problems) => Self::Invalid(problems),
            Failure::Refused(sentence) => Self::Refused(sentence),
            Failure::State(StateFailure::NotAllowed) => {
                Self::internal("it did with its state what this call may not")
            }
            Failure::State(StateFailure::TooMuch) => {
                Self::internal("a key or value of its state is too long")
            }
            Failure::Internal(words) => Self::internal(&words),
        }
    }

    fn internal(words: &str) -> Self {
        let kept = words.chars().filter(|character| !character.is_control()).take(WORDS_KEPT).collect();
        Self::Unavailable(Cause::Internal(kept))
    }
}

impl From<BadOutput> for CallFailure {
    fn from(bad: BadOutput) -> Self {
        Self::Unavailable(Cause::BadOutput(bad))
    }
}
