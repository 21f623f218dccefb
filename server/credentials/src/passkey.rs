//! Passkeys of named people (WebAuthn Level 3) through webauthn-rs: making one, and showing that one holds it.
//!
//! Both take two steps: we ask with [`Asked::options`], the browser's `navigator.credentials` answers, and between the two the server
//! remembers a [`Ceremony`]. The device must have checked who is at it (fingerprint, face, PIN), so a passkey is both factors. Keys that
//! the device can find by itself are preferred, so that nobody need type their address. Which maker's device it is, is not asked.
//!
//! Not here: where ceremonies and passkeys are stored, and that each ceremony is taken up once: storage deletes its row when the answer
//! comes, whatever becomes of it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::AccountId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;
use webauthn_rs::prelude as library;

use crate::envelope::{self, NONCE_BYTES};
use crate::pepper::DerivedKey;

/// How long the browser waits for the person and the device, in seconds; a ceremony is kept as long.
pub const CEREMONY_SECONDS: u64 = 300;
/// The most bytes of a browser's answer that are read. The longest, an attested registration, has some 10 KB.
pub const ANSWER_BYTES: usize = 32 * 1_024;
/// The most bytes of a credential id (WebAuthn section 4).
pub const CREDENTIAL_ID_BYTES: usize = 1_023;
/// What sealed ceremonies say they are.
const CEREMONY: &[u8] = b"candour/passkey-ceremony/1";
/// What sealed passkeys say they are, before whose.
const PASSKEY: &[u8] = b"candour/passkey/1/";

/// Passkeys for one site. A passkey made for one host is worth nothing at another.
#[derive(Clone, Debug)]
pub struct Passkeys(library::Webauthn);

/// A site that can have no passkeys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no passkeys for {host}: it must be the host, or a parent, of every origin, and none may be an IP address"
)]
pub struct PasskeysFault {
    /// The host that they were to be for.
    pub host: String,
}

/// What to send to the browser, and what to remember until it answers.
#[derive(Debug)]
pub struct Asked {
    /// JSON for `navigator.credentials.create()` or `.get()`: its `publicKey` goes through `PublicKeyCredential.parse…OptionsFromJSON()`.
    pub options: String,
    /// For [`Passkeys::finish_registration`] or [`Passkeys::finish_authentication`].
    pub ceremony: Ceremony,
}

/// What the server remembers between question and answer. `Debug` does not show it.
#[derive(Serialize, Deserialize)]
pub struct Ceremony(Step);

#[derive(Serialize, Deserialize)]
enum Step {
    /// An account makes a passkey.
    Registration { account: AccountId, state: library::PasskeyRegistration },
    /// Somebody, or the account that is known already, shows that they hold one.
    Authentication { account: Option<AccountId>, state: library::DiscoverableAuthentication },
}

/// A public key and its counter. `Debug` does not show it.
#[derive(Clone)]
pub struct Passkey(library::Passkey);

/// Why an answer is refused. Each says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasskeyRefusal {
    /// Not the JSON that a browser sends, or an answer to something else.
    #[error("Your browser's answer could not be read. Load the page again.")]
    Malformed,
    /// An answer to another question: an old page, or one that somebody kept.
    #[error("This page is too old. Load it again.")]
    Stale,
    /// Made at another site.
    #[error(
        "This passkey was used at another address than this one. Check the address, and load the page again."
    )]
    AnotherSite,
    /// The device did not check who is at it.
    #[error(
        "Your device did not check that it is you. Set up a PIN, fingerprint or face on it, or use another device."
    )]
    NotVerified,
    /// Not a key of this account, or the signature does not fit.
    #[error("This passkey does not fit. Use another one, or another way to sign in.")]
    DoesNotFit,
    /// Its counter went back: there may be a copy of it. Take it away and tell the person.
    #[error(
        "There may be a copy of this passkey, so it was not accepted. Use another way to sign in, and remove it."
    )]
    Copied,
}

