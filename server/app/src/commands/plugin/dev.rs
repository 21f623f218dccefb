//! `candour plugin dev`: the scenarios again whenever the component or one of them changes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use super::Class;
use super::stage::Stage;
use super::test::test;

/// How often files are looked at.
const GLANCE: Duration = Duration::from_millis(300);

/// What to watch.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,
    /// Scenarios: files of JSON, or folders of them
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// How big it may be
    #[arg(long, value_enum, default_value_t)]
    class: Class,
}

/// Watches until it is interrupted.
pub async fn run(args: &Args) -> Result<ExitCode> {
    let stage = Stage::new()?;
    let mut seen = None;
    eprintln!("Watching {}. Control and C end it.", args.component.display());
    loop {
        let now = changed_last(args);
        if seen != Some(now) {
            seen = Some(now);
            // A component that does not load is an answer as well: the author mends it and saves again.
            match test(&stage, &args.component, &args.scenarios, args.class).await {
                Ok(true) => println!("All scenarios held."),
                Ok(false) => println!("Some scenarios failed."),
                Err(error) => println!("{error:#}"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

/// When the component, a scenario or a folder of them was last written. What is not there was never.
fn changed_last(args: &Args) -> Option<SystemTime> {
    let written = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let inside = args.scenarios.iter().filter_map(|path| std::fs::read_dir(path).ok()).flatten();
    let files = inside.filter_map(|entry| Some(entry.ok()?.path()));
    let given = args.scenarios.iter().chain([&args.component]).cloned();
    given.chain(files).filter_map(|path| written(&path)).max()
}
