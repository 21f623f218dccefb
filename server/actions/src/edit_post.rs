//! An author changes what they wrote. What it was stays for moderators.

use domain::contribution::{MAX_EDITS_PER_POST, PostRefusal, PostState, labels, may_change};
use domain::ids::PostId;
use domain::moderation::CaseState;
use domain::text::Body;
use domain::time_zone::local_date;
use storage::conversation::PostEdit;

use crate::keep_act::Author;
use crate::lock_post::{lock_post, ownership};
use crate::moderation::{open_case, screened};
use crate::{ActionError, Actions, Post, Session, Tenant};

/// A changed post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The contribution in whose thread it stands.
    pub place: PostId,
    /// Whether others see it, or it waits for a moderator.
    pub visible: bool,
}

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
        let owned = ownership(&reading, &post).await?;
        may_change(&round, self.clock.now(), owned, session.participant)?;
        Ok(Some(post))
    }

    /// Changes the post's text; for a contribution also `theme` and `feeling` (slugs, empty for none), which a comment has not.
    /// A text that is as it was changes nothing; one that is not is looked at by the round's rules, and by a moderator, anew.
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
    ) -> Result<Option<Edited>, ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let Some((round, post)) = lock_post(&mut write, Author::of(session), id).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        may_change(&round, now, ownership(&write, &post).await?, session.participant)?;
        let today = local_date(now, tenant.zone);
        if write.suspension(session.participant, today).await?.is_some() {
            return Err(PostRefusal::Suspended.into());
        }
        let info = tenant.round(post.round);
        let (theme, feeling) = match post.contribution {
            None => labels(info.map_or(&[][..], |info| &info.themes), theme, feeling)?,
            Some(_) => (None, None),
        };
        let body = Body::parse(body).map_err(PostRefusal::from)?.into_string();
        let edited = |state| Edited {
            place: post.contribution.unwrap_or(post.id),
            visible: state == PostState::Visible,
        };
        if (&body, &theme, feeling) == (&post.body, &post.theme, post.feeling) {
            return Ok(Some(edited(post.state)));
        }
        if write.edits(id).await? >= MAX_EDITS_PER_POST {
            return Err(PostRefusal::TooManyEdits.into());
        }
        let mut state = post.state;
        if let Some(info) = info.filter(|_| body != post.body) {
            let case = write.case(id).await?;
            let stood = case.as_ref().map_or(CaseState::Kept, |case| case.state);
            let screened = screened(info, &body, Some((stood, post.state)));
            state = screened.post;
            open_case(&write, round.campaign, (id, round.id), screened, case, today).await?;
        }
        write.edit_post(id, &PostEdit { body, theme, feeling }, round.revision).await?;
        write.show_post(&post, state, round.revision).await?;
        write.commit().await?;
        Ok(Some(edited(state)))
    }
}
