use super::*;

fn manifest(component: &[u8]) -> Manifest {
    let texts =
        Texts { title: "Review the pledges".to_owned(), description: "Say what you think.".to_owned() };
    Manifest {
        name: "pledge-review".to_owned(),
        version: "1.0.0".to_owned(),
        contract: CONTRACT.to_owned(),
        class: Class::Small,
        digest: Digest::of(component),
        config_schema: serde_json::json!({ "type": "object" }),
        texts: [("en-GB".to_owned(), texts)].into(),
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

#[test]
fn a_manifest_signed_by_a_trusted_publisher_opens() {
    let signed = manifest(b"component").sign(&key(1)).unwrap();
    let read = SignedManifest::read(&serde_json::to_vec(&signed).unwrap()).unwrap();
    let trusted = [signed.publisher.clone()];
    assert_eq!(read.open(&trusted, b"component"), Ok(manifest(b"component")));
    assert_eq!(read.open(&trusted, b"another"), Err(ManifestRefusal::OtherComponent));
}

#[test]
fn another_key_another_text_and_another_signature_are_refused() {
    let signed = manifest(b"component").sign(&key(1)).unwrap();
    let stranger = manifest(b"component").sign(&key(2)).unwrap();
    let trusted = [signed.publisher.clone()];
    let refusal = stranger.open(&trusted, b"component");
    assert_eq!(refusal, Err(ManifestRefusal::Stranger(stranger.publisher.clone())));
    let in_its_name = SignedManifest { publisher: signed.publisher.clone(), ..stranger };
    assert_eq!(in_its_name.open(&trusted, b"component"), Err(ManifestRefusal::Forged));
    let rewritten = SignedManifest { manifest: signed.manifest.replace("1.0.0", "1.0.1"), ..signed };
    assert_eq!(rewritten.open(&trusted, b"component"), Err(ManifestRefusal::Forged));
}

#[test]
fn another_contract_and_words_out_of_bounds_are_refused() {
    let other = Manifest { contract: "round-2".to_owned(), ..manifest(b"component") };
    assert_eq!(other.sign(&key(1)), Err(ManifestRefusal::OtherContract("round-2".to_owned())));
    let nameless = Manifest { name: "Pledge Review".to_owned(), ..manifest(b"component") };
    assert!(matches!(nameless.sign(&key(1)), Err(ManifestRefusal::NotAManifest(_))));
    let long = vec![b' '; MANIFEST_BYTES + 1];
    assert!(matches!(SignedManifest::read(&long), Err(ManifestRefusal::NotAManifest(_))));
}
