//! A moderator stops whoever wrote a post from writing more, for a time. The moderator learns nothing of them: no id, no other post. They may
//! still read, vote, and take back what they wrote; "My ideas" tells them why, and whom to ask.

use chrono::Days;
use domain::contribution::PostState;
use domain::ids::PostId;
use domain::moderation::{ModerationRefusal, SUSPENSION_DAYS, reasoned};
use domain::time_zone::local_date;
use storage::conversation::{StandingSuspension, Suspension};

use super::Taken;
use crate::{ActionError, Actions, Actor, Campaign, Tenant};

/// Suspensions that moderators are shown, those without an end first.
pub const MAX_SUSPENSIONS: u64 = 100;

/// What a moderator fills in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspensionForm {
    /// The reason's name in the codebook.
    pub reason: String,
    /// More, to the person.
    pub note: String,
    /// One of [`SUSPENSION_DAYS`], or empty: until a moderator ends it.
    pub days: String,
}

impl Actions {
    /// Suspends the author of `post`, in the place of an earlier suspension for the same post; also where its author has taken the post back,
    /// so that nobody gets round it by being quick. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn suspend_participant(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        form: &SuspensionForm,
    ) -> Result<Option<()>, ActionError> {
        let Some(mut taken) = self.take_any(tenant, actor, campaign, post, seen).await? else {
            return Ok(None);
        };
        let author = taken.post.author.ok_or(ModerationRefusal::NoAuthor)?;
        let (reason, words) = reasoned(&form.reason, &form.note)?;
        let days = match form.days.as_str() {
            "" => None,
            days => {
                let days = days.parse().ok().filter(|days| SUSPENSION_DAYS.contains(days));
                Some(days.ok_or(ModerationRefusal::NoLength)?)
            }
        };
        let today = local_date(taken.now, tenant.zone);
        // Today is the rest of a day: the first day on which they may write again comes after whole days.
        let until = days.map(|days| today + Days::new(u64::from(days) + 1));
        let suspension = Suspension { post, reason: reason.slug().to_owned(), note: words, until };
        taken.write.suspend(author, &suspension).await?;
        taken.note_in_case().await?;
        taken.finish(actor, "participant.suspend", reason.slug()).await.map(Some)
    }

    /// The suspensions that hold in `campaign`, those without an end first, at most [`MAX_SUSPENSIONS`]: each with the post that it was made for.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_suspensions(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<StandingSuspension>, ActionError> {
        let today = local_date(self.clock.now(), tenant.zone);
        Ok(self.conversation.read(tenant.id).await?.suspensions(campaign.id, today, MAX_SUSPENSIONS).await?)
    }

    /// Ends the suspension that was made for `post`, also where its author has taken the post back. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn end_suspension(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
    ) -> Result<Option<()>, ActionError> {
        let Some(mut taken) = self.take_any(tenant, actor, campaign, post, seen).await? else {
            return Ok(None);
        };
        let author = taken.post.author.ok_or(ModerationRefusal::NoAuthor)?;
        taken.write.end_suspension(author, post).await?;
        taken.note_in_case().await?;
        taken.finish(actor, "participant.end-suspension", "").await.map(Some)
    }
}

impl Taken {
    /// Whoever decides without having seen this is told. What was taken back has no case any more.
    async fn note_in_case(&mut self) -> Result<(), ActionError> {
        if self.post.state != PostState::Withdrawn {
            self.case.version += 1;
            self.write.put_case(&self.case).await?;
        }
        Ok(())
    }
}
