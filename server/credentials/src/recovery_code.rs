//! Recovery codes: ten codes that a named person keeps on paper, each good for one sign-in when every device is lost.
//!
//! They are spelled and read like sealed codes, 80 random bits each, and hashed under a key of their own with whose they are. That one
//! is used only once is storage's: the row goes in the transaction that lets the person in.

use std::fmt;

use domain::ids::{AccountId, TenantId};
use thiserror::Error;

use crate::labels;
use crate::pepper::{Pepper, keyed_hash};
use crate::sealed_code::{CODE_BYTES, CodeRefusal, SealedCode};

/// How many codes a person is given at a time.
pub const RECOVERY_CODES: usize = 10;

/// A recovery code. `Display` shows it, once, to whom it belongs; `Debug` never does.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(SealedCode);

keyed_hash! {
    /// What is stored of a recovery code: HMAC-SHA256 under a key that only the pepper gives.
    RecoveryCodeHash
}

/// Why what was typed is no recovery code. Each says what to do; none repeats the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecoveryCodeRefusal {
    /// Nothing was typed.
    #[error("Type one of your recovery codes.")]
    Empty,
    /// Something that is no code.
    #[error(transparent)]
    Code(CodeRefusal),
}

impl RecoveryCode {
    /// A code of 10 random bytes.
    pub fn from_bytes(bytes: [u8; CODE_BYTES]) -> Self {
        Self(SealedCode::from_bytes(bytes))
    }

    /// Reads what somebody typed, as forgivingly as [`SealedCode::parse`].
    ///
    /// # Errors
    /// A [`RecoveryCodeRefusal`] for the person who typed.
    pub fn parse(typed: &str) -> Result<Self, RecoveryCodeRefusal> {
        SealedCode::parse(typed).map(Self).map_err(|refusal| match refusal {
            CodeRefusal::Empty => RecoveryCodeRefusal::Empty,
            other => RecoveryCodeRefusal::Code(other),
        })
    }

    /// What to store and look up instead of the code. The same code of another person or in another tenant has another hash.
    pub fn hash(&self, pepper: &Pepper, tenant: TenantId, account: AccountId) -> RecoveryCodeHash {
        let key = pepper.derive(labels::RECOVERY_CODES);
        RecoveryCodeHash(key.mac(&[tenant.0.as_bytes(), account.0.as_bytes(), self.0.as_bytes()]))
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::samples;

    fn pepper() -> Pepper {
        let mut bytes = [7; 32];
        bytes[31] = 1;
        Pepper::from_bytes(bytes).unwrap()
    }

    #[test]
    fn a_code_comes_back_as_it_was_shown() {
        for bytes in samples(300) {
            let code = RecoveryCode::from_bytes(bytes);
            for typed in [code.to_string(), code.to_string().to_lowercase().replace('-', " ")] {
                assert!(RecoveryCode::parse(&typed).is_ok_and(|parsed| parsed == code), "{typed}");
            }
        }
        assert_eq!(RecoveryCode::parse("  ").err(), Some(RecoveryCodeRefusal::Empty));
        let short = RecoveryCodeRefusal::Code(CodeRefusal::TooShort { found: 3 });
        assert_eq!(RecoveryCode::parse("ABC").err(), Some(short));
    }

    #[test]
    fn a_hash_is_its_own_in_tenant_person_and_kind() {
        let (bsol, hhft) = (TenantId::named(&["bsol"]), TenantId::named(&["hhft"]));
        let (ann, ben) = (AccountId::named(&["ann"]), AccountId::named(&["ben"]));
        for bytes in samples(200) {
            let code = RecoveryCode::from_bytes(bytes);
            let hash = code.hash(&pepper(), bsol, ann);
            assert_eq!(hash, RecoveryCode::from_bytes(bytes).hash(&pepper(), bsol, ann));
            assert_ne!(hash, code.hash(&pepper(), hhft, ann));
            assert_ne!(hash, code.hash(&pepper(), bsol, ben));
            let sealed = SealedCode::from_bytes(bytes).hash(&pepper(), bsol, domain::ids::CampaignId(ann.0));
            assert_ne!(hash.0, sealed.0);
        }
    }

    #[test]
    fn debug_says_nothing() {
        let code = RecoveryCode::from_bytes([1; CODE_BYTES]);
        let hash = code.hash(&pepper(), TenantId::named(&["t"]), AccountId::named(&["a"]));
        assert_eq!(format!("{code:?} {hash:?}"), "RecoveryCode(secret) RecoveryCodeHash(…)");
    }
}
