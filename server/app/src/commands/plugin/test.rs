//! `candour plugin test`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use plugin_host::scenario::{Scenario, run as play};
use plugin_host::{Log, Plugin};

use super::Class;
use super::stage::Stage;

/// What to run.
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

/// Runs the scenarios; says how each went.
pub async fn run(args: &Args) -> Result<ExitCode> {
    let stage = Stage::new()?;
    let plugin = stage.load(&args.component, args.class).await?;
    let held = play_all(&stage, &plugin, &args.scenarios).await?;
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether every scenario goes as it says; how each went is printed.
pub async fn play_all(stage: &Stage, plugin: &Arc<Plugin>, scenarios: &[PathBuf]) -> Result<bool> {
    let files = files(scenarios)?;
    ensure!(!files.is_empty(), "there are no scenarios");
    let mut all_held = true;
    for file in files {
        let scenario = read(&file)?;
        let log = Log::kept();
        match play(&stage.host, plugin, &scenario, &log).await {
            Ok(()) => println!("held    {}", scenario.name),
            Err(failure) => {
                all_held = false;
                println!("FAILED  {failure}");
            }
        }
        log.lines().iter().for_each(|line| println!("        {line}"));
    }
    Ok(all_held)
}

/// The scenario in `file`.
pub fn read(file: &Path) -> Result<Scenario> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no scenario", file.display()))
}

/// The files among `paths`, and those in the folders among them, in the order of their names.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
        for entry in entries {
            let file = entry?.path();
            if file.extension().is_some_and(|extension| extension == "json") {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}
