//! The web address in an email: the only thing in it that somebody can press, so its scheme is checked.

use serde::{Serialize, Serializer};
use thiserror::Error;

/// Longer ones are broken by mail programs.
pub const MAX_LINK_BYTES: usize = 1_000;

/// A web address, `https` or (for the demo on one's own machine) `http`. `Debug` does not show it: it may let somebody in.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

/// Why a text is no link for an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkRefusal {
    /// Another scheme, or none.
    #[error("A link in an email must begin with https:// or http://.")]
    NotTheWeb,
    /// A blank, a control character, a quotation mark, an angle bracket or a letter beyond ASCII, not percent-encoded.
    #[error("A link in an email must be percent-encoded.")]
    NotEncoded,
    /// More than [`MAX_LINK_BYTES`].
    #[error("A link in an email may have at most {MAX_LINK_BYTES} bytes.")]
    TooLong,
}

impl Link {
    /// A web address that is already percent-encoded.
    ///
    /// # Errors
    /// A [`LinkRefusal`], for whoever wrote the caller.
    pub fn parse(address: &str) -> Result<Self, LinkRefusal> {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        if rest.is_none_or(str::is_empty) {
            return Err(LinkRefusal::NotTheWeb);
        }
        if !address.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`')) {
            return Err(LinkRefusal::NotEncoded);
        }
        if address.len() > MAX_LINK_BYTES {
            return Err(LinkRefusal::TooLong);
        }
        Ok(Self(address.to_owned()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(…)")
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_on_one_line() {
        assert!(Link::parse("https://example.org/join?code=A-B&n=1#x").is_ok());
        assert!(Link::parse("http://localhost:8080/join").is_ok());
        for (address, refusal) in [
            ("javascript:alert(1)", LinkRefusal::NotTheWeb),
            ("data:text/html,x", LinkRefusal::NotTheWeb),
            ("//example.org", LinkRefusal::NotTheWeb),
            ("https://", LinkRefusal::NotTheWeb),
            ("https://example.org/\r\nBcc: x", LinkRefusal::NotEncoded),
            ("https://example.org/\"><script>", LinkRefusal::NotEncoded),
            ("https://example.org/a b", LinkRefusal::NotEncoded),
            ("https://example.org/é", LinkRefusal::NotEncoded),
        ] {
            assert_eq!(Link::parse(address), Err(refusal), "{address:?}");
        }
        let long = format!("https://example.org/{}", "a".repeat(MAX_LINK_BYTES));
        assert_eq!(Link::parse(&long), Err(LinkRefusal::TooLong));
    }
}
