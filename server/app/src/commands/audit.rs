//! `candour audit`: the record of what named people did, checked and carried away.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use actions::{AuditHead, ChainedEntry, WholeAudit, check_record};
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::sides;
use super::targets::find_tenant;
use crate::config::Config;
use crate::new_file;

/// The largest exported record that is read, bytes: some million deeds.
const MAX_RECORD_BYTES: u64 = 512 << 20;

/// What to do with the record.
#[derive(Subcommand)]
pub enum Command {
    /// Check that no line was changed, removed, added or moved; says which if so
    Verify {
        /// The tenant's short name, such as bsol
        #[arg(long, value_name = "SLUG", required_unless_present = "file", conflicts_with = "file")]
        tenant: Option<String>,
        /// An exported record instead of the database
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// A head that was noted earlier, NUMBER:DIGEST: a record that was cut off or written anew is refused
        #[arg(long, value_name = "HEAD", value_parser = head_of)]
        head: Option<AuditHead>,
    },
    /// Write the record as JSON lines
    Export {
        /// The tenant's short name, such as bsol
        #[arg(long, value_name = "SLUG")]
        tenant: String,
        /// A new file; standard output if not given
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// One line of an exported record.
#[derive(Serialize, Deserialize)]
struct Line {
    number: i64,
    entry: String,
    digest: String,
}

/// Does it. Exit code 1 for a record that is broken.
pub async fn run(command: Command, config: impl FnOnce() -> Result<Config>) -> Result<ExitCode> {
    match command {
        Command::Verify { file: Some(file), head, .. } => {
            let entries = read(&file)?;
            let found = check_record(&entries, head.as_ref());
            Ok(say(&file.display().to_string(), &WholeAudit { entries, head: found }))
        }
        Command::Verify { tenant, head, .. } => {
            let mut code = ExitCode::SUCCESS;
            for (side, record) in records(&tenant.unwrap_or_default(), head.as_ref(), &config()?).await? {
                let said = say(&format!("{side} side"), &record);
                if record.head.is_err() {
                    code = said;
                }
            }
            Ok(code)
        }
        Command::Export { tenant, out } => {
            let records = records(&tenant, None, &config()?).await?;
            let [(_, record)] = &records[..] else {
                bail!("there are two records here: say which with --side identity or --side conversation")
            };
            write(record, out.as_deref())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The record of each side that is served.
async fn records(
    slug: &str,
    known: Option<&AuditHead>,
    config: &Config,
) -> Result<Vec<(&'static str, WholeAudit)>> {
    let sides = sides(config).await?.sides;
    let tenant = find_tenant(sides.tenants(), slug).await?;
    let mut records = Vec::new();
    if let Some(accounts) = &sides.accounts {
        records.push(("identity", accounts.whole_audit(&tenant, known).await?));
    }
    if let Some(actions) = &sides.conversation {
        records.push(("conversation", actions.whole_audit(&tenant, known).await?));
    }
    ensure!(
        known.is_none() || records.len() == 1,
        "a head belongs to one record: say which with --side identity or --side conversation"
    );
    Ok(records)
}

fn say(what: &str, record: &WholeAudit) -> ExitCode {
    match &record.head {
        Ok(Some(head)) => {
            println!(
                "{what}: {} lines, the chain holds. Its head: {}:{}",
                record.entries.len(),
                head.number,
                head.digest
            );
        }
        Ok(None) => println!("{what}: nothing on record yet"),
        Err(broken) => {
            println!("{what}: BROKEN: {broken}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn read(file: &Path) -> Result<Vec<ChainedEntry>> {
    let about = || file.display().to_string();
    let size = fs::metadata(file).with_context(about)?.len();
    ensure!(size <= MAX_RECORD_BYTES, "{} is no record: it has {size} bytes", file.display());
    let text = fs::read_to_string(file).with_context(about)?;
    let line = |(at, line): (usize, &str)| {
        let Line { number, entry, digest } = serde_json::from_str(line).with_context(|| {
            format!("{}, line {}: not what `candour audit export` writes", file.display(), at + 1)
        })?;
        Ok(ChainedEntry { number, entry, digest })
    };
    text.lines().enumerate().map(line).collect()
}

fn write(record: &WholeAudit, out: Option<&Path>) -> Result<()> {
    let mut text = String::new();
    for ChainedEntry { number, entry, digest } in &record.entries {
        let line = Line { number: *number, entry: entry.clone(), digest: digest.clone() };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    match out {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(path) => {
            let mut file = new_file::create(path)?;
            file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
            eprintln!("{} lines in {}", record.entries.len(), path.display());
        }
    }
    Ok(())
}

fn head_of(text: &str) -> Result<AuditHead, String> {
    let wrong = || "a head looks like 41:6f0c…, as `candour audit verify` prints it".to_owned();
    let (number, digest) = text.split_once(':').ok_or_else(wrong)?;
    let number = number.parse().map_err(|_| wrong())?;
    let fits = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(AuditHead { number, digest: digest.to_owned() }) } else { Err(wrong()) }
}
