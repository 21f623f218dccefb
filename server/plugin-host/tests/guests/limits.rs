//! Bounds that only WebAssembly text can reach: tables that grow, and handles, of which the contract has none.

use plugin_host::{CallFailure, Cause, Class, CompileRefusal, LoadRefusal};

use crate::stage::{Stage, draw};
use crate::text_guests::{component, component_of, load};

/// What an attack replaces in the healthy text.
type Parts = [(&'static str, &'static str)];

/// Tables of a guest whose beginning grows them; it traps if what it found is not so.
const TABLES: &[(&str, &Parts)] = &[
    (
        "a table that grows without end stops at its bound, and not long before",
        &[
            ("$TABLE", "(table $t 1 funcref)"),
            (
                "$DESCRIBE",
                "(loop (br_if 0 (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))))
                 (if (i32.gt_u (table.size $t) (i32.const 20000)) (then unreachable))
                 (if (i32.lt_u (table.size $t) (i32.const 19900)) (then unreachable))
                 (i32.const 1024)",
            ),
        ],
    ),
    (
        "a table does not grow past its bound at once",
        &[
            ("$TABLE", "(table $t 1 funcref)"),
            (
                "$DESCRIBE",
                "(if (i32.ne (table.grow $t (ref.null func) (i32.const 20000)) (i32.const -1)) (then unreachable))
                 (if (i32.ne (table.grow $t (ref.null func) (i32.const -1)) (i32.const -1)) (then unreachable))
                 (i32.const 1024)",
            ),
        ],
    ),
];

#[tokio::test]
async fn tables_grow_to_their_bound_and_no_further() {
    let stage = Stage::new();
    for (what, attack) in TABLES {
        if let Err(refusal) = load(&stage, &component(attack)).await {
            panic!("{what}: {refusal}");
        }
    }
    // What the guests assert of themselves is looked at: the first of them with another bound.
    let (_, [table, (part, text)]) = TABLES[0] else { panic!("it replaces two parts") };
    let text = text.replace("19900", "20001");
    let refusal = load(&stage, &component(&[*table, (part, &text)])).await.map(drop).unwrap_err();
    let trapped = matches!(refusal, LoadRefusal::Mute(CallFailure::Unavailable(Cause::Trap(_))));
    assert!(trapped, "{refusal}");
    let two = component(&[("$TABLE", "(table 1 funcref) (table 1 funcref)")]);
    let refusal = load(&stage, &two).await.map(drop).unwrap_err();
    assert!(matches!(refusal, LoadRefusal::DoesNotFit(_)), "a second table: {refusal}");
    stage.assert_well().await;
}

#[tokio::test]
async fn a_guest_may_make_few_handles_of_its_own_and_no_more() {
    let stage = Stage::new();
    let guest = |count: &str| {
        let describe = "(local $n i32)
            (loop
              (drop (call $new (i32.const 1)))
              (local.set $n (i32.add (local.get $n) (i32.const 1)))
              (br_if 0 (i32.lt_u (local.get $n) (i32.const COUNT))))
            (i32.const 1024)";
        let describe = describe.replace("COUNT", count);
        component_of(
            "test:handles/guest",
            &[
                (
                    "$IMPORTS",
                    r#"(import "[export]test:handles/things" "[resource-new]thing" (func $new (param i32) (result i32)))"#,
                ),
                ("$DESCRIBE", &describe),
            ],
        )
    };
    let plugin = load(&stage, &guest("200")).await.unwrap();
    assert_eq!(draw(&stage, &plugin, "").await.unwrap().nodes, []);
    // It would be back long before its time is up.
    for bomb in ["300", "100000"] {
        let refusal = load(&stage, &guest(bomb)).await.map(drop).unwrap_err();
        let LoadRefusal::Mute(CallFailure::Unavailable(Cause::Trap(why))) = refusal else {
            panic!("{bomb} handles: {refusal}")
        };
        assert!(why.contains("handle"), "{bomb} handles: {why}");
        stage.assert_well().await;
    }
}

#[tokio::test]
async fn handles_of_somebody_else_cannot_be_had() {
    let stage = Stage::new();
    let wanted = [
        r#"(component (import "candour:round/state@1.0.0" (instance (export "cursor" (type (sub resource))))))"#,
        r#"(component (import "candour:round/types@1.0.0" (instance (export "thing" (type (sub resource))))))"#,
    ];
    for text in wanted {
        let refusal = load(&stage, &wat::parse_str(text).unwrap()).await.map(drop).unwrap_err();
        assert!(matches!(refusal, LoadRefusal::DoesNotFit(_)), "{text}: {refusal}");
    }
    let bare = r#"(component (import "thing" (type (sub resource))))"#;
    let refusal = load(&stage, &wat::parse_str(bare).unwrap()).await.map(drop).unwrap_err();
    assert!(matches!(refusal, LoadRefusal::StrangeImport(name) if name == "thing"));
    // Handles that wait for something: a feature that is off.
    for text in [
        "(component (type (stream u8)))",
        "(component (type (future u8)))",
        "(component (core func (canon error-context.drop)))",
        "(component (core func (canon waitable-set.new)))",
        "(component (core func (canon task.cancel)))",
    ] {
        let refusal = stage.compiler.compile(&wat::parse_str(text).unwrap(), Class::Small).await.unwrap_err();
        assert!(matches!(refusal, CompileRefusal::NotAComponent(_)), "{text}: {refusal}");
    }
}
