//! Everything that the session's participant wrote and voted, for them to keep; and what is kept of theirs while they wait, or was not done
//! when they were let in.

use domain::contribution::PostState;
use domain::ids::RoundId;
use domain::vote::{VoteValue, VoteWish};
use storage::conversation::Reading;

use crate::keep_act::{Act, acts_of};
use crate::put_away_refused::refused_of;
use crate::{ActionError, Actions, OwnVote, Post, Refused, Session, Tenant};

/// Everything of one participant's in their campaign.
#[derive(Clone, Debug)]
pub struct MineExport {
    /// Posts, oldest first, each with what it said before it was edited. Those taken back have no words any more.
    pub posts: Vec<(Post, Vec<String>)>,
    /// Votes, whatever became of the post.
    pub votes: Vec<OwnVote>,
    /// What round types keep of theirs: the round, the key, and the value as text where it is text.
    pub answers: Vec<(RoundId, String, String)>,
    /// What waits to appear, in the order sent.
    pub kept: Vec<Kept>,
    /// What was kept and could not be done.
    pub refused: Vec<Refused>,
}

/// Something that waits to appear in the conversation.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What it is.
    pub what: KeptAct,
    /// The words that it comments on or answers, while readers may see them.
    pub about: Option<String>,
}

/// What waits to appear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptAct {
    /// An idea with these words, in this round.
    Idea {
        /// Where it will appear.
        round: RoundId,
        /// Its words, as sent.
        body: String,
        /// The short name of the prompt that it answers.
        prompt: String,
    },
    /// A comment with these words.
    Comment {
        /// Its words, as sent.
        body: String,
    },
    /// An answer.
    Vote(VoteValue),
    /// Answers in the activity of this round.
    Activity {
        /// Which round.
        round: RoundId,
        /// What was said in it for others to read.
        words: String,
    },
}

impl Actions {
    /// Everything that the session's participant wrote and voted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn export_mine(&self, tenant: &Tenant, session: &Session) -> Result<MineExport, ActionError> {
        let reading = self.conversation.snapshot(tenant.id).await?;
        let (mut posts, mut votes, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for round in reading.rounds_of(session.campaign).await? {
            let mut earlier = reading.own_earlier_words(round, session.participant).await?;
            for post in reading.every_own_post(round, session.participant).await? {
                let before = earlier.remove(&post.id).unwrap_or_default();
                posts.push((post, before));
            }
            votes.extend(reading.every_own_vote(round, session.participant).await?);
            let kept = reading.every_own_answer(round, session.participant).await?;
            let words = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
            answers.extend(kept.into_iter().map(|(key, value)| (round, key, words(value))));
        }
        let kept = kept_of(&reading, session).await?;
        let refused = refused_of(&reading, session).await?;
        Ok(MineExport { posts, votes, answers, kept, refused })
    }

    /// What waits to appear of the session's participant, in the order sent: the place in this list is the one that
    /// [`drop_kept_act`](Self::drop_kept_act) takes.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_kept(&self, tenant: &Tenant, session: &Session) -> Result<Vec<Kept>, ActionError> {
        if !session.waiting {
            return Ok(Vec::new());
        }
        kept_of(&self.conversation.read(tenant.id).await?, session).await
    }
}

async fn kept_of(reading: &Reading, session: &Session) -> Result<Vec<Kept>, ActionError> {
    let waiting = reading.waiting(session.campaign).await?;
    let Some(own) = waiting.iter().find(|newcomer| newcomer.participant == session.participant) else {
        return Ok(Vec::new());
    };
    let mut kept = Vec::new();
    for act in acts_of(own)? {
        kept.push(shown(reading, act).await?);
    }
    Ok(kept)
}

/// An act as its author sees it.
pub(crate) async fn shown(reading: &Reading, act: Act) -> Result<Kept, ActionError> {
    let about = match &act {
        Act::Share { .. } | Act::Answer { .. } => None,
        Act::Comment { contribution: post, .. } | Act::Vote { post, .. } => reading.post(*post).await?,
    };
    let what = match act {
        Act::Share { round, form } => KeptAct::Idea { round, body: form.body, prompt: form.prompt },
        Act::Comment { form, .. } => KeptAct::Comment { body: form.body },
        Act::Vote { wish: VoteWish::Cast(value), .. } => KeptAct::Vote(value),
        Act::Answer { round, answers } => {
            let words: Vec<String> = answers.posts.into_values().map(|(_, text)| text).collect();
            KeptAct::Activity { round, words: words.join("\n\n") }
        }
        // Never kept: a vote taken back leaves nothing. It keeps its place, so that the places stay right.
        Act::Vote { wish: VoteWish::Withdraw, .. } => KeptAct::Vote(VoteValue::Pass),
    };
    let visible = about.filter(|post| post.state == PostState::Visible);
    Ok(Kept { what, about: visible.map(|post| post.body) })
}
