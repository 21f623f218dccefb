//! The browser's half for tests: the independent crate `blind-rsa-signatures` blinds and unblinds.

use blind_rsa_signatures::{BlindSignature, DefaultRng, PublicKeySha384PSSRandomized};

use super::{CohortKey, CohortPublicKey, PREFIX_BYTES};

/// `key` as the independent crate reads it.
pub fn their_public_key(key: &CohortPublicKey) -> PublicKeySha384PSSRandomized {
    PublicKeySha384PSSRandomized::from_der(key.spki()).unwrap()
}

/// Has `key` sign `message` without seeing it: the prefix that was drawn, and the unblinded signature.
pub fn sign_blindly(key: &CohortKey, message: &[u8]) -> ([u8; PREFIX_BYTES], Vec<u8>) {
    let theirs = their_public_key(key.public());
    let blinding = theirs.blind(&mut DefaultRng, message).unwrap();
    let blind_signature = BlindSignature(key.blind_sign(&blinding.blind_message).unwrap());
    let signature = theirs.finalize(&blind_signature, &blinding, message).unwrap();
    (blinding.msg_randomizer.unwrap().0, signature.0)
}
