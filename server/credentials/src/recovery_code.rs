//! Recovery codes: ten codes that a named person keeps on paper, each good for one sign-in when every device is lost.
//!
//! They are spelled and read like sealed codes, 80 random bits each, and hashed under a key of their own with whose they are. That one
//! is used only once is storage's: the row goes in the transaction that lets the person in.

use domain::ids::{AccountId, TenantId};

use crate::labels;
use crate::pepper::{Pepper, keyed_hash};
use crate::sealed_code::code_of_its_own;

/// How many codes a person is given at a time.
pub const RECOVERY_CODES: usize = 10;

code_of_its_own! {
    /// A recovery code. `Display` shows it, once, to whom it belongs; `Debug` never does.
    RecoveryCode,
    /// Why what was typed is no recovery code. Each says what to do; none repeats the code.
    RecoveryCodeRefusal,
    "Type one of your recovery codes."
}

keyed_hash! {
    /// What is stored of a recovery code: HMAC-SHA256 under a key that only the pepper gives.
    RecoveryCodeHash
}

impl RecoveryCode {
    /// What to store and look up instead of the code. The same code of another person or in another tenant has another hash.
    pub fn hash(&self, pepper: &Pepper, tenant: TenantId, account: AccountId) -> RecoveryCodeHash {
        let key = pepper.derive(labels::RECOVERY_CODES);
        RecoveryCodeHash(key.mac(&[tenant.0.as_bytes(), account.0.as_bytes(), self.0.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::samples;
    use crate::sealed_code::{CODE_BYTES, CodeRefusal, SealedCode};

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
