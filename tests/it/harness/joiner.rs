//! Somebody who joins with a credential, as the script on the join page has it done: an independent blind RSA client, an Ed25519 key, and
//! the two sides' own pages in between.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blind_rsa_signatures::{BlindSignature, BlindingResult, DefaultRng, PublicKeySha384PSSRandomized};
use credentials::{KeyLogEntry, Purpose, credential_message, proof_message};
use domain::ids::{CampaignId, TenantId};
use reqwest::{Method, header};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::answer::{Answer, between};
use super::people::{Device, Person};

/// What the identity side sends a recognised person on with.
#[derive(Clone, Debug)]
pub struct Onward {
    /// Shows who asks for a signature.
    pub ticket: String,
    /// The cohort's key, by its id.
    pub key: String,
}

impl Onward {
    /// From the address that an answer redirects to.
    ///
    /// # Panics
    /// When it redirects elsewhere.
    pub fn of(answer: &Answer) -> Self {
        let location = answer.location();
        let (_, fragment) =
            location.split_once("/join#").unwrap_or_else(|| panic!("{location} leads elsewhere"));
        let part = |name: &str| {
            let found = fragment.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
            found.unwrap_or_else(|| panic!("{location} lacks {name}")).to_owned()
        };
        Self { ticket: part("ticket"), key: part("key") }
    }
}

/// A key that stands for somebody, and the conversation that it is for.
pub struct Key {
    pair: Ed25519KeyPair,
    tenant: TenantId,
    campaign: CampaignId,
    /// The campaign's slug.
    pub slug: String,
}

/// A blinded message with what unblinds its signature.
pub struct Blinding {
    public_key: PublicKeySha384PSSRandomized,
    key: String,
    message: Vec<u8>,
    result: BlindingResult,
}

/// What comes of a signature: the form that registers it, but for the proof.
#[derive(Clone, Debug)]
pub struct Unblinded {
    /// The cohort's key, by its id.
    pub key: String,
    /// The device's key.
    pub device_key: String,
    /// The random bytes before the message.
    pub prefix: String,
    /// The signature.
    pub signature: String,
}

/// Bytes as forms and JSON have them.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    /// The key that `seed` gives for a campaign.
    pub fn new(seed: [u8; 32], tenant: TenantId, campaign: &actions::Campaign) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes are a seed");
        Self { pair, tenant, campaign: campaign.id, slug: campaign.slug.clone() }
    }

    /// Its public half.
    pub fn public(&self) -> [u8; 32] {
        self.pair.public_key().as_ref().try_into().expect("32 bytes")
    }

    /// A message for the cohort's key to sign, blinded; the key is looked up in the log.
    ///
    /// # Panics
    /// When the log lacks it.
    pub fn blind(&self, onward: &Onward, log: &[KeyLogEntry]) -> Blinding {
        let entry = log.iter().find(|entry| entry.key().expect("a key").id().to_string() == onward.key);
        let spki =
            URL_SAFE_NO_PAD.decode(&entry.expect("the key is in the log").public_key).expect("base64url");
        let public_key = PublicKeySha384PSSRandomized::from_der(&spki).expect("a public key");
        let message = credential_message(self.campaign, &self.public());
        let result = public_key.blind(&mut DefaultRng, &message).expect("it can be blinded");
        Blinding { public_key, key: onward.key.clone(), message, result }
    }

    /// The credential that the signature over a blinded message gives.
    pub fn unblind(&self, blinding: &Blinding, signature: &[u8]) -> Unblinded {
        let signature = BlindSignature(signature.to_vec());
        let unblinded = blinding.public_key.finalize(&signature, &blinding.result, &blinding.message);
        Unblinded {
            key: blinding.key.clone(),
            device_key: base64url(&self.public()),
            prefix: base64url(&blinding.result.msg_randomizer.expect("a randomised message").0),
            signature: base64url(&unblinded.expect("the signature is good").0),
        }
    }

    /// That the device holds the key: a signature over what the page gave it.
    pub fn proof(&self, purpose: Purpose, challenge: &str) -> String {
        base64url(self.pair.sign(&proof_message(purpose, self.tenant, self.campaign, challenge)).as_ref())
    }
}

