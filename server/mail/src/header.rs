//! Texts that stand in a header: one line, no control characters, bounded.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::{
    address::Address,
    dkim::{DkimKey, DkimRefusal},
};

/// Longer names and subjects are cut off by mail programs anyway.
pub const MAX_HEADER_CHARACTERS: usize = 200;

/// One line of text for a header: a sender's name, a subject. Letters beyond ASCII are encoded on the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderText(String);

/// Why a text cannot stand in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HeaderRefusal {
    /// Nothing but white space.
    #[error("Type a name. It is empty.")]
    Empty,
    /// A line break or another control character: an attempt at a second header.
    #[error("Check the name. It has a line break or a hidden character in it.")]
    ControlCharacter,
    /// More than [`MAX_HEADER_CHARACTERS`].
    #[error("Shorten the name to at most {MAX_HEADER_CHARACTERS} characters.")]
    TooLong,
}

/// From whom a tenant's email comes: `Name <address>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// What mail programs show.
    pub name: HeaderText,
    /// Where bounces and, without another address, replies go.
    pub address: Address,
    dkim: Option<DkimKey>,
}

impl Sender {
    /// A sender whose emails nobody signs.
    pub fn new(name: HeaderText, address: Address) -> Self {
        Self { name, address, dkim: None }
    }

    /// The same, whose emails are signed with `key`.
    ///
    /// # Errors
    /// [`DkimRefusal::OtherDomain`] if receivers would not take the key's word for the address.
    pub fn signed_with(mut self, key: DkimKey) -> Result<Self, DkimRefusal> {
        if !key.covers(&self.address) {
            let (sender, signer) = (self.address.domain().to_owned(), key.domain().to_owned());
            return Err(DkimRefusal::OtherDomain { sender, signer });
        }
        self.dkim = Some(key);
        Ok(self)
    }

    /// Whether its emails are signed.
    pub fn is_signed(&self) -> bool {
        self.dkim.is_some()
    }

    pub(crate) fn dkim(&self) -> Option<&DkimKey> {
        self.dkim.as_ref()
    }
}

impl HeaderText {
    /// A text that can stand in a header. Blanks around it are dropped.
    ///
    /// # Errors
    /// A [`HeaderRefusal`] that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, HeaderRefusal> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(HeaderRefusal::Empty);
        }
        if text.chars().any(is_unfit_for_one_line) {
            return Err(HeaderRefusal::ControlCharacter);
        }
        if text.chars().count() > MAX_HEADER_CHARACTERS {
            return Err(HeaderRefusal::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for HeaderText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Ends a line, is invisible, or turns the direction of what follows (so that an address could be read backwards).
pub(crate) fn is_unfit_for_one_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_alphabets_are_taken() {
        for name in ["BSol Big Conversation", "Zoë & Søren's “team”", "  padded ", "会話", "<b>bold</b>"]
        {
            assert_eq!(HeaderText::parse(name).unwrap().as_str(), name.trim());
        }
    }

    #[test]
    fn a_second_header_is_refused() {
        for text in [
            "Name\r\nBcc: b@example.org",
            "Name\nBcc: b@example.org",
            "Name\rBcc: b@example.org",
            "Name\n",
            "\u{0}Name",
            "Na\u{b}me",
            "Na\u{2028}me",
            "Na\u{202E}me",
            "\tName",
        ] {
            assert_eq!(HeaderText::parse(text), Err(HeaderRefusal::ControlCharacter), "{text:?}");
        }
        assert_eq!(HeaderText::parse("  "), Err(HeaderRefusal::Empty));
        assert_eq!(HeaderText::parse(&"é".repeat(201)), Err(HeaderRefusal::TooLong));
        assert!(HeaderText::parse(&"é".repeat(200)).is_ok());
    }
}
