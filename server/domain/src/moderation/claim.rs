//! Who works on a case, so that two moderators do not collide.

use chrono::{DateTime, TimeDelta, Utc};

use super::ModerationRefusal;
use crate::ids::AccountId;

/// For how long a case is one moderator's; claiming it again begins anew. Minutes.
pub const CLAIM_MINUTES: i64 = 5;

/// Who works on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The moderator's account.
    pub by: AccountId,
    /// Their name, which other moderators are told.
    pub name: String,
    /// Until when. After that anybody may take it.
    pub until: DateTime<Utc>,
}

impl Claim {
    /// The claim that `by` makes at `now`.
    pub fn new(by: AccountId, name: &str, now: DateTime<Utc>) -> Self {
        Self { by, name: name.to_owned(), until: now + TimeDelta::minutes(CLAIM_MINUTES) }
    }

    /// Refuses `who` while somebody else's `claim` holds.
    ///
    /// # Errors
    /// [`ModerationRefusal::ClaimedBy`].
    pub fn leaves(claim: Option<&Self>, who: AccountId, now: DateTime<Utc>) -> Result<(), ModerationRefusal> {
        match claim {
            Some(claim) if claim.by != who && now < claim.until => {
                Err(ModerationRefusal::ClaimedBy { name: claim.name.clone() })
            }
            _ => Ok(()),
        }
    }
}
