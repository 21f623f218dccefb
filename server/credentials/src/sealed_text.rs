//! Texts that only we can read and nobody can alter, kept by others: an emailed link's token, a cookie, a ticket.
//!
//! Stateless: whoever holds one may show it again until its contents say otherwise, so the contents must hold an end. Here:
//! sealing and opening. Not here: what is in it; see [`ticket`](crate::ticket) for one such.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::envelope;
use crate::pepper::DerivedKey;

pub use crate::envelope::NONCE_BYTES;

/// The most characters of a text that are looked at: far more than fits an address or a cookie.
pub const SEALED_TEXT_CHARACTERS: usize = 8_192;
/// What every sealed text says it is, before its purpose.
const ABOUT: &[u8] = b"candour/sealed-text/1/";

/// Seals `plaintext` (AES-256-GCM) as base64url without padding. `nonce` must be random. A text opens for the same `purpose`
/// only, so that one made for a link is worth nothing as a cookie. The text is 38 characters longer than 4/3 of the bytes.
pub fn seal_text(key: &DerivedKey, nonce: [u8; NONCE_BYTES], purpose: &str, plaintext: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(envelope::seal(key, nonce, &about(purpose), plaintext))
}

/// What [`seal_text`] sealed; none for another key or purpose, an altered text, or anything else.
pub fn open_text(key: &DerivedKey, purpose: &str, text: &str) -> Option<Vec<u8>> {
    if text.len() > SEALED_TEXT_CHARACTERS {
        return None;
    }
    envelope::open(key, &about(purpose), &URL_SAFE_NO_PAD.decode(text).ok()?)
}

fn about(purpose: &str) -> Vec<u8> {
    [ABOUT, purpose.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels;
    use crate::samples::{key, samples};

    #[test]
    fn a_text_opens_for_its_key_and_purpose_only() {
        let (right, wrong) = (key(1, labels::SEALED_TEXTS), key(2, labels::SEALED_TEXTS));
        for bytes in samples::<60>(200) {
            let (nonce, plaintext) = bytes.split_at(NONCE_BYTES);
            let text = seal_text(&right, nonce.try_into().unwrap(), "sign-up", plaintext);
            assert_eq!(open_text(&right, "sign-up", &text).as_deref(), Some(plaintext));
            assert_eq!(open_text(&wrong, "sign-up", &text), None);
            assert_eq!(open_text(&right, "sign-u", &text), None);
            assert_eq!(open_text(&right, "ticket", &text), None);
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }
    }

    #[test]
    fn anything_else_is_none() {
        let key = key(1, labels::SEALED_TEXTS);
        let text = seal_text(&key, [3; NONCE_BYTES], "sign-up", "a person's email".as_bytes());
        let flipped = format!("{}{}", if text.starts_with('A') { "B" } else { "A" }, &text[1..]);
        let (padded, long) = (format!("{text}="), "A".repeat(100_000));
        for wrong in ["", "é", &text[4..], &text[..text.len() - 4], &flipped, &padded, &long] {
            assert_eq!(open_text(&key, "sign-up", wrong), None, "{wrong}");
        }
        let empty = seal_text(&key, [4; NONCE_BYTES], "sign-up", b"");
        assert_eq!(open_text(&key, "sign-up", &empty), Some(Vec::new()));
    }
}
