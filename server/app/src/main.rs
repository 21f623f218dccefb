//! The `candour` binary; see [`app::commands`].

use std::process::ExitCode;

use app::commands::{Cli, run};
use clap::Parser;
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static MEMORY: Jemalloc = Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    run(Cli::parse()).await.unwrap_or_else(|error| {
        eprintln!("candour: {error:#}");
        ExitCode::FAILURE
    })
}
