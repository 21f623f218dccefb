//! A moderator decides: it stands, it stands in other words, it is hidden, it comes back.

use domain::contribution::PostRefusal;
use domain::ids::PostId;
use domain::moderation::{
    HiddenBy, ModerationRefusal, NoteKind, Step, appealed_against, note, optional_note, reasoned,
};
use domain::text::Body;
use storage::conversation::PostEdit;

use super::{Taken, moderator};
use crate::{ActionError, Actions, Actor, Campaign, Tenant};

/// What a moderator decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It stands as it is; what waited appears.
    Keep,
    /// It stands in these words. Its author sees both.
    Amend {
        /// The new words, uncleaned.
        body: String,
        /// Why, to the author.
        note: String,
    },
    /// It is hidden.
    Hide {
        /// The reason's name in the codebook.
        reason: String,
        /// More, to the author; needed where the reason is "something else".
        note: String,
    },
    /// It comes back.
    Restore {
        /// More, to the author, if anything.
        note: String,
    },
}

impl Actions {
    /// Decides the case of `post`, which the moderator saw at version `seen`. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`] or, for amended words, a [`PostRefusal`]; or a fault.
    pub(super) async fn decide_case(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        decision: &Decision,
    ) -> Result<Option<()>, ActionError> {
        let Some(taken) = self.take_case(tenant, actor, campaign, post, seen).await? else { return Ok(None) };
        match decision {
            Decision::Keep => keep(taken, actor).await,
            Decision::Amend { body, note } => amend(taken, actor, body, note).await,
            Decision::Hide { reason, note } => hide(taken, actor, reason, note).await,
            Decision::Restore { note } => restore(taken, actor, note).await,
        }
        .map(Some)
    }
}

async fn keep(mut taken: Taken, actor: &Actor) -> Result<(), ActionError> {
    if appealed_against(taken.case.state, taken.case.hidden_by.as_ref()).is_some() {
        taken.say(NoteKind::Restored, String::new(), None).await?;
    }
    taken.step(Step::Keep).await?;
    taken.finish(actor, "post.keep", "").await
}

async fn amend(mut taken: Taken, actor: &Actor, body: &str, why: &str) -> Result<(), ActionError> {
    let body = Body::parse(body).map_err(PostRefusal::from)?.into_string();
    if body == taken.post.body {
        return Err(ModerationRefusal::Unchanged.into());
    }
    taken.say(NoteKind::Amendment, note(why)?, Some(taken.post.body.clone())).await?;
    let edit = PostEdit { body, theme: taken.post.theme.clone(), feeling: taken.post.feeling };
    taken.write.edit_post(taken.post.id, &edit, taken.round.revision).await?;
    taken.write.mark_amended(taken.post.id).await?;
    taken.step(Step::Amend).await?;
    taken.finish(actor, "post.amend", "").await
}

async fn hide(mut taken: Taken, actor: &Actor, reason: &str, words: &str) -> Result<(), ActionError> {
    let (reason, words) = reasoned(reason, words)?;
    taken.say(NoteKind::Hidden, words.unwrap_or_default(), None).await?;
    taken.case.reason = Some(reason);
    taken.case.hidden_by = Some(HiddenBy { by: moderator(actor)?, name: actor.name.clone() });
    taken.step(Step::Hide).await?;
    taken.finish(actor, "post.hide", reason.slug()).await
}

async fn restore(mut taken: Taken, actor: &Actor, words: &str) -> Result<(), ActionError> {
    let words = optional_note(words)?;
    taken.say(NoteKind::Restored, words.unwrap_or_default(), None).await?;
    taken.step(Step::Restore).await?;
    taken.finish(actor, "post.restore", "").await
}
