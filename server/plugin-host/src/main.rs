//! The compiling child for this crate's tests and benchmarks: `compile-component small < component > code`. Operators have `candour plugin compile`.

use std::process::ExitCode;

use plugin_host::{Class, compile_as_child};

fn main() -> ExitCode {
    compile_as_child(match std::env::args().nth(1).as_deref() {
        Some("large") => Class::Large,
        _ => Class::Small,
    })
}
