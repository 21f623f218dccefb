//! The subcommands, one a file: what an operator types, and what is printed.
//!
//! Results go to standard output, everything else to standard error. A command that did not do what it was asked ends with
//! exit code 1 and says what to do.

mod accounts;
mod audit;
mod backup;
mod codes;
mod demo;
mod doctor;
mod export;
mod extend;
mod import;
mod keys;
mod launch;
mod logins;
mod migrate;
mod openapi;
mod plugin;
mod progress;
mod restore;
mod roll;
mod serve;
mod targets;
mod tenants;
mod verify_anonymity;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use actions::{Actions, Enrolment, Tenant};
use anyhow::Result;
use clap::{Parser, Subcommand};
use domain::{Clock, Entropy};
use mail::RetrySchedule;
use web::Addresses;

use crate::addresses::SideAddresses;
use crate::config::{ConfigRefusal, ServerSettings, Side};
use crate::{Config, OsRandom, SystemClock, databases};

/// Candour hosts open, anonymous conversations.
#[derive(Parser)]
#[command(name = "candour", version, about, propagate_version = true)]
pub struct Cli {
    /// Which side this is about, instead of what the configuration says
    #[arg(long, global = true, value_name = "SIDE")]
    side: Option<Side>,
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
    /// Copy the SQLite databases while they are in use, each side's into a backup of its own
    Backup(backup::Args),
    /// Put one side's backup into the data folder
    Restore(restore::Args),
    /// Check and apply tenant packs
    #[command(subcommand)]
    Tenants(tenants::Command),
    /// Issue sealed codes, with which people come in
    #[command(subcommand)]
    Codes(codes::Command),
    /// Import, confirm and count the roll: who is eligible
    #[command(subcommand)]
    Roll(roll::Command),
    /// Issue login details to the people of a roll
    #[command(subcommand)]
    Logins(logins::Command),
    /// Make a campaign's cohorts and keys, once; it cannot be undone
    Launch(launch::Args),
    /// Change a round's dates: longer, shorter, paused, resumed, opened again
    Extend(extend::Args),
    /// Show the public key log, or carry it from one side to the other
    #[command(subcommand)]
    Keys(keys::Command),
    /// Invite the people who run a tenant's conversations
    #[command(subcommand)]
    Account(accounts::AccountCommand),
    /// Invite the people who run the platform
    #[command(subcommand)]
    Operator(accounts::OperatorCommand),
    /// Check the record of what named people did, or carry it away
    #[command(subcommand)]
    Audit(audit::Command),
    /// Play the thief of both databases and say what links
    VerifyAnonymity(verify_anonymity::Args),
    /// Load a conversation
    #[command(subcommand)]
    Import(import::Command),
    /// Write a campaign out as files
    Export(export::Args),
    /// Write, check and sign round types
    #[command(subcommand)]
    Plugin(plugin::Command),
    /// Print the description of the JSON API
    Openapi,
}

/// Does what was typed.
///
/// # Errors
/// Why it was not done, for the operator.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    let config = || read_config(cli.config.as_deref(), cli.side);
    match cli.command {
        Command::Demo(args) => demo::run(args).await?,
        Command::Serve => serve::run(config()?).await?,
        Command::Migrate => migrate::run(&config()?).await?,
        Command::Doctor(args) => return doctor::run(&args, config()).await,
        Command::Backup(args) => backup::run(&args, &config()?).await?,
        Command::Restore(args) => restore::run(&args, &config()?)?,
        Command::Tenants(command) => return tenants::run(command, || Ok(config()?)).await,
        Command::Codes(command) => codes::run(command, &config()?).await?,
        Command::Roll(command) => return roll::run(command, &config()?).await,
        Command::Logins(command) => return logins::run(command, &config()?).await,
        Command::Launch(args) => launch::run(&args, &config()?).await?,
        Command::Extend(args) => extend::run(&args, &config()?).await?,
        Command::Keys(command) => keys::run(command, &config()?).await?,
        Command::Account(command) => accounts::run(command, &config()?).await?,
        Command::Operator(command) => accounts::run_operator(command, &config()?).await?,
        Command::Audit(command) => return audit::run(command, || Ok(config()?)).await,
        Command::VerifyAnonymity(args) => return verify_anonymity::run(&args),
        Command::Import(command) => return import::run(command, &config()?).await,
        Command::Export(args) => export::run(&args, &config()?).await?,
        Command::Plugin(command) => return plugin::run(command, || Ok(config()?)).await,
        Command::Openapi => openapi::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_config(file: Option<&Path>, side: Option<Side>) -> Result<Config, ConfigRefusal> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::read(file, environment, side)
}

/// Every use case of the sides that `config` serves, at the real time and with real randomness.
async fn sides(config: &Config) -> Result<databases::Opened> {
    databases::open_sides(config, clock(), entropy()).await
}

/// The conversation side's use cases, likewise.
async fn actions(config: &Config) -> Result<Actions> {
    databases::open_actions(config, clock(), entropy()).await
}

/// The identity side's use cases, likewise; no email leaves by them.
async fn enrolment(config: &Config) -> Result<Enrolment> {
    Ok(databases::open_enrolment(config, clock(), entropy(), RetrySchedule::default()).await?.0)
}

/// Where `tenant`'s people come in; ends with a slash.
fn identity_url(config: &Config, tenant: &Tenant) -> String {
    let ServerSettings { side, public_url, other_side_url, .. } = &config.server;
    SideAddresses::new(*side, public_url.clone(), other_side_url.clone()).identity(tenant)
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn entropy() -> Arc<dyn Entropy> {
    Arc::new(OsRandom)
}
