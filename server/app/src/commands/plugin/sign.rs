//! `candour plugin sign`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use domain::clock::random_bytes;
use plugin_host::{Manifest, SigningKey};

use crate::{OsRandom, new_file};

/// What to sign.
#[derive(clap::Args)]
pub struct Args {
    /// The component
    component: PathBuf,
    /// What it says about itself: its manifest without the digest, as JSON
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// The publisher's key; made if it is not there. Keep it to yourself
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A new file for the signed manifest
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Signs it, and says whose signature it is.
pub fn run(args: &Args) -> Result<()> {
    let component =
        fs::read(&args.component).with_context(|| format!("reading {}", args.component.display()))?;
    let text =
        fs::read_to_string(&args.manifest).with_context(|| format!("reading {}", args.manifest.display()))?;
    let manifest = Manifest::of_component(&text, &component)?;
    let signed = manifest.sign(&key(&args.key)?)?;
    new_file::create(&args.out)?.write_all(serde_json::to_string_pretty(&signed)?.as_bytes())?;
    println!("{} {} signed by {}", manifest.name, manifest.version, signed.publisher);
    Ok(())
}

/// The key in `file`, or a new one put there for nobody else to read.
fn key(file: &Path) -> Result<SigningKey> {
    match fs::read_to_string(file) {
        Ok(text) => {
            let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
            let bytes: [u8; 32] = bytes.with_context(|| format!("{} is no key", file.display()))?;
            Ok(SigningKey::from_bytes(&bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let bytes: [u8; 32] = random_bytes(&OsRandom);
            new_file::create_private(file)?.write_all(format!("{}\n", hex::encode(bytes)).as_bytes())?;
            Ok(SigningKey::from_bytes(&bytes))
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
}
