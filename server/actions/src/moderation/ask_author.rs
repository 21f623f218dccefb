//! A moderator asks a post's author something, the author answers; or the author asks for another look at a hiding. Neither learns who the
//! other is.

use domain::ids::PostId;
use domain::moderation::{ModerationRefusal, NoteKind, Step, after, appeal_is_left, note};
use storage::conversation::{CaseNote, Writing};

use super::say;
use crate::{ActionError, Actions, Actor, Campaign, Session, Tenant};

impl Actions {
    /// Asks the author of `post` something. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub(super) async fn ask_author(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        question: &str,
    ) -> Result<Option<()>, ActionError> {
        let Some(mut taken) = self.take_case(tenant, actor, campaign, post, seen).await? else {
            return Ok(None);
        };
        if taken.post.author.is_none() {
            return Err(ModerationRefusal::NoAuthor.into());
        }
        taken.say(NoteKind::Question, note(question)?, None).await?;
        taken.step(Step::Ask).await?;
        taken.finish(actor, "post.ask", "").await.map(Some)
    }

    /// The author answers what a moderator asked about `post`. Nothing if it is not theirs.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn answer_moderator(
        &self,
        tenant: &Tenant,
        session: &Session,
        post: PostId,
        answer: &str,
    ) -> Result<Option<()>, ActionError> {
        self.say_as_author(tenant, session, post, Step::Answer, NoteKind::Answer, answer).await
    }

    /// The author asks for another look at the hiding of `post`. Nothing if it is not theirs.
    ///
    /// # Errors
    /// A [`ModerationRefusal`], or a fault.
    pub async fn appeal_hidden(
        &self,
        tenant: &Tenant,
        session: &Session,
        post: PostId,
        why: &str,
    ) -> Result<Option<()>, ActionError> {
        self.say_as_author(tenant, session, post, Step::Appeal, NoteKind::Appeal, why).await
    }

    async fn say_as_author(
        &self,
        tenant: &Tenant,
        session: &Session,
        id: PostId,
        step: Step,
        kind: NoteKind,
        words: &str,
    ) -> Result<Option<()>, ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let Some(post) = write.post(id).await? else { return Ok(None) };
        if post.author != Some(session.participant) {
            return Ok(None);
        }
        // The round's lock keeps moderators' decisions and this apart.
        if write.take_round(post.round).await?.is_none() {
            return Ok(None);
        }
        let Some(mut case) = write.case(id).await? else { return Err(ModerationRefusal::NotNow.into()) };
        if kind == NoteKind::Appeal && !may_appeal(&write, id).await? {
            return Err(ModerationRefusal::AppealedAlready.into());
        }
        case.state = after(case.state, step)?;
        case.version += 1;
        say(&write, CaseNote { post: id, kind, body: note(words)?, before: None }).await?;
        write.put_case(&case).await?;
        if kind == NoteKind::Appeal {
            write.count_moderation(session.campaign, "post.appeal", "").await?;
        }
        write.commit().await?;
        Ok(Some(()))
    }
}

async fn may_appeal(write: &Writing, post: PostId) -> Result<bool, ActionError> {
    let notes = write.notes(post, domain::moderation::MAX_NOTES_PER_POST).await?;
    Ok(appeal_is_left(notes.iter().map(|note| note.kind)))
}
