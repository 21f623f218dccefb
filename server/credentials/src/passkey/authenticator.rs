//! A small authenticator for tests, with a browser round it: it makes real keys (ES256) and answers what `navigator.credentials` would be
//! asked, as a device whose user was checked. Attestation is `none`, as browsers send it. WebAuthn Level 3, sections 6 and 7.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Flags of authenticator data.
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;

/// A device that holds one passkey.
#[derive(Clone)]
pub struct Authenticator {
    key: EcKey<Private>,
    pub id: Vec<u8>,
    /// Whose it says its key is; what registration told it.
    pub owner: Option<Vec<u8>>,
    /// How often it has signed; 0 for ever, as synchronised passkeys have it, if `counts` is false.
    pub counter: u32,
    pub counts: bool,
    /// Whether it checks who is at it.
    pub verifies: bool,
    /// The address that its browser is at.
    pub origin: String,
}

impl Authenticator {
    pub fn new(origin: &str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let id = Sha256::digest(key.public_key_to_der().unwrap()).to_vec();
        Self { key, id, owner: None, counter: 0, counts: true, verifies: true, origin: origin.to_owned() }
    }

    /// `navigator.credentials.create(options)`, then `toJSON()`.
    pub fn create(&mut self, options: &str) -> String {
        let asked: Value = serde_json::from_str::<Value>(options).unwrap()["publicKey"].clone();
        self.owner = Some(decoded(&asked["user"]["id"]));
        let client_data = self.client_data("webauthn.create", &asked);
        let key = [
            self.data(asked["rp"]["id"].as_str().unwrap(), ATTESTED),
            // No maker's id, then the key's own id and its public key.
            vec![0; 16],
            (self.id.len() as u16).to_be_bytes().to_vec(),
            self.id.clone(),
            self.public_key(),
        ]
        .concat();
        let attestation = [
            &[0xa3],
            text("fmt").as_slice(),
            &text("none"),
            &text("attStmt"),
            &[0xa0],
            &text("authData"),
            &bytes(&key),
        ]
        .concat();
        json!({
            "id": encoded(&self.id),
            "rawId": encoded(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": encoded(client_data.as_bytes()),
                "attestationObject": encoded(&attestation),
                "transports": ["internal", "hybrid"],
                "publicKeyAlgorithm": -7,
            },
        })
        .to_string()
    }

    /// `navigator.credentials.get(options)`, then `toJSON()`.
    pub fn get(&mut self, options: &str) -> String {
        let asked: Value = serde_json::from_str::<Value>(options).unwrap()["publicKey"].clone();
        self.counter += u32::from(self.counts);
        let client_data = self.client_data("webauthn.get", &asked);
        let data = self.data(asked["rpId"].as_str().unwrap(), 0);
        let key = PKey::from_ec_key(self.key.clone()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let mut response = json!({
            "clientDataJSON": encoded(client_data.as_bytes()),
            "authenticatorData": encoded(&data),
            "signature": encoded(&signer.sign_oneshot_to_vec(&signed).unwrap()),
        });
        if let Some(owner) = &self.owner {
            response["userHandle"] = encoded(owner).into();
        }
        json!({
            "id": encoded(&self.id),
            "rawId": encoded(&self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, asked: &Value) -> String {
        let challenge = asked["challenge"].as_str().unwrap();
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    /// Section 6.1: the hash of the site, the flags, the counter.
    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let flags = [USER_PRESENT | verified | flags];
        [Sha256::digest(site).as_slice(), &flags, &self.counter.to_be_bytes()].concat()
    }

    /// The public key as COSE (RFC 9053 section 7.1): a map of kty 2, alg -7, crv 1, x and y.
    fn public_key(&self) -> Vec<u8> {
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let mut context = BigNumContext::new().unwrap();
        let point = self.key.public_key();
        point.affine_coordinates(self.key.group(), &mut x, &mut y, &mut context).unwrap();
        let (x, y) = (x.to_vec_padded(32).unwrap(), y.to_vec_padded(32).unwrap());
        [&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21][..], &bytes(&x), &[0x22], &bytes(&y)].concat()
    }
}

/// A text of up to 23 bytes as CBOR (RFC 8949).
fn text(value: &str) -> Vec<u8> {
    [&[0x60 | value.len() as u8], value.as_bytes()].concat()
}

/// Bytes, up to 255 of them, as CBOR.
fn bytes(value: &[u8]) -> Vec<u8> {
    [&[0x58, u8::try_from(value.len()).unwrap()], value].concat()
}

fn encoded(value: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

fn decoded(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}
