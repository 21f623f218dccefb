//! Blind signatures: RFC 9474, RSABSSA-SHA384-PSS-Randomized with keys of 2048 bits, one key per cohort.
//!
//! Here: making a cohort's key, signing what a browser blinded, sealing the private key for storage, and checking the
//! signature that the browser unblinded. Not here: blinding and unblinding (the browser does both, so that nobody else knows
//! what was signed), what is signed ([`credential`](crate::credential)), and who may ask (actions).
//!
//! The private operation goes through OpenSSL, which works in constant time and blinds on its own.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::envelope;
use crate::pepper::DerivedKey;

/// Length of a cohort key's modulus, in bits.
pub const KEY_BITS: u32 = 2048;
/// Length of a signature, blinded or not, in bytes.
pub const SIGNATURE_BYTES: usize = 256;
/// Length of the random bytes that the browser sets before the message, in bytes (RFC 9474 section 4.1).
pub const PREFIX_BYTES: usize = 32;
/// The most bytes of a public key that are looked at. One of 2048 bits has 294.
const MAX_SPKI_BYTES: usize = 800;
/// The one public exponent that is taken.
const EXPONENT: u32 = 65_537;
/// Length of the salt inside a signature, in bytes: as long as SHA-384's digest.
const SALT_BYTES: i32 = 48;

/// The form of a sealed private key: version, id, nonce, ciphertext, tag.
const SEAL_VERSION: u8 = 1;
/// What a sealed private key says it is.
const SEAL_ABOUT: &[u8] = b"candour/cohort-key/";
/// Length of what stands before the nonce of a sealed private key: version and id, in bytes.
const SEAL_HEAD_BYTES: usize = 1 + ID_BYTES;
/// Length of a key's id, in bytes.
const ID_BYTES: usize = 32;

/// Something went wrong inside the cryptography: no memory, no random bytes, a broken machine.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the cryptography failed ({0}); try again, and check the machine if it happens twice")]
pub struct CryptoFault(pub String);

impl From<ErrorStack> for CryptoFault {
    fn from(error: ErrorStack) -> Self {
        Self(error.to_string())
    }
}

/// Why a blinded message was not signed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlindRefusal {
    /// Another length than the key's.
    #[error("a blinded message for this key has {expected} bytes, and this one has {found}")]
    WrongLength {
        /// How many bytes it should have.
        expected: usize,
        /// How many it had.
        found: usize,
    },
    /// A number that is not below the key's modulus.
    #[error("the blinded message does not belong to this key; load the page again")]
    TooLarge,
    /// The signature did not check out and was thrown away: sent, it could give the private key away.
    #[error("the signature came out wrong and was thrown away; try again, and check the machine")]
    Miscalculated,
    /// Something else failed.
    #[error(transparent)]
    Fault(#[from] CryptoFault),
}

/// Why a public key from outside is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PublicKeyRefusal {
    /// Not base64url without padding, in its one spelling.
    #[error("the public key is not written in base64url without padding")]
    NotBase64,
    /// Not the one DER encoding of an RSA key.
    #[error("the public key is not an RSA key in SPKI form (DER, rsaEncryption)")]
    NotSpki,
    /// Another size.
    #[error("the public key has {found} bits instead of {KEY_BITS}")]
    WrongSize {
        /// How many bits its modulus has.
        found: u32,
    },
    /// An exponent other than 65537, or an even modulus.
    #[error("the public key is no ordinary RSA key: its exponent must be {EXPONENT} and its modulus odd")]
    Unusual,
}

/// Why a sealed private key does not open.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SealRefusal {
    /// Too short, or of a version that this program does not know.
    #[error("this is not a sealed cohort key that this version of Candour can read")]
    Malformed,
    /// Another sealing key, or altered bytes.
    #[error("the cohort key does not open: it was sealed under another secret, or it was altered")]
    Unopened,
}

/// SHA-256 of a public key in SPKI form: its name. `Display` and `FromStr` use hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; ID_BYTES]);

/// A text that is no [`KeyId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a key's id has {} hexadecimal digits in small letters", 2 * ID_BYTES)]
pub struct KeyIdRefusal;

