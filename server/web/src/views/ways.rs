//! Links to the conversation side, which may stand at another address.

use serde::Serialize;

use super::Chrome;

/// The ways in for those who need no organisation: whole addresses, or paths with the site's base.
#[derive(Clone, Debug, Serialize)]
pub struct Ways {
    /// For those who have a sealed code.
    pub enter: String,
    /// For those who have joined: with their six words.
    pub come_back: String,
    /// The conversation itself.
    pub conversation: String,
    /// Whether this device is in it.
    pub here: Here,
}

/// Whether this device is in the conversation, as far as the side that is asked can know: each has cookies of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Here {
    /// It is.
    In,
    /// It is not.
    Out,
    /// Only the other side knows.
    Unknown,
}

impl Ways {
    pub(crate) fn sample(chrome: &Chrome) -> Ways {
        Ways {
            enter: sample_address(chrome, "enter"),
            come_back: sample_address(chrome, "conversations/first/return"),
            conversation: sample_address(chrome, "conversations/first"),
            here: Here::Out,
        }
    }
}

/// Where `path` is found when both sides stand at the same address.
pub(super) fn sample_address(chrome: &Chrome, path: &str) -> String {
    let base = chrome.0.get_attr("base").map(|base| base.to_string()).unwrap_or_default();
    format!("{base}/{path}")
}
