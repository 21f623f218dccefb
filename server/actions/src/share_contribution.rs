//! Somebody shares an idea or answers a prompt.

use std::collections::HashSet;

use domain::contribution::{
    ContributionForm, MAX_CONTRIBUTIONS_PER_ROUND, MAX_POSTS_PER_PARTICIPANT, PostRefusal, accept,
};
use domain::ids::PostId;
use domain::time_zone::local_date;
use domain::voice;
use storage::conversation::NewPost;

use crate::{ActionError, Actions, RoundInfo, Session, Tenant};

impl Actions {
    /// Writes a contribution to `round`; gives its id. Nothing if the round is not there or not of the session's campaign.
    ///
    /// # Errors
    /// A [`PostRefusal`] for the form, or a fault.
    pub async fn share_contribution(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        form: &ContributionForm,
    ) -> Result<Option<PostId>, ActionError> {
        let mut write = self.storage.conversation.write(tenant.id).await?;
        let Some(stored) = write.take_round(round.id).await? else { return Ok(None) };
        // Asked under the lock: who waited for it past the closing time is late.
        let now = self.clock.now();
        if stored.campaign != session.campaign {
            return Ok(None);
        }
        let new = accept(&stored, &round.prompts, &round.themes, form, now)?;
        if write.posts_by(round.id, session.participant).await? >= MAX_POSTS_PER_PARTICIPANT {
            return Err(PostRefusal::TooMany.into());
        }
        let board = self.storage.conversation.board(tenant.id, round.id);
        if board.len() >= MAX_CONTRIBUTIONS_PER_ROUND {
            return Err(PostRefusal::RoundFull.into());
        }
        let id = PostId::random(&*self.entropy);
        let post = NewPost {
            id,
            round: round.id,
            prompt: Some(new.prompt),
            contribution: None,
            reply_to: None,
            author: session.participant,
            voice: voice::draw(&HashSet::new(), &*self.entropy),
            body: new.body.into_string(),
            theme: new.theme,
            feeling: new.feeling,
            written_on: local_date(now, tenant.zone),
        };
        write.add_post(&post, stored.revision).await?;
        write.commit().await?;
        Ok(Some(id))
    }
}
