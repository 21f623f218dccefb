//! The subcommands, one a file: what an operator types, and what is printed.
//!
//! Results go to standard output, everything else to standard error. A command that did not do what it was asked ends with
//! exit code 1 and says what to do.

mod backup;
mod codes;
mod demo;
mod doctor;
mod export;
mod import;
mod migrate;
mod openapi;
mod restore;
mod serve;
mod targets;
mod tenants;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use actions::Actions;
use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::ConfigRefusal;
use crate::{Config, OsRandom, SystemClock, databases};

/// Candour hosts open, anonymous conversations.
#[derive(Parser)]
#[command(name = "candour", version, about, propagate_version = true)]
pub struct Cli {
    /// The configuration file; candour.toml in this folder if not given. CANDOUR__SECTION__KEY in the environment wins over it.
    #[arg(long, global = true, env = "CANDOUR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fill a data folder with a real conversation and serve it on this machine
    Demo(demo::Args),
    /// Serve
    Serve,
    /// Make the databases and the pepper, or bring the databases up to date
    Migrate,
    /// Check the configuration, the databases, the clock and the disk, and say what to do
    Doctor(doctor::Args),
    /// Copy both SQLite databases while they are in use
    Backup(backup::Args),
    /// Put a backup's databases into the data folder
    Restore(restore::Args),
    /// Check and apply tenant packs
    #[command(subcommand)]
    Tenants(tenants::Command),
    /// Issue sealed codes, with which people come in
    #[command(subcommand)]
    Codes(codes::Command),
    /// Load a conversation
    #[command(subcommand)]
    Import(import::Command),
    /// Write a campaign out as files
    Export(export::Args),
    /// Print the description of the JSON API
    Openapi,
}

/// Does what was typed.
///
/// # Errors
/// Why it was not done, for the operator.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo(args) => demo::run(args).await?,
        Command::Serve => serve::run(read_config(file)?).await?,
        Command::Migrate => migrate::run(&read_config(file)?).await?,
        Command::Doctor(args) => return doctor::run(&args, read_config(file)).await,
        Command::Backup(args) => backup::run(&args, &read_config(file)?).await?,
        Command::Restore(args) => restore::run(&args, &read_config(file)?)?,
        Command::Tenants(command) => return tenants::run(command, || Ok(read_config(file)?)).await,
        Command::Codes(command) => codes::run(command, &read_config(file)?).await?,
        Command::Import(command) => return import::run(command, &read_config(file)?).await,
        Command::Export(args) => export::run(&args, &read_config(file)?).await?,
        Command::Openapi => openapi::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_config(file: Option<&Path>) -> Result<Config, ConfigRefusal> {
    Config::read(
        file,
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )
}

/// Every use case, at the real time and with real randomness.
async fn actions(config: &Config) -> Result<Actions> {
    databases::open_actions(config, Arc::new(SystemClock), Arc::new(OsRandom)).await
}
