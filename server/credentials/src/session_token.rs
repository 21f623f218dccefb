//! Session tokens: what a participant's browser keeps after entering. Opaque, random, hashed at rest.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::labels;
use crate::pepper::{Pepper, keyed_hash};

/// Random bytes in a token: 256 bits.
pub const TOKEN_BYTES: usize = 32;
/// Length of a token as text, in characters.
pub const TOKEN_CHARACTERS: usize = 43;

/// A session token. Neither `Debug` nor `Display` shows it; [`reveal`](Self::reveal) does, for the cookie.
#[derive(Clone)]
pub struct SessionToken([u8; TOKEN_BYTES]);

keyed_hash! {
    /// What is stored of a token: HMAC-SHA256 under a key that only the pepper gives.
    TokenHash
}

/// What came was no session token. It does not say why: only a browser ever sends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is not a session token")]
pub struct TokenRefusal;

impl SessionToken {
    /// A token of 32 random bytes.
    pub fn from_bytes(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads a cookie's value: exactly 43 characters of URL-safe base64 (RFC 4648 section 5) without padding.
    ///
    /// # Errors
    /// [`TokenRefusal`] for anything else, spare bits at the end included: a token has one spelling.
    pub fn parse(text: &str) -> Result<Self, TokenRefusal> {
        if text.len() != TOKEN_CHARACTERS {
            return Err(TokenRefusal);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenRefusal)?;
        bytes.try_into().map(Self).map_err(|_| TokenRefusal)
    }

    /// The token as text, for the cookie and for nothing else.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The bare bytes, for a token of the same spelling that hashes them under a label of its own.
    pub(crate) fn as_bytes(&self) -> &[u8; TOKEN_BYTES] {
        &self.0
    }

    /// What to store and look up instead of the token.
    pub fn hash(&self, pepper: &Pepper) -> TokenHash {
        TokenHash(pepper.derive(labels::SESSIONS).mac(&[&self.0]))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pepper(last: u8) -> Pepper {
        let mut bytes = [7; 32];
        bytes[31] = last;
        Pepper::from_bytes(bytes).unwrap()
    }

    #[test]
    fn tokens_come_back_from_their_text() {
        for byte in 0..=255 {
            let token = SessionToken::from_bytes([byte; TOKEN_BYTES]);
            let text = token.reveal();
            assert_eq!(text.len(), TOKEN_CHARACTERS);
            assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            assert_eq!(SessionToken::parse(&text).unwrap().hash(&pepper(1)), token.hash(&pepper(1)));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let text = SessionToken::from_bytes([0; TOKEN_BYTES]).reveal();
        let spare_bits = format!("{}B", &text[..42]);
        for wrong in
            ["", &text[1..], &format!("{text}="), &text.replace('A', "+"), &spare_bits, &"é".repeat(22)]
        {
            assert_eq!(SessionToken::parse(wrong).err(), Some(TokenRefusal), "{wrong:?}");
        }
    }

    #[test]
    fn the_hash_depends_on_token_and_pepper() {
        let (one, two) = (SessionToken::from_bytes([1; 32]), SessionToken::from_bytes([2; 32]));
        assert_ne!(one.hash(&pepper(1)), two.hash(&pepper(1)));
        assert_ne!(one.hash(&pepper(1)), one.hash(&pepper(2)));
        assert_ne!(one.hash(&pepper(1)).0, [1; 32]);
    }

    #[test]
    fn debug_says_nothing() {
        let token = SessionToken::from_bytes([1; 32]);
        assert_eq!(format!("{token:?} {:?}", token.hash(&pepper(1))), "SessionToken(secret) TokenHash(…)");
    }
}
