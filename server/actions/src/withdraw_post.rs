//! An author takes back what they wrote: the text is erased, its place in a thread stays.

use domain::contribution::may_withdraw;
use domain::ids::PostId;
use storage::conversation::Writing;

use crate::keep_act::Author;
use crate::lock_post::lock_post;
use crate::{ActionError, Actions, Post, Session, Tenant};

impl Actions {
    /// A post that the session's participant wrote, to ask whether they mean to withdraw it.
    ///
    /// # Errors
    /// A `PostRefusal` if it cannot be withdrawn, or a fault.
    pub async fn post_to_withdraw(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
    ) -> Result<Option<Post>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let Some(post) = reading.post(id).await? else { return Ok(None) };
        let Some(round) = reading.round(post.round).await? else { return Ok(None) };
        if round.campaign != session.campaign {
            return Ok(None);
        }
        may_withdraw(&round, self.clock.now(), (post.author, post.state), session.participant)?;
        Ok(Some(post))
    }

    /// Withdraws the post, also one that a moderator has hidden or put together with another; gives the contribution in whose thread it stood.
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
        let Some(place) = self.write_withdrawal(&mut write, Author::of(session), id).await? else {
            return Ok(None);
        };
        write.commit().await?;
        self.forget_order().await;
        Ok(Some(place))
    }

    /// The same inside a transaction.
    pub(crate) async fn write_withdrawal(
        &self,
        write: &mut Writing,
        author: Author,
        id: PostId,
    ) -> Result<Option<PostId>, ActionError> {
        let Some((round, post)) = lock_post(write, author, id).await? else {
            return Ok(None);
        };
        may_withdraw(&round, self.clock.now(), (post.author, post.state), author.participant)?;
        write.withdraw_post(&post, round.revision).await?;
        Ok(Some(post.contribution.unwrap_or(post.id)))
    }
}
