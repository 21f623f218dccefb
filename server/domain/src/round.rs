//! Rounds: when they take contributions, what they ask, how votes are worded.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{CampaignId, PromptId, RoundId};

/// The state of a round: the clock decides it, and whether it is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Not open yet.
    Upcoming,
    /// Taking contributions, comments and votes.
    Open,
    /// Taking nothing for a while: everything can be read.
    Paused,
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
    /// Since when it takes nothing until it is resumed; none while it is not paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// The number of the last change to anything in it; 0 when nothing has happened.
    pub revision: i64,
    /// The revision at which its dates last changed.
    pub dated_at: i64,
}

/// Why a round takes nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoundRefusal {
    /// It has not opened.
    #[error("The conversation is not open yet.")]
    NotOpenYet,
    /// It is paused.
    #[error("The conversation is paused. You can still read everything.")]
    Paused,
    /// It has closed.
    #[error("The conversation has closed.")]
    Closed,
}

impl RoundState {
    /// The state at `now`: open from `opens_at` up to, and not including, `closes_at`, but for what lies behind `paused_at`.
    pub fn at(
        now: DateTime<Utc>,
        opens_at: DateTime<Utc>,
        closes_at: DateTime<Utc>,
        paused_at: Option<DateTime<Utc>>,
    ) -> Self {
        if now < opens_at {
            Self::Upcoming
        } else if now >= closes_at {
            Self::Closed
        } else if paused_at.is_some_and(|paused_at| now >= paused_at) {
            Self::Paused
        } else {
            Self::Open
        }
    }
}

impl Round {
    /// The state at `now`.
    pub fn state(&self, now: DateTime<Utc>) -> RoundState {
        RoundState::at(now, self.opens_at, self.closes_at, self.paused_at)
    }

    /// The last second at which it took something, if it takes nothing at `now`, else `now`: when what was accepted earlier counts as done.
    pub fn last_taking(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let ends = self.paused_at.map_or(self.closes_at, |paused_at| paused_at.min(self.closes_at));
        now.min(ends - TimeDelta::seconds(1))
    }

    /// Refuses unless the round is open at `now`.
    pub fn require_open(&self, now: DateTime<Utc>) -> Result<(), RoundRefusal> {
        match self.state(now) {
            RoundState::Upcoming => Err(RoundRefusal::NotOpenYet),
            RoundState::Open => Ok(()),
            RoundState::Paused => Err(RoundRefusal::Paused),
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

    #[test]
    fn open_from_the_first_second_to_the_last() {
        let opens_at: DateTime<Utc> = "2023-11-30T00:00:00Z".parse().unwrap();
        let closes_at: DateTime<Utc> = "2023-12-14T23:59:00Z".parse().unwrap();
        let round = Round {
            id: RoundId::named(&["r"]),
            campaign: CampaignId::named(&["c"]),
            opens_at,
            closes_at,
            paused_at: None,
            revision: 0,
            dated_at: 0,
        };
        let second = TimeDelta::seconds(1);
        assert_eq!(round.require_open(opens_at - second), Err(RoundRefusal::NotOpenYet));
        assert_eq!(round.require_open(opens_at), Ok(()));
        assert_eq!(round.require_open(closes_at - second), Ok(()));
        assert_eq!(round.require_open(closes_at), Err(RoundRefusal::Closed));
    }

    #[test]
    fn a_pause_lasts_until_the_close_and_takes_nothing() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (opens, closes) = (at("2023-11-30T00:00:00Z"), at("2023-12-14T23:59:00Z"));
        let pause = at("2023-12-01T12:00:00Z");
        let second = TimeDelta::seconds(1);
        assert_eq!(RoundState::at(pause - second, opens, closes, Some(pause)), RoundState::Open);
        assert_eq!(RoundState::at(pause, opens, closes, Some(pause)), RoundState::Paused);
        assert_eq!(RoundState::at(closes, opens, closes, Some(pause)), RoundState::Closed);
        let round = Round {
            id: RoundId::named(&["r"]),
            campaign: CampaignId::named(&["c"]),
            opens_at: opens,
            closes_at: closes,
            paused_at: Some(pause),
            revision: 0,
            dated_at: 0,
        };
        assert_eq!(round.require_open(pause), Err(RoundRefusal::Paused));
        assert_eq!(round.require_open(round.last_taking(pause + second)), Ok(()));
        assert_eq!(round.last_taking(opens), opens);
    }
}
