//! The folder in which SQLite's files and the secrets lie.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The identity side's SQLite file.
pub const IDENTITY_FILE: &str = "identity.sqlite";
/// The conversation side's SQLite file.
pub const CONVERSATION_FILE: &str = "conversation.sqlite";
/// The file of the identity side's secret.
pub const IDENTITY_SECRET_FILE: &str = "identity.secret";
/// The file of the conversation side's pepper.
pub const PEPPER_FILE: &str = "pepper";
/// Locked by whoever serves the folder.
const LOCK_FILE: &str = ".lock";

/// Makes the folder if it is not there, readable by this user alone.
///
/// # Errors
/// What the operating system says.
pub fn make(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("the data folder {} cannot be made", folder.display()))
}

/// The URL of an SQLite file, as the drivers read it; see <https://www.sqlite.org/uri.html>.
///
/// # Errors
/// When the path is not UTF-8.
pub fn sqlite_url(file: &Path) -> Result<String> {
    let path = file.to_str().with_context(|| format!("the path {} is not UTF-8", file.display()))?;
    let encoded = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    Ok(format!("sqlite://{encoded}"))
}

/// The folder is ours: no other server serves it, and nothing replaces its files.
///
/// Two servers on the same SQLite files would not hear of each other's changes. The lock goes with the process, however that
/// ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// When another process has it.
    pub fn take(folder: &Path) -> Result<Self> {
        make(folder)?;
        let path = folder.join(LOCK_FILE);
        let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                bail!("another candour serves the data folder {}: stop it first", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).context(path.display().to_string()),
        }
    }
}

/// The files of the SQLite database called `name` that exist in the folder, write-ahead log included.
pub fn database_files(folder: &Path, name: &str) -> Vec<PathBuf> {
    let names = ["", "-wal", "-shm"].into_iter().map(|ending| format!("{name}{ending}"));
    names.map(|name| folder.join(name)).filter(|path| path.exists()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataLock::take(folder.path()).unwrap();
        assert!(DataLock::take(folder.path()).unwrap_err().to_string().contains("stop it first"));
        drop(first);
        DataLock::take(folder.path()).unwrap();
    }

    #[test]
    fn strange_paths_become_urls() {
        let url = sqlite_url(Path::new("/a b/50%?#/x.sqlite")).unwrap();
        assert_eq!(url, "sqlite:///a b/50%25%3F%23/x.sqlite");
    }
}
