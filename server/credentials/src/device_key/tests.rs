use openssl::pkey::Private;
use openssl::sign::Signer;
use uuid::Uuid;

use super::*;
use crate::samples::samples;

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn device(seed: [u8; 32]) -> (PKey<Private>, DeviceKey) {
    let private = PKey::private_key_from_raw_bytes(&seed, Id::ED25519).unwrap();
    let public = private.raw_public_key().unwrap().try_into().unwrap();
    (private, DeviceKey::from_bytes(public).unwrap())
}

fn sign(key: &PKey<Private>, message: &[u8]) -> String {
    let signature = Signer::new_without_digest(key).unwrap().sign_oneshot_to_vec(message).unwrap();
    URL_SAFE_NO_PAD.encode(signature)
}

fn openssl_accepts(key: &[u8; 32], message: &[u8], signature: &[u8; PROOF_BYTES]) -> bool {
    PKey::public_key_from_raw_bytes(key, Id::ED25519)
        .and_then(|key| Verifier::new_without_digest(&key)?.verify_oneshot(signature, message))
        .unwrap_or(false)
}

/// RFC 8032 section 7.1, tests 1 and 2.
#[test]
fn published_vectors() {
    let vectors: [(&str, &[u8], &str); 2] = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            b"",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            b"\x72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (key, message, signature) in vectors {
        let key = DeviceKey::from_bytes(bytes(key)).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(bytes::<PROOF_BYTES>(signature));
        assert_eq!(key.verify(message, &signature), Ok(()));
        assert_eq!(key.verify(b"other", &signature), Err(ProofRefusal::Wrong));
    }
}

#[test]
fn the_message_to_the_byte() {
    let tenant = TenantId(Uuid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff));
    let campaign = CampaignId(Uuid::from_u128(0x1011_1213_1415_1617_1819_1a1b_1c1d_1e1f));
    let rest = "0000112233445566778899aabbccddeeff101112131415161718191a1b1c1d1e1fc3a978";
    let message = |purpose| hex::encode(proof_message(purpose, tenant, campaign, "éx"));
    assert_eq!(message(Purpose::Register), format!("{}{rest}", hex::encode("candour/proof/1/register")));
    assert_eq!(message(Purpose::Return), format!("{}{rest}", hex::encode("candour/proof/1/return")));
}

#[test]
fn a_proof_fits_one_key_purpose_tenant_campaign_and_challenge() {
    let (tenant, campaign) = (TenantId::named(&["bsol"]), CampaignId::named(&["bsol", "1"]));
    let (_, stranger) = device([200; 32]);
    for seed in samples::<32>(100) {
        let (private, key) = device(seed);
        let message = proof_message(Purpose::Register, tenant, campaign, "challenge");
        let proof = sign(&private, &message);
        assert_eq!(key.verify(&message, &proof), Ok(()));
        assert_eq!(DeviceKey::parse(&key.to_base64url()), Ok(key));
        let others = [
            proof_message(Purpose::Return, tenant, campaign, "challenge"),
            proof_message(Purpose::Register, TenantId::named(&["hhft"]), campaign, "challenge"),
            proof_message(Purpose::Register, tenant, CampaignId::named(&["bsol", "2"]), "challenge"),
            proof_message(Purpose::Register, tenant, campaign, "challenge2"),
        ];
        for other in others {
            assert_eq!(key.verify(&other, &proof), Err(ProofRefusal::Wrong));
        }
        assert_eq!(stranger.verify(&message, &proof), Err(ProofRefusal::Wrong));
        for wrong in ["", &proof[1..], &format!("{proof}="), &format!("é{}", &proof[2..])] {
            assert_eq!(key.verify(&message, wrong), Err(ProofRefusal::Malformed));
        }
    }
}

#[test]
fn a_proof_has_one_form() {
    let (private, key) = device([3; 32]);
    let mut signature: [u8; PROOF_BYTES] = exact_bytes(&sign(&private, b"m")).unwrap();
    // s + L, where L = 2²⁵² + 27742317777372353535851937790883648493 is the order of the base point.
    let order: [u8; 32] = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(key.verify(b"m", &URL_SAFE_NO_PAD.encode(signature)), Err(ProofRefusal::Wrong));
}

/// That the eight points are weak is shown, not believed: OpenSSL alone accepts one signature for many messages.
#[test]
fn keys_of_small_order_are_refused() {
    let mut anybody = [0; PROOF_BYTES];
    anybody[0] = 1;
    let mut points = 0;
    for y in SMALL_ORDER {
        for sign in [0, 0x80] {
            let mut key = y;
            key[31] |= sign;
            let refusal = Err(DeviceKeyRefusal::Weak);
            assert_eq!(DeviceKey::from_bytes(key), refusal);
            assert_eq!(DeviceKey::parse(&URL_SAFE_NO_PAD.encode(key)), refusal);
            // For y = 1 and y = −1, x is 0, which has no other sign.
            if sign != 0 && (y == SMALL_ORDER[1] || y == SMALL_ORDER[2]) {
                continue;
            }
            let fits = (0..200_u32).filter(|n| openssl_accepts(&key, &n.to_be_bytes(), &anybody)).count();
            assert!(fits > 1, "{}: {fits}", hex::encode(key));
            points += 1;
        }
    }
    assert_eq!(points, 8);
}

#[test]
fn keys_have_one_spelling() {
    // From p on, the same 19 numbers begin again.
    for above in 0..19 {
        for sign in [0, 0x80] {
            let mut key = FIELD_PRIME;
            key[0] += above;
            key[31] |= sign;
            assert_eq!(DeviceKey::from_bytes(key), Err(DeviceKeyRefusal::Malformed));
        }
    }
    let (_, key) = device([1; 32]);
    let text = key.to_base64url();
    let last_bits = format!("{}{}", &text[..42], if text.ends_with('9') { "-" } else { "9" });
    let standard = "+".repeat(43);
    for wrong in ["", &text[1..], &format!("{text}A"), &format!("{text}="), &last_bits, &standard] {
        assert_eq!(DeviceKey::parse(wrong), Err(DeviceKeyRefusal::Malformed), "{wrong}");
    }
}

/// About half of all numbers are no y of a point: such a key is taken, and then never verifies anything.
#[test]
fn a_key_off_the_curve_proves_nothing() {
    let mut tried = 0;
    for bytes in samples::<32>(100) {
        let Ok(key) = DeviceKey::from_bytes(bytes) else { continue };
        let mut anybody = [0; PROOF_BYTES];
        anybody[0] = 1;
        assert_eq!(key.verify(b"m", &URL_SAFE_NO_PAD.encode(anybody)), Err(ProofRefusal::Wrong));
        tried += 1;
    }
    assert_eq!(tried, 100);
}