impl KeyId {
    fn of(spki: &[u8]) -> Self {
        Self(Sha256::digest(spki).into())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = KeyIdRefusal;

    fn from_str(text: &str) -> Result<Self, KeyIdRefusal> {
        let mut bytes = [0; ID_BYTES];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| KeyIdRefusal)?;
        let id = Self(bytes);
        // One spelling only, so that ids may be compared as text.
        if id.to_string() == text { Ok(id) } else { Err(KeyIdRefusal) }
    }
}

/// A cohort's private key. `Debug` never shows it.
#[derive(Clone)]
pub struct CohortKey {
    rsa: Rsa<Private>,
    public: CohortPublicKey,
}

impl CohortKey {
    /// A new key. Takes OpenSSL's own random bytes, and some tenths of a second.
    ///
    /// # Errors
    /// [`CryptoFault`] when OpenSSL cannot.
    pub fn generate() -> Result<Self, CryptoFault> {
        Self::from_rsa(Rsa::generate_with_e(KEY_BITS, BigNum::from_u32(EXPONENT)?.as_ref())?)
    }

    /// What everybody may know of this key.
    pub fn public(&self) -> &CohortPublicKey {
        &self.public
    }

    /// Signs what a browser blinded (RFC 9474 section 4.3). The same message always has the same signature.
    ///
    /// # Errors
    /// A [`BlindRefusal`]; nothing of the calculation is given out then.
    pub fn blind_sign(&self, blinded: &[u8]) -> Result<Vec<u8>, BlindRefusal> {
        let expected = self.rsa.size() as usize;
        if blinded.len() != expected {
            return Err(BlindRefusal::WrongLength { expected, found: blinded.len() });
        }
        let number = BigNum::from_slice(blinded).map_err(CryptoFault::from)?;
        if number.as_ref() >= self.rsa.n() {
            return Err(BlindRefusal::TooLarge);
        }
        let mut signature = vec![0; expected];
        self.rsa.private_decrypt(blinded, &mut signature, Padding::NONE).map_err(CryptoFault::from)?;
        let mut check = vec![0; expected];
        self.rsa.public_encrypt(&signature, &mut check, Padding::NONE).map_err(CryptoFault::from)?;
        if check == blinded { Ok(signature) } else { Err(BlindRefusal::Miscalculated) }
    }

    /// The private key for storage: AES-256-GCM over its PKCS#8 form (RFC 5958), bound to a version and to the key's id.
    /// `nonce` must be random. `key` comes from [`labels::COHORT_KEYS`](crate::labels::COHORT_KEYS).
    pub fn seal(&self, key: &DerivedKey, nonce: [u8; envelope::NONCE_BYTES]) -> Vec<u8> {
        let private = PKey::from_rsa(self.rsa.clone())
            .and_then(|whole| whole.private_key_to_pkcs8())
            .expect("an RSA private key has a PKCS#8 form");
        let head = [&[SEAL_VERSION], self.public.id().0.as_slice()].concat();
        let sealed = envelope::seal(key, nonce, &about(&head), &private);
        [head, sealed].concat()
    }

    /// The key that [`seal`](Self::seal) sealed.
    ///
    /// # Errors
    /// A [`SealRefusal`] when the bytes or the secret are not the ones it was sealed with.
    pub fn unseal(key: &DerivedKey, bytes: &[u8]) -> Result<Self, SealRefusal> {
        let (head, sealed) = bytes.split_at_checked(SEAL_HEAD_BYTES).ok_or(SealRefusal::Malformed)?;
        if head[0] != SEAL_VERSION {
            return Err(SealRefusal::Malformed);
        }
        let private = envelope::open(key, &about(head), sealed).ok_or(SealRefusal::Unopened)?;
        let rsa = PKey::private_key_from_pkcs8(&private).and_then(|whole| whole.rsa());
        let opened = Self::from_rsa(rsa.map_err(|_| SealRefusal::Malformed)?);
        let opened = opened.map_err(|_| SealRefusal::Malformed)?;
        if opened.public.id().0 == head[1..] { Ok(opened) } else { Err(SealRefusal::Malformed) }
    }

    /// Of any size: the published vectors have 4096 bits.
    fn from_rsa(rsa: Rsa<Private>) -> Result<Self, CryptoFault> {
        let public = Rsa::from_public_components(rsa.n().to_owned()?, rsa.e().to_owned()?)?;
        Ok(Self { public: CohortPublicKey::from_rsa(public)?, rsa })
    }
}

