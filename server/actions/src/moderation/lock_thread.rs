//! A moderator ends the comments under an idea, or lets them go on. Reading and voting go on in any case.

use domain::ids::PostId;
use domain::moderation::ModerationRefusal;

use crate::{ActionError, Actions, Actor, Campaign, Tenant};

impl Actions {
    /// Ends the comments under the contribution `post`, or lets them go on. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn lock_thread(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        locked: bool,
    ) -> Result<Option<()>, ActionError> {
        let Some(mut taken) = self.take_case(tenant, actor, campaign, post, seen).await? else {
            return Ok(None);
        };
        if taken.post.contribution.is_some() || taken.post.locked == locked {
            return Err(ModerationRefusal::NotNow.into());
        }
        taken.write.lock_comments(post, locked, taken.round.revision).await?;
        taken.case.version += 1;
        taken.write.put_case(&taken.case).await?;
        let what = if locked { "thread.lock" } else { "thread.unlock" };
        taken.finish(actor, what, "").await.map(Some)
    }
}
