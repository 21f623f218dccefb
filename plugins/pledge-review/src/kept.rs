//! What a participant keeps.
//!
//! Version 1 kept one verdict for each pledge, so that somebody who answered again after a change took their verdict out of the figures that had led to it.
//! Version 2 keeps the verdict on each version ([`crate::migration`] brings the one to the other), and whether the change was right.

use std::collections::BTreeMap;

use guest_sdk::{Failure, StateFailure, state};
use serde::{Deserialize, Serialize};

use crate::config::{Config, Pledge};

/// The key of verdicts and comments: all in one, as the front page shows all.
pub const VERDICTS: &str = "verdicts";
/// The key of suggestions.
pub const SUGGESTIONS: &str = "suggestions";
/// The key of answers to whether changes are right.
pub const RIGHT: &str = "right";

/// Whether a pledge is strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Strong,
    Wrong,
}

impl Verdict {
    pub fn of(id: &str) -> Option<Self> {
        match id {
            "strong" => Some(Self::Strong),
            "wrong" => Some(Self::Wrong),
            _ => None,
        }
    }

    pub fn id(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Wrong => "wrong",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Strong => "Strong",
            Self::Wrong => "Wrong",
        }
    }
}

/// Whether a change made of a pledge what people had asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    Yes,
    Partly,
    No,
}

impl Right {
    pub const ALL: [Self; 3] = [Self::Yes, Self::Partly, Self::No];

    pub fn id(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::Partly => "Partly",
            Self::No => "No",
        }
    }
}

/// A verdict on one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub verdict: Verdict,
    /// Codes of the reasons for it.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// What somebody wants others to read of a pledge: one comment, which they can change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The version that it was last written on.
    pub version: u32,
    pub text: String,
}

/// What was said of one pledge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// By the version that they are on. A verdict on an earlier version stays when the pledge changes.
    pub verdicts: BTreeMap<u32, Judged>,
    pub comment: Option<Comment>,
}

impl Said {
    /// The version of which something was said last.
    pub fn version(&self) -> u32 {
        let judged = self.verdicts.last_key_value().map_or(0, |(version, _)| *version);
        judged.max(self.comment.as_ref().map_or(0, |comment| comment.version))
    }

    /// The verdict on the version of which something was said last; none where somebody only commented.
    pub fn last(&self) -> Option<&Judged> {
        self.verdicts.get(&self.version())
    }

    /// Whether the version `version` has a verdict or a comment.
    pub fn is_of(&self, version: u32) -> bool {
        let is_commented = self.comment.as_ref().is_some_and(|comment| comment.version == version);
        is_commented || self.verdicts.contains_key(&version)
    }

    /// The comment's words; empty if there is none.
    pub fn words(&self) -> &str {
        self.comment.as_ref().map_or("", |comment| &comment.text)
    }
}

/// What was said of all pledges, by the pledges' names.
#[derive(Default, Serialize, Deserialize)]
pub struct Verdicts(pub BTreeMap<String, Said>);

impl Verdicts {
    pub fn read() -> Result<Self, Failure> {
        Ok(state::mine(VERDICTS)?.unwrap_or_default())
    }

    /// Whether something was said of the present version of `pledge`: a verdict, a comment, or both.
    pub fn has(&self, pledge: &Pledge<'_>) -> bool {
        self.0.get(&*pledge.id).is_some_and(|said| said.is_of(pledge.version()))
    }

    /// Of how many pledges something was said.
    pub fn reviewed(&self, config: &Config<'_>) -> usize {
        config.pledges.iter().filter(|pledge| self.has(pledge)).count()
    }
}

/// Whether changes are right, by the pledges' names and the versions that they led to.
#[derive(Default, Serialize, Deserialize)]
pub struct Rights(pub BTreeMap<String, BTreeMap<u32, Right>>);

impl Rights {
    pub fn read() -> Result<Self, Failure> {
        Ok(state::mine(RIGHT)?.unwrap_or_default())
    }

    pub fn of(&self, id: &str, version: u32) -> Option<Right> {
        self.0.get(id)?.get(&version).copied()
    }
}

/// Keeps `value` for this call's participant; says so if it is more than can be kept.
pub fn keep<T: Serialize>(key: &str, value: &T) -> Result<(), Failure> {
    state::keep_mine(key, value).map_err(|failure| match failure {
        Failure::State(StateFailure::TooMuch) => {
            Failure::Refused("You have written more than we can keep. Make some of it shorter.".to_owned())
        }
        other => other,
    })
}
