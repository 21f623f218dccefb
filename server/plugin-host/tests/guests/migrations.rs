//! Guests that bring what an earlier version kept up to date.

use plugin_host::output::BadOutput;
use plugin_host::scenario::{Scenario, run};
use plugin_host::{CallFailure, Cause, Changes, Log, MemoryState, Old, Place};

use crate::stage::{Stage, call, who};
use crate::text_guests::{component_of, load};

const WORLD: &str = "candour:round/round-plugin-with-migration";

/// Version 2 keeps under `answer` a digit that is one more than in version 1; another version it does not know. Its tally is of one subject: how many
/// people answered, and the sum of their digits.
const COUNTS: &[(&str, &str)] = &[
    ("$DESCRIPTION", r"\02\00\00\00\00\00\00\00\00\00\00\00"),
    ("$VALIDATE", "(i32.const 1400)"),
    (
        "$IMPORTS",
        r#"(import "candour:round/state@1.0.0" "everyone" (func $everyone (param i32 i32 i32 i32 i32 i32 i32)))"#,
    ),
    (
        "$MIGRATE",
        r#"(data (i32.const 1100) "answer")
        (func (export "candour:round/migration@1.0.0#migrate") (param i32 i32 i32 i32 i64 i64 i32 i32 i32 i32 i32 i32) (result i32)
          (local $number i32) (local $entry i32) (local $value i32)
          (if (i32.ne (local.get 8) (i32.const 1)) (then unreachable))
          (block $done (loop $next
            (br_if $done (i32.ge_u (local.get $number) (local.get 11)))
            (local.set $entry (i32.add (local.get 10) (i32.mul (local.get $number) (i32.const 28))))
            (local.set $value (i32.load offset=20 (local.get $entry)))
            (i32.store8 (local.get $value) (i32.add (i32.load8_u (local.get $value)) (i32.const 1)))
            (i64.store
              (i32.add (i32.const 4096) (i32.mul (local.get $number) (i32.const 8)))
              (i64.load offset=20 (local.get $entry)))
            (local.set $number (i32.add (local.get $number) (i32.const 1)))
            (br $next)))
          (i32.store (i32.const 3076) (i32.const 4096))
          (i32.store (i32.const 3080) (local.get 11))
          (i32.const 3072))"#,
    ),
    (
        "$TALLY",
        r#"(local $number i32) (local $sum i32) (local $label i32)
        (call $everyone (i32.const 1100) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 500) (i32.const 1200))
        (block $done (loop $next
          (br_if $done (i32.ge_u (local.get $number) (i32.load (i32.const 1208))))
          (local.set $sum (i32.add (local.get $sum) (i32.sub (i32.load8_u (i32.load offset=28
            (i32.add (i32.load (i32.const 1204)) (i32.mul (local.get $number) (i32.const 36))))) (i32.const 48))))
          (local.set $number (i32.add (local.get $number) (i32.const 1)))
          (br $next)))
        ;; one subject at 3240, one measure at 3264, one figure at 3304: lists of one each at 3204, 3212 and 3220
        (i32.store (i32.const 3204) (i32.const 3240)) (i32.store (i32.const 3208) (i32.const 1))
        (i32.store (i32.const 3212) (i32.const 3264)) (i32.store (i32.const 3216) (i32.const 1))
        (i32.store (i32.const 3220) (i32.const 3304)) (i32.store (i32.const 3224) (i32.const 1))
        ;; every name is the word `answer`
        (call $name (i32.const 3240)) (call $name (i32.const 3248))
        (call $name (i32.const 3264)) (call $name (i32.const 3272))
        (call $name (i32.const 3304)) (call $name (i32.const 3312))
        (i32.store (i32.const 3332) (local.get $number))
        (i32.store (i32.const 3336) (i32.const 1))
        (f64.store (i32.const 3344) (f64.convert_i32_u (local.get $sum)))
        (i32.const 3200)"#,
    ),
    (
        "$START",
        "(func $name (param i32) (i32.store (local.get 0) (i32.const 1100)) (i32.store offset=4 (local.get 0) (i32.const 6)))",
    ),
];

