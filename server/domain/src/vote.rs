//! Votes: agree, disagree or pass, changeable and withdrawable until the round closes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::contribution::PostState;
use crate::round::{Round, RoundRefusal};

/// An answer to a contribution or comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteValue {
    /// Up.
    Agree,
    /// Down.
    Disagree,
    /// Neither: an answer too, and counted.
    Pass,
}

impl VoteValue {
    /// The number that Polis files and the database use: 1 agree, 0 pass, -1 disagree.
    pub fn sign(self) -> i16 {
        match self {
            Self::Agree => 1,
            Self::Pass => 0,
            Self::Disagree => -1,
        }
    }

    /// The value with this [`sign`](Self::sign).
    pub fn from_sign(sign: i16) -> Option<Self> {
        match sign {
            1 => Some(Self::Agree),
            0 => Some(Self::Pass),
            -1 => Some(Self::Disagree),
            _ => None,
        }
    }

    /// Its name in forms and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::Pass => "pass",
        }
    }
}

/// How many answered what; also, as differences, how counts change (then negative numbers occur).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteCounts {
    /// How many agree.
    pub agree: i64,
    /// How many disagree.
    pub disagree: i64,
    /// How many passed.
    pub pass: i64,
}

impl VoteCounts {
    /// All answers together.
    pub fn total(self) -> i64 {
        self.agree + self.disagree + self.pass
    }

    /// Adds `more` to each count.
    pub fn plus(&mut self, more: Self) {
        self.agree += more.agree;
        self.disagree += more.disagree;
        self.pass += more.pass;
    }

    /// Adds `by` to the count of `value`.
    pub fn add(&mut self, value: VoteValue, by: i64) {
        match value {
            VoteValue::Agree => self.agree += by,
            VoteValue::Disagree => self.disagree += by,
            VoteValue::Pass => self.pass += by,
        }
    }
}

/// What somebody wants their vote to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoteWish {
    /// To answer, or to change the answer.
    Cast(VoteValue),
    /// To take the answer back.
    Withdraw,
}

/// What becomes of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteOutcome {
    /// It stands already; nothing to write.
    Unchanged,
    /// The first answer.
    New(VoteValue),
    /// Another answer than before.
    Changed {
        /// The answer until now.
        from: VoteValue,
        /// The answer from now on.
        to: VoteValue,
    },
    /// The answer is gone.
    Withdrawn(VoteValue),
}

impl VoteOutcome {
    /// By how much the post's counts change.
    pub fn difference(self) -> VoteCounts {
        let mut counts = VoteCounts::default();
        match self {
            Self::Unchanged => {}
            Self::New(value) => counts.add(value, 1),
            Self::Changed { from, to } => {
                counts.add(from, -1);
                counts.add(to, 1);
            }
            Self::Withdrawn(value) => counts.add(value, -1),
        }
        counts
    }
}

/// Why a vote is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VoteRefusal {
    /// The round is not open.
    #[error(transparent)]
    Round(#[from] RoundRefusal),
    /// The post can be seen no longer.
    #[error("This can no longer be voted on. It has been taken down.")]
    PostGone,
}

/// Decides a vote on a post in `post` state of `round` at `now`.
pub fn decide(
    round: &Round,
    now: DateTime<Utc>,
    post: PostState,
    earlier: Option<VoteValue>,
    wish: VoteWish,
) -> Result<VoteOutcome, VoteRefusal> {
    round.require_open(now)?;
    if post != PostState::Visible {
        return Err(VoteRefusal::PostGone);
    }
    Ok(match (earlier, wish) {
        (None, VoteWish::Cast(value)) => VoteOutcome::New(value),
        (Some(from), VoteWish::Cast(to)) if from != to => VoteOutcome::Changed { from, to },
        (Some(value), VoteWish::Withdraw) => VoteOutcome::Withdrawn(value),
        (Some(_), VoteWish::Cast(_)) | (None, VoteWish::Withdraw) => VoteOutcome::Unchanged,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CampaignId, RoundId};
    use VoteValue::{Agree, Disagree};

    fn round() -> Round {
        Round {
            id: RoundId::named(&["r"]),
            campaign: CampaignId::named(&["c"]),
            opens_at: "2023-11-30T00:00:00Z".parse().unwrap(),
            closes_at: "2023-12-14T23:59:00Z".parse().unwrap(),
            paused_at: None,
            revision: 0,
            dated_at: 0,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn cast_change_repeat_withdraw() {
        let now = at("2023-12-01T12:00:00Z");
        let decide = |earlier, wish| decide(&round(), now, PostState::Visible, earlier, wish).unwrap();
        assert_eq!(decide(None, VoteWish::Cast(Agree)), VoteOutcome::New(Agree));
        assert_eq!(decide(Some(Agree), VoteWish::Cast(Agree)), VoteOutcome::Unchanged);
        let changed = decide(Some(Agree), VoteWish::Cast(Disagree));
        assert_eq!(changed.difference(), VoteCounts { agree: -1, disagree: 1, pass: 0 });
        assert_eq!(decide(Some(Agree), VoteWish::Withdraw), VoteOutcome::Withdrawn(Agree));
        assert_eq!(decide(None, VoteWish::Withdraw), VoteOutcome::Unchanged);
    }

    #[test]
    fn refusals() {
        let cast = VoteWish::Cast(Agree);
        let closed = decide(&round(), at("2023-12-14T23:59:00Z"), PostState::Visible, None, cast);
        assert_eq!(closed, Err(VoteRefusal::Round(RoundRefusal::Closed)));
        let hidden = decide(&round(), at("2023-12-01T12:00:00Z"), PostState::Hidden, None, cast);
        assert_eq!(hidden, Err(VoteRefusal::PostGone));
    }

    #[test]
    fn signs_are_polis_signs() {
        for value in [Agree, Disagree, VoteValue::Pass] {
            assert_eq!(VoteValue::from_sign(value.sign()), Some(value));
        }
        assert_eq!(VoteValue::from_sign(2), None);
    }
}
