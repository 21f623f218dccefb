//! `candour keys`: the public key log, shown, and carried from the identity side to the conversation side where they run apart.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use actions::{KeyLogEntry, Tenant, contains_head, key_fingerprint, printed_head};
use anyhow::{Context, Result, anyhow, ensure};
use clap::Subcommand;

use super::targets::find_tenant;
use crate::config::Config;
use crate::new_file;

/// The largest log that is read, bytes: some ten thousand keys.
const MAX_LOG_BYTES: u64 = 10 << 20;

/// Said of a tenant or a file.
const NO_KEYS: &str = "has no keys yet: `candour launch` makes them";

/// What to do with the key log.
#[derive(Subcommand)]
pub enum Command {
    /// List the keys, and the head that is printed on letters and posters
    Show {
        #[command(flatten)]
        whose: Whose,
    },
    /// Write the log as JSON, for the conversation side
    Export {
        #[command(flatten)]
        whose: Whose,
        /// A new file; standard output if not given
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Take the identity side's log, if it holds together and goes on from what this side knows
    Import {
        #[command(flatten)]
        whose: Whose,
        /// What `candour keys export` wrote
        file: PathBuf,
        /// The head as printed on letters or code sheets: a log that lacks it, because its end was cut off, is refused
        #[arg(long, value_name = "HEAD")]
        head: Option<String>,
    },
}

/// Whose keys.
#[derive(clap::Args)]
pub struct Whose {
    /// The tenant's short name, such as bsol
    #[arg(long, value_name = "SLUG")]
    tenant: String,
}

/// Does it.
pub async fn run(command: Command, config: &Config) -> Result<()> {
    match command {
        Command::Show { whose } => {
            let (tenant, log) = known_log(&whose, config).await?;
            show(&tenant, &log);
        }
        Command::Export { whose, out } => {
            let (tenant, log) = known_log(&whose, config).await?;
            ensure!(!log.is_empty(), "{} {NO_KEYS}", tenant.slug);
            let text = format!("{}\n", serde_json::to_string_pretty(&log)?);
            match out {
                None => io::stdout().lock().write_all(text.as_bytes())?,
                Some(path) => {
                    let mut file = new_file::create(&path)?;
                    file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
                    eprintln!("{} keys in {}", log.len(), path.display());
                }
            }
        }
        Command::Import { whose, file, head: printed } => {
            let about = || file.display().to_string();
            let size = fs::metadata(&file).with_context(about)?.len();
            ensure!(size <= MAX_LOG_BYTES, "{} is no key log: it has {size} bytes", file.display());
            let text = fs::read_to_string(&file).with_context(about)?;
            let log: Vec<KeyLogEntry> =
                serde_json::from_str(&text).with_context(|| format!("{} is no key log", file.display()))?;
            ensure!(!log.is_empty(), "{} {NO_KEYS}", file.display());
            if let Some(printed) = &printed {
                ensure!(
                    contains_head(&log, printed),
                    "{} does not have the head {printed}: its end was cut off, or it is another log. Do not use it, and ask whoever gave it \
                     to you how it came to be",
                    file.display()
                );
            }
            let actions = super::actions(config).await?;
            let tenant = find_tenant(actions.tenants(), &whose.tenant).await?;
            let new = actions.learn_keys(&tenant, &log).await;
            // Its words hold its causes' already.
            let new = new.map_err(|refusal| anyhow!("{}: {refusal}", file.display()))?;
            let head = printed_head(&log).unwrap_or_default();
            println!("{new} keys are new, {} in all; head: {head}", log.len());
            if new == log.len() && printed.is_none() {
                eprintln!(
                    "This side knew no keys before, so nothing tells it whether the log is whole. Compare the head with the one that is printed \
                     on letters or code sheets, or import the log with --head and that one."
                );
            }
        }
    }
    Ok(())
}

/// The identity side's log where that side is served, else the conversation side's.
async fn known_log(whose: &Whose, config: &Config) -> Result<(std::sync::Arc<Tenant>, Vec<KeyLogEntry>)> {
    if config.server.side.identity() {
        let enrolment = super::enrolment(config).await?;
        let tenant = find_tenant(enrolment.tenants(), &whose.tenant).await?;
        let log = enrolment.key_log(&tenant).await?;
        return Ok((tenant, log));
    }
    let actions = super::actions(config).await?;
    let tenant = find_tenant(actions.tenants(), &whose.tenant).await?;
    let log = actions.key_log(&tenant).await?;
    Ok((tenant, log))
}

fn show(tenant: &Tenant, log: &[KeyLogEntry]) {
    for entry in log {
        let campaign = tenant.campaigns.iter().find(|campaign| campaign.id == entry.campaign);
        println!(
            "{} {} {} {}: {} eligible, key {}",
            entry.index,
            entry.made_on,
            campaign.map_or("(no longer in the pack)", |campaign| campaign.slug.as_str()),
            entry.cohort,
            entry.eligible,
            key_fingerprint(entry).unwrap_or_default()
        );
    }
    match printed_head(log) {
        Some(head) => println!("head: {head}"),
        None => eprintln!("{} {NO_KEYS}", tenant.slug),
    }
}
