//! Tokens of named people: of a console session, of an invitation.
//!
//! Opaque, random and hashed at rest like a participant's [`SessionToken`], and each purpose under a key of its own: what stands in an
//! invitation is no session. To add one more purpose: a variant of [`TokenPurpose`] and its label.

use std::fmt;

use crate::labels;
use crate::pepper::Pepper;
use crate::session_token::{SessionToken, TOKEN_BYTES, TokenHash, TokenRefusal};

/// What a token of a named person is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPurpose {
    /// The cookie of somebody signed in.
    Session,
    /// The link of an emailed invitation.
    Invitation,
}

/// A token of 256 bits. `Debug` does not show it; [`reveal`](Self::reveal) does, for the cookie or the link.
#[derive(Clone)]
pub struct ConsoleToken(SessionToken);

impl ConsoleToken {
    /// A token of 32 random bytes.
    pub fn from_bytes(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(SessionToken::from_bytes(bytes))
    }

    /// Reads what [`reveal`](Self::reveal) made.
    ///
    /// # Errors
    /// [`TokenRefusal`] for anything else.
    pub fn parse(text: &str) -> Result<Self, TokenRefusal> {
        SessionToken::parse(text).map(Self)
    }

    /// The token as 43 characters of URL-safe base64.
    pub fn reveal(&self) -> String {
        self.0.reveal()
    }

    /// What to store and look up instead of the token.
    pub fn hash(&self, pepper: &Pepper, purpose: TokenPurpose) -> TokenHash {
        let label = match purpose {
            TokenPurpose::Session => labels::CONSOLE_SESSIONS,
            TokenPurpose::Invitation => labels::INVITATIONS,
        };
        TokenHash(pepper.derive(label).mac(&[self.0.as_bytes()]))
    }
}

impl fmt::Debug for ConsoleToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsoleToken(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::samples;

    fn pepper(last: u8) -> Pepper {
        let mut bytes = [7; 32];
        bytes[31] = last;
        Pepper::from_bytes(bytes).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_purpose_only() {
        use TokenPurpose::{Invitation, Session};
        for bytes in samples(100) {
            let token = ConsoleToken::from_bytes(bytes);
            let read = ConsoleToken::parse(&token.reveal()).unwrap();
            for purpose in [Session, Invitation] {
                assert_eq!(read.hash(&pepper(1), purpose), token.hash(&pepper(1), purpose));
                assert_ne!(read.hash(&pepper(2), purpose), token.hash(&pepper(1), purpose));
                let as_participant = SessionToken::from_bytes(bytes).hash(&pepper(1));
                assert_ne!(read.hash(&pepper(1), purpose), as_participant);
            }
            assert_ne!(token.hash(&pepper(1), Session), token.hash(&pepper(1), Invitation));
        }
        assert!(ConsoleToken::parse("").is_err());
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", ConsoleToken::from_bytes([1; TOKEN_BYTES])), "ConsoleToken(secret)");
    }
}
