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

/// The most reported posts among which somebody's own reports are looked for.
const MAX_COMPARED_REPORTS: u64 = 2_000;

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
        let mut write = self.conversation.write(tenant.id).await?;
        let Some((round, post)) = lock_post(&mut write, Author::of(session), id).await? else {
            return Ok(None);
        };
        if post.state != PostState::Visible {
            return Ok(None);
        }
        let key = self.pepper.derive(labels::REPORTERS);
        // Nothing stored joins one person's reports: which are theirs is worked out anew for each post that waits.
        let by_them = |post: PostId| key.mac(&[post.0.as_bytes(), session.participant.0.as_bytes()]);
        let reporter = by_them(id);
        let open = write.reported_posts(round.campaign, MAX_COMPARED_REPORTS).await?;
        let theirs: Vec<_> =
            open.into_iter().filter(|post| *post != id).map(|post| (post, by_them(post))).collect();
        if write.count_reports(&theirs).await? >= MAX_OPEN_REPORTS {
            return Err(ModerationRefusal::TooManyReports.into());
        }
        if !write.add_report(id, reporter, &Report { reason, note: words }).await? {
            return Err(ModerationRefusal::ReportedAlready.into());
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
