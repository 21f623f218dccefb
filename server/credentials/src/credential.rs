//! What a participant registers with: a key of their device, and the cohort's blind signature on it.
//!
//! Whoever holds one belongs to the cohort, and nobody can say who it is. Here: the signed message, reading what a browser
//! sends, the check. Not here: the proof that the sender holds the key ([`device_key`](crate::device_key)), and that each
//! credential makes one participant only (storage).

use std::fmt;

use domain::ids::CampaignId;
use thiserror::Error;

use crate::blind::{CohortPublicKey, PREFIX_BYTES, SIGNATURE_BYTES};
use crate::device_key::{DEVICE_KEY_BYTES, DeviceKey, DeviceKeyRefusal, exact_bytes};

/// Opens every message that a cohort's key signs, so that no signature fits anything else.
const OPENING: &[u8] = b"candour/credential/1";

/// A device's key with its cohort's signature. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The device's public key.
    pub device_key: DeviceKey,
    /// The random bytes that the browser set before the message.
    pub prefix: [u8; PREFIX_BYTES],
    /// The cohort's signature, unblinded.
    pub signature: [u8; SIGNATURE_BYTES],
}

/// Why a credential is refused. Each says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CredentialRefusal {
    /// The key is none.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyRefusal),
    /// The prefix or the signature has another form or length.
    #[error("What this page sent is incomplete. Load the page again.")]
    Malformed,
    /// No signature of this cohort's key for this campaign on this device's key.
    #[error(
        "This place in the conversation was not given out for this campaign and group. Go back to where you came in."
    )]
    NotSigned,
}

/// What is signed blindly: `candour/credential/1` ‖ the 16 bytes of the campaign's UUID ‖ the 32 bytes of the device's key. The
/// signature covers the prefix and then this.
pub fn credential_message(campaign: CampaignId, device_key: &[u8; DEVICE_KEY_BYTES]) -> Vec<u8> {
    [OPENING, campaign.0.as_bytes(), device_key].concat()
}

impl Credential {
    /// Reads three texts in base64url (RFC 4648 section 5) without padding.
    ///
    /// # Errors
    /// A [`CredentialRefusal`] when one of them has another form. Whether the signature fits, [`verify`](Self::verify) says.
    pub fn parse(device_key: &str, prefix: &str, signature: &str) -> Result<Self, CredentialRefusal> {
        Ok(Self {
            device_key: DeviceKey::parse(device_key)?,
            prefix: exact_bytes(prefix).ok_or(CredentialRefusal::Malformed)?,
            signature: exact_bytes(signature).ok_or(CredentialRefusal::Malformed)?,
        })
    }

    /// Checks that `key` signed this device's key for `campaign`.
    ///
    /// # Errors
    /// [`CredentialRefusal::NotSigned`] when it did not.
    pub fn verify(&self, campaign: CampaignId, key: &CohortPublicKey) -> Result<(), CredentialRefusal> {
        let message = credential_message(campaign, self.device_key.as_bytes());
        match key.verify(&message, &self.prefix, &self.signature) {
            true => Ok(()),
            false => Err(CredentialRefusal::NotSigned),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(secret)")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::blind::CohortKey;
    use crate::blind::client::sign_blindly;
    use crate::samples::samples;

    fn campaign(name: &str) -> CampaignId {
        CampaignId::named(&["bsol", name])
    }

    fn credential(key: &CohortKey, campaign: CampaignId) -> Credential {
        let device_key = DeviceKey::from_bytes(samples(1).next().unwrap()).unwrap();
        let (prefix, signature) = sign_blindly(key, &credential_message(campaign, device_key.as_bytes()));
        Credential { device_key, prefix, signature: signature.try_into().unwrap() }
    }

    #[test]
    fn the_message_to_the_byte() {
        let campaign = CampaignId(uuid::Uuid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff));
        let message = credential_message(campaign, &[0xab; 32]);
        let expected = format!(
            "{}00112233445566778899aabbccddeeff{}",
            "63616e646f75722f63726564656e7469616c2f31",
            "ab".repeat(32)
        );
        assert_eq!(hex::encode(message), expected);
    }

    #[test]
    fn one_campaign_one_cohort_one_device() {
        let (own, foreign) = (CohortKey::generate().unwrap(), CohortKey::generate().unwrap());
        let good = credential(&own, campaign("1"));
        let check = |credential: &Credential, name: &str, key: &CohortKey| {
            credential.verify(campaign(name), key.public())
        };
        assert_eq!(check(&good, "1", &own), Ok(()));
        assert_eq!(check(&good, "2", &own), Err(CredentialRefusal::NotSigned));
        assert_eq!(check(&good, "1", &foreign), Err(CredentialRefusal::NotSigned));
        let other_device = DeviceKey::from_bytes(samples(2).nth(1).unwrap()).unwrap();
        let moved = Credential { device_key: other_device, ..good.clone() };
        assert_eq!(check(&moved, "1", &own), Err(CredentialRefusal::NotSigned));
        let mut forged = good.clone();
        forged.prefix[0] ^= 1;
        assert_eq!(check(&forged, "1", &own), Err(CredentialRefusal::NotSigned));
        for place in (0..SIGNATURE_BYTES).step_by(17) {
            let mut forged = good.clone();
            forged.signature[place] ^= 1;
            assert_eq!(check(&forged, "1", &own), Err(CredentialRefusal::NotSigned));
        }
    }

    #[test]
    fn three_texts_are_read_in_one_spelling() {
        let [key, prefix] = samples(2).collect::<Vec<[u8; 32]>>().try_into().unwrap();
        let signature: [u8; SIGNATURE_BYTES] = samples(1).next().unwrap();
        let [key, prefix] = [key, prefix].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let signature = URL_SAFE_NO_PAD.encode(signature);
        let parsed = Credential::parse(&key, &prefix, &signature).unwrap();
        assert_eq!(parsed.device_key.to_base64url(), key);
        assert_eq!(URL_SAFE_NO_PAD.encode(parsed.prefix), prefix);
        assert_eq!(URL_SAFE_NO_PAD.encode(parsed.signature), signature);
        let malformed = Some(CredentialRefusal::Malformed);
        for wrong in
            ["", &format!("{prefix}="), &prefix[1..], &format!("{prefix}A"), &prefix.replace(|_| true, "+")]
        {
            assert_eq!(Credential::parse(&key, wrong, &signature).err(), malformed, "{wrong}");
        }
        for wrong in ["", &signature[1..], &format!("{signature}A"), &format!("é{}", &signature[2..])] {
            assert_eq!(Credential::parse(&key, &prefix, wrong).err(), malformed, "{wrong}");
        }
        let no_key = Some(CredentialRefusal::DeviceKey(DeviceKeyRefusal::Malformed));
        assert_eq!(Credential::parse("", &prefix, &signature).err(), no_key);
        let weak = URL_SAFE_NO_PAD.encode([0; 32]);
        let weakness = Some(CredentialRefusal::DeviceKey(DeviceKeyRefusal::Weak));
        assert_eq!(Credential::parse(&weak, &prefix, &signature).err(), weakness);
        assert_eq!(format!("{parsed:?} {:?}", parsed.device_key), "Credential(secret) DeviceKey(…)");
    }
}
