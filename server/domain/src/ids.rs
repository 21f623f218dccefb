//! Identifiers as newtypes over UUIDs, so that one kind cannot stand where another is meant.
//!
//! What a tenant pack defines (tenants, organisations, campaigns, rounds, prompts) has a name-based id (UUID v5, RFC 9562),
//! the same on both sides and in every deployment. What people make has a random id (UUID v4) and never a time-ordered one:
//! order in a table must not tell when somebody joined.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Entropy, random_bytes};

/// The UUID v5 namespace of everything that a tenant pack names.
const PACK_NAMESPACE: Uuid = Uuid::from_u128(0x6ba3_6c1e_9f0d_4d55_8a7e_c0de_ca0d_0001);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new random id (UUID v4).
            pub fn random(entropy: &dyn Entropy) -> Self {
                Self(uuid::Builder::from_random_bytes(random_bytes(entropy)).into_uuid())
            }

            /// The id of what `parts` name, the same wherever it is computed (UUID v5).
            pub fn named(parts: &[&str]) -> Self {
                let name = format!("{}/{}", stringify!($name), parts.join("/"));
                Self(Uuid::new_v5(&PACK_NAMESPACE, name.as_bytes()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A system or trust with its own site.
    TenantId;
    /// An employer inside a tenant.
    OrganisationId;
    /// One conversation, series or forum of a tenant.
    CampaignId;
    /// One stage of a campaign.
    RoundId;
    /// A question that a round asks.
    PromptId;
    /// Somebody eligible, on the roll of one campaign. Never leaves the identity side.
    PersonId;
    /// Rows of a roll that wait for somebody to confirm them.
    ImportId;
    /// A named person who works in the open. Identity side.
    AccountId;
    /// A campaign that is being prepared. Identity side.
    DraftId;
    /// A passkey, an invitation, a draft: whatever of an account's has no better name.
    ItemId;
    /// Whoever holds a credential: no name, no email, no link to the roll.
    ParticipantId;
    /// A contribution or a comment.
    PostId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_ids_are_stable_and_kinds_do_not_collide() {
        assert_eq!(TenantId::named(&["bsol"]), TenantId::named(&["bsol"]));
        assert_ne!(TenantId::named(&["bsol"]).0, CampaignId::named(&["bsol"]).0);
        assert_ne!(CampaignId::named(&["a", "b"]), CampaignId::named(&["a", "c"]));
    }
}
