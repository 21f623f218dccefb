//! `candour backup`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use domain::Clock;

use crate::backup_folder::{BackupSide, Manifest, Unfinished, seal};
use crate::config::{Config, Side};
use crate::{SystemClock, databases};

/// Where to.
#[derive(clap::Args)]
pub struct Args {
    /// A new folder: for the backup of the side that is served or that --side names; for both, one folder in it for each side
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Copies the databases of the sides that are served, in use or not.
pub async fn run(args: &Args, config: &Config) -> Result<()> {
    let urls = &config.storage.databases;
    let on_sqlite = [&urls.identity_url, &urls.conversation_url]
        .into_iter()
        .flatten()
        .all(|url| url.starts_with("sqlite:"));
    ensure!(
        on_sqlite,
        "this copies SQLite databases; for PostgreSQL use pg_dump, see docs/operating/backup.md"
    );
    let unfinished = Unfinished::begin(&args.out)?;
    let together = config.server.side == Side::Both;
    let mut made = Vec::new();
    for side in [BackupSide::Identity, BackupSide::Conversation] {
        let served = match side {
            BackupSide::Identity => config.server.side.identity(),
            BackupSide::Conversation => config.server.side.conversation(),
        };
        if served {
            let folder = if together { unfinished.part(side.name())? } else { unfinished.whole() };
            made.push(copy(side, &folder, config).await?);
        }
    }
    unfinished.finish()?;
    for Manifest { side, file, .. } in &made {
        let folder = if together { args.out.join(side.name()) } else { args.out.clone() };
        println!("{} {} bytes, sha256 {}", folder.join(&file.name).display(), file.bytes, file.sha256);
    }
    eprintln!("No secret is in it: keep each side's apart from its backup, see docs/operating/backup.md.");
    if together {
        eprintln!("Each side's folder is whole in itself: give the two to different people where you can.");
    }
    Ok(())
}

async fn copy(side: BackupSide, folder: &Path, config: &Config) -> Result<Manifest> {
    let path = folder.join(side.file());
    let path = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    let secret = match side {
        BackupSide::Identity => {
            let identity = databases::open_identity(config).await?;
            // The copy must not tell who joined when.
            identity.forget_order().await?;
            identity.copy_to(path).await?;
            &config.identity_secret
        }
        BackupSide::Conversation => {
            databases::open_conversation(config).await?.copy_to(path).await?;
            &config.pepper
        }
    };
    seal(folder, side, &secret.read()?, SystemClock.now())
}
