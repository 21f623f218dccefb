//! An author changes what they wrote. What it was stays for moderators.

use domain::contribution::{MAX_EDITS_PER_POST, PostRefusal, PostState, labels, may_change};
use domain::ids::PostId;
use domain::moderation::CaseState;
use domain::text::Body;
use domain::time_zone::local_date;
use storage::conversation::{PostEdit, Writing};

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
    /// Whether it is another text, or has other labels, than before.
    pub(crate) is_changed: bool,
}

/// A post's words and labels as a form has them: slugs, empty for none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PostWords<'a> {
    pub body: &'a str,
    pub theme: &'a str,
    pub feeling: &'a str,
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
        let form = PostWords { body, theme, feeling };
        let edited = self.write_edit(&mut write, tenant, Author::of(session), id, form).await?;
        // Where nothing changed, the round's revision must not either.
        if edited.is_some_and(|edited| edited.is_changed) {
            write.commit().await?;
        }
        Ok(edited)
    }

    /// The same inside a transaction.
    pub(crate) async fn write_edit(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        author: Author,
        id: PostId,
        PostWords { body, theme, feeling }: PostWords<'_>,
    ) -> Result<Option<Edited>, ActionError> {
        let Some((round, post)) = lock_post(write, author, id).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        may_change(&round, now, ownership(write, &post).await?, author.participant)?;
        let today = local_date(now, tenant.zone);
        if write.suspension(author.participant, today).await?.is_some() {
            return Err(PostRefusal::Suspended.into());
        }
        let info = tenant.round(post.round);
        let (theme, feeling) = match post.contribution {
            None => labels(info.map_or(&[][..], |info| &info.themes), theme, feeling)?,
            Some(_) => (None, None),
        };
        let body = Body::parse(body).map_err(PostRefusal::from)?.into_string();
        let edited = |state, is_changed| Edited {
            place: post.contribution.unwrap_or(post.id),
            visible: state == PostState::Visible,
            is_changed,
        };
        if (&body, &theme, feeling) == (&post.body, &post.theme, post.feeling) {
            return Ok(Some(edited(post.state, false)));
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
            open_case(write, round.campaign, (id, round.id), screened, case, today).await?;
        }
        write.edit_post(id, &PostEdit { body, theme, feeling }, round.revision).await?;
        write.show_post(&post, state, round.revision).await?;
        Ok(Some(edited(state, true)))
    }
}
