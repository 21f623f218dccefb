//! Email addresses as we send to them: plain ASCII, one line, no quoting, a named domain.
//!
//! Stricter than RFC 5321 on purpose. Quoted local parts, addresses at a bare IP number and letters beyond ASCII (which
//! need SMTPUTF8 along the whole way) are refused with a reason rather than half supported.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use thiserror::Error;

/// RFC 5321, 4.5.3.1.3: a path is at most 256 octets, two of which are the angle brackets.
pub const MAX_ADDRESS_BYTES: usize = 254;
/// RFC 5321, 4.5.3.1.1.
pub const MAX_LOCAL_PART_BYTES: usize = 64;

/// An address that can stand in an envelope and in a header. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(lettre::Address);

/// Why something is no address to us. None repeats what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressRefusal {
    /// Nothing was typed.
    #[error("Type an email address.")]
    Empty,
    /// Longer than mail servers take.
    #[error("Check the email address. It is longer than an email address can be.")]
    TooLong,
    /// A line break or another control character: an attempt at a second header.
    #[error("Check the email address. It has a line break or a hidden character in it.")]
    ControlCharacter,
    /// A letter outside ASCII.
    #[error(
        "Check the email address. We can only send to addresses with the letters a to z, without accents."
    )]
    NotAscii,
    /// No @, a blank, a quotation mark, an IP number, or another form that we do not send to.
    #[error("Check the email address. It should look like name@example.com.")]
    NotAnAddress,
}

impl Address {
    /// Reads an address. White space around it is forgiven, nothing within.
    ///
    /// # Errors
    /// An [`AddressRefusal`] for the person who typed.
    pub fn parse(typed: &str) -> Result<Self, AddressRefusal> {
        // Only blanks: trimming line breaks away would hide an attempt at a second header.
        let address = typed.trim_matches(' ');
        if address.is_empty() {
            return Err(AddressRefusal::Empty);
        }
        if address.chars().any(char::is_control) {
            return Err(AddressRefusal::ControlCharacter);
        }
        if address.len() > MAX_ADDRESS_BYTES {
            return Err(AddressRefusal::TooLong);
        }
        if !address.is_ascii() {
            return Err(AddressRefusal::NotAscii);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(AddressRefusal::NotAnAddress)?;
        if !is_local_part(local) || !is_domain(domain) {
            return Err(AddressRefusal::NotAnAddress);
        }
        lettre::Address::new(local, domain).map(Self).map_err(|_| AddressRefusal::NotAnAddress)
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// What stands after the @.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(crate) fn to_lettre(&self) -> lettre::Address {
        self.0.clone()
    }
}

/// RFC 5322's dot-atom: no blanks, quotes or angle brackets.
fn is_local_part(local: &str) -> bool {
    let is_atom_character = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= MAX_LOCAL_PART_BYTES
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

/// A name with a dot in it whose last part is not a number: neither an IP number nor a machine's bare name.
pub(crate) fn is_domain(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(is_label) && !last.chars().all(|c| c.is_ascii_digit())
}

/// What stands between the dots of a domain.
pub(crate) fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

impl FromStr for Address {
    type Err = AddressRefusal;

    fn from_str(typed: &str) -> Result<Self, AddressRefusal> {
        Self::parse(typed)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_taken() {
        for typed in
            ["a@b.uk", "first.last@trust.nhs.uk", "o'neil+candour@example.org", " padded@example.org "]
        {
            assert_eq!(Address::parse(typed).unwrap().as_str(), typed.trim());
        }
        assert_eq!(Address::parse("someone@trust.nhs.uk").unwrap().domain(), "trust.nhs.uk");
    }

    #[test]
    fn a_second_header_is_refused() {
        for typed in [
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org\nBcc: b@example.org",
            "a@example.org\r",
            "\na@example.org",
            "a\u{0}@example.org",
            "a@exam\u{85}ple.org",
            "a@example.org\u{7f}",
        ] {
            assert_eq!(Address::parse(typed), Err(AddressRefusal::ControlCharacter), "{typed:?}");
        }
    }

    #[test]
    fn other_forms_are_refused_with_a_reason() {
        assert_eq!(Address::parse("  "), Err(AddressRefusal::Empty));
        assert_eq!(Address::parse("jos\u{e9}@example.org"), Err(AddressRefusal::NotAscii));
        let long = format!("{}@example.org", "a".repeat(MAX_ADDRESS_BYTES));
        assert_eq!(Address::parse(&long), Err(AddressRefusal::TooLong));
        let local = format!("{}@example.org", "a".repeat(MAX_LOCAL_PART_BYTES + 1));
        for typed in [
            "nobody",
            "@example.org",
            "a@",
            "a@localhost",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a b@example.org",
            "\"a b\"@example.org",
            "a@example.org> SIZE=1",
            "<a@example.org>",
            "a@b@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a@-example.org",
            "a@example..org",
            "a@example.org,b@example.org",
            &local,
        ] {
            assert_eq!(Address::parse(typed), Err(AddressRefusal::NotAnAddress), "{typed:?}");
        }
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", Address::parse("someone@example.org").unwrap()), "Address(…)");
    }
}
