//! `candour restore`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::backup_folder::{pepper_mark, read_checked, sync_folder};
use crate::config::Config;
use crate::data_folder::{CONVERSATION_FILE, DataLock, IDENTITY_FILE, database_files};

/// What to put back.
#[derive(clap::Args)]
pub struct Args {
    /// The backup's folder
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Replace the databases that are in the data folder now; what they hold is lost
    #[arg(long)]
    replace: bool,
}

/// Puts a backup's databases into the data folder. The server must not be running.
pub fn run(args: &Args, config: &Config) -> Result<()> {
    let manifest = read_checked(&args.from)?;
    let names = manifest.files.iter().map(|file| file.name.as_str());
    ensure!(
        names.eq([IDENTITY_FILE, CONVERSATION_FILE]),
        "the backup does not hold the two databases: use another one"
    );
    let data = &config.storage.data;
    let _lock = DataLock::take(data)?;
    let there = database_files(data);
    ensure!(
        args.replace || there.is_empty(),
        "{} holds databases already: restore into another folder (storage.data), or add --replace and lose what they hold",
        data.display()
    );
    let copies =
        manifest.files.iter().map(|file| copy(&args.from, data, &file.name)).collect::<Result<Vec<_>>>()?;
    for old in there {
        fs::remove_file(&old).with_context(|| old.display().to_string())?;
    }
    for (copy, place) in &copies {
        fs::rename(copy, place).with_context(|| place.display().to_string())?;
    }
    sync_folder(data)?;
    println!("{}: as of {}", data.display(), manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC"));
    match config.pepper.read() {
        Ok(pepper) if pepper_mark(&pepper) == manifest.pepper_mark => {}
        Ok(_) => eprintln!(
            "The pepper here is not the one that these databases were written with: put that one back, or no code and no \
             session works."
        ),
        Err(missing) => {
            eprintln!("{missing:#}");
            eprintln!("Put the pepper back first: without it no code and no session of this backup is good.");
        }
    }
    eprintln!("Then run `candour migrate`, `candour doctor`, and `candour serve`.");
    Ok(())
}

/// Copies a file into the data folder under another name, safe on disk; gives that name and the one it is to have.
fn copy(from: &Path, data: &Path, name: &str) -> Result<(PathBuf, PathBuf)> {
    let copy = data.join(format!("{name}.restoring"));
    fs::copy(from.join(name), &copy).with_context(|| copy.display().to_string())?;
    File::open(&copy)?.sync_all()?;
    Ok((copy, data.join(name)))
}
