//! `candour tenants`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use actions::Applied;
use anyhow::{Context, Result};
use clap::Subcommand;
use domain::tenant_pack::{self, TenantPack};

use crate::config::Config;
use crate::pack_folders::{self, DEFAULT_FOLDER};

/// The schema's file, beside the packs.
const SCHEMA_FILE: &str = "schema.json";

/// What to do with tenant packs.
#[derive(Subcommand)]
pub enum Command {
    /// List everything that is wrong with a pack, or with every pack in a folder
    Check {
        /// The folder
        #[arg(default_value = DEFAULT_FOLDER)]
        folder: PathBuf,
    },
    /// Bring the databases to what the packs say; nothing is ever deleted
    Apply {
        /// The folder
        #[arg(default_value = DEFAULT_FOLDER)]
        folder: PathBuf,
    },
    /// Write schema.json, which describes every field of a pack
    Schema {
        /// The folder
        #[arg(default_value = DEFAULT_FOLDER)]
        folder: PathBuf,
    },
}

/// Checks, applies or describes packs. Only applying needs the configuration.
pub async fn run(command: Command, config: impl FnOnce() -> Result<Config>) -> Result<ExitCode> {
    match command {
        Command::Check { folder } => {
            let (packs, problems) = read(&folder)?;
            let problems: Vec<String> = problems.into_iter().chain(schema_problem(&folder)).collect();
            Ok(verdict(&format!("{} pack(s) are in order", packs.len()), &problems))
        }
        Command::Apply { folder } => {
            let (packs, problems) = read(&folder)?;
            if !problems.is_empty() {
                return Ok(verdict("", &problems));
            }
            apply(&packs, &config()?).await
        }
        Command::Schema { folder } => {
            let path = folder.join(SCHEMA_FILE);
            fs::write(&path, schema()).with_context(|| format!("{} cannot be written", path.display()))?;
            println!("{}", path.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The packs that pass, and what is wrong with the others.
fn read(folder: &Path) -> Result<(BTreeMap<PathBuf, TenantPack>, Vec<String>)> {
    let (mut packs, mut problems) = (BTreeMap::new(), Vec::new());
    for (path, checked) in pack_folders::read(folder)? {
        match checked {
            Ok(pack) => drop(packs.insert(path, pack)),
            Err(found) => problems.extend(found.iter().map(|problem| {
                format!("{}: {}", path.join(&problem.file).display(), problem.reason.trim_end())
            })),
        }
    }
    Ok((packs, problems))
}

async fn apply(packs: &BTreeMap<PathBuf, TenantPack>, config: &Config) -> Result<ExitCode> {
    let sides = super::sides(config).await?.sides;
    for (path, pack) in packs {
        let applied = sides.apply_tenant_pack(pack).await.with_context(|| path.display().to_string())?;
        let done = match applied {
            Applied::New => "new",
            Applied::Changed => "changed",
            Applied::Unchanged => "unchanged",
        };
        println!("{}: {done}", pack.tenant.slug);
    }
    Ok(ExitCode::SUCCESS)
}

fn verdict(in_order: &str, problems: &[String]) -> ExitCode {
    if problems.is_empty() {
        println!("{in_order}");
        return ExitCode::SUCCESS;
    }
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    eprintln!("candour: {} problem(s)", problems.len());
    ExitCode::FAILURE
}

fn schema() -> String {
    format!("{:#}\n", tenant_pack::schema())
}

/// A schema that lies beside the packs must be this version's.
fn schema_problem(folder: &Path) -> Option<String> {
    let path = folder.join(SCHEMA_FILE);
    let there = fs::read_to_string(&path).ok()?;
    let outdated = there != schema();
    outdated.then(|| {
        format!(
            "{}: is not this version's: run `candour tenants schema {}`",
            path.display(),
            folder.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_in_the_repository_is_the_types_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tenants");
        assert!(folder.join(SCHEMA_FILE).exists());
        assert_eq!(schema_problem(&folder), None);
    }

    #[test]
    fn another_schema_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(schema_problem(folder.path()), None);
        fs::write(folder.path().join(SCHEMA_FILE), "{}").unwrap();
        assert!(schema_problem(folder.path()).unwrap().contains("candour tenants schema"));
    }
}
