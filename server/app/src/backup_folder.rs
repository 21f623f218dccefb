//! A backup on disk: a folder with a copy of each database and a manifest that tells whether they are whole.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use credentials::Pepper;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The value of `format`.
const FORMAT: &str = "candour-backup/1";
/// The manifest's file.
const MANIFEST_FILE: &str = "manifest.json";
/// What a pepper is recognised by is derived from it under this name.
const PEPPER_LABEL: &str = "backup-manifest";
/// How much of that is written down, bytes: enough to tell peppers apart, and of no use for finding one.
const PEPPER_MARK_BYTES: usize = 8;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    /// When the copies were made, UTC.
    pub made_at: chrono::DateTime<chrono::Utc>,
    /// Tells whether a pepper is the one that the databases were written with. The pepper itself is not in a backup.
    pub pepper_mark: String,
    /// The copies.
    pub files: Vec<CopiedFile>,
}

/// A copy of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedFile {
    /// Its name in the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content (FIPS 180-4), hexadecimal: what `sha256sum` prints.
    pub sha256: String,
}

/// A backup being made: a folder under another name, which gets its own when all is written and safe on disk. Until then there is
/// no backup of that name, and never half of one.
pub struct Unfinished {
    target: PathBuf,
    folder: PathBuf,
}

impl Unfinished {
    /// Begins a backup that will be `target`.
    ///
    /// # Errors
    /// When `target` is there already and not empty.
    pub fn begin(target: &Path) -> Result<Self> {
        let taken =
            target.exists() && fs::read_dir(target).map_or(true, |mut entries| entries.next().is_some());
        ensure!(!taken, "{} is there already: name a new folder", target.display());
        let target = std::path::absolute(target)?;
        let name = target.file_name().context("name a folder for the backup")?.to_string_lossy();
        let folder = target.with_file_name(format!(".{name}.unfinished"));
        if folder.exists() {
            // What an earlier attempt left when it was interrupted.
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        crate::data_folder::make(&folder)?;
        Ok(Self { target, folder })
    }

    /// Where the copy called `name` is to be written.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes it a backup of the copies called `names`.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn finish(
        self,
        names: &[&str],
        pepper: &Pepper,
        made_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Manifest> {
        let files = names.iter().map(|name| copied_file(&self.folder, name)).collect::<Result<_>>()?;
        let manifest =
            Manifest { format: FORMAT.to_owned(), made_at, pepper_mark: pepper_mark(pepper), files };
        let mut file = File::create_new(self.folder.join(MANIFEST_FILE))?;
        serde_json::to_writer_pretty(&mut file, &manifest)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        sync_folder(&self.folder)?;
        fs::rename(&self.folder, &self.target).with_context(|| self.target.display().to_string())?;
        self.target.parent().map_or(Ok(()), sync_folder)?;
        Ok(manifest)
    }
}

/// Reads the manifest of the backup in `folder` and checks every copy against it.
///
/// # Errors
/// When the folder is no backup of ours, or a copy is missing or damaged.
pub fn read_checked(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST_FILE);
    let file = File::open(&path).with_context(|| format!("{} is no backup", folder.display()))?;
    let manifest: Manifest = serde_json::from_reader(file).with_context(|| path.display().to_string())?;
    if manifest.format != FORMAT {
        bail!("{} has the format {:?}, and this version reads {FORMAT:?}", path.display(), manifest.format);
    }
    for expected in &manifest.files {
        let damaged = format!("{} is not as the backup was made", folder.join(&expected.name).display());
        ensure!(copied_file(folder, &expected.name)? == *expected, "{damaged}: use another backup");
    }
    Ok(manifest)
}

/// What `pepper` is recognised by.
pub fn pepper_mark(pepper: &Pepper) -> String {
    hex::encode(&pepper.derive(PEPPER_LABEL).mac(&[])[..PEPPER_MARK_BYTES])
}

fn copied_file(folder: &Path, name: &str) -> Result<CopiedFile> {
    let path = folder.join(name);
    let about = || path.display().to_string();
    let mut file = File::open(&path).with_context(about)?;
    let mut hasher = Hashing(Sha256::new());
    let bytes = std::io::copy(&mut file, &mut hasher).with_context(about)?;
    file.sync_all().with_context(about)?;
    Ok(CopiedFile { name: name.to_owned(), bytes, sha256: hex::encode(hasher.0.finalize()) })
}

/// Makes the names in `folder` last.
///
/// # Errors
/// What the operating system says.
pub fn sync_folder(folder: &Path) -> Result<()> {
    // Elsewhere a folder cannot be opened, and its names last by themselves.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup(folder: &Path) -> Manifest {
        let unfinished = Unfinished::begin(folder).unwrap();
        fs::write(unfinished.path_of("a.sqlite"), b"abc").unwrap();
        assert!(!folder.exists());
        let pepper = Pepper::from_hex(&"0123456789abcdef".repeat(4)).unwrap();
        unfinished.finish(&["a.sqlite"], &pepper, chrono::DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_backup_is_whole_or_refused() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("backup");
        fs::create_dir(&folder).unwrap();
        assert!(read_checked(&folder).unwrap_err().to_string().contains("is no backup"));
        fs::remove_dir(&folder).unwrap();
        let manifest = backup(&folder);
        // FIPS 180-4's example.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((manifest.files[0].bytes, manifest.files[0].sha256.as_str()), (3, sha256));
        assert_eq!(read_checked(&folder).unwrap(), manifest);
        assert!(Unfinished::begin(&folder).err().unwrap().to_string().contains("is there already"));
        fs::write(folder.join("a.sqlite"), b"abd").unwrap();
        assert!(read_checked(&folder).unwrap_err().to_string().contains("not as the backup was made"));
        fs::remove_file(folder.join("a.sqlite")).unwrap();
        assert!(read_checked(&folder).is_err());
    }

    #[test]
    fn an_interrupted_backup_is_not_in_the_way() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("backup");
        let interrupted = Unfinished::begin(&folder).unwrap();
        fs::write(interrupted.path_of("a.sqlite"), b"half").unwrap();
        backup(&folder);
        read_checked(&folder).unwrap();
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_mark_tells_peppers_apart_and_nothing_else() {
        let one = Pepper::from_hex(&"fedcba9876543210".repeat(4)).unwrap();
        let other = Pepper::from_hex(&"0123456789abcdef".repeat(4)).unwrap();
        assert_ne!(pepper_mark(&one), pepper_mark(&other));
        assert!(!one.to_hex().contains(&pepper_mark(&one)));
    }
}
