//! What a participant keeps.

use std::collections::BTreeMap;

use guest_sdk::{Failure, state};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The key of verdicts: all in one, as the front page shows all.
pub const VERDICTS: &str = "verdicts";
/// The key of suggestions.
pub const SUGGESTIONS: &str = "suggestions";

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

/// What was said of one pledge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Of which version.
    pub version: u32,
    /// None where somebody only commented.
    pub verdict: Option<Verdict>,
    /// Codes of the reasons for the verdict.
    #[serde(default)]
    pub reasons: Vec<String>,
    #[serde(default)]
    pub comment: String,
}

/// What was said of all pledges, by the pledges' names.
#[derive(Default, Serialize, Deserialize)]
pub struct Verdicts(pub BTreeMap<String, Said>);

impl Verdicts {
    pub fn read() -> Result<Self, Failure> {
        Ok(state::mine(VERDICTS)?.unwrap_or_default())
    }

    /// How many of the pledges have a verdict on their present version.
    pub fn reviewed(&self, config: &Config<'_>) -> usize {
        let is_reviewed = |id: &str, version| {
            self.0.get(id).is_some_and(|said| said.version == version && said.verdict.is_some())
        };
        config.pledges.iter().filter(|pledge| is_reviewed(&pledge.id, pledge.version())).count()
    }
}
