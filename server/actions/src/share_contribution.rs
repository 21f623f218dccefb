//! Somebody shares an idea or answers a prompt.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::contribution::{
    ContributionForm, MAX_CONTRIBUTIONS_PER_ROUND, MAX_POSTS_PER_PARTICIPANT, PostRefusal, accept,
};
use domain::ids::PostId;
use domain::time_zone::local_date;
use domain::voice;
use storage::conversation::{NewPost, Writing};

use crate::keep_act::{Act, Author, Placed};
use crate::moderation::{open_case, screened};
use crate::{ActionError, Actions, RoundInfo, Session, Tenant};

impl Actions {
    /// Writes a contribution to `round`, or keeps it until the author is let in. Nothing if the round is not there or not of the
    /// session's campaign.
    ///
    /// # Errors
    /// A [`PostRefusal`] for the form, or a fault.
    pub async fn share_contribution(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        form: &ContributionForm,
    ) -> Result<Option<Placed>, ActionError> {
        if session.waiting {
            let Some(stored) = self.conversation.read(tenant.id).await?.round(round.id).await? else {
                return Ok(None);
            };
            if stored.campaign != session.campaign {
                return Ok(None);
            }
            let new = accept(&stored, &round.prompts, &round.themes, form, self.clock.now())?;
            // The cleaned text is what is kept: its length is bounded.
            let form = ContributionForm { body: new.body.into_string(), ..form.clone() };
            let act = Act::Share { round: round.id, form };
            if let Some(placed) = self.keep_act(tenant, session, act).await? {
                return Ok(Some(placed));
            }
        }
        let mut write = self.conversation.write(tenant.id).await?;
        let author = Author::of(session);
        let now = || self.clock.now();
        let Some(placed) = self.write_contribution(&mut write, tenant, author, round, form, &now).await?
        else {
            return Ok(None);
        };
        write.commit().await?;
        Ok(Some(placed))
    }

    /// The same inside a transaction; `now` is asked under the round's lock: who waited for it past the closing time is late.
    pub(crate) async fn write_contribution(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        author: Author,
        round: &RoundInfo,
        form: &ContributionForm,
        now: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Option<Placed>, ActionError> {
        let Some(stored) = write.take_round(round.id).await? else { return Ok(None) };
        let now = now();
        if stored.campaign != author.campaign {
            return Ok(None);
        }
        let new = accept(&stored, &round.prompts, &round.themes, form, now)?;
        if write.posts_by(round.id, author.participant).await? >= MAX_POSTS_PER_PARTICIPANT {
            return Err(PostRefusal::TooMany.into());
        }
        let board = self.conversation.board(tenant.id, round.id);
        if board.len() >= MAX_CONTRIBUTIONS_PER_ROUND {
            return Err(PostRefusal::RoundFull.into());
        }
        let today = local_date(now, tenant.zone);
        if write.suspension(author.participant, today).await?.is_some() {
            return Err(PostRefusal::Suspended.into());
        }
        let screened = screened(round, new.body.as_str(), None);
        let id = PostId::random(&*self.entropy);
        let post = NewPost {
            id,
            round: round.id,
            prompt: Some(new.prompt),
            contribution: None,
            reply_to: None,
            author: author.participant,
            voice: voice::draw(&HashSet::new(), &*self.entropy),
            body: new.body.into_string(),
            theme: new.theme,
            feeling: new.feeling,
            written_on: today,
            state: screened.post,
        };
        write.add_post(&post, stored.revision).await?;
        open_case(write, stored.campaign, (id, round.id), screened, None, today).await?;
        Ok(Some(Placed::of(&post)))
    }
}
