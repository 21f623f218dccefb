//! Somebody votes. Votes that arrive while the disk is busy are written together in the next transaction: each is decided on its
//! own, in the order of arrival, and answered after the commit.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::Clock;
use domain::ids::{ParticipantId, PostId, RoundId, TenantId};
use domain::round::Round;
use domain::vote::{VoteCounts, VoteOutcome, VoteRefusal, VoteValue, VoteWish, decide};
use storage::StorageError;
use storage::conversation::{Conversation, VoteChange, Writing};
use tokio::sync::{mpsc, oneshot};

use crate::keep_act::Author;
use crate::{ActionError, Actions, Session, Tenant};

/// Votes written by one transaction at most.
const MAX_BATCH: usize = 256;
/// Votes that may wait; beyond it the server says that it is busy.
const MAX_WAITING: usize = 20_000;

/// What became of a vote: nothing if there is no such post in the voter's campaign.
type Answer = Result<Option<VoteOutcome>, ActionError>;

/// Whose vote on what is to become what.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    pub author: Author,
    pub post: PostId,
    pub wish: VoteWish,
}

struct Waiting {
    tenant: TenantId,
    ask: Ask,
    answer: oneshot::Sender<Answer>,
}

/// The votes that wait to be written.
#[derive(Clone)]
pub(crate) struct VoteQueue(mpsc::Sender<Waiting>);

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
        let (answer, answered) = oneshot::channel();
        let waiting =
            Waiting { tenant: tenant.id, ask: Ask { author: Author::of(session), post, wish }, answer };
        self.votes.0.try_send(waiting).map_err(|_| ActionError::Busy)?;
        answered.await.unwrap_or_else(|_| Err(ActionError::Fault("the vote writer stopped".into())))
    }
}

impl VoteQueue {
    /// Starts the task that writes votes, which ends when the last queue is dropped.
    pub(crate) fn start(conversation: Conversation, clock: Arc<dyn Clock>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(MAX_WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(MAX_BATCH);
            while receiver.recv_many(&mut batch, MAX_BATCH).await > 0 {
                let mut by_tenant: BTreeMap<TenantId, Vec<Waiting>> = BTreeMap::new();
                for waiting in batch.drain(..) {
                    by_tenant.entry(waiting.tenant).or_default().push(waiting);
                }
                for (tenant, waiting) in by_tenant {
                    write_batch(&conversation, &*clock, tenant, waiting).await;
                }
            }
        });
        Self(sender)
    }
}

async fn write_batch(
    conversation: &Conversation,
    clock: &dyn Clock,
    tenant: TenantId,
    waiting: Vec<Waiting>,
) {
    match decide_and_write(conversation, clock, tenant, &waiting).await {
        Ok(outcomes) => {
            for (waiting, outcome) in waiting.into_iter().zip(outcomes) {
                // Who has gone away needs no answer.
                let _ = waiting.answer.send(outcome.map_err(ActionError::from));
            }
        }
        // One that cannot be written, such as that of somebody who erased themselves meanwhile, must not take the others with it.
        Err(_) if waiting.len() > 1 => {
            for waiting in waiting {
                Box::pin(write_batch(conversation, clock, tenant, vec![waiting])).await;
            }
        }
        Err(fault) => {
            for waiting in waiting {
                let _ = waiting.answer.send(Err(ActionError::Fault(fault.to_string())));
            }
        }
    }
}

type Decided = Result<Option<VoteOutcome>, VoteRefusal>;

async fn decide_and_write(
    conversation: &Conversation,
    clock: &dyn Clock,
    tenant: TenantId,
    waiting: &[Waiting],
) -> Result<Vec<Decided>, StorageError> {
    let asks: Vec<Ask> = waiting.iter().map(|waiting| waiting.ask).collect();
    let mut write = conversation.write(tenant).await?;
    let outcomes = write_votes(&mut write, &asks, &|| clock.now()).await?;
    let moved = |outcome: &Decided| !matches!(outcome, Ok(None | Some(VoteOutcome::Unchanged)) | Err(_));
    // Where nothing changed, the round's revision must not either.
    if outcomes.iter().any(moved) {
        write.commit().await?;
    }
    Ok(outcomes)
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
