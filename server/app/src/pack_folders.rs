//! Tenant packs on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use actions::policy::TenantLines;
use anyhow::{Context, Result, bail};
use documents::logo::sanitise_logo;
use domain::tenant_pack::{self, POLICY_FILE, PackFiles, PackProblem, TenantPack};

/// Where packs lie unless told otherwise.
pub const DEFAULT_FOLDER: &str = "tenants";
/// The file by which a folder is known to be a pack.
const PACK_MARK: &str = "tenant.toml";
/// Largest file of a pack, bytes.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// A pack, or everything that is wrong with it.
pub type Checked = Result<TenantPack, Vec<PackProblem>>;

/// Reads and checks the pack in `folder`, or every pack in the folders inside it.
///
/// # Errors
/// When a file cannot be read, or there is no pack.
pub fn read(folder: &Path) -> Result<BTreeMap<PathBuf, Checked>> {
    let mut packs = BTreeMap::new();
    for pack in folders(folder)? {
        let mut files = PackFiles::new();
        add_files(&pack, "", &mut files)?;
        let checked = check(&pack, &files);
        packs.insert(pack, checked);
    }
    refuse_shared_names(&mut packs);
    Ok(packs)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    if folder.join(PACK_MARK).is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    let mut packs = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.join(PACK_MARK).is_file() {
            packs.push(path);
        }
    }
    if packs.is_empty() {
        bail!("no tenant pack in {}: a pack is a folder with a {PACK_MARK}", folder.display());
    }
    Ok(packs)
}

fn add_files(folder: &Path, inside: &str, files: &mut PackFiles) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            add_files(&entry.path(), &format!("{path}/"), files)?;
        } else if metadata.len() > MAX_FILE_BYTES {
            bail!("{} is larger than {} MiB", entry.path().display(), MAX_FILE_BYTES >> 20);
        } else {
            files.insert(path, fs::read(entry.path()).with_context(|| entry.path().display().to_string())?);
        }
    }
    Ok(())
}

fn check(folder: &Path, files: &PackFiles) -> Checked {
    let pack = tenant_pack::read(files)?;
    let mut problems = Vec::new();
    let mut add = |file: &str, reason: String| problems.push(PackProblem { file: file.to_owned(), reason });
    if folder.file_name().is_some_and(|name| name != pack.tenant.slug.as_str()) {
        add(PACK_MARK, format!("slug `{}` is not the folder's name", pack.tenant.slug));
    }
    if let Some(Err(refusal)) = pack.logo.as_deref().map(sanitise_logo) {
        add(PACK_MARK, format!("branding.logo: {refusal}"));
    }
    if let Err(wrong) = TenantLines::read(&pack.policy) {
        wrong.iter().for_each(|problem| add(POLICY_FILE, problem.to_string()));
    }
    if problems.is_empty() { Ok(pack) } else { Err(problems) }
}

/// Two packs with one host name or slug: whose page would it be?
fn refuse_shared_names(packs: &mut BTreeMap<PathBuf, Checked>) {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for checked in packs.values_mut() {
        let Ok(pack) = checked else { continue };
        let slug = &pack.tenant.slug;
        let hosts = pack.tenant.hosts.iter().chain(&pack.tenant.identity_hosts);
        let taken = hosts.filter_map(|host| {
            let owner = owners.insert(host.clone(), slug.clone()).filter(|owner| owner != slug)?;
            let reason = format!("host `{host}` belongs to the tenant `{owner}` already");
            Some(PackProblem { file: PACK_MARK.to_owned(), reason })
        });
        let taken: Vec<_> = taken.collect();
        if !taken.is_empty() {
            *checked = Err(taken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
            let target = to.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true => copy(&entry.path(), &target),
                false => drop(fs::copy(entry.path(), target).unwrap()),
            }
        }
    }

    fn ours() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tenants")
    }

    #[test]
    fn our_packs_pass_together_and_alone() {
        let packs = read(&ours()).unwrap();
        assert_eq!(packs.len(), 3);
        assert!(packs.values().all(Result::is_ok));
        assert_eq!(read(&ours().join("hhft")).unwrap().len(), 1);
    }

    #[test]
    fn problems_across_packs_are_found() {
        let folder = tempfile::tempdir().unwrap();
        copy(&ours().join("hhft"), &folder.path().join("hhft"));
        copy(&ours().join("hhft"), &folder.path().join("other"));
        fs::write(folder.path().join("README.md"), "not a pack").unwrap();
        let packs = read(folder.path()).unwrap();
        assert!(packs[&folder.path().join("hhft")].is_ok());
        let problems = packs[&folder.path().join("other")].as_ref().unwrap_err();
        assert!(problems[0].reason.contains("not the folder's name"), "{problems:?}");
    }

    #[test]
    fn no_two_packs_share_an_address_on_either_side() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bsol", "hhft"] {
            copy(&ours().join(name), &folder.path().join(name));
        }
        assert!(read(folder.path()).unwrap().values().all(Result::is_ok));
        let toml = folder.path().join("hhft").join(PACK_MARK);
        let text = fs::read_to_string(&toml).unwrap();
        let bsol = read(&ours().join("bsol")).unwrap().into_values().next().unwrap().unwrap();
        let host = &bsol.tenant.hosts[0];
        fs::write(&toml, format!("identity_hosts = [\"{host}\"]\n{text}")).unwrap();
        let packs = read(folder.path()).unwrap();
        let problems = packs[&folder.path().join("hhft")].as_ref().unwrap_err();
        assert_eq!(problems[0].reason, format!("host `{host}` belongs to the tenant `bsol` already"));
    }

    #[test]
    fn a_logo_that_cannot_be_drawn_and_an_empty_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().contains("no tenant pack"));
        let pack = folder.path().join("hhft");
        copy(&ours().join("hhft"), &pack);
        fs::write(pack.join("branding/logo.svg"), "not a picture").unwrap();
        let packs = read(folder.path()).unwrap();
        assert!(packs[&pack].as_ref().unwrap_err()[0].reason.starts_with("branding.logo"));
    }
}
