//! The key that a participant's device holds: Ed25519 (RFC 8032), the public half. And how a device proves that it holds it.
//!
//! Here: what a browser may send as a key, the message that it signs, and the check. Not here: how the six words become a key
//! (the browser does that), where challenges come from and how long they live (actions).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{CampaignId, TenantId};
use openssl::pkey::{Id, PKey};
use openssl::sign::Verifier;
use thiserror::Error;

/// Length of a public key, in bytes.
pub const DEVICE_KEY_BYTES: usize = 32;
/// Length of an Ed25519 signature, in bytes.
pub const PROOF_BYTES: usize = 64;
/// Opens every message that a device signs, so that no signature fits anything else.
const PROOF_OPENING: &[u8] = b"candour/proof/1/";

/// The prime 2²⁵⁵ − 19 of the curve's field, least byte first.
const FIELD_PRIME: [u8; DEVICE_KEY_BYTES] = {
    let mut bytes = [0xff; DEVICE_KEY_BYTES];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

/// The y of the curve's eight points of small order (the identity among them), least byte first and without the bit that
/// tells x from −x. Under such a key one signature can fit any message.
const SMALL_ORDER: [[u8; DEVICE_KEY_BYTES]; 5] = [
    // y = 0: order 4, two points.
    [0; DEVICE_KEY_BYTES],
    // y = 1: the identity.
    {
        let mut bytes = [0; DEVICE_KEY_BYTES];
        bytes[0] = 1;
        bytes
    },
    // y = −1: order 2.
    {
        let mut bytes = FIELD_PRIME;
        bytes[0] -= 1;
        bytes
    },
    // Order 8: two points each.
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// A device's public key for one campaign. The participant's pseudonym: `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceKey([u8; DEVICE_KEY_BYTES]);

/// Why a public key is refused. Only a browser ever sends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DeviceKeyRefusal {
    /// Not 32 bytes in base64url, or not a point in its one encoding.
    #[error("This is not a key of a device. Load the page again.")]
    Malformed,
    /// A key that proves nothing, because anybody can sign with it.
    #[error("This key protects nothing. Load the page again, and type your words again.")]
    Weak,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofRefusal {
    /// Not 64 bytes in base64url.
    #[error("This is not a proof. Load the page again.")]
    Malformed,
    /// Signed by another key, or over another challenge, purpose or campaign.
    #[error("The proof does not fit. Load the page again. If you typed your words, check each of them.")]
    Wrong,
}

/// What a device proves its key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To register it with its credential.
    Register,
    /// To come back and begin a session.
    Return,
}

impl Purpose {
    /// Its name inside the signed message.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Return => "return",
        }
    }
}

/// What a device signs: `candour/proof/1/` ‖ the purpose's name ‖ one zero byte ‖ the 16 bytes of the tenant's UUID ‖ the 16 bytes
/// of the campaign's UUID ‖ the challenge in UTF-8.
pub fn proof_message(purpose: Purpose, tenant: TenantId, campaign: CampaignId, challenge: &str) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        PROOF_OPENING,
        purpose.name().as_bytes(),
        &[0],
        tenant.0.as_bytes(),
        campaign.0.as_bytes(),
        challenge.as_bytes(),
    ];
    parts.concat()
}

impl DeviceKey {
    /// Takes the 32 bytes of RFC 8032 section 5.1.2.
    ///
    /// # Errors
    /// A [`DeviceKeyRefusal`] for anything but a point of large order in its one encoding.
    pub fn from_bytes(bytes: [u8; DEVICE_KEY_BYTES]) -> Result<Self, DeviceKeyRefusal> {
        let mut y = bytes;
        y[31] &= 0x7f;
        if SMALL_ORDER.contains(&y) {
            return Err(DeviceKeyRefusal::Weak);
        }
        // Two spellings of one key would be two participants.
        let reduced = y.iter().rev().lt(FIELD_PRIME.iter().rev());
        if reduced { Ok(Self(bytes)) } else { Err(DeviceKeyRefusal::Malformed) }
    }

    /// Reads base64url (RFC 4648 section 5) without padding.
    ///
    /// # Errors
    /// A [`DeviceKeyRefusal`], as [`from_bytes`](Self::from_bytes).
    pub fn parse(text: &str) -> Result<Self, DeviceKeyRefusal> {
        Self::from_bytes(exact_bytes(text).ok_or(DeviceKeyRefusal::Malformed)?)
    }

    /// The key's 32 bytes.
    pub fn as_bytes(&self) -> &[u8; DEVICE_KEY_BYTES] {
        &self.0
    }

    /// The key as base64url without padding.
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Checks the device's signature (base64url without padding) on `message`, made by [`proof_message`].
    ///
    /// # Errors
    /// A [`ProofRefusal`] when it is none, or does not fit.
    pub fn verify(&self, message: &[u8], signature: &str) -> Result<(), ProofRefusal> {
        let signature: [u8; PROOF_BYTES] = exact_bytes(signature).ok_or(ProofRefusal::Malformed)?;
        let checked = PKey::public_key_from_raw_bytes(&self.0, Id::ED25519)
            .and_then(|key| Verifier::new_without_digest(&key)?.verify_oneshot(&signature, message));
        if checked.unwrap_or(false) { Ok(()) } else { Err(ProofRefusal::Wrong) }
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}

/// Exactly `N` bytes of base64url without padding, in their one spelling.
pub(crate) fn exact_bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    // Four characters for three bytes; longer texts are not even decoded.
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
