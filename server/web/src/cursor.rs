//! Where the next page of the conversation begins, as text for addresses: pages and API use the same.
//!
//! A checksum tells a cut or mistyped cursor from a good one. It keeps no secret: whoever makes a cursor up only moves within what
//! they may read anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::board::Cursor;
use domain::ids::PostId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bytes of the rank and of the id.
const PLACE_BYTES: usize = 8 + 16;
/// Bytes of the checksum behind them.
const CHECKSUM_BYTES: usize = 4;

/// `cursor` as 38 characters of URL-safe base64 (RFC 4648, 5) without padding.
pub fn encode(cursor: &Cursor) -> String {
    let mut bytes = [0; PLACE_BYTES + CHECKSUM_BYTES];
    bytes[..8].copy_from_slice(&cursor.rank.to_be_bytes());
    bytes[8..PLACE_BYTES].copy_from_slice(cursor.id.0.as_bytes());
    let checksum = checksum(&bytes[..PLACE_BYTES]);
    bytes[PLACE_BYTES..].copy_from_slice(&checksum);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The cursor that [`encode`] made `text` of; nothing if it made no such text.
pub fn decode(text: &str) -> Option<Cursor> {
    let mut bytes = [0; PLACE_BYTES + CHECKSUM_BYTES];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
    let (place, sum) = bytes.split_at(PLACE_BYTES);
    if length != bytes.len() || sum != checksum(place) {
        return None;
    }
    let (rank, id) = place.split_at(8);
    let rank = i64::from_be_bytes(rank.try_into().ok()?);
    Some(Cursor { rank, id: PostId(Uuid::from_slice(id).ok()?) })
}

fn checksum(place: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::digest(place);
    std::array::from_fn(|at| digest[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_comes_back() {
        for rank in [i64::MIN, -1, 0, 7, i64::MAX] {
            let cursor = Cursor { rank, id: PostId::named(&["x"]) };
            let text = encode(&cursor);
            assert_eq!(text.len(), 38);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
            assert_eq!(decode(&text), Some(cursor));
        }
    }

    #[test]
    fn any_changed_cut_or_lengthened_text_is_none() {
        let text = encode(&Cursor { rank: 42, id: PostId::named(&["x"]) });
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(decode(std::str::from_utf8(&changed).unwrap()), None, "character {at}");
            assert_eq!(decode(&text[..at]), None, "the first {at}");
        }
        for other in [
            format!("{text}A"),
            format!("{text}="),
            format!(" {text}"),
            "é".repeat(19),
            "A".repeat(1_000_000),
        ] {
            assert_eq!(decode(&other), None);
        }
    }
}
