//! A session begins, whatever somebody signed in with: always with a new token, so that none that was planted before is worth anything.

use chrono::{DateTime, Utc};
use credentials::{ConsoleToken, TokenPurpose};
use domain::account::MAX_SESSIONS;
use domain::clock::random_bytes;
use domain::ids::{AccountId, ItemId};
use storage::identity::{NewSession, Writing};

use super::{AccountRefusal, Accounts};

/// The most characters that a device is called by.
const MAX_DEVICE_CHARACTERS: usize = 60;

/// A session that has begun.
#[derive(Clone, Debug)]
pub struct BegunSession {
    /// For its cookie, and nothing else.
    pub token: String,
    /// What its owner is called.
    pub name: String,
}

impl Accounts {
    /// Begins a session in `write`, whose commit makes it good: at one instant, and shown who they are at the other.
    pub(super) async fn begin_session(
        &self,
        write: &Writing,
        account: AccountId,
        device: &str,
        (now, proved_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<String, AccountRefusal> {
        let token = ConsoleToken::from_bytes(random_bytes(&*self.entropy));
        let session = NewSession {
            id: ItemId::random(&*self.entropy),
            hash: token.hash(&self.secret, TokenPurpose::Session).0,
            account,
            proved_at,
            device: device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARACTERS).collect(),
        };
        write.add_session(&session, now, MAX_SESSIONS).await?;
        Ok(token.reveal())
    }
}
