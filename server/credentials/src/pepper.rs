//! The pepper: one secret outside the database, from which every keyed hash takes its own key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

/// Length of the pepper, of derived keys and of every keyed hash, in bytes.
pub const KEY_BYTES: usize = 32;

/// Set before each label, so that a later scheme can never derive the same key.
const DERIVATION: &[u8] = b"candour/derive/1/";

/// The secret that keys all hashes of codes and tokens. Whoever steals the databases without it cannot test guesses.
#[derive(Clone)]
pub struct Pepper([u8; KEY_BYTES]);

/// Why a pepper is refused. Never repeats what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PepperRefusal {
    /// Something else than hexadecimal digits.
    #[error("the pepper must be written in hexadecimal digits (0-9, a-f) only")]
    NotHex,
    /// Another length than 64 digits.
    #[error("the pepper must have {} hexadecimal digits, and this one has {found}", 2 * KEY_BYTES)]
    WrongLength {
        /// How many digits there were.
        found: usize,
    },
    /// One byte repeated, such as all zeros: a placeholder, not a secret.
    #[error("the pepper is one byte repeated; make one with `openssl rand -hex {KEY_BYTES}`")]
    Placeholder,
}

impl Pepper {
    /// Takes 32 random bytes.
    ///
    /// # Errors
    /// [`PepperRefusal::Placeholder`] when they are all the same.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Result<Self, PepperRefusal> {
        match bytes.iter().all(|byte| *byte == bytes[0]) {
            true => Err(PepperRefusal::Placeholder),
            false => Ok(Self(bytes)),
        }
    }

    /// Reads 64 hexadecimal digits, as the configuration holds them; white space round them is let pass.
    ///
    /// # Errors
    /// A [`PepperRefusal`] that says what to put right.
    pub fn from_hex(digits: &str) -> Result<Self, PepperRefusal> {
        let digits = digits.trim();
        if !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(PepperRefusal::NotHex);
        }
        let mut bytes = [0; KEY_BYTES];
        hex::decode_to_slice(digits, &mut bytes)
            .map_err(|_| PepperRefusal::WrongLength { found: digits.len() })?;
        Self::from_bytes(bytes)
    }

    /// The pepper as the configuration holds it. For writing a new one to its file, and for nothing else.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The key for one purpose, such as `codes` or `csrf`: HMAC-SHA256 (RFC 2104) of the label under the pepper. Two labels give
    /// two unrelated keys, so that a hash made for one purpose is worth nothing for another.
    pub fn derive(&self, label: &str) -> DerivedKey {
        let mut mac = keyed(&self.0);
        mac.update(DERIVATION);
        mac.update(label.as_bytes());
        DerivedKey(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(secret)")
    }
}

/// A key for one purpose; see [`Pepper::derive`].
#[derive(Clone)]
pub struct DerivedKey([u8; KEY_BYTES]);

impl DerivedKey {
    /// HMAC-SHA256 of `parts`. Each part goes in with its length, so that ("ab", "c") and ("a", "bc") differ.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        let mut mac = keyed(&self.0);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// A key of given bytes, for published test vectors.
    #[cfg(test)]
    pub(crate) fn from_test_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bare key, for a room that may not know this one.
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey(secret)")
    }
}

fn keyed(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// A type for what is stored in place of a secret: 32 bytes of HMAC-SHA256 under a key that only the pepper gives. It is compared in constant
/// time, and its `Debug` says nothing.
macro_rules! keyed_hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name(pub [u8; 32]);

        impl PartialEq for $name {
            /// In constant time.
            fn eq(&self, other: &Self) -> bool {
                subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
            }
        }

        impl Eq for $name {}

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
pub(crate) use keyed_hash;

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn hexadecimal_round_trip() {
        let pepper = Pepper::from_hex(&format!(" {}\n", DIGITS.to_uppercase())).unwrap();
        assert_eq!(pepper.to_hex(), DIGITS);
    }

    #[test]
    fn refusals() {
        let refusal = |digits: &str| Pepper::from_hex(digits).unwrap_err();
        assert_eq!(refusal("secret!"), PepperRefusal::NotHex);
        assert_eq!(refusal("é"), PepperRefusal::NotHex);
        assert_eq!(refusal("abc"), PepperRefusal::WrongLength { found: 3 });
        assert_eq!(refusal(""), PepperRefusal::WrongLength { found: 0 });
        assert_eq!(refusal(&"00".repeat(32)), PepperRefusal::Placeholder);
    }

    #[test]
    fn labels_and_peppers_give_different_keys() {
        let pepper = Pepper::from_hex(DIGITS).unwrap();
        let other = Pepper::from_hex(&DIGITS.replace("1f", "20")).unwrap();
        assert_eq!(pepper.derive("codes").as_bytes(), pepper.derive("codes").as_bytes());
        assert_ne!(pepper.derive("codes").as_bytes(), pepper.derive("csrf").as_bytes());
        assert_ne!(pepper.derive("codes").as_bytes(), other.derive("codes").as_bytes());
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = Pepper::from_hex(DIGITS).unwrap().derive("test");
        assert_ne!(key.mac(&[b"ab", b"c"]), key.mac(&[b"a", b"bc"]));
        assert_ne!(key.mac(&[b"ab"]), key.mac(&[b"ab", b""]));
    }

    #[test]
    fn debug_says_nothing() {
        let pepper = Pepper::from_hex(DIGITS).unwrap();
        assert_eq!(format!("{pepper:?} {:?}", pepper.derive("x")), "Pepper(secret) DerivedKey(secret)");
    }
}
