//! What named people did, for the audit log. Never what a participant did.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::AccountId;

/// Most characters of a deed's detail; what is longer is cut.
pub const MAX_DETAIL_CHARACTERS: usize = 500;

/// The name in the record of whoever types commands at the server itself.
pub const COMMAND_LINE: &str = "command line";

/// One thing that a named person did, as the audit log keeps it: the JSON of this is what is chained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// Its place in the log, from 0.
    pub number: i64,
    /// When, UTC. Named people act in the open: their times are kept.
    pub at: DateTime<Utc>,
    /// Who; nobody for a command typed at the server itself.
    pub by: Option<AccountId>,
    /// Their name then.
    pub by_name: String,
    /// What was done to what kind of thing: `campaign.extend`, `account.sign-in`.
    pub what: String,
    /// To which one: a short name or an id, never a participant's.
    pub subject: String,
    /// What else there is to say, in words.
    pub detail: String,
}
