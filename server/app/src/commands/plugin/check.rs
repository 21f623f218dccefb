//! `candour plugin check`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::Class;
use super::stage::Stage;

/// What to check.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,
    /// Settings to check it with, as JSON
    #[arg(long, value_name = "FILE")]
    settings: PathBuf,
    /// How big it may be
    #[arg(long, value_enum, default_value_t)]
    class: Class,
}

/// Checks it, and says what is wrong.
pub async fn run(args: &Args) -> Result<ExitCode> {
    let stage = Stage::new()?;
    let is_fine = check(&stage, &args.component, &args.settings, args.class).await?;
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether the component keeps the contract; what is wrong is printed.
async fn check(stage: &Stage, component: &Path, settings: &Path, class: Class) -> Result<bool> {
    let settings =
        std::fs::read_to_string(settings).with_context(|| format!("reading {}", settings.display()))?;
    let plugin = stage.load(component, class).await?;
    println!("{}", component.display());
    println!("  digest {}", plugin.digest());
    println!(
        "  keeps its state in version {}; migrates: {}",
        plugin.description().data_version,
        plugin.migrates()
    );
    let report = plugin_host::check(&stage.host, &plugin, &settings).await;
    println!(
        "  {} pages drawn, {} forms sent, {} taken; longest call {:?}",
        report.pages, report.sent, report.taken, report.longest
    );
    for fault in &report.faults {
        println!("  wrong: {fault}");
    }
    if report.faults.is_empty() {
        println!("  nothing wrong");
    }
    Ok(report.faults.is_empty())
}
