//! Tickets of the identity side: "this device has shown to be that person on the roll of that campaign, until then".
//!
//! Sealed, not stored: the browser holds it between the screens of joining. A ticket never leaves the identity side's own
//! pages, and the conversation side cannot open one. All it is good for is to ask for the one signature of its campaign.

use std::fmt;

use domain::ids::{CampaignId, TenantId};
use thiserror::Error;
use uuid::Uuid;

use crate::pepper::DerivedKey;
use crate::sealed_text::{NONCE_BYTES, open_text, seal_text};

/// The form of a ticket's contents: version, tenant, campaign, person, end.
const VERSION: u8 = 2;
/// Length of a ticket's contents, in bytes.
const CONTENT_BYTES: usize = 1 + 3 * UUID_BYTES + 8;
const UUID_BYTES: usize = 16;
/// What sealed texts of this kind say they are.
const SEALED_AS: &str = "ticket";

/// Who has shown to be whom, and until when. `Debug` does not say.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The tenant.
    pub tenant: TenantId,
    /// The campaign on whose roll the person stands.
    pub campaign: CampaignId,
    /// The person's row on the roll.
    pub person: Uuid,
    /// When it ends: seconds since 1970-01-01 00:00 UTC. In that second it is over.
    pub expires_at: i64,
}

/// Why a ticket is refused. Each says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TicketRefusal {
    /// Not a ticket of ours, or altered.
    #[error("We cannot tell who this is. Open the link from your invitation again, or sign up again.")]
    Malformed,
    /// A ticket of ours whose time is over.
    #[error(
        "You took longer than this page may wait. Open the link from your invitation again, or sign up again."
    )]
    Expired,
}

impl Ticket {
    /// The ticket as base64url text, for a form or a cookie. `nonce` must be random; `key` comes from
    /// [`labels::TICKETS`](crate::labels::TICKETS).
    pub fn seal(&self, key: &DerivedKey, nonce: [u8; NONCE_BYTES]) -> String {
        let contents = [
            [VERSION].as_slice(),
            self.tenant.0.as_bytes(),
            self.campaign.0.as_bytes(),
            self.person.as_bytes(),
            &self.expires_at.to_be_bytes(),
        ]
        .concat();
        seal_text(key, nonce, SEALED_AS, &contents)
    }

    /// Reads what [`seal`](Self::seal) made, at `now_seconds` since 1970-01-01 00:00 UTC. The caller compares tenant and campaign
    /// with where the ticket was shown.
    ///
    /// # Errors
    /// A [`TicketRefusal`] for the person who shows it.
    pub fn open(key: &DerivedKey, text: &str, now_seconds: i64) -> Result<Self, TicketRefusal> {
        let contents = open_text(key, SEALED_AS, text).ok_or(TicketRefusal::Malformed)?;
        let ticket = Self::from_contents(&contents).ok_or(TicketRefusal::Malformed)?;
        if now_seconds < ticket.expires_at { Ok(ticket) } else { Err(TicketRefusal::Expired) }
    }

    fn from_contents(contents: &[u8]) -> Option<Self> {
        if contents.len() != CONTENT_BYTES || contents[0] != VERSION {
            return None;
        }
        let (ids, end) = contents[1..].split_at(3 * UUID_BYTES);
        let id = |place: usize| Uuid::from_slice(&ids[place * UUID_BYTES..][..UUID_BYTES]).ok();
        Some(Self {
            tenant: TenantId(id(0)?),
            campaign: CampaignId(id(1)?),
            person: id(2)?,
            expires_at: i64::from_be_bytes(end.try_into().ok()?),
        })
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels;
    use crate::samples::{key, samples};

    fn ticket(bytes: [u8; 16]) -> Ticket {
        Ticket {
            tenant: TenantId::named(&["bsol"]),
            campaign: CampaignId::named(&["bsol", "1"]),
            person: Uuid::from_bytes(bytes),
            expires_at: 1_800_000_000,
        }
    }

    #[test]
    fn a_ticket_comes_back_until_its_end() {
        let key = key(1, labels::TICKETS);
        for bytes in samples(200) {
            let given = ticket(bytes);
            let text = given.seal(&key, bytes[..NONCE_BYTES].try_into().unwrap());
            assert_eq!(Ticket::open(&key, &text, 1_799_999_999), Ok(given));
            assert_eq!(Ticket::open(&key, &text, 1_800_000_000), Err(TicketRefusal::Expired));
            assert_eq!(Ticket::open(&key, &text, i64::MAX), Err(TicketRefusal::Expired));
        }
    }

    #[test]
    fn nothing_else_is_a_ticket() {
        let (own, foreign) = (key(1, labels::TICKETS), key(2, labels::TICKETS));
        let text = ticket([5; 16]).seal(&own, [1; NONCE_BYTES]);
        assert_eq!(Ticket::open(&foreign, &text, 0), Err(TicketRefusal::Malformed));
        assert_eq!(Ticket::open(&own, "", 0), Err(TicketRefusal::Malformed));
        for place in 0..text.len() - 1 {
            let other = if &text[place..=place] == "A" { "B" } else { "A" };
            let altered = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            assert_eq!(Ticket::open(&own, &altered, 0), Err(TicketRefusal::Malformed), "{place}");
        }
        let mut contents = [0; CONTENT_BYTES];
        contents[0] = VERSION + 1;
        let later_version = seal_text(&own, [3; NONCE_BYTES], SEALED_AS, &contents);
        assert_eq!(Ticket::open(&own, &later_version, -1), Err(TicketRefusal::Malformed));
        contents[0] = VERSION;
        let short = seal_text(&own, [4; NONCE_BYTES], SEALED_AS, &contents[1..]);
        assert_eq!(Ticket::open(&own, &short, -1), Err(TicketRefusal::Malformed));
        let as_link = seal_text(&own, [5; NONCE_BYTES], "sign-up", &contents);
        assert_eq!(Ticket::open(&own, &as_link, -1), Err(TicketRefusal::Malformed));
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", ticket([1; 16])), "Ticket(secret)");
    }
}
