//! Why nobody was signed in: words for the person, and a detail for the operator's log that holds no token, no code and
//! nothing about the person.

use openidconnect::{ClaimsVerificationError, SignatureVerificationError};
use thiserror::Error;

/// Why signing in came to nothing. `Display` is for the person; [`SignOnRefusal::detail`] for the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignOnRefusal {
    /// The person pressed "cancel" at the provider, or it did not let them in.
    #[error("You were not signed in. If you pressed cancel, nothing has happened. You can try again.")]
    Cancelled,
    /// The provider does not answer.
    #[error("Your organisation's sign-in is not answering. Try again in a few minutes.")]
    NotReachable {
        /// For the operator.
        detail: String,
    },
    /// What came back is not what we asked for, or not from whom we asked.
    #[error("We could not check your organisation's answer. Start again from the first page.")]
    NotTrusted {
        /// For the operator.
        detail: String,
    },
    /// The provider named no email address.
    #[error(
        "Your organisation's sign-in did not tell us your email address. Ask for help, or join another way."
    )]
    EmailMissing,
    /// The provider does not vouch for the email address.
    #[error("Your organisation has not checked your email address yet. Ask for help, or join another way.")]
    EmailNotVerified,
}

impl SignOnRefusal {
    /// What the operator should see, if anything.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::NotReachable { detail } | Self::NotTrusted { detail } => Some(detail),
            Self::Cancelled | Self::EmailMissing | Self::EmailNotVerified => None,
        }
    }

    pub(crate) fn not_trusted(detail: impl Into<String>) -> Self {
        Self::NotTrusted { detail: detail.into() }
    }

    pub(crate) fn not_reachable(detail: impl Into<String>) -> Self {
        Self::NotReachable { detail: detail.into() }
    }

    /// The library's own texts quote the token's contents; ours say which check failed.
    pub(crate) fn of_claims(error: &ClaimsVerificationError) -> Self {
        Self::not_trusted(match error {
            ClaimsVerificationError::Expired(_) => "the ID token has expired: are both clocks right?",
            ClaimsVerificationError::InvalidAudience(_) => "the ID token is for another client id",
            ClaimsVerificationError::InvalidIssuer(_) => "the ID token is from another issuer",
            ClaimsVerificationError::InvalidNonce(_) => "the ID token answers another sign-in (nonce)",
            ClaimsVerificationError::InvalidSubject(_) => {
                "userinfo is about another person than the ID token"
            }
            ClaimsVerificationError::SignatureVerification(reason) => match reason {
                SignatureVerificationError::NoMatchingKey => "no key of the provider fits the ID token",
                SignatureVerificationError::NoSignature => "the ID token is not signed",
                SignatureVerificationError::DisallowedAlg(_)
                | SignatureVerificationError::UnsupportedAlg(_) => {
                    "the ID token is signed by an algorithm that we do not take"
                }
                _ => "the ID token's signature is wrong",
            },
            _ => "the ID token has an impossible content",
        })
    }
}

/// Longer error codes are no error codes.
const MAX_CODE_CHARACTERS: usize = 40;

/// An error code as OAuth defines them (`invalid_grant`), or nothing of what was sent: whoever makes up a code would
/// otherwise write in the log.
pub(crate) fn known_form(code: &str) -> &str {
    let fits = |c: char| c.is_ascii_lowercase() || c == '_';
    if !code.is_empty() && code.len() <= MAX_CODE_CHARACTERS && code.chars().all(fits) {
        code
    } else {
        "an error without a proper code"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proper_codes_reach_the_log() {
        assert_eq!(known_form("invalid_grant"), "invalid_grant");
        for code in ["", "Invalid grant", "x\ny", "eyJhbGciOi", &"a".repeat(41)] {
            assert_eq!(known_form(code), "an error without a proper code");
        }
    }
}
