//! What an email's "stop these emails" carries: the keyed hash of the address that it went to, under a seal of ours. It says whose address that
//! is to nobody who does not know the address and the secret, it lets nobody in, and it works for as long as the secret does.

use domain::ids::TenantId;
use subtle::ConstantTimeEq;

use crate::labels;
use crate::pepper::{KEY_BYTES, Pepper};

/// Bytes of the seal: enough that nobody makes one up.
const SEAL_BYTES: usize = 16;

/// Stands for one address in one tenant. `Debug` says nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StopToken([u8; KEY_BYTES]);

impl StopToken {
    /// Of `address`, however its letters are written.
    pub fn of_address(pepper: &Pepper, tenant: TenantId, address: &str) -> Self {
        let address = address.trim().to_ascii_lowercase();
        Self(pepper.derive(labels::STOPPED_ADDRESSES).mac(&[tenant.0.as_bytes(), address.as_bytes()]))
    }

    /// Reads what [`reveal`](Self::reveal) wrote for the same tenant; nothing else is taken.
    pub fn parse(pepper: &Pepper, tenant: TenantId, text: &str) -> Option<Self> {
        let bytes = hex::decode(text).ok()?;
        let (hash, seal) = bytes.split_at_checked(KEY_BYTES)?;
        let token = Self(hash.try_into().ok()?);
        bool::from(token.seal(pepper, tenant)[..].ct_eq(seal)).then_some(token)
    }

    /// As it stands in a link: 96 hexadecimal digits.
    pub fn reveal(&self, pepper: &Pepper, tenant: TenantId) -> String {
        hex::encode([&self.0[..], &self.seal(pepper, tenant)].concat())
    }

    /// What is stored for the address.
    pub fn address_hash(&self) -> [u8; KEY_BYTES] {
        self.0
    }

    fn seal(&self, pepper: &Pepper, tenant: TenantId) -> [u8; SEAL_BYTES] {
        let whole = pepper.derive(labels::STOP_LINKS).mac(&[tenant.0.as_bytes(), &self.0]);
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&whole[..SEAL_BYTES]);
        seal
    }
}

impl std::fmt::Debug for StopToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StopToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_out_is_taken() {
        let mut bytes = [7; 32];
        bytes[31] = 1;
        let pepper = Pepper::from_bytes(bytes).unwrap();
        let (bsol, hhft) = (TenantId::named(&["bsol"]), TenantId::named(&["hhft"]));
        let token = StopToken::of_address(&pepper, bsol, " A.B@Example.org ");
        assert_eq!(token, StopToken::of_address(&pepper, bsol, "a.b@example.org"));
        assert_ne!(token, StopToken::of_address(&pepper, hhft, "a.b@example.org"));
        let link = token.reveal(&pepper, bsol);
        assert_eq!(StopToken::parse(&pepper, bsol, &link), Some(token));
        assert_eq!(StopToken::parse(&pepper, hhft, &link), None);
        for place in 0..link.len() {
            let mut other: Vec<char> = link.chars().collect();
            other[place] = if other[place] == '0' { '1' } else { '0' };
            let other: String = other.into_iter().collect();
            assert_eq!(StopToken::parse(&pepper, bsol, &other), None, "{place}");
        }
        for text in ["", "00", &link[..94], &format!("{link}00"), "zz"] {
            assert_eq!(StopToken::parse(&pepper, bsol, text), None, "{text}");
        }
        assert!(!format!("{token:?}").contains(&link[..8]));
    }
}
