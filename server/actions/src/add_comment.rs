//! Somebody comments on a contribution or answers a comment.

use chrono::{DateTime, Utc};
use domain::contribution::{MAX_POSTS_PER_PARTICIPANT, PostRefusal, PostState};
use domain::ids::PostId;
use domain::round::Round;
use domain::text::Body;
use domain::time_zone::local_date;
use domain::voice;
use serde::{Deserialize, Serialize};
use storage::conversation::{NewPost, Post, Reading, Writing};

use crate::keep_act::{Act, Author, Placed};
use crate::lock_post::lock_post;
use crate::moderation::{open_case, screened};
use crate::{ActionError, Actions, Session, Tenant};

/// A comment as its author filled in the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentForm {
    /// The comment that it answers, if any.
    pub reply_to: Option<PostId>,
    /// The text, uncleaned.
    pub body: String,
}

impl Actions {
    /// Writes a comment under `contribution`, or keeps it until the author is let in. Nothing if the contribution, or the comment
    /// answered, is not there or not of the session's campaign.
    ///
    /// # Errors
    /// A [`PostRefusal`] for the form, or a fault.
    pub async fn add_comment(
        &self,
        tenant: &Tenant,
        session: &Session,
        contribution: PostId,
        form: &CommentForm,
    ) -> Result<Option<Placed>, ActionError> {
        let author = Author::of(session);
        if session.waiting {
            let reading = self.conversation.read(tenant.id).await?;
            let Some(thread) = reading.post(contribution).await? else { return Ok(None) };
            let Some(round) = reading.round(thread.round).await? else { return Ok(None) };
            let checked = check(&reading, author, &round, &thread, form, self.clock.now()).await?;
            let Some(body) = checked else { return Ok(None) };
            // The cleaned text is what is kept: its length is bounded.
            let form = CommentForm { body: body.into_string(), ..form.clone() };
            let act = Act::Comment { contribution, form };
            if let Some(placed) = self.keep_act(tenant, session, act).await? {
                return Ok(Some(placed));
            }
        }
        let mut write = self.conversation.write(tenant.id).await?;
        let now = || self.clock.now();
        let Some(placed) = self.write_comment(&mut write, tenant, author, contribution, form, &now).await?
        else {
            return Ok(None);
        };
        write.commit().await?;
        Ok(Some(placed))
    }

    /// The same inside a transaction; `now` is asked under the round's lock: who waited for it past the closing time is late.
    pub(crate) async fn write_comment(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        author: Author,
        contribution: PostId,
        form: &CommentForm,
        now: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Option<Placed>, ActionError> {
        let Some((round, thread)) = lock_post(write, author, contribution).await? else {
            return Ok(None);
        };
        let now = now();
        let Some(body) = check(write, author, &round, &thread, form, now).await? else { return Ok(None) };
        if write.posts_by(round.id, author.participant).await? >= MAX_POSTS_PER_PARTICIPANT {
            return Err(PostRefusal::TooMany.into());
        }
        let today = local_date(now, tenant.zone);
        if write.suspension(author.participant, today).await?.is_some() {
            return Err(PostRefusal::Suspended.into());
        }
        // A round that the tenant's pack no longer has takes nothing.
        let Some(info) = tenant.round(round.id) else { return Ok(None) };
        let screened = screened(info, body.as_str(), None);
        let (own, taken) = write.voices(contribution, author.participant).await?;
        let id = PostId::random(&*self.entropy);
        let post = NewPost {
            id,
            round: round.id,
            prompt: None,
            contribution: Some(contribution),
            reply_to: form.reply_to,
            author: author.participant,
            voice: own.unwrap_or_else(|| voice::draw(&taken, &*self.entropy)),
            body: body.into_string(),
            theme: None,
            feeling: None,
            written_on: today,
            state: screened.post,
        };
        write.add_post(&post, round.revision).await?;
        open_case(write, round.campaign, (id, round.id), screened, None, today).await?;
        Ok(Some(Placed::of(&post)))
    }
}

/// The comment's text, if it may stand under `thread`; nothing if there is no such thread for its author.
async fn check(
    reading: &Reading,
    author: Author,
    round: &Round,
    thread: &Post,
    form: &CommentForm,
    now: DateTime<Utc>,
) -> Result<Option<Body>, ActionError> {
    if round.campaign != author.campaign || thread.contribution.is_some() || thread.state == PostState::Hidden
    {
        return Ok(None);
    }
    if let Some(answered) = form.reply_to {
        let Some(answered) = reading.post(answered).await? else { return Ok(None) };
        if answered.contribution != Some(thread.id) || answered.state == PostState::Hidden {
            return Ok(None);
        }
    }
    round.require_open(now).map_err(PostRefusal::from)?;
    if thread.state == PostState::Withdrawn {
        return Err(PostRefusal::Gone.into());
    }
    if thread.locked {
        return Err(PostRefusal::Locked.into());
    }
    Ok(Some(Body::parse(&form.body).map_err(PostRefusal::from)?))
}
