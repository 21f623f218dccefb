//! A backup on disk: a folder with a copy of one side's database and a manifest that tells whether it is whole. The two sides' backups
//! lie in two folders, so that they can be given to different people.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use credentials::Pepper;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::data_folder::{self, CONVERSATION_FILE, IDENTITY_FILE};

/// The value of `format`.
const FORMAT: &str = "candour-backup/2";
/// The manifest's file.
const MANIFEST_FILE: &str = "manifest.json";
/// What a secret is recognised by is derived from it under this name.
const SECRET_LABEL: &str = "backup-manifest";
/// How much of that is written down, bytes: enough to tell secrets apart, and of no use for finding one.
const SECRET_MARK_BYTES: usize = 8;

/// Whose database it is a copy of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupSide {
    /// The identity side's.
    Identity,
    /// The conversation side's.
    Conversation,
}

impl BackupSide {
    /// Its name in folders and words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Conversation => "conversation",
        }
    }

    /// Its database's file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Identity => IDENTITY_FILE,
            Self::Conversation => CONVERSATION_FILE,
        }
    }
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    /// Which side's backup it is.
    pub side: BackupSide,
    /// When the copy was made, UTC.
    pub made_at: chrono::DateTime<chrono::Utc>,
    /// Tells whether a secret is the one that the database was written with. The secret itself is not in a backup.
    pub secret_mark: String,
    /// The copy.
    pub file: CopiedFile,
}

/// Enough of a manifest to tell whether this version reads it.
#[derive(Deserialize)]
struct Format {
    format: String,
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

/// Backups being made: a folder under another name, which gets its own when all is written and safe on disk. Until then there is
/// no backup of that name, and never half of one.
pub struct Unfinished {
    target: PathBuf,
    folder: PathBuf,
}

impl Unfinished {
    /// Begins what will be `target`.
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
        data_folder::make(&folder)?;
        Ok(Self { target, folder })
    }

    /// A folder for one of several backups.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn part(&self, name: &str) -> Result<PathBuf> {
        let part = self.folder.join(name);
        data_folder::make(&part)?;
        Ok(part)
    }

    /// The folder itself, for the only backup.
    pub fn whole(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// When the operating system does not.
    pub fn finish(self) -> Result<()> {
        sync_folder(&self.folder)?;
        fs::rename(&self.folder, &self.target).with_context(|| self.target.display().to_string())?;
        self.target.parent().map_or(Ok(()), sync_folder)
    }
}

/// Makes `folder`, in which the copy of `side`'s database lies, a backup.
///
/// # Errors
/// When the copy is not there or something cannot be written.
pub fn seal(
    folder: &Path,
    side: BackupSide,
    secret: &Pepper,
    made_at: chrono::DateTime<chrono::Utc>,
) -> Result<Manifest> {
    let file = copied_file(folder, side.file())?;
    let manifest =
        Manifest { format: FORMAT.to_owned(), side, made_at, secret_mark: secret_mark(secret), file };
    let mut file = File::create_new(folder.join(MANIFEST_FILE))?;
    serde_json::to_writer_pretty(&mut file, &manifest)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    sync_folder(folder)?;
    Ok(manifest)
}

/// Reads the manifest of the backup in `folder` and checks the copy against it.
///
/// # Errors
/// When the folder is no backup of ours, or the copy is missing or damaged.
pub fn read_checked(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST_FILE);
    let sides = [BackupSide::Identity, BackupSide::Conversation];
    let parts: Vec<String> = sides
        .iter()
        .map(|side| folder.join(side.name()))
        .filter(|part| part.join(MANIFEST_FILE).is_file())
        .map(|part| part.display().to_string())
        .collect();
    ensure!(
        path.exists() || parts.is_empty(),
        "{} holds a backup of each side: restore one at a time, from {}",
        folder.display(),
        parts.join(" or ")
    );
    let text = fs::read_to_string(&path).with_context(|| format!("{} is no backup", folder.display()))?;
    let about = || path.display().to_string();
    let Format { format } = serde_json::from_str(&text).with_context(about)?;
    if format != FORMAT {
        bail!("{} has the format {format:?}, and this version reads {FORMAT:?}", path.display());
    }
    let manifest: Manifest = serde_json::from_str(&text).with_context(about)?;
    let expected = &manifest.file;
    ensure!(
        expected.name == manifest.side.file(),
        "{} does not name the {} side's database: use another backup",
        path.display(),
        manifest.side.name()
    );
    let damaged = format!("{} is not as the backup was made", folder.join(&expected.name).display());
    ensure!(copied_file(folder, &expected.name)? == *expected, "{damaged}: use another backup");
    Ok(manifest)
}

