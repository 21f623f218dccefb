//! Signatures on one core, and the bare operation of OpenSSL beside them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blind_rsa_signatures::{BlindSignature, DefaultRng, PublicKeySha384PSSRandomized};
use credentials::{CohortKey, Credential, DeviceKey, KEY_BITS, Purpose, credential_message, proof_message};
use domain::ids::{CampaignId, TenantId};
use openssl::rsa::{Padding, Rsa};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// Operations between two looks at the clock.
const STEP: usize = 20;

/// How often a second, one run.
pub struct Signing {
    /// `CohortKey::blind_sign`, which checks what it signed.
    pub sign: f64,
    /// OpenSSL's private operation alone.
    pub raw_private: f64,
    /// `Credential::verify`.
    pub verify: f64,
    /// All that a registration checks: reading the texts, the cohort's signature, the device's proof.
    pub whole_check: f64,
    /// OpenSSL's public operation alone.
    pub raw_public: f64,
}

/// That often, `lasting` each.
pub fn measure(rounds: usize, lasting: Duration) -> Result<Vec<Signing>> {
    let (cohort, tenant, campaign) =
        (CohortKey::generate()?, TenantId::named(&["bench"]), CampaignId::named(&["bench"]));
    let device = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).ok().context("32 bytes are a seed")?;
    let device_key: [u8; 32] = device.public_key().as_ref().try_into()?;
    let message = credential_message(campaign, &device_key);
    let client = PublicKeySha384PSSRandomized::from_der(cohort.public().spki())?;
    let blinding = client.blind(&mut DefaultRng, &message)?;
    let blinded: &[u8] = &blinding.blind_message;
    let signature = client.finalize(&BlindSignature(cohort.blind_sign(blinded)?), &blinding, &message)?;
    let prefix = blinding.msg_randomizer.context("a randomised message")?.0;
    let [key, prefix, signature] =
        [&device_key[..], &prefix, &signature].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let proof = proof_message(Purpose::Register, tenant, campaign, "a page's token");
    let proven = URL_SAFE_NO_PAD.encode(device.sign(&proof));
    let credential = Credential::parse(&key, &prefix, &signature)?;

    let raw = Rsa::generate(KEY_BITS)?;
    let mut room = vec![0; raw.size() as usize];
    // Below every modulus of this size.
    let number: Vec<u8> = (0..raw.size()).map(|place| if place == 0 { 1 } else { 7 }).collect();
    let mut runs = Vec::new();
    for _ in 0..rounds {
        runs.push(Signing {
            sign: rate(lasting, || Ok(cohort.blind_sign(blinded)?))?,
            raw_private: rate(lasting, || Ok(raw.private_decrypt(&number, &mut room, Padding::NONE)?))?,
            verify: rate(lasting, || Ok(credential.verify(campaign, cohort.public())?))?,
            whole_check: rate(lasting, || {
                let credential = Credential::parse(&key, &prefix, &signature)?;
                credential.verify(campaign, cohort.public())?;
                let message = proof_message(Purpose::Register, tenant, campaign, "a page's token");
                Ok(DeviceKey::parse(&key)?.verify(&message, &proven)?)
            })?,
            raw_public: rate(lasting, || Ok(raw.public_encrypt(&number, &mut room, Padding::NONE)?))?,
        });
    }
    Ok(runs)
}

fn rate<T>(lasting: Duration, mut work: impl FnMut() -> Result<T>) -> Result<f64> {
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < lasting {
        for _ in 0..STEP {
            black_box(work()?);
        }
        count += STEP;
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}
