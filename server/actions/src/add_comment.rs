//! Somebody comments on a contribution or answers a comment.

use domain::contribution::{MAX_POSTS_PER_PARTICIPANT, PostRefusal, PostState};
use domain::ids::PostId;
use domain::text::Body;
use domain::time_zone::local_date;
use domain::voice;
use storage::conversation::NewPost;

use crate::lock_post::lock_post;
use crate::{ActionError, Actions, Session, Tenant};

/// A comment as its author filled in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentForm {
    /// The comment that it answers, if any.
    pub reply_to: Option<PostId>,
    /// The text, uncleaned.
    pub body: String,
}

impl Actions {
    /// Writes a comment under `contribution`; gives its id. Nothing if the contribution, or the comment answered, is not there or
    /// not of the session's campaign.
    ///
    /// # Errors
    /// A [`PostRefusal`] for the form, or a fault.
    pub async fn add_comment(
        &self,
        tenant: &Tenant,
        session: &Session,
        contribution: PostId,
        form: &CommentForm,
    ) -> Result<Option<PostId>, ActionError> {
        let mut write = self.storage.conversation.write(tenant.id).await?;
        let Some((round, thread)) = lock_post(&mut write, session, contribution).await? else {
            return Ok(None);
        };
        // Asked under the lock: who waited for it past the closing time is late.
        let now = self.clock.now();
        if thread.contribution.is_some() || thread.state == PostState::Hidden {
            return Ok(None);
        }
        if let Some(answered) = form.reply_to {
            let Some(answered) = write.post(answered).await? else { return Ok(None) };
            if answered.contribution != Some(contribution) {
                return Ok(None);
            }
        }
        round.require_open(now).map_err(PostRefusal::from)?;
        if thread.state == PostState::Withdrawn {
            return Err(PostRefusal::Gone.into());
        }
        let body = Body::parse(&form.body).map_err(PostRefusal::from)?;
        if write.posts_by(round.id, session.participant).await? >= MAX_POSTS_PER_PARTICIPANT {
            return Err(PostRefusal::TooMany.into());
        }
        let (own, taken) = write.voices(contribution, session.participant).await?;
        let id = PostId::random(&*self.entropy);
        let post = NewPost {
            id,
            round: round.id,
            prompt: None,
            contribution: Some(contribution),
            reply_to: form.reply_to,
            author: session.participant,
            voice: own.unwrap_or_else(|| voice::draw(&taken, &*self.entropy)),
            body: body.into_string(),
            theme: None,
            feeling: None,
            written_on: local_date(now, tenant.zone),
        };
        write.add_post(&post, round.revision).await?;
        write.commit().await?;
        Ok(Some(id))
    }
}