impl Passkeys {
    /// Passkeys for `host` (the RP ID: never change it, or no passkey fits any more), which stands in or above each of `origins`. `name` is
    /// what devices show.
    ///
    /// # Errors
    /// [`PasskeysFault`] when host and origins do not belong together.
    pub fn new(host: &str, origins: &[Url], name: &str) -> Result<Self, PasskeysFault> {
        let fault = || PasskeysFault { host: host.to_owned() };
        // Each is asked, because the library looks at the first alone.
        let builders = origins.iter().map(|origin| library::WebauthnBuilder::new(host, origin));
        let first = builders.collect::<Result<Vec<_>, _>>().map_err(|_| fault())?.into_iter().next();
        let more = origins.iter().skip(1);
        let builder = more.fold(first.ok_or_else(fault)?, |site, origin| site.append_allowed_origin(origin));
        let timeout = std::time::Duration::from_secs(CEREMONY_SECONDS);
        builder.rp_name(name).timeout(timeout).build().map(Self).map_err(|_| fault())
    }

    /// Asks the browser to make a passkey for `account`. `email` and `name` are what the device shows; `held` are the credential ids
    /// that the account has already, so that no device makes a second one.
    ///
    /// # Errors
    /// [`PasskeyRefusal::Malformed`] when `email` or `name` is empty.
    pub fn start_registration(
        &self,
        account: AccountId,
        email: &str,
        name: &str,
        held: &[Vec<u8>],
    ) -> Result<Asked, PasskeyRefusal> {
        let held = Some(held.to_vec());
        let (question, state) =
            self.0.start_passkey_registration(account.0, email, name, held).map_err(refusal)?;
        let mut options = value(&question);
        // The library discourages them, for the sake of old security keys with little room.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
        Ok(Asked { options: options.to_string(), ceremony: Ceremony(Step::Registration { account, state }) })
    }

    /// Takes the browser's answer (`credential.toJSON()`) to [`start_registration`](Self::start_registration): the account and its new
    /// passkey. The caller makes sure that no account has its id yet.
    ///
    /// # Errors
    /// A [`PasskeyRefusal`] for the person.
    pub fn finish_registration(
        &self,
        ceremony: Ceremony,
        answer: &str,
    ) -> Result<(AccountId, Passkey), PasskeyRefusal> {
        let Step::Registration { account, state } = ceremony.0 else {
            return Err(PasskeyRefusal::Malformed);
        };
        let passkey = self.0.finish_passkey_registration(&read(answer)?, &state).map_err(refusal)?;
        match passkey.cred_id().len() {
            1..=CREDENTIAL_ID_BYTES => Ok((account, Passkey(passkey))),
            _ => Err(PasskeyRefusal::Malformed),
        }
    }

    /// Asks whoever is there to show a passkey. With `known`, an account and the ids of its passkeys, only one of those is asked for:
    /// when somebody signed in shows again who they are. Without it, the browser offers what it finds, as they type their address too
    /// (`mediation: conditional`).
    ///
    /// # Errors
    /// A [`PasskeyRefusal`]; none is known.
    pub fn start_authentication(
        &self,
        known: Option<(AccountId, &[Vec<u8>])>,
    ) -> Result<Asked, PasskeyRefusal> {
        let (mut question, state) = self.0.start_discoverable_authentication().map_err(refusal)?;
        if known.is_some() {
            question.mediation = None;
        }
        let mut options = value(&question);
        if let Some((_, ids)) = known {
            options["publicKey"]["allowCredentials"] = ids.iter().map(|id| allowed(id)).collect();
        }
        let account = known.map(|(account, _)| account);
        Ok(Asked {
            options: options.to_string(),
            ceremony: Ceremony(Step::Authentication { account, state }),
        })
    }

    /// The credential id in an answer, to find the passkey and its account by. Nothing of the answer has been verified.
    ///
    /// # Errors
    /// [`PasskeyRefusal::Malformed`].
    pub fn claimed_id(answer: &str) -> Result<Vec<u8>, PasskeyRefusal> {
        read::<library::PublicKeyCredential>(answer).map(|answer| answer.get_credential_id().to_vec())
    }

