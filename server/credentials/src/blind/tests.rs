use blind_rsa_signatures::{
    DefaultRng, MessageRandomizer, PublicKeySha384PSSRandomized, SecretKeySha384PSSRandomized, Signature,
};
use openssl::rsa::RsaPrivateKeyBuilder;
use serde::Deserialize;

use super::client::{sign_blindly, their_public_key};
use super::*;
use crate::labels;
use crate::samples::{key, samples};

#[derive(Deserialize)]
struct Published {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    p: String,
    q: String,
    n: String,
    e: String,
    d: String,
    input_msg: String,
    #[serde(rename = "sLen")]
    salt_bytes: String,
    blinded_msg: String,
    blind_sig: String,
    sig: String,
}

impl Vector {
    fn key(&self) -> CohortKey {
        let number = |text: &str| BigNum::from_hex_str(text.trim_start_matches("0x")).unwrap();
        let (p, q, d) = (number(&self.p), number(&self.q), number(&self.d));
        let (one, mut context) = (BigNum::from_u32(1).unwrap(), openssl::bn::BigNumContext::new().unwrap());
        let mut exponent = |prime: &BigNum| {
            let mut rest = BigNum::new().unwrap();
            rest.nnmod(&d, &(&**prime - &*one), &mut context).unwrap();
            rest
        };
        let (dp, dq) = (exponent(&p), exponent(&q));
        let mut inverse = BigNum::new().unwrap();
        inverse.mod_inverse(&q, &p, &mut context).unwrap();
        let rsa = RsaPrivateKeyBuilder::new(number(&self.n), number(&self.e), number(&self.d)).unwrap();
        let rsa = rsa.set_factors(p, q).unwrap().set_crt_params(dp, dq, inverse).unwrap().build();
        assert!(rsa.check_key().unwrap());
        CohortKey::from_rsa(rsa).unwrap()
    }
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

#[test]
fn published_vectors() {
    let published: Published = serde_json::from_str(include_str!("rfc9474.json")).unwrap();
    let names: Vec<_> = published.vectors.iter().map(|vector| vector.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "RSABSSA-SHA384-PSS-Randomized",
            "RSABSSA-SHA384-PSSZERO-Randomized",
            "RSABSSA-SHA384-PSS-Deterministic",
            "RSABSSA-SHA384-PSSZERO-Deterministic"
        ]
    );
    for vector in &published.vectors {
        let key = vector.key();
        let signed = key.blind_sign(&bytes(&vector.blinded_msg)).unwrap();
        assert_eq!(hex::encode(signed), vector.blind_sig, "{}", vector.name);
        let (message, signature) = (bytes(&vector.input_msg), bytes(&vector.sig));
        let salt_bytes = i32::from_str_radix(vector.salt_bytes.trim_start_matches("0x"), 16).unwrap();
        assert!(key.public().verify_pss(&[&message], salt_bytes, &signature), "{}", vector.name);
        let other_salt = SALT_BYTES - salt_bytes;
        assert!(!key.public().verify_pss(&[&message], other_salt, &signature), "{}", vector.name);
    }
    // The one variant in use, through the one public way.
    let vector = &published.vectors[0];
    let (message, signature) = (bytes(&vector.input_msg), bytes(&vector.sig));
    let (prefix, message) = message.split_first_chunk().unwrap();
    let public = vector.key().public().clone();
    assert!(public.verify(message, prefix, &signature));
    assert!(!public.verify(&message[1..], prefix, &signature));
    assert_eq!(CohortPublicKey::from_spki(public.spki()), Err(PublicKeyRefusal::WrongSize { found: 4096 }));
}

#[test]
fn an_independent_client_gets_a_signature_that_both_accept() {
    let ours = CohortKey::generate().unwrap();
    let theirs = their_public_key(ours.public());
    assert_eq!(theirs.to_der().unwrap(), ours.public().spki());
    for message in samples::<67>(20) {
        let (prefix, signature) = sign_blindly(&ours, &message);
        assert!(ours.public().verify(&message, &prefix, &signature));
        theirs.verify(&Signature(signature.clone()), Some(MessageRandomizer(prefix)), message).unwrap();
        let (mut other_message, mut other_prefix, mut forged) = (message, prefix, signature.clone());
        other_message[66] ^= 1;
        other_prefix[0] ^= 0x80;
        forged[255] ^= 1;
        assert!(!ours.public().verify(&other_message, &prefix, &signature));
        assert!(!ours.public().verify(&message, &other_prefix, &signature));
        assert!(!ours.public().verify(&message, &prefix, &forged));
        assert!(!ours.public().verify(&message, &prefix, &signature[1..]));
        assert!(!ours.public().verify(&message, &prefix, &[signature, vec![0]].concat()));
    }
}

