//! AES-256-GCM (NIST SP 800-38D) through OpenSSL: what seals tickets, emailed links and cohort keys.
//!
//! Not public: the files that seal something say what it is, by associated data of their own.

use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

use crate::pepper::DerivedKey;

/// Length of a nonce, in bytes. It must be random: one key seals at most 2³² texts before two nonces may meet.
pub const NONCE_BYTES: usize = 12;
/// Length of the tag that shows that nothing was altered, in bytes.
const TAG_BYTES: usize = 16;

/// `nonce ‖ ciphertext ‖ tag`. `about` is not in it, and must be given again to open it.
pub fn seal(key: &DerivedKey, nonce: [u8; NONCE_BYTES], about: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut tag = [0; TAG_BYTES];
    let sealed =
        encrypt_aead(Cipher::aes_256_gcm(), key.as_bytes(), Some(&nonce), about, plaintext, &mut tag)
            .expect("AES-256-GCM takes every key of 32 bytes, nonce of 12 bytes and text");
    [&nonce, sealed.as_slice(), &tag].concat()
}

/// What was sealed; none if the key or `about` is another, or a bit was altered.
pub fn open(key: &DerivedKey, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES)?;
    let (text, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_BYTES)?)?;
    decrypt_aead(Cipher::aes_256_gcm(), key.as_bytes(), Some(nonce), about, text, tag).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{key, samples};

    #[test]
    fn what_is_sealed_opens_and_nothing_else_does() {
        let (right, wrong) = (key(1, "test"), key(2, "test"));
        for bytes in samples::<44>(200) {
            let (nonce, text) = bytes.split_at(NONCE_BYTES);
            let nonce = nonce.try_into().unwrap();
            let sealed = seal(&right, nonce, b"about", text);
            assert_eq!(open(&right, b"about", &sealed).as_deref(), Some(text));
            assert_eq!(open(&right, b"About", &sealed), None);
            assert_eq!(open(&wrong, b"about", &sealed), None);
            for length in 0..sealed.len() {
                assert_eq!(open(&right, b"about", &sealed[..length]), None);
            }
            for place in 0..sealed.len() {
                let mut altered = sealed.clone();
                altered[place] ^= 1;
                assert_eq!(open(&right, b"about", &altered), None, "byte {place}");
            }
        }
    }

    /// Test case 16 of the GCM submission to NIST (McGrew and Viega), with all associated data.
    #[test]
    fn published_vector() {
        let hex = |text: &str| hex::decode(text).unwrap();
        let bytes = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let key = DerivedKey::from_test_bytes(bytes.try_into().unwrap());
        let nonce = hex("cafebabefacedbaddecaf888");
        let about = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let text = hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        let expected = hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
                            8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
                            76fc6ece0f4e1768cddf8853bb2d551b");
        let sealed = seal(&key, nonce.clone().try_into().unwrap(), &about, &text);
        assert_eq!(sealed, [nonce, expected].concat());
    }
}