/// What `secret` is recognised by.
pub fn secret_mark(secret: &Pepper) -> String {
    hex::encode(&secret.derive(SECRET_LABEL).mac(&[])[..SECRET_MARK_BYTES])
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

    fn secret() -> Pepper {
        Pepper::from_hex(&"0123456789abcdef".repeat(4)).unwrap()
    }

    fn backup(folder: &Path) -> Manifest {
        let unfinished = Unfinished::begin(folder).unwrap();
        let whole = unfinished.whole();
        fs::write(whole.join(IDENTITY_FILE), b"abc").unwrap();
        assert!(!folder.exists());
        let at = chrono::DateTime::UNIX_EPOCH;
        let manifest = seal(&whole, BackupSide::Identity, &secret(), at).unwrap();
        unfinished.finish().unwrap();
        manifest
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
        assert_eq!((manifest.file.bytes, manifest.file.sha256.as_str()), (3, sha256));
        assert_eq!(read_checked(&folder).unwrap(), manifest);
        assert!(Unfinished::begin(&folder).err().unwrap().to_string().contains("is there already"));
        fs::write(folder.join(IDENTITY_FILE), b"abd").unwrap();
        assert!(read_checked(&folder).unwrap_err().to_string().contains("not as the backup was made"));
        fs::remove_file(folder.join(IDENTITY_FILE)).unwrap();
        assert!(read_checked(&folder).is_err());
    }

    #[test]
    fn a_manifest_names_its_own_side_s_database() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("backup");
        backup(&folder);
        let path = folder.join(MANIFEST_FILE);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"identity\"", "\"conversation\"")).unwrap();
        assert!(read_checked(&folder).unwrap_err().to_string().contains("does not name the conversation"));
        fs::write(&path, text.replace(FORMAT, "candour-backup/1")).unwrap();
        assert!(read_checked(&folder).unwrap_err().to_string().contains("this version reads"));
    }

    #[test]
    fn two_backups_in_one_folder_are_whole_each_in_itself() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("backups");
        let unfinished = Unfinished::begin(&folder).unwrap();
        for side in [BackupSide::Identity, BackupSide::Conversation] {
            let part = unfinished.part(side.name()).unwrap();
            fs::write(part.join(side.file()), side.name()).unwrap();
            seal(&part, side, &secret(), chrono::DateTime::UNIX_EPOCH).unwrap();
        }
        unfinished.finish().unwrap();
        assert!(read_checked(&folder).unwrap_err().to_string().contains("one at a time"));
        assert_eq!(read_checked(&folder.join("identity")).unwrap().side, BackupSide::Identity);
        assert_eq!(read_checked(&folder.join("conversation")).unwrap().side, BackupSide::Conversation);
        assert_eq!(
            fs::read_dir(folder.join("conversation")).unwrap().count(),
            2,
            "more than its own lies in it"
        );
    }

    #[test]
    fn an_interrupted_backup_is_not_in_the_way() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("backup");
        let interrupted = Unfinished::begin(&folder).unwrap();
        fs::write(interrupted.whole().join(IDENTITY_FILE), b"half").unwrap();
        backup(&folder);
        read_checked(&folder).unwrap();
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_mark_tells_secrets_apart_and_nothing_else() {
        let one = Pepper::from_hex(&"fedcba9876543210".repeat(4)).unwrap();
        assert_ne!(secret_mark(&one), secret_mark(&secret()));
        assert!(!one.to_hex().contains(&secret_mark(&one)));
    }
}
