//! Manifests: what a round type says about itself, signed by whoever publishes it.
//!
//! A signed manifest is a file of JSON with the manifest's text, its publisher's key and a signature over that very text, so that nobody
//! need agree on how JSON is put in order.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::artefact::Digest;
use crate::limits::Class;
use crate::output::{LABEL_BYTES, PROSE_BYTES, check_label, check_lines, check_name};

/// The largest signed manifest, bytes.
pub const MANIFEST_BYTES: usize = 256 * 1024;
/// The contract that this host knows.
pub const CONTRACT: &str = "round-1";
/// Stands before what is signed, so that no signature of something else fits.
const SIGNED: &[u8] = b"candour plugin manifest 1\n";

/// What a round type says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Its name among round types, such as `pledge-review`.
    pub name: String,
    /// Its version, as its publisher counts: `1.0.0`.
    pub version: String,
    /// The contract it is written for: [`CONTRACT`].
    pub contract: String,
    /// How big it is.
    #[serde(default)]
    pub class: Class,
    /// The component it speaks of.
    pub digest: Digest,
    /// JSON Schema of its settings.
    pub config_schema: Value,
    /// What people read about it, by language.
    pub texts: BTreeMap<String, Texts>,
}

/// What people read about a round type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Texts {
    /// Its title.
    pub title: String,
    /// What people do in it.
    pub description: String,
}

/// A manifest under its publisher's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignedManifest {
    /// The manifest, as JSON.
    pub manifest: String,
    /// Whose signature it is: an Ed25519 key, hexadecimal.
    pub publisher: String,
    /// The signature, hexadecimal.
    pub signature: String,
}

/// Why a manifest is not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestRefusal {
    /// Too long, or not as a manifest is written.
    #[error("not a manifest: {0}")]
    NotAManifest(String),
    /// Signed by somebody whom the operator does not trust.
    #[error("signed by {0}, whom nobody here trusts")]
    Stranger(String),
    /// The signature is not over this text by this key.
    #[error("the signature does not fit")]
    Forged,
    /// Written for another contract.
    #[error("written for the contract {0}; this server knows {CONTRACT}")]
    OtherContract(String),
    /// It speaks of another component.
    #[error("the manifest speaks of another component")]
    OtherComponent,
}

impl Manifest {
    /// Reads a manifest that leaves out the digest, as authors write it, for `component`.
    ///
    /// # Errors
    /// [`ManifestRefusal`], by name.
    pub fn of_component(text: &str, component: &[u8]) -> Result<Self, ManifestRefusal> {
        let mut value: Value = serde_json::from_str(text).map_err(not_a_manifest)?;
        let fields = value.as_object_mut().ok_or_else(|| not_a_manifest("not an object"))?;
        fields.insert("digest".to_owned(), Digest::of(component).to_string().into());
        let manifest: Self = serde_json::from_value(value).map_err(not_a_manifest)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`ManifestRefusal::NotAManifest`] if something in it is out of bounds.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedManifest, ManifestRefusal> {
        self.check()?;
        let manifest = serde_json::to_string(self).map_err(not_a_manifest)?;
        let signature = key.sign(&[SIGNED, manifest.as_bytes()].concat());
        Ok(SignedManifest {
            manifest,
            publisher: hex::encode(key.verifying_key().as_bytes()),
            signature: hex::encode(signature.to_bytes()),
        })
    }

    fn check(&self) -> Result<(), ManifestRefusal> {
        let texts = self.texts.values().try_for_each(|texts| {
            check_label("title", &texts.title)?;
            check_lines("description", &texts.description, PROSE_BYTES)
        });
        let checked = check_name("name", &self.name)
            .and_then(|()| check_label("version", &self.version))
            .and_then(|()| {
                check_lines("language", &self.texts.keys().cloned().collect::<String>(), LABEL_BYTES)
            })
            .and(texts);
        checked.map_err(not_a_manifest)?;
        if self.contract != CONTRACT {
            return Err(ManifestRefusal::OtherContract(self.contract.clone()));
        }
        Ok(())
    }
}

impl SignedManifest {
    /// Reads the file of a signed manifest; what is in it is not believed yet.
    ///
    /// # Errors
    /// [`ManifestRefusal::NotAManifest`].
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestRefusal> {
        if bytes.len() > MANIFEST_BYTES {
            return Err(ManifestRefusal::NotAManifest(format!("more than {MANIFEST_BYTES} bytes")));
        }
        serde_json::from_slice(bytes).map_err(not_a_manifest)
    }

    /// The manifest, if one of `trusted` (Ed25519 keys, hexadecimal) signed it and it speaks of `component`.
    ///
    /// # Errors
    /// [`ManifestRefusal`], by name.
    pub fn open(&self, trusted: &[String], component: &[u8]) -> Result<Manifest, ManifestRefusal> {
        if !trusted.contains(&self.publisher) {
            return Err(ManifestRefusal::Stranger(self.publisher.clone()));
        }
        let key = bytes(&self.publisher).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        let signature = bytes(&self.signature).map(|bytes| Signature::from_bytes(&bytes));
        let (Some(key), Some(signature)) = (key, signature) else { return Err(ManifestRefusal::Forged) };
        let signed = [SIGNED, self.manifest.as_bytes()].concat();
        key.verify_strict(&signed, &signature).map_err(|_| ManifestRefusal::Forged)?;
        let manifest: Manifest = serde_json::from_str(&self.manifest).map_err(not_a_manifest)?;
        manifest.check()?;
        if manifest.digest != Digest::of(component) {
            return Err(ManifestRefusal::OtherComponent);
        }
        Ok(manifest)
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn not_a_manifest(error: impl ToString) -> ManifestRefusal {
    ManifestRefusal::NotAManifest(error.to_string())
}

#[cfg(test)]
mod tests;
