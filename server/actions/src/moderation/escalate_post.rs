//! A moderator passes a post on to those who look after people's safety: noted with the case, and on record. Candour cannot say who wrote it.

use domain::ids::PostId;
use domain::moderation::{NoteKind, note};

use crate::{ActionError, Actions, Actor, Campaign, Tenant};

impl Actions {
    /// Notes that `post` was passed on, and what was done. Where the case stands does not change. Nothing if there is no such post.
    ///
    /// # Errors
    /// A `ModerationRefusal`, or a fault.
    pub async fn escalate_post(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        what: &str,
    ) -> Result<Option<()>, ActionError> {
        let Some(mut taken) = self.take_case(tenant, actor, campaign, post, seen).await? else {
            return Ok(None);
        };
        taken.say(NoteKind::Escalation, note(what)?, None).await?;
        taken.case.version += 1;
        taken.write.put_case(&taken.case).await?;
        taken.finish(actor, "post.escalate", "").await.map(Some)
    }
}
