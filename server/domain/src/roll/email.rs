//! Email addresses, strictly: what a mail program would take and no header, page or spreadsheet can be harmed by.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::row::{is_unfit, trimmed};

/// Longest address, in bytes of UTF-8 (RFC 5321, 4.5.3.1.3).
pub const MAX_EMAIL_BYTES: usize = 254;
/// Longest part before the @, in bytes of UTF-8 (RFC 5321, 4.5.3.1.1).
pub const MAX_LOCAL_PART_BYTES: usize = 64;
/// Longest part of a domain between two dots, in bytes (RFC 1035).
const MAX_LABEL_BYTES: usize = 63;
/// The signs beside letters and digits that the part before the @ may hold unquoted (RFC 5322, `atext`), and the dot.
const LOCAL_SIGNS: &str = "!#$%&'*+-/=?^_`{|}~.";

/// Why an address was turned away. Each says what to do, and none repeats the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailRefusal {
    /// Nothing, or only spaces.
    #[error("Write an email address. There is none.")]
    Empty,
    /// Longer than the limit.
    #[error(
        "Check the email address. It is too long: {MAX_EMAIL_BYTES} bytes is the most, and {MAX_LOCAL_PART_BYTES} before the @."
    )]
    TooLong,
    /// Spaces, line breaks, control or invisible characters.
    #[error("Take out spaces, line breaks and invisible characters. An email address has none.")]
    Blank,
    /// Angle brackets, commas, quotes and other signs of a longer form or of markup.
    #[error("Write the bare address, such as name@example.org, without names, brackets, commas or quotes.")]
    ForbiddenCharacter,
    /// Not exactly one @.
    #[error("Write an email address with one @, such as name@example.org.")]
    NotOneAt,
    /// The part before the @ begins with a sign that a spreadsheet would run or hide.
    #[error("Take out the sign at the beginning. An email address does not begin with = + - or '.")]
    LeadingSign,
    /// The part before the @ is empty, or has a dot where none may stand.
    #[error("Check the part before the @. It is empty, or begins, ends or doubles a dot.")]
    BadLocalPart,
    /// The part after the @ has no dot, or is not a domain.
    #[error("Check the part after the @. It must be a domain with a dot, such as example.org.")]
    BadDomain,
    /// The domain has letters outside ASCII.
    #[error(
        "Write the domain in its xn-- form. Letters such as é after the @ are not taken, because many look alike."
    )]
    InternationalDomain,
}

/// An email address: trimmed, NFC, its domain in lower case.
///
/// International domains are taken only as their owners' mail servers know them, in the ASCII form that begins with `xn--`;
/// letters outside ASCII after the @ are refused, because two that look alike would be two people. Letters and digits of any
/// script may stand before the @.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress {
    whole: String,
    at: usize,
}

