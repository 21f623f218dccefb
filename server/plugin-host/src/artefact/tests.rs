use wasmtime::component::Component;
use wasmtime::{Engine, ModuleVersionStrategy};

use super::*;
use crate::host::Host;
use crate::plugin::LoadRefusal;

const KEY: [u8; 32] = [1; 32];

/// The emptiest component, and its code as `engine` makes it.
fn compiled(engine: &Engine) -> (Digest, Vec<u8>) {
    let component = wat::parse_str("(component)").unwrap();
    let code = Component::from_binary(engine, &component).and_then(|component| component.serialize());
    (Digest::of(&component), code.unwrap())
}

/// What this server's compiler would be with another version of wasmtime, all else alike.
fn another_version() -> Engine {
    let mut config = engine::settings();
    config.module_version(ModuleVersionStrategy::Custom("47.0.0".to_owned())).unwrap();
    Engine::new(&config).unwrap()
}

#[test]
fn code_of_another_version_or_class_is_compiled_anew_and_cut_code_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().to_owned(), KEY).unwrap();
    let before = Shelf { settings: engine::fingerprint(&another_version()), ..shelf.clone() };
    let (digest, code) = compiled(&another_version());
    before.put(digest, Class::Small, &code).unwrap();
    assert_eq!(before.take(digest, Class::Small).unwrap(), code, "the server before its update");
    assert!(matches!(shelf.take(digest, Class::Small), Err(ShelfFault::Forged)));

    let (digest, code) = compiled(&engine::compiling().unwrap());
    shelf.put(digest, Class::Small, &code).unwrap();
    assert_eq!(shelf.take(digest, Class::Small).unwrap(), code);
    fs::copy(shelf.path(digest, Class::Small), shelf.path(digest, Class::Large)).unwrap();
    assert!(matches!(shelf.take(digest, Class::Large), Err(ShelfFault::Forged)));

    let whole = fs::read(shelf.path(digest, Class::Small)).unwrap();
    for length in (0..whole.len()).step_by(97).chain([31, 32, 33, whole.len() - 1]) {
        fs::write(shelf.path(digest, Class::Small), &whole[..length]).unwrap();
        assert!(matches!(shelf.take(digest, Class::Small), Err(ShelfFault::Forged)), "{length} bytes");
    }
}

#[tokio::test]
async fn code_that_this_engine_did_not_make_is_not_run_even_under_the_right_seal() {
    let host = Host::new().unwrap();
    // Without interruption, such a guest could not be ended.
    let mut endless = engine::settings();
    endless.epoch_interruption(false);
    let endless = Engine::new(&endless).unwrap();
    for (engine, why) in [(another_version(), "version '47.0.0'"), (endless, "epoch")] {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().to_owned(), KEY).unwrap();
        let (digest, code) = compiled(&engine);
        shelf.put(digest, Class::Small, &code).unwrap();
        let refusal = host.load(&shelf, digest, Class::Small).await.map(drop).unwrap_err();
        assert!(matches!(&refusal, LoadRefusal::DoesNotFit(said) if said.contains(why)), "{refusal}");
    }
}
