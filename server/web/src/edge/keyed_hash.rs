//! HMAC-SHA256 with our 32-byte keys.

use hmac::{Hmac, KeyInit};
use sha2::Sha256;

/// SHA-256's block, bytes.
const BLOCK_BYTES: usize = 64;

/// A hash keyed with `key`, which HMAC pads with zeros to one block (RFC 2104, section 2): done here, so that there is
/// no length left to be wrong.
pub(super) fn keyed_hash(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK_BYTES];
    block[..key.len()].copy_from_slice(key);
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests {
    use hmac::Mac;

    use super::*;

    #[test]
    fn it_is_hmac() {
        let ours = keyed_hash(&[9; 32]).chain_update("words").finalize();
        let theirs = Hmac::<Sha256>::new_from_slice(&[9; 32]).unwrap().chain_update("words").finalize();
        assert_eq!(ours.into_bytes(), theirs.into_bytes());
    }
}
