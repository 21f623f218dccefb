//! Words for others that a round type passes on: contributions beside those of everybody, written together with the answers.

use chrono::{DateTime, Utc};
use domain::contribution::{ContributionForm, PostRefusal, PostState};
use domain::text::Body;
use plugin_host::contract::Post;
use storage::conversation::Writing;

use super::keep_answers::{Ask, KeepOutcome, write_answers};
use crate::edit_post::PostWords;
use crate::keep_act::{Author, Placed};
use crate::lock_post::ownership;
use crate::{ActionError, Actions, RoundInfo, Tenant};

impl Actions {
    /// Keeps answers together with words for others, all or nothing. Gives as well whether a moderator looks at the words first.
    pub(crate) async fn keep_with_posts(
        &self,
        tenant: &Tenant,
        author: Author,
        round: &RoundInfo,
        ask: &Ask,
        posts: &[Post],
    ) -> Result<(KeepOutcome, bool), ActionError> {
        let mut write = self.conversation.write(tenant.id).await?;
        let outcomes = write_answers(&write, &[ask], &|| self.clock.now()).await?;
        let (outcome, mut is_held) = (outcomes.first().copied().unwrap_or(KeepOutcome::NotThere), false);
        if outcome == KeepOutcome::Kept {
            for post in posts {
                is_held |=
                    self.write_post(&mut write, tenant, (author, round), post, &|| self.clock.now()).await?;
            }
            write.commit().await?;
        }
        Ok((outcome, is_held))
    }

    /// Makes a post of the round type's a contribution beside those of everybody: new, changed or taken back, by its name. Words in place of
    /// those that a moderator hid are a new contribution, as they are anywhere else. Gives whether a moderator looks at it before others do.
    pub(crate) async fn write_post(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        (author, round): (Author, &RoundInfo),
        post: &Post,
        now: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<bool, ActionError> {
        let earlier = match write.round_post(round.id, author.participant, &post.id).await? {
            Some(id) => write.post(id).await?.filter(|post| post.state != PostState::Withdrawn),
            None => None,
        };
        let text = post.text.trim();
        let may_edit = match &earlier {
            Some(earlier) => ownership(write, earlier).await?.leaves_words(),
            None => false,
        };
        match earlier {
            Some(earlier) if text.is_empty() => {
                self.write_withdrawal(write, author, earlier.id).await?;
            }
            Some(earlier) if may_edit => {
                let theme = earlier.theme.clone().unwrap_or_default();
                let feeling = earlier.feeling.map_or("", domain::round::Feeling::slug);
                let words = PostWords { body: text, theme: &theme, feeling };
                let edited = self.write_edit(write, tenant, author, earlier.id, words).await?;
                return Ok(edited.is_some_and(|edited| !edited.visible));
            }
            Some(earlier) if earlier.body == text => {}
            None if text.is_empty() => {}
            earlier => {
                if let Some(hidden) = earlier {
                    self.write_withdrawal(write, author, hidden.id).await?;
                }
                let form = ContributionForm {
                    prompt: post.subject.clone(),
                    body: text.to_owned(),
                    theme: String::new(),
                    feeling: String::new(),
                };
                let placed = self.write_contribution(write, tenant, author, round, &form, now).await?;
                let id = placed.and_then(|placed| placed.id()).ok_or(PostRefusal::Gone)?;
                write.name_round_post(round.id, author.participant, &post.id, id).await?;
                return Ok(matches!(placed, Some(Placed::WithModerator(_))));
            }
        }
        Ok(false)
    }
}

/// Refuses words that no post may have.
pub(crate) fn words_of(post: &Post) -> Result<(), PostRefusal> {
    if post.text.trim().is_empty() {
        return Ok(());
    }
    Ok(Body::parse(&post.text).map(drop)?)
}
