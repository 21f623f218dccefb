//! Joining with a key that the device makes, from six words.

use domain::round::RoundState;
use serde::Serialize;

use super::ways::sample_address;
use super::{Campaign, Chrome, View, Visit};

/// The page on which a device makes its key. Its script is `join.js`, which says what the names in the template mean.
#[derive(Clone, Debug, Serialize)]
pub struct Join {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// The tenant's id.
    pub tenant_id: String,
    /// The campaign's id.
    pub campaign_id: String,
    /// Where the public list of keys is.
    pub keys: String,
    /// Where the identity side signs.
    pub sign: String,
    /// Where people begin to come in.
    pub begin: String,
    /// What was chosen for "Is this a shared device?": yes, no, or nothing yet.
    pub shared: String,
    /// Whoever joins now waits for others until this time at the latest ("6pm today"); nothing where nobody waits.
    pub waits_until: Option<String>,
    /// Why the last try was refused, in words.
    pub problem: Option<String>,
}

impl View for Join {
    const TEMPLATE: &'static str = "join.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Join)> {
        let join = |state, signed_in| Join {
            site: chrome.clone(),
            visit: Visit::sample(signed_in, "/conversations/first/join"),
            campaign: Campaign::sample(state),
            tenant_id: "0b6f6c1e-6a52-5d8e-9d57-3b1f0a3c2d11".into(),
            campaign_id: "5e0c8d5a-2f7b-5c3e-8a44-91d2b7c6e0f3".into(),
            keys: "/assets/keys.json".into(),
            sign: "/assets/issue".into(),
            begin: sample_address(chrome, "join/first"),
            shared: String::new(),
            waits_until: Some("6pm today".into()),
            problem: None,
        };
        let mut refused = join(RoundState::Open, false);
        refused.shared = "no".into();
        refused.problem = Some("The site is very busy. Wait a moment and try again. Nothing is lost.".into());
        let mut at_once = join(RoundState::Open, false);
        at_once.waits_until = None;
        vec![
            ("new", join(RoundState::Open, false)),
            ("at-once", at_once),
            ("refused", refused),
            ("upcoming", join(RoundState::Upcoming, false)),
            ("in-already", join(RoundState::Open, true)),
            ("closed", join(RoundState::Closed, false)),
        ]
    }
}
