//! Why an action did not happen: a named refusal for the person, or a fault for the operator.

use domain::contribution::PostRefusal;
use domain::moderation::ModerationRefusal;
use domain::vote::VoteRefusal;
use storage::StorageError;
use thiserror::Error;

/// Why an action did not happen.
#[derive(Debug, Error)]
pub enum ActionError {
    /// A contribution, comment, edit or withdrawal was turned away.
    #[error(transparent)]
    Post(#[from] PostRefusal),
    /// A vote was turned away.
    #[error(transparent)]
    Vote(#[from] VoteRefusal),
    /// A moderator's decision, a report, an answer or an appeal was turned away.
    #[error(transparent)]
    Moderation(#[from] ModerationRefusal),
    /// More to do than may be queued; trying again helps.
    #[error("The site is very busy. Wait a moment and try again. Nothing is lost.")]
    Busy,
    /// A fault of ours.
    #[error("fault: {0}")]
    Fault(String),
}

impl From<StorageError> for ActionError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Busy => Self::Busy,
            fault => Self::Fault(fault.to_string()),
        }
    }
}
