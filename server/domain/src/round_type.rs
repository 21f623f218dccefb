//! What people do in a round: the discussion that Candour has itself, or a round type from outside, by its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// Longest name of a round type, in characters; the contract's own bound of names.
pub const MAX_ROUND_TYPE_CHARACTERS: usize = 64;
/// Largest settings of a round, in bytes of JSON.
pub const MAX_SETTINGS_BYTES: usize = 128 * 1024;
/// What the discussion is called in files and the database.
const OPEN_DISCUSSION: &str = "open-discussion";

/// What people do in a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum RoundType {
    /// Read, post, comment and vote.
    OpenDiscussion,
    /// What a round type has them do; and the discussion of what it asks beside it.
    Plugin(String),
}

/// What a round type is told about its round: it says itself what stands there.
pub type RoundSettings = Map<String, Value>;

/// Not a name of a round type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("round type `{0}`: use 1 to {MAX_ROUND_TYPE_CHARACTERS} lower-case letters, digits and hyphens")]
pub struct NotARoundType(String);

impl RoundType {
    /// Its name in files and the database.
    pub fn slug(&self) -> &str {
        match self {
            Self::OpenDiscussion => OPEN_DISCUSSION,
            Self::Plugin(name) => name,
        }
    }
}

impl TryFrom<String> for RoundType {
    type Error = NotARoundType;

    fn try_from(name: String) -> Result<Self, NotARoundType> {
        let is_name = (1..=MAX_ROUND_TYPE_CHARACTERS).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        match name.as_str() {
            OPEN_DISCUSSION => Ok(Self::OpenDiscussion),
            _ if is_name => Ok(Self::Plugin(name)),
            _ => Err(NotARoundType(name)),
        }
    }
}

impl From<RoundType> for String {
    fn from(round_type: RoundType) -> Self {
        round_type.slug().to_owned()
    }
}

/// What is wrong with `settings` of a round of this type, before the round type itself is asked.
pub(crate) fn problems(round_type: &RoundType, settings: Option<&RoundSettings>) -> Vec<String> {
    let Some(settings) = settings else { return Vec::new() };
    let bytes = serde_json::to_string(settings).map_or(usize::MAX, |json| json.len());
    let mut reasons = Vec::new();
    if *round_type == RoundType::OpenDiscussion {
        reasons.push("an open discussion has no settings: take `settings` out".to_owned());
    }
    if bytes > MAX_SETTINGS_BYTES {
        reasons.push(format!("settings take {bytes} bytes; use no more than {MAX_SETTINGS_BYTES}"));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_type_is_a_name() {
        let read = |name: &str| RoundType::try_from(name.to_owned());
        assert_eq!(read("open-discussion"), Ok(RoundType::OpenDiscussion));
        assert_eq!(read("pledge-review"), Ok(RoundType::Plugin("pledge-review".into())));
        for bad in ["", "Pledge", "a b", "../x", &"a".repeat(65)] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_round_types_from_outside_have_settings_and_not_too_many() {
        let plugin = RoundType::Plugin("quick-pulse".into());
        let mut settings = RoundSettings::new();
        assert!(problems(&plugin, Some(&settings)).is_empty());
        assert_eq!(problems(&RoundType::OpenDiscussion, Some(&settings)).len(), 1);
        settings.insert("long".into(), "x".repeat(MAX_SETTINGS_BYTES).into());
        assert_eq!(problems(&plugin, Some(&settings)).len(), 1);
    }
}
