//! Looking after what people write. Here is what every decision has in common: the post under its round's lock, its case as the moderator saw
//! it, nobody else's claim, an entry in the audit log, one commit.
//!
//! Moderators get posts without authors ([`ModeratedPost`](storage::conversation::ModeratedPost)); nothing that leaves this module for the console
//! knows a participant.

mod ask_author;
mod claim_case;
mod decide_case;
mod escalate_post;
mod list_queue;
mod lock_thread;
mod merge_contributions;
mod report_post;
mod screen_post;
mod second_look;
mod show_case;
mod show_ledger;
mod show_my_cases;
mod suspend_participant;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::contribution::PostState;
use domain::ids::{AccountId, PostId};
use domain::moderation::{
    CaseState, Claim, MAX_NOTES_PER_POST, ModerationRefusal, NoteKind, Step, after, visibility,
};
use domain::round::Round;
use domain::time_zone::local_date;
use storage::conversation::{Case, CaseNote, Post, Reading, Writing};

pub use decide_case::Decision;
pub use list_queue::{QUEUE_PAGE, Queue};
pub(crate) use screen_post::{open_case, screened};
pub use show_case::{CaseView, SimilarIdea};
pub use show_ledger::LedgerCount;
pub use show_my_cases::{MyCase, MySuspension};
pub use suspend_participant::{MAX_SUSPENSIONS, SuspensionForm};

use crate::actor::{Actor, record};
use crate::{ActionError, Actions, Campaign, Tenant};

/// A post in a moderator's hands: locked, with its case.
struct Taken {
    write: Writing,
    round: Round,
    post: Post,
    case: Case,
    now: DateTime<Utc>,
}

impl Actions {
    /// Takes the post `id` of `campaign` for `actor`, who saw its case at version `seen`. Nothing if it is not there.
    async fn take_case(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        id: PostId,
        seen: i32,
    ) -> Result<Option<Taken>, ActionError> {
        match self.take_any(tenant, actor, campaign, id, seen).await? {
            Some(taken) if taken.post.state == PostState::Withdrawn => Err(ModerationRefusal::NotNow.into()),
            taken => Ok(taken),
        }
    }

    /// The same, also for a post that its author has taken back.
    async fn take_any(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        id: PostId,
        seen: i32,
    ) -> Result<Option<Taken>, ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let Some(found) = write.post(id).await? else { return Ok(None) };
        if !is_of(&write, campaign, &found).await? {
            return Ok(None);
        }
        let Some(round) = write.take_round(found.round).await? else { return Ok(None) };
        // Read again: another change may have come between the first look and the lock.
        let Some(post) = write.post(id).await? else { return Ok(None) };
        let now = self.clock.now();
        let case = match write.case(id).await? {
            Some(case) => case,
            None => Case::unopened(id, round.id, local_date(now, tenant.zone)),
        };
        Claim::leaves(case.claim.as_ref(), moderator(actor)?, now)?;
        if case.version != seen {
            return Err(ModerationRefusal::ChangedMeanwhile.into());
        }
        Ok(Some(Taken { write, round, post, case, now }))
    }
}

impl Taken {
    /// Moves the case on, and shows or hides the post as that asks. Of what stands nobody keeps why and by whom it was hidden.
    async fn step(&mut self, step: Step) -> Result<(), ActionError> {
        self.case.state = after(self.case.state, step)?;
        if self.case.state == CaseState::Kept {
            (self.case.reason, self.case.hidden_by) = (None, None);
        }
        self.case.version += 1;
        self.write.put_case(&self.case).await?;
        let state = visibility(self.case.state, self.post.state);
        self.write.show_post(&self.post, state, self.round.revision).await?;
        Ok(())
    }

    /// Keeps what is said about the post.
    async fn say(&self, kind: NoteKind, body: String, before: Option<String>) -> Result<(), ActionError> {
        say(&self.write, CaseNote { post: self.post.id, kind, body, before }).await
    }

    /// Puts it on record, counts it in the ledger for `reason`, lets go of the case and commits.
    async fn finish(self, actor: &Actor, what: &str, reason: &str) -> Result<(), ActionError> {
        let Self { write, round, post, now, .. } = self;
        write.count_moderation(round.campaign, what, reason).await?;
        write.release_case(post.id, moderator(actor)?).await?;
        record(write.audit_trail(), actor, hour(now), what, &post.id.to_string(), reason).await?;
        Ok(write.commit().await?)
    }
}

/// Keeps a note, if not too many have been written about its post.
async fn say(write: &Writing, note: CaseNote) -> Result<(), ActionError> {
    if write.notes(note.post, MAX_NOTES_PER_POST).await?.len() as u64 >= MAX_NOTES_PER_POST {
        return Err(ModerationRefusal::TooManyNotes.into());
    }
    Ok(write.add_note(&note).await?)
}

/// Whether a post stands in one of the campaign's rounds.
async fn is_of(reading: &Reading, campaign: &Campaign, post: &Post) -> Result<bool, ActionError> {
    Ok(reading.round(post.round).await?.is_some_and(|round| round.campaign == campaign.id))
}

/// The account of whoever moderates.
fn moderator(actor: &Actor) -> Result<AccountId, ActionError> {
    actor.account.ok_or_else(|| ActionError::Fault("moderating needs an account".to_owned()))
}

/// The hour in which `at` lies: by the minute, a moderator's quick act would say when a post was written.
pub(crate) fn hour(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_cut_to_the_hour() {
        let at = "2026-05-06T10:59:59.5Z".parse().unwrap();
        assert_eq!(super::hour(at).to_rfc3339(), "2026-05-06T10:00:00+00:00");
    }
}
