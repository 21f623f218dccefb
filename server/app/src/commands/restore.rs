//! `candour restore`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::backup_folder::{BackupSide, read_checked, secret_mark, sync_folder};
use crate::config::Config;
use crate::data_folder::{DataLock, database_files};

/// What to put back.
#[derive(clap::Args)]
pub struct Args {
    /// The folder of one side's backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Replace that side's database in the data folder; what it holds now is lost
    #[arg(long)]
    replace: bool,
}

/// Puts one side's backup into the data folder, and leaves the other side as it is. The server must not be running.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let manifest = read_checked(&args.from)?;
    let side = manifest.side;
    let (served, secret) = match side {
        BackupSide::Identity => (config.server.side.identity(), &config.identity_secret),
        BackupSide::Conversation => (config.server.side.conversation(), &config.pepper),
    };
    ensure!(
        served,
        "{} is a backup of the {} side, and this is the other one: run this where that side is (server.side, --side)",
        args.from.display(),
        side.name()
    );
    let data = &config.storage.data;
    let _lock = DataLock::take(data)?;
    let there = database_files(data, side.file());
    ensure!(
        args.replace || there.is_empty(),
        "{} holds the {} side's database already: restore into another folder (storage.data), or add --replace and lose what it holds",
        data.display(),
        side.name()
    );
    let (copied, place) = copy(&args.from, data, side.file())?;
    for old in there {
        fs::remove_file(&old).with_context(|| old.display().to_string())?;
    }
    fs::rename(&copied, &place).with_context(|| place.display().to_string())?;
    sync_folder(data)?;
    println!("{}: as of {}", place.display(), manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC"));
    match secret.read() {
        Ok(secret) if secret_mark(&secret) == manifest.secret_mark => {}
        Ok(_) => eprintln!(
            "The {} side's secret here is not the one that this database was written with: put that one back, or {}.",
            side.name(),
            lost_with(side)
        ),
        Err(missing) => {
            eprintln!("{missing:#}");
            eprintln!("Put the {} side's secret back first, or {}.", side.name(), lost_with(side));
        }
    }
    eprintln!("Then run `candour migrate`, `candour doctor`, and `candour serve`.");
    Ok(())
}

/// What does not work with another secret.
fn lost_with(side: BackupSide) -> &'static str {
    match side {
        BackupSide::Identity => "no login details work and no cohort's key can sign",
        BackupSide::Conversation => "no code and no session works",
    }
}

/// Copies a file into the data folder under another name, safe on disk; gives that name and the one it is to have.
fn copy(from: &Path, data: &Path, name: &str) -> Result<(PathBuf, PathBuf)> {
    let copy = data.join(format!("{name}.restoring"));
    fs::copy(from.join(name), &copy).with_context(|| copy.display().to_string())?;
    File::open(&copy)?.sync_all()?;
    Ok((copy, data.join(name)))
}
