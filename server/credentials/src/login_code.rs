//! Login codes: the unique login details of the invited route. One code is one row on the roll.
//!
//! They look like sealed codes and are read as forgivingly, but a login code says *who* comes and lives on the identity side, and
//! a sealed code names nobody and lives on the conversation side. So they are two types, hashed under two keys.

use domain::ids::{CampaignId, TenantId};

use crate::labels;
use crate::pepper::{Pepper, keyed_hash};
use crate::sealed_code::code_of_its_own;

code_of_its_own! {
    /// A login code: 80 random bits. `Display` shows it, for the invitation; `Debug` never does.
    LoginCode,
    /// Why what was typed is no login code. Each says what to do; none repeats the code.
    LoginCodeRefusal,
    "Type the login code from your invitation."
}

keyed_hash! {
    /// What is stored of a login code: HMAC-SHA256 under a key that only the pepper gives.
    LoginCodeHash
}

impl LoginCode {
    /// What to store and look up instead of the code. The same code in another tenant or campaign has another hash.
    pub fn hash(&self, pepper: &Pepper, tenant: TenantId, campaign: CampaignId) -> LoginCodeHash {
        let key = pepper.derive(labels::LOGIN_CODES);
        LoginCodeHash(key.mac(&[tenant.0.as_bytes(), campaign.0.as_bytes(), self.0.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::samples;
    use crate::sealed_code::{CodeRefusal, SealedCode};

    fn pepper() -> Pepper {
        let mut bytes = [7; 32];
        bytes[31] = 1;
        Pepper::from_bytes(bytes).unwrap()
    }

    #[test]
    fn a_code_comes_back_as_it_was_sent() {
        for bytes in samples(500) {
            let code = LoginCode::from_bytes(bytes);
            for typed in [code.to_string(), code.to_string().to_lowercase().replace('-', " ")] {
                assert!(LoginCode::parse(&typed).is_ok_and(|parsed| parsed == code), "{typed}");
            }
        }
        assert_eq!(LoginCode::parse(" ").err(), Some(LoginCodeRefusal::Empty));
        let short = LoginCodeRefusal::Code(CodeRefusal::TooShort { found: 3 });
        assert_eq!(LoginCode::parse("ABC").err(), Some(short));
        assert!(short.to_string().contains("you typed 3"));
    }

    #[test]
    fn a_hash_is_its_own_in_tenant_campaign_and_kind() {
        let (bsol, hhft) = (TenantId::named(&["bsol"]), TenantId::named(&["hhft"]));
        let (first, second) = (CampaignId::named(&["bsol", "1"]), CampaignId::named(&["bsol", "2"]));
        for bytes in samples(200) {
            let code = LoginCode::from_bytes(bytes);
            let hash = code.hash(&pepper(), bsol, first);
            assert_eq!(hash, LoginCode::from_bytes(bytes).hash(&pepper(), bsol, first));
            assert_ne!(hash, code.hash(&pepper(), hhft, first));
            assert_ne!(hash, code.hash(&pepper(), bsol, second));
            let sealed = SealedCode::from_bytes(bytes).hash(&pepper(), bsol, first);
            assert_ne!(hash.0, sealed.0);
        }
    }

    #[test]
    fn debug_says_nothing() {
        let code = LoginCode::from_bytes([1; 10]);
        let hash = code.hash(&pepper(), TenantId::named(&["t"]), CampaignId::named(&["c"]));
        assert_eq!(format!("{code:?} {hash:?}"), "LoginCode(secret) LoginCodeHash(…)");
    }
}
