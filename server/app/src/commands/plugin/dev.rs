//! `candour plugin dev`: a round of the round type in a browser, and its scenarios, again whenever something of it changes.

mod rehearsing;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use domain::clock::random_bytes;
use web::edge::serve::listen;
use web::edge::shutdown::shutdown;
use web::previewer::preview;

use self::rehearsing::Rehearsing;
use super::Class;
use super::stage::Stage;
use super::test::{files, play_all, read};
use crate::OsRandom;

/// How often files are looked at.
const GLANCE: Duration = Duration::from_millis(300);

/// What to watch.
#[derive(clap::Args)]
pub struct Args {
    /// The round type's folder: its scenarios, and settings.json if the preview shall not take those of the first scenario
    folder: PathBuf,
    /// The component; target/NAME.wasm beside the folder if not given
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// The preview's port on this machine; 0 takes any free one
    #[arg(long, default_value_t = 8_089)]
    port: u16,
    /// How big it may be
    #[arg(long, value_enum, default_value_t)]
    class: Class,
}

/// Everything that is watched.
struct Watched {
    component: PathBuf,
    settings: PathBuf,
    scenarios: PathBuf,
}

/// Watches until it is interrupted.
pub async fn run(args: &Args) -> Result<ExitCode> {
    let watched = watched(args)?;
    let stage = Arc::new(Stage::new()?);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = listen(address).with_context(|| format!("cannot listen on {address}: try --port 0"))?;
    let rehearsing = Arc::new(Rehearsing::new(Arc::clone(&stage)));
    let token: [u8; 16] = random_bytes(&OsRandom);
    let (_trigger, signal) = shutdown();
    println!("http://{}/", listener.local_addr()?);
    eprintln!(
        "Watching {} and {}. Control and C end it.",
        watched.component.display(),
        args.folder.display()
    );
    let mut serving =
        tokio::spawn(preview(listener, Arc::clone(&rehearsing) as _, hex::encode(token), signal));
    let mut seen = None;
    loop {
        let now = watched.changed_last();
        if seen != Some(now) {
            seen = Some(now);
            // A component that does not load is an answer as well: the author mends it and saves again.
            match reload(&stage, &rehearsing, &watched, args.class).await {
                Ok(true) => println!("All scenarios held."),
                Ok(false) => println!("Some scenarios failed."),
                Err(error) => {
                    println!("{error:#}");
                    rehearsing.keep(format!("{error:#}"));
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            ended = &mut serving => ended.context("the preview ended")??,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

fn watched(args: &Args) -> Result<Watched> {
    let folder = &args.folder;
    ensure!(
        folder.is_dir(),
        "{} is no folder: name the round type's own, such as plugins/my-round",
        folder.display()
    );
    let whole = folder.canonicalize().with_context(|| format!("finding {}", folder.display()))?;
    let beside = || {
        let name = whole.file_name()?.to_str()?;
        Some(whole.parent()?.join("target").join(format!("{name}.wasm")))
    };
    let component = args.component.clone().or_else(beside).context("name the component with --component")?;
    Ok(Watched { component, settings: folder.join("settings.json"), scenarios: folder.join("scenarios") })
}

/// Takes up what there is now: the preview first, then the scenarios. Whether all of them held.
async fn reload(stage: &Stage, rehearsing: &Rehearsing, watched: &Watched, class: Class) -> Result<bool> {
    let plugin = stage.load(&watched.component, class).await?;
    let settings = watched.settings()?;
    let problems = stage.host.validate_config(&plugin, &settings).await?;
    let problems: Vec<String> = problems
        .iter()
        .map(|problem| format!("settings, at {:?}: {}", problem.path, problem.message))
        .collect();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    rehearsing.take_up(&plugin, settings).await?;
    match watched.scenarios.is_dir() {
        true => play_all(stage, &plugin, std::slice::from_ref(&watched.scenarios)).await,
        false => Ok(true),
    }
}

impl Watched {
    /// The settings of the preview: those that the author wrote for it, or those of the first scenario.
    fn settings(&self) -> Result<String> {
        if self.settings.is_file() {
            return std::fs::read_to_string(&self.settings)
                .with_context(|| format!("reading {}", self.settings.display()));
        }
        let files = files(std::slice::from_ref(&self.scenarios))?;
        let first = files.first().context("there are neither settings.json nor scenarios")?;
        Ok(read(first)?.config.to_string())
    }

    /// When the component, the settings, a scenario or their folder was last written. What is not there was never.
    fn changed_last(&self) -> Option<SystemTime> {
        let written = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
        let inside = std::fs::read_dir(&self.scenarios).into_iter().flatten();
        let files = inside.filter_map(|entry| Some(entry.ok()?.path()));
        let given = [&self.component, &self.settings, &self.scenarios].into_iter().cloned();
        given.chain(files).filter_map(|path| written(&path)).max()
    }
}
