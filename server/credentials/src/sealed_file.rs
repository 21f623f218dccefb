//! Files that only we can read where they are kept: letters with login details, until somebody has fetched them.

use crate::envelope;
use crate::labels;
use crate::pepper::Pepper;

pub use crate::envelope::NONCE_BYTES;

/// What every sealed file says it is, before its name.
const ABOUT: &[u8] = b"candour/sealed-file/1/";

/// Seals `content` (AES-256-GCM). `nonce` must be random. It opens under the same `name` only: one file cannot be put in another's place.
pub fn seal_file(pepper: &Pepper, nonce: [u8; NONCE_BYTES], name: &str, content: &[u8]) -> Vec<u8> {
    envelope::seal(&pepper.derive(labels::SEALED_FILES), nonce, &about(name), content)
}

/// What [`seal_file`] sealed; none for another secret or name, or an altered file.
pub fn open_file(pepper: &Pepper, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    envelope::open(&pepper.derive(labels::SEALED_FILES), &about(name), sealed)
}

fn about(name: &str) -> Vec<u8> {
    [ABOUT, name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_opens_under_its_name_only() {
        let pepper = |first| {
            let mut bytes = [7; 32];
            bytes[0] = first;
            Pepper::from_bytes(bytes).unwrap()
        };
        let sealed = seal_file(&pepper(1), [3; NONCE_BYTES], "job/1", b"letters");
        assert_eq!(open_file(&pepper(1), "job/1", &sealed).as_deref(), Some(&b"letters"[..]));
        assert_eq!(open_file(&pepper(1), "job/2", &sealed), None);
        assert_eq!(open_file(&pepper(2), "job/1", &sealed), None);
        let mut altered = sealed;
        altered[20] ^= 1;
        assert_eq!(open_file(&pepper(1), "job/1", &altered), None);
    }
}
