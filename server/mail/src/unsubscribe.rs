//! How a mail program can stop a kind of email at one press: RFC 2369's header, and RFC 8058's for doing it by POST.

use lettre::message::header::{HeaderName, HeaderValue};
use thiserror::Error;

use crate::{Address, Link};

/// Together with the header's name it has to stay on one line, which has 998 bytes (RFC 5322, 2.1.1).
pub const MAX_UNSUBSCRIBE_LINK_BYTES: usize = 900;

/// Where to stop these emails. `Debug` does not show it: it is one person's.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    link: Link,
    mailto: Option<Address>,
}

/// Why an address cannot stand in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnsubscribeRefusal {
    /// More than [`MAX_UNSUBSCRIBE_LINK_BYTES`].
    #[error("A link to unsubscribe may have at most {MAX_UNSUBSCRIBE_LINK_BYTES} bytes.")]
    TooLong,
}

impl Unsubscribe {
    /// A link that unsubscribes by POST without a login, and shows a button to whoever fetches it; and, if there is one, a mailbox that
    /// does as much for each email to it. Links and addresses are checked where they are made: neither can end a line.
    ///
    /// # Errors
    /// [`UnsubscribeRefusal::TooLong`].
    pub fn new(link: Link, mailto: Option<Address>) -> Result<Self, UnsubscribeRefusal> {
        match link.as_str().len() > MAX_UNSUBSCRIBE_LINK_BYTES {
            true => Err(UnsubscribeRefusal::TooLong),
            false => Ok(Self { link, mailto }),
        }
    }

    /// Where the POST goes.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// RFC 8058, 3.1: with an https link both headers. A link in the clear (the demo on one's own machine) may be opened, never posted to
    /// by a mail program.
    pub(crate) fn headers(&self) -> impl Iterator<Item = HeaderValue> {
        let link = self.link.as_str();
        let value = match &self.mailto {
            Some(address) => format!("<{link}>,\r\n <mailto:{}>", percent_encoded(address.as_str())),
            None => format!("<{link}>"),
        };
        let post = link.starts_with("https://").then(|| "List-Unsubscribe=One-Click".to_owned());
        let header = |name, value: String| {
            // As it is: lettre would fold at no blank, and encode nothing that is here.
            HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
        };
        std::iter::once(header("List-Unsubscribe", value))
            .chain(post.map(|value| header("List-Unsubscribe-Post", value)))
    }
}

/// RFC 6068: of an address, only letters, digits and these stand for themselves in a `mailto:`.
fn percent_encoded(address: &str) -> String {
    address.bytes().fold(String::with_capacity(address.len()), |encoded, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'+' | b'@' => {
            encoded + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => format!("{encoded}%{byte:02X}"),
    })
}

impl std::fmt::Debug for Unsubscribe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unsubscribe(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_links_are_refused() {
        let link = |bytes: usize| {
            Link::parse(&format!("https://example.org/{}", "a".repeat(bytes - "https://example.org/".len())))
                .unwrap()
        };
        assert!(Unsubscribe::new(link(MAX_UNSUBSCRIBE_LINK_BYTES), None).is_ok());
        let refused = Unsubscribe::new(link(MAX_UNSUBSCRIBE_LINK_BYTES + 1), None);
        assert_eq!(refused, Err(UnsubscribeRefusal::TooLong));
    }

    #[test]
    fn addresses_mean_nothing_else_in_a_mailto() {
        assert_eq!(percent_encoded("stop+k7@bsol.example"), "stop+k7@bsol.example");
        assert_eq!(
            percent_encoded("a?subject=x&cc%b#/'@bsol.example"),
            "a%3Fsubject%3Dx%26cc%25b%23%2F%27@bsol.example"
        );
    }
}
