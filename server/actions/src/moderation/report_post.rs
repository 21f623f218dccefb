//! Somebody who read a post asks a moderator to look. They are not told to anyone: what is kept is a keyed hash of them together with the post.

use credentials::labels;
use domain::contribution::PostState;
use domain::ids::PostId;
use domain::moderation::{MAX_OPEN_REPORTS, ModerationRefusal, Step, after, reasoned};
use domain::time_zone::local_date;
use storage::conversation::{Case, Post, Report};

use crate::keep_act::Author;
use crate::lock_post::lock_post;
use crate::{ActionError, Actions, Session, Tenant};

impl Actions {
    /// The post `id`, if readers of the session's campaign see it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn readable_post(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
    ) -> Result<Option<Post>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let Some(post) = reading.post(id).await? else { return Ok(None) };
        let Some(round) = reading.round(post.round).await? else { return Ok(None) };
        Ok(Some(post).filter(|post| post.state == PostState::Visible && round.campaign == session.campaign))
    }

    /// Reports the visible post `id`, once a person, and [`MAX_OPEN_REPORTS`] at a time; also those who wait to be let in may. Nothing if there is no such post for them.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn report_post(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
        reason: &str,
        words: &str,
    ) -> Result<Option<()>, ActionError> {
        let (reason, words) = reasoned(reason, words)?;
        // Nothing stored joins one person's reports: each is a hash of them with the post, and has one of their few places.
        let by_them = self.pepper.derive(labels::REPORTERS);
        let reporter = by_them.mac(&[id.0.as_bytes(), session.participant.0.as_bytes()]);
        let place_key = self.pepper.derive(labels::REPORT_PLACES);
        let place = |number: u64| place_key.mac(&[session.participant.0.as_bytes(), &number.to_be_bytes()]);
        let places: Vec<_> = (0..MAX_OPEN_REPORTS).map(place).collect();
        let mut write = self.conversation.write(tenant.id).await?;
        let Some((round, post)) = lock_post(&mut write, Author::of(session), id).await? else {
            return Ok(None);
        };
        if post.state != PostState::Visible {
            return Ok(None);
        }
        if write.has_report(id, reporter).await? {
            return Err(ModerationRefusal::ReportedAlready.into());
        }
        let taken = write.taken_places(&places).await?;
        let free = places.into_iter().find(|place| !taken.contains(place));
        let free = free.ok_or(ModerationRefusal::TooManyReports)?;
        if !write.add_report(id, reporter, free, &Report { reason, note: words }).await? {
            // The same person reports something in another round at this moment.
            return Err(ActionError::Busy);
        }
        let today = local_date(self.clock.now(), tenant.zone);
        let mut case = match write.case(id).await? {
            Some(case) => case,
            None => Case::unopened(id, round.id, today),
        };
        case.reports += 1;
        // Whoever decides without having seen this report is told.
        case.version += 1;
        case.state = after(case.state, Step::Report)?;
        write.put_case(&case).await?;
        write.count_moderation(round.campaign, "post.report", reason.slug()).await?;
        write.commit().await?;
        Ok(Some(()))
    }
}
