//! `candour backup`.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use domain::Clock;

use crate::backup_folder::Unfinished;
use crate::config::Config;
use crate::data_folder::{CONVERSATION_FILE, IDENTITY_FILE};
use crate::{SystemClock, databases};

/// Where to.
#[derive(clap::Args)]
pub struct Args {
    /// A new folder for the copies
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Copies both databases, in use or not.
pub async fn run(args: &Args, config: &Config) -> Result<()> {
    let databases = &config.storage.databases;
    let on_sqlite =
        [&databases.identity_url, &databases.conversation_url].iter().all(|url| url.starts_with("sqlite:"));
    ensure!(
        on_sqlite,
        "this copies SQLite databases; for PostgreSQL use pg_dump, see docs/operating/backup.md"
    );
    let storage = databases::open(databases).await?;
    let pepper = config.pepper.read()?;
    let unfinished = Unfinished::begin(&args.out)?;
    let path = |name| {
        let path = unfinished.path_of(name);
        path.to_str().map(str::to_owned).with_context(|| format!("{} is not UTF-8", path.display()))
    };
    storage.identity.copy_to(&path(IDENTITY_FILE)?).await?;
    storage.conversation.copy_to(&path(CONVERSATION_FILE)?).await?;
    let manifest = unfinished.finish(&[IDENTITY_FILE, CONVERSATION_FILE], &pepper, SystemClock.now())?;
    for file in &manifest.files {
        println!("{} {} bytes, sha256 {}", args.out.join(&file.name).display(), file.bytes, file.sha256);
    }
    eprintln!("The pepper is not in it, and must be kept apart from it: see docs/operating/backup.md.");
    Ok(())
}
