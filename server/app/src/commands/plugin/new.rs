//! `candour plugin new`: a round type that works, to change into one's own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::new_file;

/// The files of a new round type; `NAME` in them becomes its name.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("new/Cargo.toml.template")),
    ("src/lib.rs", include_str!("new/lib.rs.template")),
    ("settings.json", include_str!("new/settings.json")),
    ("manifest.json", include_str!("new/manifest.json")),
    ("scenarios/first.json", include_str!("new/scenario.json")),
];

/// What to begin.
#[derive(clap::Args)]
pub struct Args {
    /// Its name: lower-case letters, digits and hyphens
    name: String,
    /// The folder of plugins, in a copy of Candour's sources
    #[arg(long, value_name = "FOLDER", default_value = "plugins")]
    r#in: PathBuf,
}

/// Writes the files.
pub fn run(args: &Args) -> Result<()> {
    let name = &args.name;
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure!(
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.len() <= 64
            && name.bytes().all(is_fine),
        "{name:?}: a name begins with a lower-case letter and has lower-case letters, digits and hyphens"
    );
    ensure!(
        args.r#in.join("guest-sdk").is_dir(),
        "{} has no guest-sdk: name the folder plugins/ of a copy of Candour's sources with --in",
        args.r#in.display()
    );
    let folder = args.r#in.join(name);
    for (file, text) in FILES {
        write(&folder.join(file), &text.replace("NAME", name))?;
    }
    let folder = folder.display();
    println!("{folder} is there. From the sources' folder:");
    println!("  cargo run --manifest-path plugins/Cargo.toml -p pack -- --out plugins/target {name}");
    println!("  candour plugin test plugins/target/{name}.wasm {folder}/scenarios");
    println!("  candour plugin check plugins/target/{name}.wasm --settings {folder}/settings.json");
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a file stands in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let mut file = new_file::create(path)?;
    std::io::Write::write_all(&mut file, text.as_bytes())
        .with_context(|| format!("writing {}", path.display()))
}
