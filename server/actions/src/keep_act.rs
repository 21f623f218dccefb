//! What somebody who waits to be let in has sent: kept with their place in the queue, and done when they are let in.

use domain::contribution::{ContributionForm, PostRefusal, PostState};
use domain::ids::{CampaignId, ParticipantId, PostId, RoundId};
use domain::vote::{VoteOutcome, VoteValue, VoteWish, decide};
use serde::{Deserialize, Serialize};
use storage::conversation::{NewPost, Newcomer};

use crate::round_types::{OwnAnswers, kept_answers};
use crate::{ActionError, Actions, CommentForm, Session, Tenant};

/// The most that is kept for one person who waits: ideas, comments, votes and activities together.
pub const MAX_KEPT_ACTS: usize = 200;

/// Whose act it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub participant: ParticipantId,
    pub campaign: CampaignId,
}

impl Author {
    pub fn of(session: &Session) -> Self {
        Self { participant: session.participant, campaign: session.campaign }
    }
}

/// Where a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// In the conversation.
    Now(PostId),
    /// With a moderator: others see it once one has looked.
    WithModerator(PostId),
    /// Kept until its author is let in.
    WithTheNextGroup,
}

impl Placed {
    /// Which post it is, once it is one.
    pub(crate) fn id(self) -> Option<PostId> {
        match self {
            Self::Now(id) | Self::WithModerator(id) => Some(id),
            Self::WithTheNextGroup => None,
        }
    }

    /// Where a post is that has just been written.
    pub(crate) fn of(post: &NewPost) -> Self {
        match post.state {
            PostState::Visible => Self::Now(post.id),
            PostState::Hidden | PostState::Withdrawn => Self::WithModerator(post.id),
        }
    }
}

/// Something that a participant does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Shares an idea.
    Share {
        /// In which round.
        round: RoundId,
        /// As it was sent.
        form: ContributionForm,
    },
    /// Comments.
    Comment {
        /// On what.
        contribution: PostId,
        /// As it was sent.
        form: CommentForm,
    },
    /// Votes.
    Vote {
        /// On what.
        post: PostId,
        /// How.
        wish: VoteWish,
    },
    /// Answers in a round's activity; one act for each round.
    Answer {
        /// In which round.
        round: RoundId,
        /// What its round type keeps of them.
        answers: OwnAnswers,
    },
}

/// The acts of a newcomer.
pub(crate) fn acts_of(newcomer: &Newcomer) -> Result<Vec<Act>, ActionError> {
    serde_json::from_str(&newcomer.acts).map_err(|error| ActionError::Fault(format!("waiting.acts: {error}")))
}

/// Acts as they are stored.
pub(crate) fn stored(acts: &[Act]) -> Result<String, ActionError> {
    serde_json::to_string(acts).map_err(|error| ActionError::Fault(error.to_string()))
}

impl Actions {
    /// What is kept for whoever waits with this session, in the order sent.
    ///
    /// # Errors
    /// Database faults.
    pub async fn kept_acts(&self, tenant: &Tenant, session: &Session) -> Result<Vec<Act>, ActionError> {
        if !session.waiting {
            return Ok(Vec::new());
        }
        let waiting = self.conversation.read(tenant.id).await?.waiting(session.campaign).await?;
        let own = waiting.iter().find(|newcomer| newcomer.participant == session.participant);
        own.map_or(Ok(Vec::new()), acts_of)
    }

    /// Forgets the kept act at `place`, from 0. Gives whether it was there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn drop_kept_act(
        &self,
        tenant: &Tenant,
        session: &Session,
        place: usize,
    ) -> Result<bool, ActionError> {
        let dropped = self.change_kept(tenant, session, |acts| {
            let there = place < acts.len();
            if there {
                acts.remove(place);
            }
            Ok(there)
        });
        Ok(dropped.await?.unwrap_or(false))
    }

    /// Keeps `act`, which has been checked. Nothing if its author has been let in meanwhile: then it can be done.
    pub(crate) async fn keep_act(
        &self,
        tenant: &Tenant,
        session: &Session,
        act: Act,
    ) -> Result<Option<Placed>, ActionError> {
        let kept = self.change_kept(tenant, session, |acts| {
            if acts.len() >= MAX_KEPT_ACTS {
                return Err(PostRefusal::TooMany.into());
            }
            acts.push(act);
            Ok(Placed::WithTheNextGroup)
        });
        kept.await
    }

    /// Keeps a vote; the outer nothing if the voter has been let in meanwhile, the inner one if there is no such post for them.
    pub(crate) async fn keep_vote(
        &self,
        tenant: &Tenant,
        session: &Session,
        post: PostId,
        wish: VoteWish,
    ) -> Result<Option<Option<VoteOutcome>>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let Some(found) = reading.post(post).await? else { return Ok(Some(None)) };
        let Some(round) = reading.round(found.round).await? else { return Ok(Some(None)) };
        if round.campaign != session.campaign {
            return Ok(Some(None));
        }
        let now = self.clock.now();
        let kept = self.change_kept(tenant, session, |acts| {
            let earlier = kept_votes(acts).find(|(on, _)| *on == post).map(|(_, value)| value);
            let outcome = decide(&round, now, found.state, earlier, wish)?;
            acts.retain(|act| !matches!(act, Act::Vote { post: on, .. } if *on == post));
            if acts.len() >= MAX_KEPT_ACTS {
                return Err(PostRefusal::TooMany.into());
            }
            if let VoteWish::Cast(_) = wish {
                acts.push(Act::Vote { post, wish });
            }
            Ok(Some(outcome))
        });
        kept.await
    }

    /// Keeps `after` in place of `before` as the answers in `round`, unless something else is kept by now. Gives whether it is; if they have
    /// been let in meanwhile: then nothing.
    pub(crate) async fn replace_kept_answers(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: RoundId,
        (before, after): (Option<OwnAnswers>, OwnAnswers),
    ) -> Result<Option<bool>, ActionError> {
        let kept = self.change_kept(tenant, session, |acts| {
            if kept_answers(acts, round) != before {
                return Ok(false);
            }
            acts.retain(|act| !matches!(act, Act::Answer { round: of, .. } if *of == round));
            if acts.len() >= MAX_KEPT_ACTS {
                return Err(PostRefusal::TooMany.into());
            }
            acts.push(Act::Answer { round, answers: after });
            Ok(true)
        });
        kept.await
    }

    /// Changes what is kept for whoever waits with this session. Nothing if they wait no longer.
    async fn change_kept<T>(
        &self,
        tenant: &Tenant,
        session: &Session,
        change: impl FnOnce(&mut Vec<Act>) -> Result<T, ActionError>,
    ) -> Result<Option<T>, ActionError> {
        let write = self.conversation.write(tenant.id).await?;
        write.take_door(session.campaign).await?;
        let mut waiting = write.waiting(session.campaign).await?;
        let Some(own) = waiting.iter_mut().find(|newcomer| newcomer.participant == session.participant)
        else {
            return Ok(None);
        };
        let mut acts = acts_of(own)?;
        let result = change(&mut acts)?;
        own.acts = stored(&acts)?;
        write.put_waiting(session.campaign, &mut waiting).await?;
        write.commit().await?;
        Ok(Some(result))
    }
}

/// The votes among acts.
pub(crate) fn kept_votes(acts: &[Act]) -> impl Iterator<Item = (PostId, VoteValue)> {
    acts.iter().filter_map(|act| match act {
        Act::Vote { post, wish: VoteWish::Cast(value) } => Some((*post, *value)),
        _ => None,
    })
}
