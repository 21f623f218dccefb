//! A moderator puts an idea together with another: its votes are united with the other's, one for each person, and its page leads there. Its
//! comments stay where they are, and can be read.

use domain::contribution::PostState;
use domain::ids::PostId;
use domain::moderation::{ModerationRefusal, NoteKind, Step};

use crate::{ActionError, Actions, Actor, Campaign, Tenant};

impl Actions {
    /// Puts the contribution `source` together with `target` of the same round. This cannot be undone. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn merge_contributions(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        source: PostId,
        seen: i32,
        target: PostId,
    ) -> Result<Option<()>, ActionError> {
        let Some(mut taken) = self.take_case(tenant, actor, campaign, source, seen).await? else {
            return Ok(None);
        };
        let other = taken.write.post(target).await?.filter(|other| {
            other.round == taken.post.round
                && other.contribution.is_none()
                && other.state == PostState::Visible
                && other.id != source
        });
        // What is held would be read on the merged idea's own page without anybody having let it through.
        let unseen = taken.post.state != PostState::Visible;
        if other.is_none() || taken.post.contribution.is_some() || unseen {
            return Err(ModerationRefusal::NoSuchIdea.into());
        }
        taken.say(NoteKind::Merged, String::new(), None).await?;
        taken.case.merged_into = Some(target);
        taken.step(Step::Merge).await?;
        taken.write.unite_votes(source, target, taken.round.revision).await?;
        taken.finish(actor, "post.merge", "").await.map(Some)
    }
}