impl Blinding {
    /// The blinded message.
    pub fn blinded(&self) -> Vec<u8> {
        self.result.blind_message.0.clone()
    }

    /// What is asked of the identity side.
    pub fn request(&self, onward: &Onward) -> Value {
        json!({ "ticket": onward.ticket, "key": onward.key, "blinded": base64url(&self.result.blind_message) })
    }
}

/// The signature in an answer of the identity side.
///
/// # Panics
/// When there is none.
pub fn signature(answer: &Answer) -> Vec<u8> {
    let json = answer.json();
    let text = json["signature"].as_str().unwrap_or_else(|| panic!("no signature: {json}"));
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

impl Device {
    /// Opens an invitation's link and presses its button.
    pub async fn logs_in(&self, campaign: &str, code: &str) -> Answer {
        self.get(&format!("/join/{campaign}/login?code={code}")).await.expect(200);
        self.post(&format!("/join/{campaign}/login"), &[("code", code)]).await
    }

    /// Sends the sign-up form.
    pub async fn asks_to_sign_up(
        &self,
        campaign: &str,
        organisation: &str,
        kind: &str,
        email: &str,
    ) -> Answer {
        self.get(&format!("/join/{campaign}/sign-up")).await.expect(200);
        let fields = [("organisation", organisation), ("kind", kind), ("email", email)];
        self.post(&format!("/join/{campaign}/sign-up"), &fields).await
    }

    /// Types a confirmation code.
    pub async fn confirms(&self, campaign: &str, code: &str) -> Answer {
        self.get(&format!("/join/{campaign}/confirm")).await.expect(200);
        self.post(&format!("/join/{campaign}/confirm"), &[("code", code)]).await
    }

    /// The key log, as everybody may read it.
    pub async fn key_log(&self) -> Vec<KeyLogEntry> {
        let json = self.get("/keys.json").await.expect(200).json();
        serde_json::from_value(json["entries"].clone()).expect("the log's entries")
    }

    /// Asks the identity side for a signature.
    pub async fn asks_for_signature(&self, campaign: &str, request: &Value) -> Answer {
        let path = format!("/issue/{campaign}");
        self.send(self.request(Method::POST, &path).header(header::ORIGIN, self.origin()).json(request)).await
    }

    /// Sends the form that the join page's script fills.
    pub async fn registers(&self, key: &Key, unblinded: &Unblinded) -> Answer {
        let path = format!("/conversations/{}/join", key.slug);
        self.get(&path).await.expect(200);
        let proof = key.proof(Purpose::Register, &self.csrf());
        self.sends_registration(key, unblinded, &proof).await
    }

    /// The same with any proof.
    pub async fn sends_registration(&self, key: &Key, unblinded: &Unblinded, proof: &str) -> Answer {
        let fields = [
            ("key", unblinded.key.as_str()),
            ("device_key", &unblinded.device_key),
            ("prefix", &unblinded.prefix),
            ("signature", &unblinded.signature),
            ("proof", proof),
            ("shared", "no"),
        ];
        self.post(&format!("/conversations/{}/join", key.slug), &fields).await
    }

    /// Sends the form that the return page's script fills.
    pub async fn comes_back(&self, key: &Key) -> Answer {
        let path = format!("/conversations/{}/return", key.slug);
        self.get(&path).await.expect(200);
        let proof = key.proof(Purpose::Return, &self.csrf());
        let device_key = base64url(&key.public());
        let fields = [("device_key", device_key.as_str()), ("proof", &proof), ("shared", "no")];
        self.post(&path, &fields).await
    }

    /// Has a signature made and registers it: the whole way of somebody who was recognised.
    pub async fn joins(self, key: &Key, onward: &Onward) -> Person {
        let log = self.key_log().await;
        let blinding = key.blind(onward, &log);
        let answer = self.asks_for_signature(&key.slug, &blinding.request(onward)).await.expect(200);
        let unblinded = key.unblind(&blinding, &signature(&answer));
        let answer = self.registers(key, &unblinded).await.expect(303);
        let campaign = between(answer.location(), "/conversations/", "?").expect("a campaign").to_owned();
        self.get(&format!("/conversations/{campaign}/mine")).await.expect(200);
        self.get("/leave").await.expect(200);
        Person::new(self, campaign)
    }
}