impl EmailAddress {
    /// Cleans `raw` and checks it.
    ///
    /// # Errors
    /// An [`EmailRefusal`] that says what to change.
    pub fn parse(raw: &str) -> Result<Self, EmailRefusal> {
        let raw = trimmed(raw);
        // NFC makes no text shorter than a third of what it was.
        if raw.len() > 3 * MAX_EMAIL_BYTES {
            return Err(EmailRefusal::TooLong);
        }
        let whole: String = raw.nfc().collect();
        if whole.is_empty() {
            return Err(EmailRefusal::Empty);
        }
        if whole.chars().any(|c| c.is_whitespace() || is_unfit(c)) {
            return Err(EmailRefusal::Blank);
        }
        let (local, domain) = match whole.split_once('@') {
            Some((local, domain)) if !domain.contains('@') => (local, domain),
            _ => return Err(EmailRefusal::NotOneAt),
        };
        check_local_part(local)?;
        check_domain(domain)?;
        if whole.len() > MAX_EMAIL_BYTES || local.len() > MAX_LOCAL_PART_BYTES {
            return Err(EmailRefusal::TooLong);
        }
        let at = local.len();
        Ok(Self { whole: format!("{local}@{}", domain.to_ascii_lowercase()), at })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The part before the @.
    pub fn local_part(&self) -> &str {
        &self.whole[..self.at]
    }

    /// The part after the @, in lower case.
    pub fn domain(&self) -> &str {
        &self.whole[self.at + 1..]
    }
}

/// Says that there is an address, not which: addresses must not reach logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

fn check_local_part(local: &str) -> Result<(), EmailRefusal> {
    if local.starts_with(['=', '+', '-', '\'']) {
        return Err(EmailRefusal::LeadingSign);
    }
    if !local.chars().all(|c| c.is_alphanumeric() || LOCAL_SIGNS.contains(c)) {
        return Err(EmailRefusal::ForbiddenCharacter);
    }
    if local.split('.').any(str::is_empty) {
        return Err(EmailRefusal::BadLocalPart);
    }
    Ok(())
}

fn check_domain(domain: &str) -> Result<(), EmailRefusal> {
    if domain.contains(['<', '>', ',', '"', '\'', '(', ')', ';', ':', '[', ']', '\\']) {
        return Err(EmailRefusal::ForbiddenCharacter);
    }
    if !domain.is_ascii() {
        return Err(EmailRefusal::InternationalDomain);
    }
    match is_domain(domain) {
        true => Ok(()),
        false => Err(EmailRefusal::BadDomain),
    }
}

/// True for a dotted domain name in ASCII, in any case, whose last part is not a number (that would be an IP address).
pub(crate) fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let ends = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && label.len() <= MAX_LABEL_BYTES && plain && !ends
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    let fits = domain.len() < MAX_EMAIL_BYTES && domain.contains('.') && domain.split('.').all(is_label);
    fits && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `name+anything@…` is `name@…`. Many mail servers deliver both to one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlusAddressing {
    /// The same person: what follows the + is dropped when people are compared.
    #[default]
    SamePerson,
    /// Two people.
    Different,
}

/// By which an address stands for one person: all of it in lower case, without `+tag` if that means the same person. Dots are
/// kept for every provider: what one of them ignores, another delivers to two people.
pub fn person_key(email: &EmailAddress, plus: PlusAddressing) -> String {
    let local = match (plus, email.local_part().split_once('+')) {
        (PlusAddressing::SamePerson, Some((name, _))) => name,
        _ => email.local_part(),
    };
    format!("{}@{}", local.to_lowercase().nfc(), email.domain())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(raw: &str) -> Result<String, EmailRefusal> {
        EmailAddress::parse(raw).map(|email| email.as_str().to_owned())
    }

    #[test]
    fn addresses_are_cleaned() {
        assert_eq!(parsed(" \u{a0}Jo.Bloggs@Trust.NHS.example ").unwrap(), "Jo.Bloggs@trust.nhs.example");
        assert_eq!(parsed("o'neil@a.example").unwrap(), "o'neil@a.example");
        assert_eq!(parsed("jose\u{301}@a.example").unwrap(), "jos\u{e9}@a.example");
        assert_eq!(parsed("jo@xn--bcher-kva.example").unwrap(), "jo@xn--bcher-kva.example");
        let email = EmailAddress::parse("jo+ward@A.example").unwrap();
        assert_eq!((email.local_part(), email.domain()), ("jo+ward", "a.example"));
        assert_eq!(format!("{email:?}"), "EmailAddress(…)");
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_a_reason() {
        use EmailRefusal::*;
        for (raw, refusal) in [
            ("", Empty),
            ("   ", Empty),
            ("jo@a.example\r\nBcc: all@a.example", Blank),
            ("jo@a.example\n", Blank),
            ("jo bloggs@a.example", Blank),
            ("jo\u{a0}@a.example", Blank),
            ("jo\u{200b}@a.example", Blank),
            ("jo\u{202e}@a.example", Blank),
            ("jo\0@a.example", Blank),
            ("\tjo@a.example", Blank),
            ("Jo<jo@a.example>", ForbiddenCharacter),
            ("<b>jo</b>@a.example", ForbiddenCharacter),
            ("jo,al@a.example", ForbiddenCharacter),
            ("\"jo\"@a.example", ForbiddenCharacter),
            ("“jo”@a.example", ForbiddenCharacter),
            ("mailto:jo@a.example", ForbiddenCharacter),
            ("=HYPERLINK(\"http://x\")", NotOneAt),
            ("=HYPERLINK(\"http://x@a.example\")", LeadingSign),
            ("=1@a.example", LeadingSign),
            ("+cmd@a.example", LeadingSign),
            ("-jo@a.example", LeadingSign),
            ("'jo@a.example", LeadingSign),
            ("@SUM", BadLocalPart),
            ("jo", NotOneAt),
            ("jo@al@a.example", NotOneAt),
            ("@a.example", BadLocalPart),
            (".jo@a.example", BadLocalPart),
            ("jo..b@a.example", BadLocalPart),
            ("jo.@a.example", BadLocalPart),
            ("jo@", BadDomain),
            ("jo@localhost", BadDomain),
            ("jo@a..example", BadDomain),
            ("jo@.example", BadDomain),
            ("jo@-a.example", BadDomain),
            ("jo@10.0.0.1", BadDomain),
            ("jo@[10.0.0.1]", ForbiddenCharacter),
            ("jo@bücher.example", InternationalDomain),
        ] {
            assert_eq!(parsed(raw), Err(refusal), "{raw:?}");
        }
    }

    #[test]
    fn lengths_are_bounded() {
        let local = "a".repeat(MAX_LOCAL_PART_BYTES);
        assert!(parsed(&format!("{local}@a.example")).is_ok());
        assert_eq!(parsed(&format!("{local}a@a.example")), Err(EmailRefusal::TooLong));
        let domain = format!("{0}.{0}.{1}.example", "b".repeat(63), "c".repeat(53));
        let longest = format!("{local}@{domain}");
        assert_eq!(longest.len(), MAX_EMAIL_BYTES);
        assert!(parsed(&longest).is_ok());
        assert_eq!(parsed(&longest.replace(".example", "d.example")), Err(EmailRefusal::TooLong));
        assert_eq!(parsed(&"a".repeat(10_000_000)), Err(EmailRefusal::TooLong));
    }

    #[test]
    fn person_keys() {
        let key = |raw, plus| person_key(&EmailAddress::parse(raw).unwrap(), plus);
        for raw in ["jo@a.example", "JO@A.EXAMPLE", "Jo+ward+7@a.example", "jo+@a.example"] {
            assert_eq!(key(raw, PlusAddressing::SamePerson), "jo@a.example");
        }
        assert_eq!(key("Jo+Ward@a.example", PlusAddressing::Different), "jo+ward@a.example");
        assert_eq!(key("j.o@gmail.example", PlusAddressing::SamePerson), "j.o@gmail.example");
        assert_eq!(key("JOSÉ@a.example", PlusAddressing::SamePerson), "josé@a.example");
    }
}
