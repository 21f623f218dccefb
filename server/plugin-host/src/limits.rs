//! What a guest may use, each bound with its unit.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One MiB in bytes.
const MIB: usize = 1024 * 1024;

/// The largest component that is looked at, bytes.
pub const COMPONENT_BYTES: usize = 32 * MIB;
/// The most that compiling one may give, bytes.
pub const COMPILED_BYTES: usize = 128 * MIB;
/// What the compiling child may take of memory, bytes of address space.
pub const COMPILING_MEMORY: u64 = 2 * 1024 * MIB as u64;
/// How many times as long a compiler takes that is not optimised itself, on a machine with other things to do: what passes in a release build must
/// not be refused in a development build.
const COMPILER_SLOWNESS: u64 = if cfg!(debug_assertions) { 4 } else { 1 };
/// How deep a guest's calls may go, bytes of stack.
pub const WASM_STACK: usize = 512 * 1024;
/// A guest's stack together with that of the host's functions it calls, bytes.
pub const CALL_STACK: usize = 2 * MIB;
/// How often guests are looked at: the longest that one runs before others get their turn.
pub const TICK: Duration = Duration::from_millis(1);
/// Handles that a guest may hold at a time. The contract has none; components can make their own.
pub const HANDLES: usize = 256;
/// The most elements in all of a guest's tables.
pub const TABLE_ELEMENTS: usize = 20_000;

/// The longest key or name of a collection, bytes.
pub const KEY_BYTES: usize = 64;
/// The longest value, bytes.
pub const VALUE_BYTES: usize = 64 * 1024;
/// The most entries that one `scan` or `everyone` gives.
pub const ENTRIES_AT_ONCE: u32 = 500;
/// What a guest may say to its author in one call, bytes.
pub const LOG_BYTES: usize = 16 * 1024;

/// How big a guest may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Compiled languages: Rust, C.
    #[default]
    Small,
    /// Guests that bring an interpreter: JavaScript, Python.
    Large,
}

/// What a class has.
pub(crate) struct Size {
    /// Calls at a time.
    pub at_once: u32,
    /// Bytes of all memories of one guest together, and of each.
    pub memory: usize,
    /// Memories of one guest.
    pub memories: u32,
    /// Core instances that one component may be made of.
    pub core_instances: u32,
    /// Bytes of a memory that stay in place between calls, zeroed.
    pub keep_resident: usize,
}

impl Class {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Small, Self::Large];

    /// As it is written in manifests and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }

    pub(crate) fn size(self) -> Size {
        match self {
            Self::Small => Size {
                at_once: 64,
                memory: 16 * MIB,
                memories: 1,
                core_instances: 20,
                keep_resident: 2 * MIB,
            },
            Self::Large => Size {
                at_once: 8,
                memory: 128 * MIB,
                memories: 8,
                core_instances: 160,
                keep_resident: 8 * MIB,
            },
        }
    }

    /// Seconds of processor time that compiling may take: 2 and 30, and more for the small ones in a development build, whose compiler is slow itself.
    pub fn compiling_seconds(self) -> u64 {
        match self {
            Self::Small => 2 * COMPILER_SLOWNESS,
            Self::Large => 30,
        }
    }
}

/// What one call may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Ticks during which the guest ran.
    pub ticks: u32,
    /// From beginning to end, waiting included.
    pub time: Duration,
    /// Calls of the host's functions.
    pub calls: u32,
    /// Bytes of state read.
    pub read: usize,
    /// Bytes of state written.
    pub written: usize,
    /// Bytes that the host copies out of the guest for one function.
    pub copied: usize,
}

impl Budget {
    /// For what somebody waits for: a page, a form.
    pub(crate) const PAGE: Self = Self {
        ticks: 100,
        // A guest that runs is ended by its ticks. This is for the time that it waits: for its state, and for its turn on a machine that has a
        // lot to do, where a slow page is better than none.
        time: Duration::from_secs(10),
        calls: 512,
        read: 2 * MIB,
        written: 256 * 1024,
        copied: 2 * MIB,
    };
    /// For what goes through everyone's answers.
    pub(crate) const COUNT: Self = Self {
        ticks: 10_000,
        time: Duration::from_secs(60),
        calls: 20_000,
        read: 512 * MIB,
        written: 0,
        copied: 16 * MIB,
    };
}
