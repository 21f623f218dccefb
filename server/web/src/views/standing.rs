//! Where somebody stands who was recognised but does not go on, and why.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, Here, View, Visit, Ways};

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingKind {
    /// They have joined: their words let them in.
    JoinedBefore,
    /// They are on the list; joining has not begun.
    NotLaunched,
    /// Their organisation came too late for a key.
    NoCohort,
    /// It is over.
    Closed,
}

/// The page that says so.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The ways in that stay.
    pub ways: Ways,
    /// Which conversation.
    pub campaign: Campaign,
    /// Where they stand.
    pub kind: StandingKind,
}

impl View for Standing {
    const TEMPLATE: &'static str = "standing.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Standing)> {
        let standing = |kind, state| Standing {
            site: chrome.clone(),
            visit: Visit::sample(false, ""),
            ways: Ways::sample(chrome),
            campaign: Campaign::sample(state),
            kind,
        };
        let joined = |here| {
            let mut joined = standing(StandingKind::JoinedBefore, RoundState::Open);
            joined.ways.here = here;
            joined
        };
        vec![
            ("joined-before-on-this-device", joined(Here::In)),
            ("joined-before-perhaps-here", joined(Here::Unknown)),
            ("joined-before", standing(StandingKind::JoinedBefore, RoundState::Open)),
            ("joined-before-upcoming", standing(StandingKind::JoinedBefore, RoundState::Upcoming)),
            ("not-launched", standing(StandingKind::NotLaunched, RoundState::Upcoming)),
            ("not-launched-open", standing(StandingKind::NotLaunched, RoundState::Open)),
            ("no-cohort", standing(StandingKind::NoCohort, RoundState::Open)),
            ("closed", standing(StandingKind::Closed, RoundState::Closed)),
        ]
    }
}
