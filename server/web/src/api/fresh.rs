//! Answers that a client may have already: entity tags (RFC 9110, 8.8.3) and "304 Not Modified".

use poem_openapi::ApiResponse;
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;
use sha2::{Digest, Sha256};

/// Bytes of a digest that make a tag.
const TAG_BYTES: usize = 16;

/// What was asked for, unless the client has it.
#[derive(ApiResponse)]
pub(super) enum Fresh<T: ToJSON> {
    /// As it is now.
    #[oai(status = 200)]
    New(
        Json<T>,
        /// Send it back as If-None-Match.
        #[oai(header = "ETag")]
        String,
    ),
    /// It is as it was when the client got this ETag.
    #[oai(status = 304)]
    Unchanged(
        /// The tag that matched.
        #[oai(header = "ETag")]
        String,
    ),
}

/// A strong entity tag of everything that an answer depends on. A digest, so it tells nothing of what it was made of.
pub(super) fn entity_tag(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts read the same.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    format!("\"{}\"", hex::encode(&digest.finalize()[..TAG_BYTES]))
}

/// Whether an If-None-Match header (RFC 9110, 13.1.2) names `tag`. Compared weakly, as the RFC has it.
pub(super) fn is_known(if_none_match: Option<&str>, tag: &str) -> bool {
    let Some(header) = if_none_match else { return false };
    header
        .split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_differ_with_every_part() {
        let tags =
            [entity_tag(&[b"ab", b"c"]), entity_tag(&[b"a", b"bc"]), entity_tag(&[b"abc"]), entity_tag(&[])];
        for (at, tag) in tags.iter().enumerate() {
            assert!(!tags[..at].contains(tag));
            assert_eq!(tag.len(), 2 * TAG_BYTES + 2);
        }
    }

    #[test]
    fn a_tag_is_known_by_itself_weakly_or_by_the_star() {
        for header in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(is_known(Some(header), "\"a\""), "{header}");
        }
        for header in [None, Some(""), Some("a"), Some("\"b\""), Some("\"A\"")] {
            assert!(!is_known(header, "\"a\""), "{header:?}");
        }
    }
}
