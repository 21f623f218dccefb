//! What compiling may use, measured: bombs in the compiling child, and what the kernel says that the child had used when it ended.

use std::mem::MaybeUninit;
use std::time::Duration;

use plugin_host::limits::COMPILING_MEMORY;
use plugin_host::{Class, CompileRefusal, Compiler, Digest, Shelf};

use crate::stage::{Stage, component};

/// How far past its bound the kernel may let a child run: it looks now and then.
const GLANCE: Duration = Duration::from_millis(500);

/// What children had used.
#[derive(Clone, Copy, Debug)]
struct Usage {
    /// Processor time of all of them.
    time: Duration,
    /// The most memory that one of them had, bytes.
    most_memory: u64,
}

/// What the children of this process, all of which have ended, had used. `cargo nextest` gives each test a process of its own.
#[expect(unsafe_code, reason = "there is no other way to ask the kernel")]
fn used_by_children() -> Usage {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the kernel writes one `rusage` to where it is told, and there is room for one; all zeros is one as well.
    let usage = unsafe {
        assert_eq!(libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()), 0);
        usage.assume_init()
    };
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000);
    Usage { time: time(usage.ru_utime) + time(usage.ru_stime), most_memory: usage.ru_maxrss as u64 * 1024 }
}

/// Has `component` compiled by a child, whatever was compiled before, and measures that child.
async fn compile(component: &[u8], class: Class) -> (Result<Digest, CompileRefusal>, Usage) {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::with_shelf(folder.path().to_owned(), [5; 32]);
    let before = used_by_children();
    let result = stage.compiler.compile(component, class).await;
    let after = used_by_children();
    let used = Usage { time: after.time - before.time, ..after };
    let megabytes = used.most_memory / 1024 / 1024;
    println!("{} KiB, {}: {:.2?}, {megabytes} MiB", component.len() / 1024, class.name(), used.time);
    // The next one has its turn, and a host that never compiled is well.
    Stage::new().assert_well().await;
    (result, used)
}

#[tokio::test]
async fn nothing_may_use_more_than_30_seconds_and_2_gib() {
    let [small, large] = Class::ALL.map(Class::compiling_seconds);
    assert!(small <= large && large <= 30, "{small} s and {large} s");
    assert_eq!(COMPILING_MEMORY, 2 << 30);
    let (result, used) = compile(&component("misbehaving"), Class::Small).await;
    result.unwrap();
    assert!(used.time > Duration::ZERO && used.most_memory > 1 << 20, "it is measured: {used:?}");
}

#[tokio::test]
async fn a_small_component_that_keeps_the_compiler_busy_is_given_up() {
    assert_given_up_in_time(Class::Small).await;
}

#[tokio::test]
async fn a_large_component_that_keeps_the_compiler_busy_is_given_up() {
    assert_given_up_in_time(Class::Large).await;
}

async fn assert_given_up_in_time(class: Class) {
    let (result, used) = compile(&time_bomb(), class).await;
    let refusal = result.unwrap_err();
    assert!(matches!(refusal, CompileRefusal::TooMuch(of) if of == class), "{refusal}");
    let bound = Duration::from_secs(class.compiling_seconds());
    assert!(used.time > bound - GLANCE && used.time < bound + GLANCE, "{used:?}");
    assert!(used.most_memory < COMPILING_MEMORY, "{used:?}");
}

#[tokio::test]
async fn a_component_that_has_the_compiler_hoard_memory_is_given_up() {
    let (result, used) = compile(&memory_bomb(), Class::Large).await;
    let refusal = result.unwrap_err();
    assert!(matches!(refusal, CompileRefusal::TooMuch(Class::Large)), "{refusal}");
    assert!(used.most_memory > COMPILING_MEMORY / 2 && used.most_memory <= COMPILING_MEMORY, "{used:?}");
    let bound = Duration::from_secs(Class::Large.compiling_seconds());
    assert!(used.time < bound - GLANCE, "it was ended by the other bound: {used:?}");
}

#[tokio::test]
async fn a_child_that_gives_without_end_is_cut_off_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for flood in ["exec cat /dev/zero", "exec cat /dev/zero >&2"] {
        let shelf = Shelf::new(folder.path().to_owned(), [5; 32]).unwrap();
        let arguments = ["-c", flood].map(Into::into).to_vec();
        let compiler = Compiler::new("/bin/sh".into(), arguments, shelf);
        // It uses hardly any processor time; were it waited for, five minutes would go by.
        let refusal = compiler.compile(b"anything", Class::Large).await.unwrap_err();
        assert!(matches!(refusal, CompileRefusal::TooMuch(Class::Large)), "{flood}: {refusal}");
    }
}

/// A few kilobytes that take a compiler very long: one function of deeply nested blocks with many values live at once.
fn time_bomb() -> Vec<u8> {
    const LOCALS: usize = 2_000;
    const ROUNDS: usize = 2_000;
    let mut body = String::new();
    for round in 0..ROUNDS {
        let (one, other) = (round % LOCALS, (round * 7 + 1) % LOCALS);
        body += &format!(
            "(if (local.get 0) (then (local.set {one} (i32.add (local.get {other}) (local.get {one}))) (br_if $out (local.get {other}))))"
        );
    }
    let locals = "(local ".to_owned() + &"i32 ".repeat(LOCALS) + ")";
    let functions = (0..12).map(|_| {
        format!("(func (param i32) {locals} (loop $again (block $out {body}) (br_if $again (local.get 1))))")
    });
    let text = format!("(component (core module {}))", functions.collect::<String>());
    wat::parse_str(text).unwrap()
}

/// A few kilobytes that become ten thousand million instances: each component is made of ten of the one before it.
fn memory_bomb() -> Vec<u8> {
    const STOREYS: usize = 10;
    let mut text = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
    for storey in 1..=STOREYS {
        let inside = format!("(instance (instantiate $c{}))", storey - 1).repeat(10);
        text += &format!("(component $c{storey} {inside})");
    }
    wat::parse_str(format!("(component {text} (instance (instantiate $c{STOREYS})))")).unwrap()
}
