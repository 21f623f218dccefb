//! What a browser is asked about passkeys, and its answers. Nothing is stored when a question is asked, so asking costs nothing; what the
//! server has to remember goes along sealed. An answer is taken once: that is stored.

use chrono::{DateTime, TimeDelta, Utc};
use credentials::passkey::Asked;
use credentials::{Ceremony, Passkey, PasskeyRefusal, Passkeys, labels, open_text, seal_text};
use domain::clock::random_bytes;
use domain::ids::AccountId;
use serde::{Deserialize, Serialize};
use storage::identity::{StoredPasskey, Writing};
use url::Url;

use super::{AccountRefusal, Accounts};
use crate::ActionError;

/// For how long a question may be answered, minutes: a sign-in page may stand open for a while.
pub const QUESTION_MINUTES: i64 = 30;
/// What a sealed question says it is.
const QUESTION: &str = "passkey-question";

/// The address at which passkeys are made and used. One that is made for a host is worth nothing at another.
#[derive(Clone)]
pub struct PasskeySite(Passkeys);

/// What the browser is asked.
#[derive(Clone, Debug)]
pub struct PasskeyQuestion {
    /// JSON for `navigator.credentials`.
    pub options: String,
    /// What comes back with the answer.
    pub kept: String,
}

/// An answer as the browser sent it.
#[derive(Clone, Default)]
pub struct PasskeyAnswer {
    /// [`PasskeyQuestion::kept`].
    pub kept: String,
    /// JSON of `PublicKeyCredential.toJSON()`.
    pub answer: String,
}

#[derive(Serialize, Deserialize)]
struct Remembered {
    /// Seconds since 1970.
    until: i64,
    ceremony: Ceremony,
}

impl PasskeySite {
    /// The site at `origin`, such as `https://bsol.example`, that devices call `name`.
    ///
    /// # Errors
    /// An address that can have no passkeys, such as a bare IP number's.
    pub fn new(origin: &str, name: &str) -> Result<Self, ActionError> {
        let fault = |what: String| ActionError::Fault(format!("passkeys: {what}"));
        let origin = Url::parse(origin).map_err(|error| fault(error.to_string()))?;
        let host = origin.domain().unwrap_or_default().to_owned();
        Passkeys::new(&host, &[origin], name).map(Self).map_err(|error| fault(error.to_string()))
    }
}

impl Accounts {
    /// Asks whoever is there for a passkey; the browser offers what it finds.
    ///
    /// # Errors
    /// A fault.
    pub fn ask_for_passkey(&self, site: &PasskeySite) -> Result<PasskeyQuestion, AccountRefusal> {
        self.remember(site.0.start_authentication(None)?)
    }

    /// Asks somebody known for one of their passkeys.
    pub(super) fn ask_for_passkey_of(
        &self,
        site: &PasskeySite,
        account: AccountId,
        held: &[StoredPasskey],
    ) -> Result<PasskeyQuestion, AccountRefusal> {
        let ids: Vec<Vec<u8>> = held.iter().map(|passkey| passkey.credential_id.clone()).collect();
        self.remember(site.0.start_authentication(Some((account, &ids)))?)
    }

    /// Asks the browser to make a passkey.
    pub(super) fn ask_to_make_passkey(
        &self,
        site: &PasskeySite,
        account: AccountId,
        email: &str,
        name: &str,
        held: &[StoredPasskey],
    ) -> Result<PasskeyQuestion, AccountRefusal> {
        let ids: Vec<Vec<u8>> = held.iter().map(|passkey| passkey.credential_id.clone()).collect();
        self.remember(site.0.start_registration(account, email, name, &ids)?)
    }

    fn remember(&self, asked: Asked) -> Result<PasskeyQuestion, AccountRefusal> {
        let until = (self.clock.now() + TimeDelta::minutes(QUESTION_MINUTES)).timestamp();
        let remembered = Remembered { until, ceremony: asked.ceremony };
        let text = serde_json::to_vec(&remembered).map_err(|error| ActionError::Fault(error.to_string()))?;
        let key = self.secret.derive(labels::PASSKEYS);
        let kept = seal_text(&key, random_bytes(&*self.entropy), QUESTION, &text);
        Ok(PasskeyQuestion { options: asked.options, kept })
    }

    /// A question that came back.
    fn open_question(&self, kept: &str) -> Result<(Ceremony, Spent), AccountRefusal> {
        let text =
            open_text(&self.secret.derive(labels::PASSKEYS), QUESTION, kept).ok_or(AccountRefusal::Stale)?;
        let Remembered { until, ceremony } =
            serde_json::from_slice(&text).map_err(|_| AccountRefusal::Stale)?;
        let until = DateTime::from_timestamp(until, 0).ok_or(AccountRefusal::Stale)?;
        match self.clock.now() < until {
            true => Ok((
                ceremony,
                Spent { until, hash: self.secret.derive(labels::PASSKEY_QUESTIONS).mac(&[&text]) },
            )),
            false => Err(AccountRefusal::Stale),
        }
    }

    /// Takes the answer to a question, once.
    pub(super) async fn spend_question(&self, write: &Writing, spent: &Spent) -> Result<(), AccountRefusal> {
        match write.spend_question(spent.hash, spent.until).await? {
            true => Ok(()),
            false => Err(PasskeyRefusal::Stale.into()),
        }
    }

    /// Verifies a new passkey.
    pub(super) fn made_passkey(
        &self,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
    ) -> Result<(AccountId, Passkey, Spent), AccountRefusal> {
        let (ceremony, spent) = self.open_question(&answer.kept)?;
        let (account, passkey) = site.0.finish_registration(ceremony, &answer.answer)?;
        Ok((account, passkey, spent))
    }

    /// Verifies that somebody holds `stored`; gives it as it is to be stored now.
    pub(super) fn used_passkey(
        &self,
        site: &PasskeySite,
        answer: &PasskeyAnswer,
        stored: &StoredPasskey,
    ) -> Result<(String, Spent), AccountRefusal> {
        let (ceremony, spent) = self.open_question(&answer.kept)?;
        let key = self.secret.derive(labels::PASSKEYS);
        let passkey = Passkey::open(&key, stored.account, &stored.passkey)
            .ok_or_else(|| ActionError::Fault("a stored passkey is damaged".to_owned()))?;
        let used = site.0.finish_authentication(ceremony, &answer.answer, stored.account, &passkey)?;
        Ok((used.seal(&key, random_bytes(&*self.entropy), stored.account), spent))
    }
}

/// A question that was answered well, still to be spent.
pub(super) struct Spent {
    until: DateTime<Utc>,
    hash: [u8; 32],
}