    /// Takes the answer to [`start_authentication`](Self::start_authentication). `passkey` is what is stored under
    /// [`claimed_id`](Self::claimed_id), and `owner` whose it is. Gives the passkey to store in its place: its counter has gone on.
    ///
    /// # Errors
    /// A [`PasskeyRefusal`] for the person.
    pub fn finish_authentication(
        &self,
        ceremony: Ceremony,
        answer: &str,
        owner: AccountId,
        passkey: &Passkey,
    ) -> Result<Passkey, PasskeyRefusal> {
        let Step::Authentication { account, state } = ceremony.0 else {
            return Err(PasskeyRefusal::Malformed);
        };
        let answer: library::PublicKeyCredential = read(answer)?;
        // WebAuthn section 7.2 step 6: the account that was known, or the one that the device names, owns the key.
        let named = answer.get_user_unique_id().map(|handle| handle == owner.0.as_bytes());
        let is_owner = match account {
            Some(known) => known == owner && named.unwrap_or(true),
            None => named.unwrap_or(false),
        };
        if !is_owner {
            return Err(PasskeyRefusal::DoesNotFit);
        }
        let shown =
            self.0.finish_discoverable_authentication_v2(&answer, state, &passkey.0).map_err(refusal)?;
        let mut used = passkey.clone();
        used.0.update_credential(&shown);
        Ok(used)
    }
}

impl Ceremony {
    /// The ceremony as it is stored. `nonce` must be random; `key` comes from [`labels::PASSKEYS`](crate::labels::PASSKEYS).
    pub fn seal(&self, key: &DerivedKey, nonce: [u8; NONCE_BYTES]) -> String {
        seal(key, nonce, CEREMONY, self)
    }

    /// What [`seal`](Self::seal) made; none for another key, or if it was altered.
    pub fn open(key: &DerivedKey, text: &str) -> Option<Self> {
        open(key, CEREMONY, text)
    }
}

impl Passkey {
    /// What the device calls it: at most [`CREDENTIAL_ID_BYTES`], random.
    pub fn credential_id(&self) -> &[u8] {
        self.0.cred_id()
    }

    /// The passkey as it is stored. It opens for its own `account` only: whoever can write into the database cannot put a key of theirs
    /// beside somebody's name.
    pub fn seal(&self, key: &DerivedKey, nonce: [u8; NONCE_BYTES], account: AccountId) -> String {
        seal(key, nonce, &of(account), &self.0)
    }

    /// What [`seal`](Self::seal) made; none for another key or account, or if it was altered.
    pub fn open(key: &DerivedKey, account: AccountId, text: &str) -> Option<Self> {
        open(key, &of(account), text).map(Self)
    }
}

impl fmt::Debug for Ceremony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremony(secret)")
    }
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passkey(…)")
    }
}

fn of(account: AccountId) -> Vec<u8> {
    [PASSKEY, account.0.as_bytes()].concat()
}

/// As base64url text of any length: a passkey may hold its maker's certificates.
fn seal(key: &DerivedKey, nonce: [u8; NONCE_BYTES], about: &[u8], what: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(envelope::seal(key, nonce, about, value(what).to_string().as_bytes()))
}

fn open<T: DeserializeOwned>(key: &DerivedKey, about: &[u8], text: &str) -> Option<T> {
    let bytes = envelope::open(key, about, &URL_SAFE_NO_PAD.decode(text).ok()?)?;
    serde_json::from_slice(&bytes).ok()
}

fn allowed(id: &[u8]) -> Value {
    json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id) })
}

fn value(of_library: &impl Serialize) -> Value {
    serde_json::to_value(of_library).expect("webauthn-rs's types have string keys")
}

fn read<T: DeserializeOwned>(answer: &str) -> Result<T, PasskeyRefusal> {
    match answer.len() {
        ..=ANSWER_BYTES => serde_json::from_str(answer).map_err(|_| PasskeyRefusal::Malformed),
        _ => Err(PasskeyRefusal::Malformed),
    }
}

fn refusal(error: library::WebauthnError) -> PasskeyRefusal {
    use library::WebauthnError as E;
    match error {
        E::MismatchedChallenge => PasskeyRefusal::Stale,
        E::InvalidRPOrigin | E::InvalidRPIDHash => PasskeyRefusal::AnotherSite,
        E::UserNotPresent | E::UserNotVerified => PasskeyRefusal::NotVerified,
        E::CredentialPossibleCompromise => PasskeyRefusal::Copied,
        E::CredentialNotFound
        | E::AuthenticationFailure
        | E::InvalidUserUniqueId
        | E::CredentialAlteredAlgFromRequest
        | E::CredentialBackupEligibilityInconsistent
        | E::CredentialMayNotBeHardwareBound => PasskeyRefusal::DoesNotFit,
        _ => PasskeyRefusal::Malformed,
    }
}

#[cfg(test)]
mod authenticator;
#[cfg(test)]
mod tests;
