//! Codes from an authenticator app (RFC 6238): SHA-1, 6 digits, steps of 30 seconds, which is what every app can do.
//!
//! A code is good in its own step and in the one before and after, and once: whoever verifies keeps the step that was accepted, and no
//! code of that step or an earlier one is taken again (RFC 6238 section 5.2). How often somebody may try is the caller's: with three
//! steps open one guess in 333,333 is right.

use std::fmt;

use domain::ids::AccountId;
use thiserror::Error;
use totp_rs::{Algorithm, Builder, Totp};

use crate::envelope::{self, NONCE_BYTES};
use crate::pepper::DerivedKey;
use crate::sealed_code::is_spacing;

/// Random bytes of a secret: 160 bits, the length of SHA-1 (RFC 4226 section 4).
pub const SECRET_BYTES: usize = 20;
/// How many digits a code has.
pub const CODE_DIGITS: u8 = 6;
/// How long a step is, in seconds.
pub const STEP_SECONDS: u64 = 30;
/// How many steps a phone's clock may be off, either way.
pub const SKEW_STEPS: u64 = 1;
/// How many characters of the secret stand together when it is shown to be typed.
const GROUP_CHARACTERS: usize = 4;
/// What a sealed secret says it is, before whose.
const ABOUT: &[u8] = b"candour/totp-secret/1/";

/// What the app and we count with. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

/// Why a code is refused. Each says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TotpRefusal {
    /// Not six digits.
    #[error("Type the {CODE_DIGITS} digits that your authenticator app shows.")]
    NotACode,
    /// Not the code of any step that is open now.
    #[error(
        "This is not the code that your app shows now. Check that your phone's clock is right, and try again."
    )]
    Wrong,
    /// The code of a step that was used already, or of one before it.
    #[error("This code was used already. Wait for the next one, at most half a minute.")]
    Replayed,
}

impl TotpSecret {
    /// A secret of 20 random bytes.
    pub fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// The secret to type into an app: base 32 (RFC 4648 section 6) in groups of 4.
    pub fn for_typing(&self) -> String {
        let text: Vec<char> = self.totp().secret().to_base32().chars().collect();
        let groups: Vec<String> = text.chunks(GROUP_CHARACTERS).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// The `otpauth://` address that an app reads as a QR code. `service` and `account` are what it then shows; a colon in them is
    /// left out, since it separates the two.
    pub fn otpauth(&self, service: &str, account: &str) -> String {
        let plain = |text: &str| text.replace(':', " ");
        let builder = builder(self.0).with_issuer(Some(plain(service))).with_account_name(plain(account));
        let address = builder.build().and_then(|totp| totp.to_url());
        address.expect("a secret of 20 bytes, 6 digits and names without colons fit an address")
    }

    /// Takes a code that was typed at `now_seconds` since 1970-01-01 00:00 UTC, and says its step: store it as `last_step`, in a
    /// statement that takes it only if it is greater than the one stored. `last_step` is the last that was accepted, if any. Spaces and
    /// hyphens are forgiven. Compares in constant time.
    ///
    /// # Errors
    /// A [`TotpRefusal`] for the person who typed.
    pub fn verify(&self, typed: &str, now_seconds: i64, last_step: Option<i64>) -> Result<i64, TotpRefusal> {
        let mut digits = typed.chars().filter(|c| !is_spacing(*c));
        let code: String = digits.by_ref().take(usize::from(CODE_DIGITS)).collect();
        let is_code = code.len() == usize::from(CODE_DIGITS) && code.bytes().all(|b| b.is_ascii_digit());
        if !is_code || digits.next().is_some() {
            return Err(TotpRefusal::NotACode);
        }
        let totp = self.totp();
        let present = u64::try_from(now_seconds).unwrap_or(0) / STEP_SECONDS;
        let open = present.saturating_sub(SKEW_STEPS)..=present + SKEW_STEPS;
        let mut fitting = open.filter(|step| totp.check(&code, step * STEP_SECONDS).is_some());
        // The latest: should two open steps have the same code, the unused one counts.
        let step = fitting.next_back().ok_or(TotpRefusal::Wrong)? as i64;
        match last_step {
            Some(last) if step <= last => Err(TotpRefusal::Replayed),
            _ => Ok(step),
        }
    }

    /// The secret as it is stored. `nonce` must be random; `key` comes from [`labels::TOTP_SECRETS`](crate::labels::TOTP_SECRETS). It
    /// opens for its own `account` only.
    pub fn seal(&self, key: &DerivedKey, nonce: [u8; NONCE_BYTES], account: AccountId) -> Vec<u8> {
        envelope::seal(key, nonce, &about(account), &self.0)
    }

    /// What [`seal`](Self::seal) made; none for another key or account, or if a bit was altered.
    pub fn open(key: &DerivedKey, account: AccountId, sealed: &[u8]) -> Option<Self> {
        let bytes = envelope::open(key, &about(account), sealed)?;
        bytes.try_into().ok().map(Self)
    }

    fn totp(&self) -> Totp {
        builder(self.0).build().expect("a secret of 20 bytes and 6 digits are what RFC 6238 asks for")
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(secret)")
    }
}

/// Without skew: [`TotpSecret::verify`] goes through the open steps itself, to know which it was.
fn builder(secret: [u8; SECRET_BYTES]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(CODE_DIGITS)
        .with_skew(0)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret)
}

fn about(account: AccountId) -> Vec<u8> {
    [ABOUT, account.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
