//! When a moderator looks, and which rules hold a post back until then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a moderator looks at what people write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModerationMode {
    /// Before others see it.
    Pre,
    /// After. The default.
    #[default]
    Post,
}

/// A rule that holds a post back until a moderator has looked. None deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// It seems to name a person.
    Names,
    /// It has a swear word or a slur.
    Profanity,
    /// It has a web address.
    Links,
    /// It has an email address, a phone number, a number of a patient's or of staff, or a job title together with a place.
    Identifying,
}

impl Rule {
    /// All of them, in the order of pages.
    pub const ALL: [Self; 4] = [Self::Names, Self::Profanity, Self::Links, Self::Identifying];

    /// Its name in packs and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Profanity => "profanity",
            Self::Links => "links",
            Self::Identifying => "identifying",
        }
    }

    /// The rule called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.slug() == slug)
    }

    /// What everybody reads, after "A rule holds it:".
    pub fn label(self) -> &'static str {
        match self {
            Self::Names => "it may name a person",
            Self::Profanity => "it has a strong word",
            Self::Links => "it has a web address",
            Self::Identifying => "it may say who somebody is",
        }
    }
}

/// How one round is looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderation {
    /// When a moderator looks.
    pub mode: ModerationMode,
    /// The rules that hold.
    pub hold: Vec<Rule>,
}
