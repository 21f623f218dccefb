//! Somebody votes. Votes are written in groups.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::Clock;
use domain::ids::{ParticipantId, PostId, RoundId, TenantId};
use domain::round::Round;
use domain::vote::{VoteCounts, VoteOutcome, VoteRefusal, VoteValue, VoteWish, decide};
use storage::StorageError;
use storage::conversation::{Conversation, VoteChange, Writing};

use crate::grouped;
use crate::keep_act::Author;
use crate::{ActionError, Actions, Session, Tenant};

/// What became of a vote: nothing if there is no such post in the voter's campaign.
type Answer = Result<Option<VoteOutcome>, ActionError>;

/// Whose vote on what is to become what.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    pub author: Author,
    pub post: PostId,
    pub wish: VoteWish,
}

impl Actions {
    /// Casts, changes or withdraws the participant's vote on `post`; returns when it is on disk. Who is not let in yet has it kept.
    ///
    /// # Errors
    /// A [`VoteRefusal`], or a fault.
    pub async fn cast_vote(
        &self,
        tenant: &Tenant,
        session: &Session,
        post: PostId,
        wish: VoteWish,
    ) -> Answer {
        if session.waiting
            && let Some(kept) = self.keep_vote(tenant, session, post, wish).await?
        {
            return Ok(kept);
        }
        let ask = Ask { author: Author::of(session), post, wish };
        Ok(self.votes.settle(tenant.id, ask).await??)
    }
}

type Decided = Result<Option<VoteOutcome>, VoteRefusal>;

impl grouped::Ask for Ask {
    type Outcome = Decided;

    async fn settle(
        asks: &[&Self],
        conversation: &Conversation,
        clock: &dyn Clock,
        tenant: TenantId,
    ) -> Result<Vec<Decided>, StorageError> {
        let asks: Vec<Self> = asks.iter().map(|ask| **ask).collect();
        let mut write = conversation.write(tenant).await?;
        let outcomes = write_votes(&mut write, &asks, &|| clock.now()).await?;
        let moved = |outcome: &Decided| !matches!(outcome, Ok(None | Some(VoteOutcome::Unchanged)) | Err(_));
        // Where nothing changed, the round's revision must not either.
        if outcomes.iter().any(moved) {
            write.commit().await?;
        }
        Ok(outcomes)
    }
}

/// Decides and writes votes inside a transaction; `now` is asked under the rounds' locks.
pub(crate) async fn write_votes(
    write: &mut Writing,
    asks: &[Ask],
    now: &(dyn Fn() -> DateTime<Utc> + Sync),
) -> Result<Vec<Decided>, StorageError> {
    let mut posts: Vec<PostId> = asks.iter().map(|vote| vote.post).collect();
    posts.sort_unstable();
    posts.dedup();
    let mut keys: Vec<_> = asks.iter().map(|vote| (vote.post, vote.author.participant)).collect();
    keys.sort_unstable();
    keys.dedup();

    // In the order of their ids, so that two processes cannot wait for each other. Everything is read under these locks.
    let mut rounds: BTreeMap<RoundId, Option<Round>> =
        write.vote_targets(&posts).await?.into_values().map(|(round, _)| (round, None)).collect();
    for (id, round) in &mut rounds {
        *round = write.take_round(*id).await?;
    }
    let targets = write.vote_targets(&posts).await?;
    let standing = write.standing_votes(&keys).await?;
    let before: HashMap<_, _> =
        standing.iter().map(|vote| ((vote.post, vote.participant), vote.value)).collect();

    let mut votes: HashMap<(PostId, ParticipantId), Option<VoteValue>> = HashMap::new();
    let mut differences: HashMap<PostId, VoteCounts> = HashMap::new();
    let now = now();
    let decide_one = |vote: &Ask| -> Decided {
        let Some((round, state)) = targets.get(&vote.post) else { return Ok(None) };
        let Some(Some(round)) = rounds.get(round) else { return Ok(None) };
        if round.campaign != vote.author.campaign {
            return Ok(None);
        }
        let key = (vote.post, vote.author.participant);
        let earlier = votes.get(&key).copied().unwrap_or_else(|| before.get(&key).copied());
        let outcome = decide(round, now, *state, earlier, vote.wish)?;
        let after = match outcome {
            VoteOutcome::Unchanged => earlier,
            VoteOutcome::New(value) | VoteOutcome::Changed { to: value, .. } => Some(value),
            VoteOutcome::Withdrawn(_) => None,
        };
        votes.insert(key, after);
        differences.entry(vote.post).or_default().plus(outcome.difference());
        Ok(Some(outcome))
    };
    let outcomes: Vec<Decided> = asks.iter().map(decide_one).collect();

    let changes: Vec<VoteChange> = votes
        .into_iter()
        .filter(|(key, after)| before.get(key).copied() != *after)
        .map(|((post, participant), value)| VoteChange { post, participant, value })
        .collect();
    if changes.is_empty() {
        return Ok(outcomes);
    }
    write.put_votes(&changes).await?;
    for (id, round) in &rounds {
        let Some(round) = round else { continue };
        let of_round = |post: &PostId| targets.get(post).is_some_and(|(its, _)| its == id);
        let counts: Vec<_> = differences
            .iter()
            .filter(|(post, counts)| of_round(post) && **counts != VoteCounts::default())
            .map(|(post, counts)| (*post, *counts))
            .collect();
        write.count_votes(&counts, round.revision).await?;
    }
    Ok(outcomes)
}
