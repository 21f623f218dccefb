//! Guests written as WebAssembly text: what no compiler would give.

use std::path::Path;
use std::sync::Arc;

use plugin_host::output::BadOutput;
use plugin_host::{CallFailure, Cause, Class, CompileRefusal, LoadRefusal, Plugin};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::stage::{Stage, draw};

/// A core module that fits the contract, with parts to be replaced.
const MODULE: &str = r#"(module
  $IMPORTS
  (memory (export "memory") $MEMORY)
  $TABLE
  (global $next (mut i32) (i32.const 8192))
  (data (i32.const 1024) "$DESCRIPTION")
  (data (i32.const 2048) "$BLOCKS")
  (func $spin (loop (br 0)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) $REALLOC)
  (func (export "candour:round/round@1.0.0#describe") (result i32) $DESCRIBE)
  (func (export "cabi_post_candour:round/round@1.0.0#describe") (param i32) $POST)
  (func (export "candour:round/round@1.0.0#validate-config") (param i32 i32) (result i32) $VALIDATE)
  (func (export "candour:round/round@1.0.0#render") (param i32) (result i32) (i32.const 2048))
  (func (export "candour:round/round@1.0.0#submit") (param i32) (result i32) unreachable)
  (func (export "candour:round/round@1.0.0#tally") (param i32 i32 i32 i32 i64 i64 i32 i32 i32 i32) (result i32) $TALLY)
  (func (export "candour:round/round@1.0.0#summarise") (param i32 i32 i32 i32 i64 i64 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "candour:round/round@1.0.0#export") (param i32 i32 i32 i32 i64 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  $MIGRATE
  $START)"#;

/// What stands for each part unless an attack replaces it. The page has no blocks.
const HEALTHY: &[(&str, &str)] = &[
    ("$IMPORTS", ""),
    ("$MEMORY", "2"),
    ("$TABLE", ""),
    ("$DESCRIPTION", r"\01\00\00\00\00\00\00\00\00\00\00\00"),
    ("$BLOCKS", r"\00\00\00\00\00\0c\00\00\00\00\00\00"),
    // Hands out memory from 8192 on, in pieces of eight bytes.
    (
        "$REALLOC",
        "(global.get $next) (global.set $next (i32.and (i32.add (global.get $next) (i32.add (local.get 3) (i32.const 7))) (i32.const -8)))",
    ),
    ("$DESCRIBE", "(i32.const 1024)"),
    ("$POST", ""),
    ("$VALIDATE", "unreachable"),
    ("$TALLY", "unreachable"),
    ("$MIGRATE", ""),
    ("$START", ""),
];

/// A world that no contract has: a guest with handles of its own.
const OWN_WORLD: &str = "package test:handles;
interface things { resource thing; }
world guest { include candour:round/round-plugin@1.0.0; export things; }";

/// The text with what `attack` replaces in it, as a component.
pub fn component(attack: &[(&str, &str)]) -> Vec<u8> {
    component_of("candour:round/round-plugin", attack)
}

/// The same in another `world`.
pub fn component_of(world: &str, attack: &[(&str, &str)]) -> Vec<u8> {
    let parts = attack.iter().chain(HEALTHY);
    let text = parts.fold(MODULE.to_owned(), |text, (part, with)| text.replace(part, with));
    let mut module = wat::parse_str(&text).unwrap();
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/wit/round-v1");
    let (package, _) = resolve.push_dir(wit).unwrap();
    let own = resolve.push_str("own.wit", OWN_WORLD).unwrap();
    let world = resolve.select_world(&[package, own], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// Loads it, or says why not.
pub async fn load(stage: &Stage, component: &[u8]) -> Result<Arc<Plugin>, LoadRefusal> {
    let digest = stage.compiler.compile(component, Class::Small).await.unwrap();
    stage.host.load(stage.compiler.shelf(), digest, Class::Small).await
}

#[tokio::test]
async fn the_healthy_text_is_a_guest() {
    let stage = Stage::new();
    let plugin = load(&stage, &component(&[])).await.unwrap();
    assert_eq!(draw(&stage, &plugin, "").await.unwrap().nodes, []);
}

#[tokio::test]
async fn guests_that_do_harm_before_they_are_called_are_not_loaded() {
    let timed_out = |failure: &CallFailure| *failure == CallFailure::Unavailable(Cause::TimeOut);
    let trapped = |failure: &CallFailure| matches!(failure, CallFailure::Unavailable(Cause::Trap(_)));
    let bad = |failure: &CallFailure| {
        *failure == CallFailure::Unavailable(Cause::BadOutput(BadOutput::OutOfBounds("data version")))
    };
    type Judge = fn(&CallFailure) -> bool;
    type Attack = &'static [(&'static str, &'static str)];
    let cases: &[(&str, Attack, Judge)] = &[
        ("a beginning without end", &[("$START", "(start $spin)")], timed_out),
        ("a beginning that traps", &[("$START", "(func $s unreachable) (start $s)")], trapped),
        ("a call without end", &[("$DESCRIBE", "(call $spin) (i32.const 1024)")], timed_out),
        ("tidying up without end", &[("$POST", "(call $spin)")], timed_out),
        ("tidying up that traps", &[("$POST", "unreachable")], trapped),
        ("a result outside memory", &[("$DESCRIBE", "(i32.const -4)")], trapped),
        ("a result between words", &[("$DESCRIBE", "(i32.const 1025)")], trapped),
        ("version 0", &[("$DESCRIPTION", r"\00\00\00\00\00\00\00\00\00\00\00\00")], bad),
        ("a list longer than memory", &[("$DESCRIPTION", r"\01\00\00\00\00\00\00\00\ff\ff\ff\ff")], trapped),
        ("a list of the same million", &[("$DESCRIPTION", r"\01\00\00\00\00\00\00\00\00\10\00\00")], trapped),
    ];
    let stage = Stage::new();
    for (name, attack, judge) in cases {
        match load(&stage, &component(attack)).await {
            Err(LoadRefusal::Mute(failure)) => assert!(judge(&failure), "{name}: {failure:?}"),
            Err(refusal) => panic!("{name}: {refusal}"),
            Ok(_) => panic!("{name}: loaded"),
        }
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn guests_that_lie_about_memory_are_ended() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("memory that never comes", &[("$REALLOC", "(call $spin) (i32.const 0)")]),
        ("memory outside memory", &[("$REALLOC", "(i32.const -16)")]),
        ("memory between words", &[("$REALLOC", "(i32.const 8193)")]),
        (
            "memory that grows without end",
            &[(
                "$REALLOC",
                "(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (unreachable)",
            )],
        ),
        ("a failure of an unknown kind", &[("$BLOCKS", r"\01\00\00\00\ff\00\00\00\00\00\00\00")]),
        ("a result of an unknown kind", &[("$BLOCKS", r"\07\00\00\00\00\00\00\00\00\00\00\00")]),
        // A refusal whose sentence is no UTF-8.
        (
            "bytes that are no text",
            &[("$BLOCKS", r"\01\00\00\00\01\00\00\00\14\08\00\00\04\00\00\00\ff\fe\80\80\ff\fe\80\80")],
        ),
    ];
    let stage = Stage::new();
    for (name, attack) in cases {
        let plugin = load(&stage, &component(attack)).await.unwrap();
        let failure = draw(&stage, &plugin, "").await.unwrap_err();
        let is_ended = matches!(failure, CallFailure::Unavailable(Cause::Trap(_) | Cause::TimeOut));
        assert!(is_ended, "{name}: {failure:?}");
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn guests_larger_than_their_class_are_not_loaded() {
    let modules = "(core module $m) ".to_owned() + &"(core instance (instantiate $m)) ".repeat(21);
    let memories = "(memory 1) ".repeat(2);
    let cases = [
        component(&[("$MEMORY", "300")]),
        component(&[("$TABLE", "(table 1000000 funcref)")]),
        component(&[("$TABLE", &memories)]),
        wat::parse_str(format!("(component {modules})")).unwrap(),
    ];
    let stage = Stage::new();
    for case in cases {
        let refusal = load(&stage, &case).await.map(drop).unwrap_err();
        let is_too_large = matches!(
            refusal,
            LoadRefusal::DoesNotFit(_) | LoadRefusal::Mute(CallFailure::Unavailable(Cause::Trap(_)))
        );
        assert!(is_too_large, "{refusal}");
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn the_large_class_has_room_for_more_and_is_bounded_as_well() {
    let stage = Stage::new();
    let load = async |component: Vec<u8>| {
        let digest = stage.compiler.compile(&component, Class::Large).await.unwrap();
        stage.host.load(stage.compiler.shelf(), digest, Class::Large).await
    };
    let plugin = load(component(&[("$MEMORY", "300"), ("$TABLE", "(memory 1) (memory 1)")])).await.unwrap();
    assert_eq!(draw(&stage, &plugin, "").await.unwrap().nodes, []);
    for too_large in [component(&[("$MEMORY", "2049")]), component(&[("$TABLE", &"(memory 1) ".repeat(8))])] {
        let refusal = load(too_large).await.map(drop).unwrap_err();
        assert!(matches!(refusal, LoadRefusal::DoesNotFit(_)), "{refusal}");
    }
    let hostile = load(crate::stage::component("misbehaving")).await.unwrap();
    for (attack, cause) in [("loop", Some(Cause::TimeOut)), ("memory", None), ("stack", None)] {
        match draw(&stage, &hostile, attack).await {
            Err(CallFailure::Unavailable(ended)) => {
                assert!(cause.is_none_or(|cause| cause == ended), "{attack}: {ended}")
            }
            other => panic!("{attack}: {other:?}"),
        }
    }
    stage.assert_well().await;
}

#[tokio::test]
async fn what_is_not_in_the_contract_cannot_be_imported() {
    let stage = Stage::new();
    let strangers = [
        "wasi:cli/environment@0.2.0",
        "wasi:clocks/wall-clock@0.2.0",
        "wasi:filesystem/preopens@0.2.0",
        "wasi:http/outgoing-handler@0.2.0",
        "wasi:random/random@0.2.0",
        "wasi:sockets/tcp@0.2.0",
        "candour:round/state@2.0.0",
        "candour:secrets/all@1.0.0",
    ];
    for stranger in strangers {
        let text = format!(r#"(component (import "{stranger}" (instance (export "read" (func)))))"#);
        match load(&stage, &wat::parse_str(text).unwrap()).await {
            Err(LoadRefusal::StrangeImport(name)) => assert_eq!(name, stranger),
            Err(other) => panic!("{stranger}: {other}"),
            Ok(_) => panic!("{stranger}: loaded"),
        }
    }
    let bare = r#"(component (import "now" (func (result u64))))"#;
    let refusal = load(&stage, &wat::parse_str(bare).unwrap()).await.map(drop).unwrap_err();
    assert!(matches!(refusal, LoadRefusal::StrangeImport(name) if name == "now"));
    let misfits = [
        "(component)",
        r#"(component (import "candour:round/state@1.0.0" (instance (export "everything" (func)))))"#,
        r#"(component (import "candour:round/state@1.0.0" (instance (export "count" (func)))))"#,
    ];
    for misfit in misfits {
        let refusal = load(&stage, &wat::parse_str(misfit).unwrap()).await.map(drop).unwrap_err();
        assert!(matches!(refusal, LoadRefusal::DoesNotFit(_)), "{misfit}: {refusal}");
    }
}

#[tokio::test]
async fn features_that_are_off_are_not_compiled() {
    let stage = Stage::new();
    let modules = [
        "(module (memory 1 1 shared))",
        "(module (func (result v128) (i32x4.relaxed_trunc_f32x4_s (v128.const i64x2 0 0))))",
        "(module (type (struct (field i32))) (func (result (ref 0)) (struct.new 0 (i32.const 1))))",
        "(module (tag))",
    ];
    for module in modules {
        let component =
            wat::parse_str(format!("(component (core {})", module.trim_start_matches('('))).unwrap();
        let refusal = stage.compiler.compile(&component, Class::Small).await.unwrap_err();
        assert!(matches!(refusal, CompileRefusal::NotAComponent(_)), "{module}: {refusal}");
    }
}
