//! `candour audit`: the record of what named people did, checked and carried away.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use actions::{Accounts, Actions, Actor, AuditChain, AuditHead, ChainedEntry, CheckedAudit, Sides, Tenant};
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::sides;
use super::targets::find_tenant;
use crate::config::Config;
use crate::new_file;

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
            Ok(say(&file.display().to_string(), &check_file(&file, head)?))
        }
        Command::Verify { tenant, head, .. } => {
            let mut code = ExitCode::SUCCESS;
            let (sides, tenant) = open(&tenant.unwrap_or_default(), &config()?).await?;
            let records = records(&sides);
            ensure!(
                head.is_none() || records.len() == 1,
                "a head belongs to one record: say which with --side identity or --side conversation"
            );
            for record in &records {
                let checked = record.check(&tenant, head.as_ref()).await?;
                let said = say(&format!("{} side", record.side()), &checked);
                if checked.head.is_err() {
                    code = said;
                }
            }
            Ok(code)
        }
        Command::Export { tenant, out } => {
            let (sides, tenant) = open(&tenant, &config()?).await?;
            let records = records(&sides);
            let [record] = &records[..] else {
                bail!("there are two records here: say which with --side identity or --side conversation")
            };
            // Before it is read, so that it says so itself.
            record.note_export(&tenant).await?;
            write(record, &tenant, out.as_deref()).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The record of one side.
enum Record<'a> {
    Identity(&'a Accounts),
    Conversation(&'a Actions),
}

impl Record<'_> {
    fn side(&self) -> &'static str {
        match self {
            Self::Identity(_) => "identity",
            Self::Conversation(_) => "conversation",
        }
    }

    async fn check(&self, tenant: &Tenant, known: Option<&AuditHead>) -> Result<CheckedAudit> {
        Ok(match self {
            Self::Identity(accounts) => accounts.check_audit(tenant, known).await?,
            Self::Conversation(actions) => actions.check_audit(tenant, known).await?,
        })
    }

    /// Puts on record that whoever types commands carries it away.
    async fn note_export(&self, tenant: &Tenant) -> Result<()> {
        let actor = Actor::command_line(tenant.id);
        match self {
            Self::Identity(accounts) => accounts.note_audit_export(&actor).await?,
            Self::Conversation(actions) => actions.note_audit_export(&actor).await?,
        }
        Ok(())
    }

    async fn entries(&self, tenant: &Tenant, from: i64) -> Result<Vec<ChainedEntry>> {
        Ok(match self {
            Self::Identity(accounts) => accounts.audit_entries(tenant, from).await?,
            Self::Conversation(actions) => actions.audit_entries(tenant, from).await?,
        })
    }
}

async fn open(slug: &str, config: &Config) -> Result<(Sides, Arc<Tenant>)> {
    let sides = sides(config).await?.sides;
    let tenant = find_tenant(sides.tenants(), slug).await?;
    Ok((sides, tenant))
}

/// The record of each side that is served.
fn records(sides: &Sides) -> Vec<Record<'_>> {
    let identity = sides.accounts.as_ref().map(Record::Identity);
    identity.into_iter().chain(sides.conversation.as_ref().map(Record::Conversation)).collect()
}

fn say(what: &str, record: &CheckedAudit) -> ExitCode {
    match &record.head {
        Ok(Some(head)) => {
            println!(
                "{what}: {} lines, the chain holds. Its head: {}:{}",
                record.entries, head.number, head.digest
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

/// Checks an exported record, a line at a time: a long one is never in memory.
fn check_file(file: &Path, known: Option<AuditHead>) -> Result<CheckedAudit> {
    let about = || file.display().to_string();
    let reader = BufReader::new(File::open(file).with_context(about)?);
    let (mut entries, mut chain) = (0, Ok(AuditChain::new(known)));
    for line in reader.lines() {
        entries += 1;
        let line = line.with_context(about)?;
        let Line { number, entry, digest } = serde_json::from_str(&line).with_context(|| {
            format!("{}, line {entries}: not what `candour audit export` writes", file.display())
        })?;
        let entry = ChainedEntry { number, entry, digest };
        chain = chain.and_then(|mut chain| chain.follow(&entry).map(|()| chain));
    }
    Ok(CheckedAudit { entries, head: chain.and_then(AuditChain::end) })
}

async fn write(record: &Record<'_>, tenant: &Tenant, out: Option<&Path>) -> Result<()> {
    let Some(path) = out else {
        write_lines(record, tenant, &mut io::stdout().lock()).await?;
        return Ok(());
    };
    let mut file = BufWriter::new(new_file::create(path)?);
    let lines = write_lines(record, tenant, &mut file).await.with_context(|| path.display().to_string())?;
    file.flush().with_context(|| path.display().to_string())?;
    eprintln!("{lines} lines in {}", path.display());
    Ok(())
}

/// Writes a page of entries at a time; gives how many there were.
async fn write_lines(record: &Record<'_>, tenant: &Tenant, out: &mut impl Write) -> Result<u64> {
    let (mut lines, mut from) = (0, 0);
    loop {
        let entries = record.entries(tenant, from).await?;
        let Some(last) = entries.last() else { return Ok(lines) };
        (lines, from) = (lines + entries.len() as u64, last.number + 1);
        for ChainedEntry { number, entry, digest } in entries {
            writeln!(out, "{}", serde_json::to_string(&Line { number, entry, digest })?)?;
        }
    }
}

fn head_of(text: &str) -> Result<AuditHead, String> {
    let wrong = || "a head looks like 41:6f0c…, as `candour audit verify` prints it".to_owned();
    let (number, digest) = text.split_once(':').ok_or_else(wrong)?;
    let number = number.parse().map_err(|_| wrong())?;
    let fits = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(AuditHead { number, digest: digest.to_owned() }) } else { Err(wrong()) }
}
