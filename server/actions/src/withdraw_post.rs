//! An author takes back what they wrote: the text is erased, its place in a thread stays.

use domain::contribution::may_change;
use domain::ids::PostId;

use crate::keep_act::Author;
use crate::lock_post::{lock_post, ownership};
use crate::{ActionError, Actions, Session, Tenant};

impl Actions {
    /// Withdraws the post; gives the contribution in whose thread it stood.
    ///
    /// # Errors
    /// A `PostRefusal` if it cannot be changed, or a fault.
    pub async fn withdraw_post(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
    ) -> Result<Option<PostId>, ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let Some((round, post)) = lock_post(&mut write, Author::of(session), id).await? else {
            return Ok(None);
        };
        may_change(&round, self.clock.now(), ownership(&write, &post).await?, session.participant)?;
        write.withdraw_post(&post, round.revision).await?;
        write.commit().await?;
        self.forget_order().await;
        Ok(Some(post.contribution.unwrap_or(post.id)))
    }
}
