//! The round types that come with Candour: built from `plugins/` by `plugins/pack`, and kept in the program.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::artefact::Digest;
use crate::manifest::{Manifest, ManifestRefusal};

/// A round type that comes with Candour. Nobody signs it: it is part of the program.
#[derive(Clone, Copy)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Its component.
    pub component: &'static [u8],
    /// Its manifest, but for the digest.
    manifest: &'static str,
    /// An [`Example`], as JSON.
    example: &'static str,
}

/// Settings to begin with, for whoever prepares a round of this type and has no file of settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Settings that the round type accepts.
    pub settings: Map<String, Value>,
    /// Questions that go with them: each is where people talk about the subject of its name.
    pub questions: Vec<ExampleQuestion>,
    /// Names of parts of the settings, and what each means, in plain words.
    pub parts: Vec<(String, String)>,
}

/// A question of an example.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleQuestion {
    /// Its short name.
    pub slug: String,
    /// What it asks.
    pub text: String,
}

macro_rules! built_in {
    ($($name:literal),*) => {
        &[$(BuiltIn {
            name: $name,
            component: include_bytes!(concat!("../components/", $name, ".wasm")),
            manifest: include_str!(concat!("../../../plugins/", $name, "/manifest.json")),
            example: include_str!(concat!("../../../plugins/", $name, "/example.json")),
        }),*]
    };
}

/// All of them, in the order of their names.
pub const BUILT_IN: &[BuiltIn] =
    built_in!["pledge-review", "priority-ranking", "quick-pulse", "statement-vote"];

/// Their digests, in the same order, worked out once: each goes through a whole component.
static DIGESTS: LazyLock<Vec<Digest>> =
    LazyLock::new(|| BUILT_IN.iter().map(|built_in| Digest::of(built_in.component)).collect());

impl BuiltIn {
    /// The one with this identity.
    pub fn find(digest: Digest) -> Option<&'static Self> {
        DIGESTS.iter().position(|own| *own == digest).map(|place| &BUILT_IN[place])
    }

    /// Its identity.
    pub fn digest(&self) -> Digest {
        Digest::of(self.component)
    }

    /// What it says about itself.
    ///
    /// # Errors
    /// [`ManifestRefusal::NotAManifest`]; a test keeps that from happening.
    pub fn manifest(&self) -> Result<Manifest, ManifestRefusal> {
        Manifest::of_component(self.manifest, self.component)
    }

    /// Settings to begin with; always some: a test keeps its file readable, and what it says accepted.
    pub fn example(&self) -> Option<Example> {
        serde_json::from_str(self.example).ok()
    }
}

#[test]
fn every_round_type_that_comes_with_candour_says_what_it_is() {
    for built_in in BUILT_IN {
        let manifest = built_in.manifest().unwrap();
        assert_eq!((manifest.name.as_str(), manifest.digest), (built_in.name, built_in.digest()));
        assert!(manifest.texts.contains_key("en-GB"), "{}", built_in.name);
        assert_eq!(BuiltIn::find(manifest.digest).unwrap().name, built_in.name);
    }
}
