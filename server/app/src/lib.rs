//! The composition root: configuration, the clock, randomness, [`start`], and the subcommands of the `candour` binary.
//!
//! Here: which parts a deployment is made of, and how an operator speaks to it. Not here: what any part does. To add a
//! subcommand: a file under `commands/` with its arguments and a `run`, and a line in `commands/mod.rs`. To add a setting: a
//! field in `config/file.rs`, its check in `config.rs`, a row in docs/operating/configuration.md.

pub mod addresses;
mod backup_folder;
mod clock;
pub mod commands;
pub mod config;
pub mod data_folder;
pub mod databases;
mod demo;
mod entropy;
mod logs;
mod new_file;
mod pack_folders;
pub mod platform;
pub mod secrets;
mod start;

pub use clock::SystemClock;
pub use config::Config;
pub use entropy::OsRandom;
pub use start::{Running, start};
