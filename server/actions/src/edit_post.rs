//! An author changes what they wrote. What it was stays for moderators.

use domain::contribution::{MAX_EDITS_PER_POST, PostRefusal, labels, may_change};
use domain::ids::PostId;
use domain::text::Body;
use storage::conversation::PostEdit;

use crate::keep_act::Author;
use crate::lock_post::{lock_post, ownership};
use crate::{ActionError, Actions, Post, Session, Tenant};

impl Actions {
    /// A post that the session's participant wrote and may see, to fill a form with.
    ///
    /// # Errors
    /// A [`PostRefusal`] if it can no longer be changed, or a fault.
    pub async fn own_post(
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
        may_change(&round, self.clock.now(), ownership(&post), session.participant)?;
        Ok(Some(post))
    }

    /// Changes the post's text; for a contribution also `theme` and `feeling` (slugs, empty for none), which a comment has not.
    /// Gives the contribution in whose thread it stands. A text that is as it was changes nothing.
    ///
    /// # Errors
    /// A [`PostRefusal`] for the form, or a fault.
    pub async fn edit_post(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
        body: &str,
        theme: &str,
        feeling: &str,
    ) -> Result<Option<PostId>, ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let Some((round, post)) = lock_post(&mut write, Author::of(session), id).await? else {
            return Ok(None);
        };
        may_change(&round, self.clock.now(), ownership(&post), session.participant)?;
        let themes = tenant
            .campaigns
            .iter()
            .flat_map(|campaign| &campaign.rounds)
            .find(|info| info.id == post.round)
            .map_or(&[][..], |info| &info.themes);
        let (theme, feeling) = match post.contribution {
            None => labels(themes, theme, feeling)?,
            Some(_) => (None, None),
        };
        let body = Body::parse(body).map_err(PostRefusal::from)?.into_string();
        let place = post.contribution.unwrap_or(post.id);
        if (&body, &theme, feeling) == (&post.body, &post.theme, post.feeling) {
            return Ok(Some(place));
        }
        if write.edits(id).await? >= MAX_EDITS_PER_POST {
            return Err(PostRefusal::TooManyEdits.into());
        }
        write.edit_post(id, &PostEdit { body, theme, feeling }, round.revision).await?;
        write.commit().await?;
        Ok(Some(place))
    }
}