impl fmt::Debug for CohortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CohortKey(secret)")
    }
}

/// A cohort's public key. Equal when the SPKI form is.
#[derive(Clone)]
pub struct CohortPublicKey {
    key: PKey<Public>,
    spki: Vec<u8>,
}

impl CohortPublicKey {
    /// Reads the SPKI form (RFC 5280 section 4.1, DER, `rsaEncryption`), as WebCrypto takes and gives it.
    ///
    /// # Errors
    /// A [`PublicKeyRefusal`] for anything but a key of 2048 bits with the exponent 65537 in its one DER encoding.
    pub fn from_spki(spki: &[u8]) -> Result<Self, PublicKeyRefusal> {
        if spki.len() > MAX_SPKI_BYTES {
            return Err(PublicKeyRefusal::NotSpki);
        }
        let rsa = Rsa::public_key_from_der(spki).map_err(|_| PublicKeyRefusal::NotSpki)?;
        let found = rsa.n().num_bits() as u32;
        if found != KEY_BITS {
            return Err(PublicKeyRefusal::WrongSize { found });
        }
        let exponent = BigNum::from_u32(EXPONENT).map_err(|_| PublicKeyRefusal::Unusual)?;
        if rsa.e() != exponent.as_ref() || !rsa.n().is_bit_set(0) {
            return Err(PublicKeyRefusal::Unusual);
        }
        let read = Self::from_rsa(rsa).map_err(|_| PublicKeyRefusal::NotSpki)?;
        if read.spki == spki { Ok(read) } else { Err(PublicKeyRefusal::NotSpki) }
    }

    /// Reads what [`to_base64url`](Self::to_base64url) writes.
    ///
    /// # Errors
    /// A [`PublicKeyRefusal`], as [`from_spki`](Self::from_spki).
    pub fn from_base64url(text: &str) -> Result<Self, PublicKeyRefusal> {
        let spki = URL_SAFE_NO_PAD.decode(text).map_err(|_| PublicKeyRefusal::NotBase64)?;
        Self::from_spki(&spki)
    }

    /// The SPKI form, DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The SPKI form as base64url (RFC 4648 section 5) without padding, as the key log holds it.
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.spki)
    }

    /// The key's name: SHA-256 of its SPKI form.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.spki)
    }

    /// Whether `signature` is this key's on `prefix ‖ message`: RSASSA-PSS (RFC 8017) with SHA-384, MGF1 with SHA-384 and a salt
    /// of 48 bytes.
    pub fn verify(&self, message: &[u8], prefix: &[u8; PREFIX_BYTES], signature: &[u8]) -> bool {
        self.verify_pss(&[prefix, message], SALT_BYTES, signature)
    }

    /// For every variant of RFC 9474: with or without a prefix, salted or not.
    fn verify_pss(&self, parts: &[&[u8]], salt_bytes: i32, signature: &[u8]) -> bool {
        let checked = || -> Result<bool, ErrorStack> {
            let mut verifier = Verifier::new(MessageDigest::sha384(), &self.key)?;
            verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
            verifier.set_rsa_mgf1_md(MessageDigest::sha384())?;
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt_bytes))?;
            parts.iter().try_for_each(|part| verifier.update(part))?;
            verifier.verify(signature)
        };
        signature.len() == self.key.size() && checked().unwrap_or(false)
    }

    fn from_rsa(rsa: Rsa<Public>) -> Result<Self, CryptoFault> {
        let key = PKey::from_rsa(rsa)?;
        let spki = key.public_key_to_der()?;
        Ok(Self { key, spki })
    }
}

impl PartialEq for CohortPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for CohortPublicKey {}

impl fmt::Debug for CohortPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CohortPublicKey({})", self.id())
    }
}

/// What tells a repeated request from another: SHA-256 of the blinded message. Blinding makes every message as likely as any other,
/// so neither it nor its digest says anything about the key inside.
pub fn request_digest(blinded: &[u8]) -> [u8; 32] {
    Sha256::digest(blinded).into()
}

fn about(head: &[u8]) -> Vec<u8> {
    [SEAL_ABOUT, head].concat()
}

#[cfg(test)]
pub(crate) mod client;
#[cfg(test)]
mod tests;