#[tokio::test]
async fn kept_values_of_an_earlier_version_are_brought_up_to_date() {
    // One new value, whatever was kept.
    let migrate = r#"(data (i32.const 3072) "\00\00\00\00\10\0c\00\00\01\00\00\00\00\00\00\00\18\0c\00\00\03\00\00\00new")
        (func (export "candour:round/migration@1.0.0#migrate") (param i32 i32 i32 i32 i64 i64 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 3072))"#;
    let stage = Stage::new();
    let plugin = load(&stage, &component_of(WORLD, &[("$MIGRATE", migrate)])).await.unwrap();
    assert!(plugin.migrates());
    let call = call(&plugin, "");
    let old = Old { collection: None, key: "key".to_owned(), value: b"old".to_vec() };
    assert_eq!(stage.host.migrate(&call, std::slice::from_ref(&old)).await.unwrap(), [b"new".to_vec()]);
    let too_few = stage.host.migrate(&call, &[old.clone(), old]).await.unwrap_err();
    let expected = BadOutput::OutOfBounds("migrated entries");
    assert_eq!(too_few, CallFailure::Unavailable(Cause::BadOutput(expected)));
}

#[tokio::test]
async fn a_scenario_begins_with_what_an_earlier_version_kept() {
    let stage = Stage::new();
    let plugin = load(&stage, &component_of(WORLD, COUNTS)).await.unwrap();
    let play = async |from: u32, sum: f64| {
        let scenario = format!(
            r#"{{
              "name": "two answers of version 1",
              "config": {{}},
              "people": {{ "ann": {{}}, "ben": {{}}, "cat": {{}} }},
              "steps": [
                {{ "tally": [["answer", "answer", null, 0, 0.0]] }},
                {{ "migrate": {{
                  "from": {from},
                  "kept": {{ "ann": {{ "answer": 1 }}, "ben": {{ "answer": 4 }} }},
                  "shared": {{ "all": {{ "one": 7 }} }}
                }} }},
                {{ "tally": [["answer", "answer", null, 2, {sum:?}]] }}
              ]
            }}"#
        );
        let scenario: Scenario = serde_json::from_str(&scenario).unwrap();
        run(&stage.host, &plugin, &scenario, &Log::dropped()).await
    };
    play(1, 7.0).await.unwrap();
    let not_migrated = play(1, 5.0).await.unwrap_err();
    assert_eq!(not_migrated.step, 3, "{not_migrated}");
    let unknown_version = play(3, 7.0).await.unwrap_err();
    assert_eq!(unknown_version.step, 2, "{unknown_version}");
}

#[tokio::test]
async fn a_whole_round_is_brought_up_to_date_piece_by_piece() {
    /// More than one call is given, by number and by bytes.
    const PEOPLE: usize = 1_200;
    let stage = Stage::new();
    let plugin = load(&stage, &component_of(WORLD, COUNTS)).await.unwrap();
    let old = MemoryState::new();
    for number in 0..PEOPLE {
        let who = who(&format!("{number:04}"));
        let place = Place::Own { participant: who.token.clone(), key: "answer".to_owned() };
        let changes = Changes { written: [(place, Some(b"1".to_vec()))].into(), ..Changes::default() };
        old.apply(Some(&who), &changes).unwrap();
    }
    let before = old.snapshot();
    let new = stage.host.migrate_all(&call(&plugin, ""), &before).await.unwrap().snapshot();
    assert_eq!(new.entries().count(), PEOPLE);
    for ((place, old), (same_place, new)) in before.entries().zip(new.entries()) {
        assert_eq!(
            (place, old.value.as_slice()),
            (same_place, b"1".as_slice()),
            "the old one stays as it is"
        );
        assert_eq!(new.value, b"2");
    }
    let healthy = stage.guest("misbehaving").await;
    let refused = stage.host.migrate_all(&call(&healthy, "behave"), &before).await.unwrap_err();
    assert_eq!(refused, CallFailure::NoSuchForm, "a round type without a migration");
}
