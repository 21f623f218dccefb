//! Rounds: when they take contributions, what they ask, how votes are worded.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{CampaignId, PromptId, RoundId};

/// The state of a round. The clock alone decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Not open yet.
    Upcoming,
    /// Taking contributions, comments and votes.
    Open,
    /// Over: everything can be read, nothing changed.
    Closed,
}

/// One stage of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Which round.
    pub id: RoundId,
    /// Whose stage it is.
    pub campaign: CampaignId,
    /// The first instant at which it takes anything.
    pub opens_at: DateTime<Utc>,
    /// The first instant at which it takes nothing any more.
    pub closes_at: DateTime<Utc>,
    /// The number of the last change to anything in it; 0 when nothing has happened.
    pub revision: i64,
}

/// Why a round takes nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoundRefusal {
    /// It has not opened.
    #[error("The conversation is not open yet.")]
    NotOpenYet,
    /// It has closed.
    #[error("The conversation has closed.")]
    Closed,
}

impl Round {
    /// The state at `now`: open from `opens_at` up to, and not including, `closes_at`.
    pub fn state(&self, now: DateTime<Utc>) -> RoundState {
        if now < self.opens_at {
            RoundState::Upcoming
        } else if now < self.closes_at {
            RoundState::Open
        } else {
            RoundState::Closed
        }
    }

    /// Refuses unless the round is open at `now`.
    pub fn require_open(&self, now: DateTime<Utc>) -> Result<(), RoundRefusal> {
        match self.state(now) {
            RoundState::Upcoming => Err(RoundRefusal::NotOpenYet),
            RoundState::Open => Ok(()),
            RoundState::Closed => Err(RoundRefusal::Closed),
        }
    }
}

/// How a prompt words the three answers; an answer is always one of agree, disagree and pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoteWording {
    /// For agree, such as "Me too".
    pub agree: String,
    /// For disagree, such as "Not my experience".
    pub disagree: String,
    /// For pass, such as "Not sure".
    pub pass: String,
}

impl Default for VoteWording {
    fn default() -> Self {
        Self { agree: "Agree".into(), disagree: "Disagree".into(), pass: "Not sure".into() }
    }
}

/// A question that a round asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Which prompt.
    pub id: PromptId,
    /// Its short name in addresses and files.
    pub slug: String,
    /// The question.
    pub text: String,
    /// A line of help under it.
    pub hint: Option<String>,
    /// How its answers are worded.
    pub votes: VoteWording,
}

/// What a contribution is about, chosen by its author from the round's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// Its short name in addresses and files.
    pub slug: String,
    /// What people read.
    pub name: String,
}

/// How the author says they feel about it. Always asked, never guessed from the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feeling {
    /// Hopeful.
    Hopeful,
    /// Proud.
    Proud,
    /// Worried.
    Worried,
    /// Frustrated.
    Frustrated,
    /// Tired.
    Tired,
}

impl Feeling {
    /// Every feeling, in the order that forms show.
    pub const ALL: [Self; 5] = [Self::Hopeful, Self::Proud, Self::Worried, Self::Frustrated, Self::Tired];

    /// Its name in forms, files and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Hopeful => "hopeful",
            Self::Proud => "proud",
            Self::Worried => "worried",
            Self::Frustrated => "frustrated",
            Self::Tired => "tired",
        }
    }

    /// The feeling called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feeling| feeling.slug() == slug)
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hopeful => "Hopeful",
            Self::Proud => "Proud",
            Self::Worried => "Worried",
            Self::Frustrated => "Frustrated",
            Self::Tired => "Tired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn open_from_the_first_second_to_the_last() {
        let opens_at: DateTime<Utc> = "2023-11-30T00:00:00Z".parse().unwrap();
        let closes_at: DateTime<Utc> = "2023-12-14T23:59:00Z".parse().unwrap();
        let round = Round {
            id: RoundId::named(&["r"]),
            campaign: CampaignId::named(&["c"]),
            opens_at,
            closes_at,
            revision: 0,
        };
        let second = TimeDelta::seconds(1);
        assert_eq!(round.require_open(opens_at - second), Err(RoundRefusal::NotOpenYet));
        assert_eq!(round.require_open(opens_at), Ok(()));
        assert_eq!(round.require_open(closes_at - second), Ok(()));
        assert_eq!(round.require_open(closes_at), Err(RoundRefusal::Closed));
    }
}
