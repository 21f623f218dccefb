//! What is loaded, and what is not: bounds of compiling, forged code, strange components.

use plugin_host::limits::COMPONENT_BYTES;
use plugin_host::{Class, CompileRefusal, Digest, LoadRefusal, ShelfFault};

use crate::stage::{Stage, call, component};

#[tokio::test]
async fn compiled_code_is_used_again_and_forged_code_never() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::with_shelf(folder.path().to_owned(), [1; 32]);
    let component = component("misbehaving");
    let digest = stage.compiler.compile(&component, Class::Small).await.unwrap();
    assert_eq!(digest, Digest::of(&component));
    let path = stage.compiler.shelf().path(digest, Class::Small);
    let honest = std::fs::read(&path).unwrap();
    let load = || stage.host.load(stage.compiler.shelf(), digest, Class::Small);
    let forgeries: Vec<Vec<u8>> = {
        let changed = |at: usize| {
            let mut bytes = honest.clone();
            bytes[at] ^= 1;
            bytes
        };
        vec![
            changed(0),
            changed(32),
            changed(honest.len() - 1),
            honest[..100].to_vec(),
            Vec::new(),
            honest[32..].to_vec(),
        ]
    };
    for forgery in forgeries {
        std::fs::write(&path, forgery).unwrap();
        assert!(matches!(load().await, Err(LoadRefusal::Shelf(ShelfFault::Forged))));
    }
    // Another server's code, and another component's under this one's name.
    let other = Stage::with_shelf(folder.path().join("other"), [2; 32]);
    other.compiler.compile(&component, Class::Small).await.unwrap();
    std::fs::copy(other.compiler.shelf().path(digest, Class::Small), &path).unwrap();
    assert!(matches!(load().await, Err(LoadRefusal::Shelf(ShelfFault::Forged))));
    let pledges =
        stage.compiler.compile(&crate::stage::component("pledge-review"), Class::Small).await.unwrap();
    std::fs::copy(stage.compiler.shelf().path(pledges, Class::Small), &path).unwrap();
    assert!(matches!(load().await, Err(LoadRefusal::Shelf(ShelfFault::Forged))));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(load().await, Err(LoadRefusal::Shelf(ShelfFault::Missing))));
    std::fs::write(&path, &honest).unwrap();
    let plugin = load().await.unwrap();
    assert!(stage.host.render(&call(&plugin, "behave"), None, "").await.is_ok());
}

#[tokio::test]
async fn a_component_is_loaded_once_and_can_be_withdrawn() {
    let stage = Stage::new();
    let (one, other) = (stage.guest("misbehaving").await, stage.guest("misbehaving").await);
    assert!(std::sync::Arc::ptr_eq(&one, &other));
    assert_eq!(stage.host.loaded().len(), 1);
    stage.host.withdraw(one.digest());
    assert_eq!(stage.host.loaded().len(), 0);
    assert!(
        stage.host.render(&call(&one, "behave"), None, "").await.is_ok(),
        "calls under way end as they would"
    );
}

#[tokio::test]
async fn what_is_no_component_is_refused_by_name() {
    let stage = Stage::new();
    let cases: [&[u8]; 4] = [b"", b"not webassembly", b"\0asm\x01\0\0\0", &component("misbehaving")[..1000]];
    for case in cases {
        let refusal = stage.compiler.compile(case, Class::Small).await.unwrap_err();
        assert!(matches!(refusal, CompileRefusal::NotAComponent(_)), "{refusal}");
    }
    let refusal = stage.compiler.compile(&vec![0; COMPONENT_BYTES + 1], Class::Small).await.unwrap_err();
    assert!(matches!(refusal, CompileRefusal::TooLarge), "{refusal}");
    stage.assert_well().await;
}
