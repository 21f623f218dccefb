//! `candour roll`: who is eligible. Identity side only.

mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use actions::{Actor, Campaign, Enrolment, HeldRoll, RollImportRefusal, RollProgress, Tenant, Tenants};
use anyhow::{Context, Result};
use clap::Subcommand;
use documents::roll::RollKind;
use domain::ids::ImportId;
use domain::roll::EmailAddress;

use super::progress::{bar, counter};
use super::targets::Target;
use crate::config::Config;
use crate::{databases, new_file};

/// What to do with a roll.
#[derive(Subcommand)]
pub enum Command {
    /// Read a roll (CSV or .xlsx: email, organisation, staff group, own reference), list what is wrong, and hold its good rows
    Import {
        #[command(flatten)]
        target: Target,
        /// Put the good rows onto the roll at once
        #[arg(long)]
        confirm: bool,
        /// A new CSV file for every bad row and every duplicate
        #[arg(long, value_name = "FILE.csv")]
        problems: Option<PathBuf>,
        /// The roll
        file: PathBuf,
    },
    /// Put held rows onto the roll
    Confirm {
        #[command(flatten)]
        target: Target,
        /// What `candour roll import` printed
        import: ImportId,
    },
    /// Let go of held rows
    Discard {
        #[command(flatten)]
        target: Target,
        /// What `candour roll import` printed
        import: ImportId,
    },
    /// Say how many are eligible and how many have joined; never who, and never by organisation who has joined
    Count {
        #[command(flatten)]
        target: Target,
    },
    /// Answer a subject access request: print the row of whoever has an address, and nothing else
    Find {
        #[command(flatten)]
        target: Target,
        /// The address
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
}

/// Does it.
pub async fn run(command: Command, config: &Config) -> Result<ExitCode> {
    match command {
        Command::Import { target, confirm, problems, file } => {
            import(&target, confirm, problems, &file, config).await
        }
        Command::Confirm { target, import } => {
            let enrolment = super::enrolment(config).await?;
            let (tenant, campaign) = target.find(enrolment.tenants()).await?;
            put_on_roll(&enrolment, &tenant, &campaign, import).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Discard { target, import } => {
            let enrolment = super::enrolment(config).await?;
            let (tenant, campaign) = target.find(enrolment.tenants()).await?;
            enrolment.discard_roll(&tenant, &campaign, import).await?;
            println!("discarded");
            Ok(ExitCode::SUCCESS)
        }
        Command::Count { target } => count(&target, config).await,
        Command::Find { target, email } => find(&target, &email, config).await,
    }
}

async fn import(
    target: &Target,
    confirm: bool,
    problems: Option<PathBuf>,
    file: &Path,
    config: &Config,
) -> Result<ExitCode> {
    let about = || file.display().to_string();
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let kind = RollKind::of(&name, &bytes).with_context(about)?;
    let enrolment = super::enrolment(config).await?;
    let (tenant, campaign) = target.find(enrolment.tenants()).await?;
    let listed = problems.map(|path| anyhow::Ok((new_file::create_private(&path)?, path))).transpose()?;
    let roll = held(&enrolment, &tenant, &campaign, kind, &bytes).await.with_context(about)?;
    report::print(&roll);
    if let Some((file, path)) = listed {
        report::write(file, &roll).with_context(|| path.display().to_string())?;
        eprintln!("Every bad row and every duplicate is in {}.", path.display());
    }
    let HeldRoll { import, held, .. } = roll;
    if held == 0 {
        enrolment.discard_roll(&tenant, &campaign, import).await?;
        eprintln!("candour: the file has no good row that is new: nothing is held");
        return Ok(ExitCode::FAILURE);
    }
    if confirm {
        put_on_roll(&enrolment, &tenant, &campaign, import).await?;
    } else {
        println!(
            "{held} good rows are held: `candour roll confirm {} {import}` puts them onto the roll",
            target.typed()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the roll and holds it, with bars.
async fn held(
    enrolment: &Enrolment,
    tenant: &Tenant,
    campaign: &Campaign,
    kind: RollKind,
    bytes: &[u8],
) -> Result<HeldRoll, RollImportRefusal> {
    let (reading, holding) = (counter("rows read"), OnceLock::new());
    let progress = |step| match step {
        RollProgress::Read(rows) => reading.set_position(rows),
        RollProgress::Held { held, all } => {
            let start = || {
                reading.finish();
                bar(all, "people held")
            };
            holding.get_or_init(start).set_position(held);
        }
    };
    enrolment.import_roll(tenant, campaign, kind, bytes, &progress).await
}

async fn put_on_roll(
    enrolment: &Enrolment,
    tenant: &Tenant,
    campaign: &Campaign,
    import: ImportId,
) -> Result<()> {
    let added = enrolment.confirm_roll(&Actor::command_line(tenant.id), tenant, campaign, import).await?;
    // This process ends before the task that would.
    enrolment.forget_order_now().await?;
    println!("{added} people are new on the roll");
    Ok(())
}

async fn count(target: &Target, config: &Config) -> Result<ExitCode> {
    let identity = databases::open_identity(config).await?;
    let (tenant, campaign) = target.find(&Tenants::of_identity(identity.clone())).await?;
    let reading = identity.read(tenant.id).await?;
    let row = reading.campaign(campaign.id).await?;
    let (eligible, joined) = reading.totals(campaign.id).await?;
    println!("{}: {eligible} eligible, {joined} joined", campaign.slug);
    for count in reading.eligible_by_organisation(campaign.id).await? {
        let slug = tenant.organisations.iter().find(|organisation| organisation.id == count.organisation);
        let slug = slug.map_or("(no longer in the pack)", |organisation| organisation.slug.as_str());
        println!("  {slug}: {} eligible", count.eligible);
    }
    if let Some(erased) = row.and_then(|row| row.erased_on) {
        eprintln!("The roll was deleted on {erased}, as it had to be.");
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(target: &Target, email: &str, config: &Config) -> Result<ExitCode> {
    let email = EmailAddress::parse(email)?;
    let enrolment = super::enrolment(config).await?;
    let (tenant, campaign) = target.find(enrolment.tenants()).await?;
    let Some(person) = enrolment.find_person(&tenant, &campaign, &email).await? else {
        eprintln!(
            "candour: nobody with this address is on the roll of this campaign, so this side holds nothing of them"
        );
        return Ok(ExitCode::FAILURE);
    };
    let organisation = tenant.organisations.iter().find(|each| each.id == person.organisation);
    let row = serde_json::json!({
        "campaign": campaign.slug,
        "organisation": organisation.map(|organisation| &organisation.slug),
        "email": person.email,
        "staff_group": person.staff_group,
        "own_reference": person.own_reference,
        "kind": person.kind.slug(),
        "origin": person.origin.slug(),
        "joined": person.joined,
    });
    println!("{row:#}");
    Ok(ExitCode::SUCCESS)
}
