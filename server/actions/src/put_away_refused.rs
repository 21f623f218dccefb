//! What somebody sent while they waited to be let in, and what could not be done then: told to them alone, until they put it away.

use domain::contribution::PostRefusal;
use domain::vote::VoteRefusal;
use serde::{Deserialize, Serialize};
use storage::conversation::Reading;
use thiserror::Error;

use crate::export_mine::{Kept, shown};
use crate::keep_act::Act;
use crate::{ActionError, Actions, Session, Tenant};

/// Why something that was kept was not done when its author was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum NotDone {
    /// The post that it was about can be answered no longer.
    #[error("What it was about has been taken back or taken down.")]
    Gone,
    /// A moderator has ended the comments.
    #[error("A moderator has closed the comments there.")]
    CommentsEnded,
    /// The round is full.
    #[error("The conversation holds all the ideas that it can.")]
    Full,
    /// Its author has posted as often as anybody may.
    #[error("You have posted as often as one person can.")]
    TooMany,
    /// The round's times were changed.
    #[error("The conversation was not open.")]
    NotOpen,
    /// What the round asks was changed.
    #[error("The questions or the topics were changed after you sent it.")]
    AskedAnew,
}

impl NotDone {
    /// What a refusal comes to for somebody who cannot send the form again; the error itself if it is a fault.
    pub(crate) fn by(error: ActionError) -> Result<Self, ActionError> {
        Ok(match error {
            ActionError::Vote(VoteRefusal::PostGone) => Self::Gone,
            ActionError::Vote(VoteRefusal::Round(_)) | ActionError::Post(PostRefusal::Round(_)) => {
                Self::NotOpen
            }
            ActionError::Post(PostRefusal::RoundFull) => Self::Full,
            ActionError::Post(PostRefusal::TooMany) => Self::TooMany,
            ActionError::Post(PostRefusal::Gone) => Self::Gone,
            ActionError::Post(PostRefusal::Locked) => Self::CommentsEnded,
            // The words themselves were taken when they were sent.
            ActionError::Post(_) => Self::AskedAnew,
            fault => return Err(fault),
        })
    }
}

/// An act that was not done, as it is stored. No time: its author knows when they sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RefusedAct {
    pub act: Act,
    pub why: NotDone,
}

/// The same, as its author sees it.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What it was.
    pub kept: Kept,
    /// Why it was not done.
    pub why: NotDone,
}

impl Actions {
    /// What the session's participant sent while they waited and was not done.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_refused(
        &self,
        tenant: &Tenant,
        session: &Session,
    ) -> Result<Vec<Refused>, ActionError> {
        refused_of(&self.conversation.read(tenant.id).await?, session).await
    }

    /// Deletes all of it: its author has seen it. Nothing is ever added once they are in, so nothing unseen goes with it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_away_refused(&self, tenant: &Tenant, session: &Session) -> Result<(), ActionError> {
        let write = self.conversation.write(tenant.id).await?;
        write.delete_refused_acts(session.participant).await?;
        write.commit().await?;
        self.forget_order().await;
        Ok(())
    }
}

pub(crate) async fn refused_of(reading: &Reading, session: &Session) -> Result<Vec<Refused>, ActionError> {
    let Some(stored) = reading.refused_acts(session.participant).await? else { return Ok(Vec::new()) };
    let acts: Vec<RefusedAct> = serde_json::from_str(&stored)
        .map_err(|error| ActionError::Fault(format!("refused_acts.acts: {error}")))?;
    let mut refused = Vec::with_capacity(acts.len());
    for RefusedAct { act, why } in acts {
        refused.push(Refused { kept: shown(reading, act).await?, why });
    }
    Ok(refused)
}
