//! Attacks while a call runs.

use std::cell::RefCell;
use std::hint::black_box;

use guest_sdk::bindings::candour::round::{log, state};
use guest_sdk::{Answer, Failure, Participant};

/// More than any call may do.
const VERY_OFTEN: u32 = 10_000_000;

pub fn while_drawing(attack: &str) -> Result<(), Failure> {
    match attack {
        "loop" => spin(),
        "memory" => hoard(),
        "memory-at-once" => {
            black_box(vec![1_u8; 1 << 30]);
        }
        "stack" => {
            black_box(dig(1));
        }
        "panic" => panic!("a guest panics"),
        "out-of-bounds" => {
            let list: Vec<u8> = Vec::new();
            black_box(list[black_box(7)]);
        }
        "host-calls" => (0..VERY_OFTEN).for_each(|_| drop(black_box(state::mine("key")))),
        "counts" => (0..VERY_OFTEN).for_each(|_| {
            let _ = black_box(state::count("collection"));
        }),
        "log-calls" => (0..VERY_OFTEN).for_each(|_| log::write(log::Level::Info, "words")),
        "log-bytes" => (0..300).for_each(|_| log::write(log::Level::Info, &"w".repeat(64 * 1024))),
        "reads" => (0..VERY_OFTEN).for_each(|_| drop(black_box(state::get("shared", "large")))),
        "released" => (0..VERY_OFTEN).for_each(|_| drop(black_box(state::released()))),
        "long-key-read" => drop(state::mine(&"k".repeat(65))?),
        "empty-key-read" => drop(state::mine("")?),
        "giant-key-read" => drop(state::mine(&"k".repeat(8 << 20))?),
        "write-while-drawing" => state::keep_mine("key", b"value")?,
        "write-shared-while-drawing" => state::put("shared", "key", b"value")?,
        "append-while-drawing" => drop(state::append("shared", b"value")?),
        "everyone-while-drawing" => drop(state::everyone("key", None, 10)?),
        "remembers" => REMEMBERED.with_borrow_mut(|(drawn, found)| {
            *drawn += 1;
            *found = state::mine("key")?;
            Ok::<(), Failure>(())
        })?,
        _ => {}
    }
    Ok(())
}

thread_local! {
    /// How many pages it has drawn in this memory, and what it read for the last.
    static REMEMBERED: RefCell<(u32, Option<Vec<u8>>)> = const { RefCell::new((0, None)) };
}

pub fn while_taking(attack: &str, who: &Participant, answers: &[Answer]) -> Result<(), Failure> {
    match attack {
        "loop-while-taking" => spin(),
        "writes" => (0..VERY_OFTEN).try_for_each(|_| state::keep_mine("key", &[1; 64 * 1024]))?,
        "many-keys" => (0..VERY_OFTEN).try_for_each(|key| state::keep_mine(&format!("key-{key}"), b"v"))?,
        "many-empty-keys" => {
            (0..VERY_OFTEN).try_for_each(|key| state::keep_mine(&format!("key-{key}"), b""))?
        }
        "appends" => (0..VERY_OFTEN).try_for_each(|_| state::append("shared", b"v").map(drop))?,
        "long-value" => state::keep_mine("key", &[1; 64 * 1024 + 1])?,
        "long-key" => state::keep_mine(&"k".repeat(65), b"v")?,
        "long-collection" => state::put(&"c".repeat(65), "key", b"v")?,
        "everyone-while-taking" => drop(state::everyone("key", None, 10)?),
        // Whatever it calls its keys, they are its own.
        "others-keys" => {
            let others = ["../other/key", "other:key", "key\0other"].map(state::mine);
            let found = others.into_iter().flatten().flatten().count();
            state::keep_mine("found", found.to_string().as_bytes())?;
        }
        "write-then-trap" => {
            state::keep_mine("key", b"half")?;
            panic!("after it wrote")
        }
        "write-then-refuse" => {
            state::keep_mine("key", b"half")?;
            return Err(Failure::Refused("No.".to_owned()));
        }
        // It reads nothing now.
        "remembers" => {
            let (drawn, found) = REMEMBERED.take();
            state::keep_mine("key", format!("{drawn} {found:?}").as_bytes())?;
        }
        // Chance there is none: what it takes for chance is the same each time.
        "chance" => {
            static mut COUNTER: u32 = 0;
            // SAFETY: a guest has one thread.
            let counter = unsafe {
                COUNTER += 1;
                COUNTER
            };
            let address = Box::into_raw(Box::new(0_u8)) as usize;
            let map: std::collections::HashMap<u32, u32> = (0..20).map(|key| (key, key)).collect();
            let order: Vec<u32> = map.into_keys().collect();
            let key = state::append("shared", b"v")?;
            let what = format!("{counter} {address} {order:?} {key}");
            state::keep_mine("chance", what.as_bytes())?;
        }
        "echo" => state::keep_mine("echo", format!("{} {answers:?}", who.token).as_bytes())?,
        _ => {}
    }
    Ok(())
}

pub fn while_counting(attack: &str) -> Result<(), Failure> {
    match attack {
        "loop-while-counting" => spin(),
        "own-while-counting" => drop(state::mine("key")?),
        "write-while-counting" => state::put("shared", "key", b"v")?,
        "everyone-for-ever" => {
            (0..VERY_OFTEN).for_each(|_| drop(black_box(state::everyone("key", None, u32::MAX))))
        }
        _ => {}
    }
    Ok(())
}

pub fn while_summarising(attack: &str) -> Result<(), Failure> {
    match attack {
        "state-while-summarising" => drop(state::get("shared", "key")?),
        "everyone-while-summarising" => drop(state::everyone("key", None, 10)?),
        "released-while-summarising" => drop(state::released()?),
        _ => {}
    }
    Ok(())
}

fn spin() {
    let mut number = 0_u64;
    while black_box(number) < u64::MAX {
        number += 1;
    }
}

fn hoard() {
    let mut all = Vec::new();
    while black_box(all.len()) < usize::MAX {
        all.push(vec![1_u8; 64 * 1024]);
    }
}

#[expect(unconditional_recursion, reason = "that is the attack")]
fn dig(depth: u64) -> u64 {
    black_box(dig(black_box(depth) + 1)) + 1
}
