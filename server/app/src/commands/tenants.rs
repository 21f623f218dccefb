//! `candour tenants`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use actions::Applied;
use anyhow::{Context, Result, anyhow};
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
        /// Overwrite what was changed by page since the folder was last applied
        #[arg(long)]
        replace: bool,
    },
    /// Write a tenant's pack, as it is now, into a folder
    Export {
        /// The tenant's short name
        tenant: String,
        /// The folder that holds the packs; the pack's own folder is made in it, or its files overwritten
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
        Command::Apply { folder, replace } => {
            let (packs, problems) = read(&folder)?;
            if !problems.is_empty() {
                return Ok(verdict("", &problems));
            }
            apply(&packs, replace, &config()?).await
        }
        Command::Export { tenant, folder } => export(&tenant, &folder, &config()?).await,
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

async fn apply(packs: &BTreeMap<PathBuf, TenantPack>, replace: bool, config: &Config) -> Result<ExitCode> {
    let sides = super::sides(config).await?.sides;
    for (path, pack) in packs {
        let applied = match replace {
            true => sides.replace_tenant_pack(pack).await,
            false => sides.apply_tenant_pack(pack).await,
        };
        let applied = applied.with_context(|| path.display().to_string())?;
        let done = match applied {
            Applied::New => "new",
            Applied::Changed => "changed",
            Applied::Unchanged => "unchanged",
        };
        println!("{}: {done}", pack.tenant.slug);
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the pack as it is stored: on the identity side, where pages change it, if that is served here.
async fn export(slug: &str, folder: &Path, config: &Config) -> Result<ExitCode> {
    let sides = super::sides(config).await?.sides;
    let tenant =
        sides.tenants().by_slug(slug).await?.with_context(|| format!("there is no tenant {slug}"))?;
    let pack = match (&sides.identity, &sides.conversation) {
        (Some(identity), _) => identity.stored_pack(tenant.id).await?,
        (None, Some(conversation)) => conversation.stored_pack(tenant.id).await?,
        (None, None) => None,
    };
    let pack = pack.with_context(|| format!("{slug} has no pack"))?;
    let files =
        tenant_pack::files_of(&pack).map_err(|reason| anyhow!("the pack cannot be written: {reason}"))?;
    for (path, content) in files {
        let path = folder.join(slug).join(path);
        let parent = path.parent().context("every file of a pack has a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
        fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
        println!("{}", path.display());
    }
    if let Some(identity) = &sides.identity {
        identity.mark_exported(tenant.id).await?;
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