#[test]
fn an_independent_signer_gives_signatures_that_we_accept() {
    let ours = CohortKey::generate().unwrap();
    let private = PKey::from_rsa(ours.rsa.clone()).unwrap().private_key_to_pkcs8().unwrap();
    let signer = SecretKeySha384PSSRandomized::from_der(&private).unwrap();
    let spki = signer.public_key().unwrap().to_der().unwrap();
    let public = CohortPublicKey::from_spki(&spki).unwrap();
    assert_eq!(&public, ours.public());
    let client = PublicKeySha384PSSRandomized::from_der(&spki).unwrap();
    for message in samples::<32>(3) {
        let blinding = client.blind(&mut DefaultRng, message).unwrap();
        let blind_signature = signer.blind_sign(&blinding.blind_message).unwrap();
        assert_eq!(ours.blind_sign(&blinding.blind_message).unwrap(), blind_signature.0);
        let signature = client.finalize(&blind_signature, &blinding, message).unwrap();
        assert!(public.verify(&message, &blinding.msg_randomizer.unwrap().0, &signature));
    }
}

#[test]
fn the_same_request_has_the_same_answer() {
    let key = CohortKey::generate().unwrap();
    for mut blinded in samples::<SIGNATURE_BYTES>(10) {
        blinded[0] = 0;
        assert_eq!(key.blind_sign(&blinded).unwrap(), key.blind_sign(&blinded).unwrap());
        let mut another = blinded;
        another[SIGNATURE_BYTES - 1] ^= 1;
        assert_eq!(request_digest(&blinded), request_digest(&blinded));
        assert_ne!(request_digest(&blinded), request_digest(&another));
    }
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let key = CohortKey::generate().unwrap();
    for found in [0, 1, 255, 257, 512] {
        let refusal = key.blind_sign(&vec![1; found]).unwrap_err();
        assert_eq!(refusal, BlindRefusal::WrongLength { expected: SIGNATURE_BYTES, found });
    }
    let modulus = key.rsa.n().to_vec_padded(SIGNATURE_BYTES as i32).unwrap();
    assert_eq!(key.blind_sign(&modulus), Err(BlindRefusal::TooLarge));
    assert_eq!(key.blind_sign(&[0xff; SIGNATURE_BYTES]), Err(BlindRefusal::TooLarge));
    // An odd number less one is not odd: no borrow.
    let mut below = modulus;
    below[SIGNATURE_BYTES - 1] -= 1;
    assert_eq!(key.blind_sign(&below).unwrap(), below, "(−1)^d = −1");
}

/// A fault in one half of the calculation would give a prime away (Boneh, DeMillo, Lipton 1997).
#[test]
fn a_miscalculated_signature_is_not_given_out() {
    let key = CohortKey::generate().unwrap();
    let own = |number: &openssl::bn::BigNumRef| number.to_owned().unwrap();
    let wrong = &*own(key.rsa.d()) + &*BigNum::from_u32(2).unwrap();
    let broken = RsaPrivateKeyBuilder::new(own(key.rsa.n()), own(key.rsa.e()), wrong).unwrap().build();
    let broken = CohortKey { rsa: broken, public: key.public.clone() };
    let mut blinded = samples::<SIGNATURE_BYTES>(1).next().unwrap();
    blinded[0] = 0;
    assert!(key.blind_sign(&blinded).is_ok());
    assert_eq!(broken.blind_sign(&blinded), Err(BlindRefusal::Miscalculated));
}

