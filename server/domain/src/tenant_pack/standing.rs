//! Whether a tenant is served, and which parts of the service are switched off for it. Operators' settings, in the pack like all others.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// For how many days a tenant that leaves is kept before everything of it is deleted.
pub const GRACE_DAYS: u64 = 30;
/// Fewest characters of the reason why a tenant is suspended.
pub const MIN_REASON_CHARACTERS: usize = 10;
/// Most characters of such a reason.
pub const MAX_REASON_CHARACTERS: usize = 300;

/// Whether a tenant is served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Standing {
    /// It is.
    #[default]
    Active,
    /// Its pages say why not; nothing of it is lost. The console is.
    Suspended {
        /// Why, in words for its people.
        reason: String,
    },
    /// It goes: its pages say so, the console still lets its content be carried away, and on that day everything is deleted.
    Leaving {
        /// The day, in the tenant's time zone.
        on: NaiveDate,
    },
}

/// A part of the service that an operator can switch off for one tenant, when it makes trouble there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// Live updates: pages load anew instead.
    LiveUpdates,
    /// The JSON API.
    Api,
    /// Signing up with an email address.
    SignUp,
}

impl Flag {
    /// All of them, in the order of pages.
    pub const ALL: [Self; 3] = [Self::LiveUpdates, Self::Api, Self::SignUp];

    /// Its name in files and forms.
    pub fn slug(self) -> &'static str {
        match self {
            Self::LiveUpdates => "live-updates",
            Self::Api => "api",
            Self::SignUp => "sign-up",
        }
    }

    /// What it is called on pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::LiveUpdates => "Live updates",
            Self::Api => "The JSON API",
            Self::SignUp => "Signing up with an email address",
        }
    }

    /// The flag called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.slug() == slug)
    }
}
