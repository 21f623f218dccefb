//! One page that says one thing: not found, refused, too busy, broken, not open, over.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, View, Visit};

/// What the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// There is nothing here.
    NotFound,
    /// This was not done, for the reason in `detail`.
    Refused,
    /// The form was too old or came from another site.
    StaleForm,
    /// This needs a code first.
    EnterFirst,
    /// The roles of whoever works here do not let them do this.
    NotAllowed,
    /// The whole site is closed, for the reason in `detail`.
    SiteClosed,
    /// This part of the service is switched off.
    SwitchedOff,
    /// Slow down.
    TooManyRequests,
    /// We broke.
    ServerError,
    /// The conversation is not open yet.
    NotOpenYet,
    /// The conversation is over.
    Closed,
}

/// One page that says one thing.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// What it says.
    pub kind: MessageKind,
    /// One more sentence, for refusals.
    pub detail: Option<String>,
    /// What the person had typed, so that it is not lost.
    pub kept: Option<String>,
    /// The request's number, for those who report it.
    pub reference: Option<String>,
    /// The conversation it is about, where it is about one.
    pub campaign: Option<Campaign>,
}

impl View for Message {
    const TEMPLATE: &'static str = "message.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Message)> {
        let message = |kind, campaign: Option<RoundState>| Message {
            site: chrome.clone(),
            visit: Visit::sample(campaign.is_some(), "/nowhere"),
            kind,
            detail: None,
            kept: None,
            reference: None,
            campaign: campaign.map(Campaign::sample),
        };
        let open = Some(RoundState::Open);
        let mut refused = message(MessageKind::Refused, open);
        refused.detail = Some("You can only change your own words.".into());
        let mut stale = message(MessageKind::StaleForm, open);
        stale.kept = Some("The lift by the pharmacy has been out since spring.\nPorters push beds around the whole building.".into());
        let mut not_allowed = message(MessageKind::NotAllowed, None);
        not_allowed.detail = Some("It needs: read audit.".into());
        let mut site_closed = message(MessageKind::SiteClosed, None);
        site_closed.detail = Some("The contract is being renewed. Nothing is lost.".into());
        let mut broken = message(MessageKind::ServerError, None);
        broken.reference = Some("01HF3Z9Q".into());
        vec![
            ("not-found", message(MessageKind::NotFound, None)),
            ("refused", refused),
            ("stale-form", stale),
            ("enter-first", message(MessageKind::EnterFirst, open)),
            ("not-allowed", not_allowed),
            ("site-closed", site_closed),
            ("switched-off", message(MessageKind::SwitchedOff, None)),
            ("too-many-requests", message(MessageKind::TooManyRequests, open)),
            ("server-error", broken),
            ("not-open-yet", message(MessageKind::NotOpenYet, Some(RoundState::Upcoming))),
            ("closed", message(MessageKind::Closed, Some(RoundState::Closed))),
        ]
    }
}