#[test]
fn a_sealed_key_opens_with_its_secret_only() {
    let cohort = CohortKey::generate().unwrap();
    let (right, wrong) = (key(1, labels::COHORT_KEYS), key(2, labels::COHORT_KEYS));
    let sealed = cohort.seal(&right, [9; envelope::NONCE_BYTES]);
    let opened = CohortKey::unseal(&right, &sealed).unwrap();
    assert_eq!(opened.public(), cohort.public());
    let mut blinded = [3; SIGNATURE_BYTES];
    blinded[0] = 0;
    assert_eq!(opened.blind_sign(&blinded), cohort.blind_sign(&blinded));
    let refusal = |key, bytes: &[u8]| CohortKey::unseal(key, bytes).unwrap_err();
    assert_eq!(refusal(&wrong, &sealed), SealRefusal::Unopened);
    for place in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[place] ^= 1;
        let expected = if place == 0 { SealRefusal::Malformed } else { SealRefusal::Unopened };
        assert_eq!(refusal(&right, &altered), expected, "byte {place}");
    }
    assert_eq!(refusal(&right, &[]), SealRefusal::Malformed);
    assert_eq!(refusal(&right, &sealed[..SEAL_HEAD_BYTES]), SealRefusal::Unopened);
    let private = PKey::from_rsa(cohort.rsa.clone()).unwrap().private_key_to_pkcs8().unwrap();
    let tail = &private[private.len() - 64..];
    assert!(!sealed.windows(tail.len()).any(|part| part == tail));
}

#[test]
fn public_keys_from_outside() {
    let public = CohortKey::generate().unwrap().public().clone();
    let spki = public.spki().to_vec();
    assert_eq!(CohortPublicKey::from_spki(&spki).as_ref(), Ok(&public));
    assert_eq!(CohortPublicKey::from_base64url(&public.to_base64url()).as_ref(), Ok(&public));
    // WebCrypto takes this prefix: SEQUENCE, AlgorithmIdentifier rsaEncryption with NULL, BIT STRING.
    assert_eq!(hex::encode(&spki[..24]), "30820122300d06092a864886f70d01010105000382010f00");
    let refusal = |bytes: &[u8]| CohortPublicKey::from_spki(bytes).unwrap_err();
    let other = |bits: u32, e: u32| {
        let rsa = Rsa::generate_with_e(bits, &BigNum::from_u32(e).unwrap()).unwrap();
        rsa.public_key_to_der().unwrap()
    };
    assert_eq!(refusal(&other(1024, EXPONENT)), PublicKeyRefusal::WrongSize { found: 1024 });
    assert_eq!(refusal(&other(2056, EXPONENT)), PublicKeyRefusal::WrongSize { found: 2056 });
    assert_eq!(refusal(&other(KEY_BITS, 3)), PublicKeyRefusal::Unusual);
    assert_eq!(refusal(&[]), PublicKeyRefusal::NotSpki);
    assert_eq!(refusal(&spki[..293]), PublicKeyRefusal::NotSpki);
    assert_eq!(refusal(&[spki.clone(), vec![0]].concat()), PublicKeyRefusal::NotSpki);
    assert_eq!(refusal(&vec![0x30; 100_000]), PublicKeyRefusal::NotSpki);
    let ed25519 = PKey::generate_ed25519().unwrap().public_key_to_der().unwrap();
    assert_eq!(refusal(&ed25519), PublicKeyRefusal::NotSpki);
    // The last byte of the modulus stands before the exponent's five (INTEGER, length, 01 00 01).
    let mut even = spki.clone();
    even[spki.len() - 6] &= 0xfe;
    assert_eq!(refusal(&even), PublicKeyRefusal::Unusual);
    let padded = format!("{}==", public.to_base64url());
    assert_eq!(CohortPublicKey::from_base64url(&padded), Err(PublicKeyRefusal::NotBase64));
}

#[test]
fn ids_have_one_spelling() {
    let key = CohortKey::generate().unwrap();
    let id = key.public().id();
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(id.to_string(), hex::encode(Sha256::digest(key.public().spki())));
    for wrong in ["", &"0".repeat(63), &"A".repeat(64), &"g".repeat(64), &"é".repeat(32)] {
        assert_eq!(wrong.parse::<KeyId>(), Err(KeyIdRefusal), "{wrong}");
    }
    assert_eq!(format!("{key:?}"), "CohortKey(secret)");
    assert_eq!(format!("{:?}", key.public()), format!("CohortPublicKey({id})"));
}
