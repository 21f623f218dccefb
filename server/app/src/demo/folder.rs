//! The demonstration's data folder, which nothing else may be mistaken for.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::data_folder::{self, DataLock};

/// Says in a folder that a demonstration made it, and that `--fresh` may delete it.
const MARK_FILE: &str = ".candour-demo";

/// Makes the folder, or takes the one that an earlier demonstration made; with `fresh`, deletes that one first.
///
/// # Errors
/// When the folder holds anything that no demonstration made, or is being served.
pub fn take_folder(data: &Path, fresh: bool) -> Result<()> {
    let is_ours = data.join(MARK_FILE).is_file();
    ensure!(
        is_ours || is_empty(data),
        "{} was not made by `candour demo`, which would fill it with strangers' data: name another folder with --data",
        data.display()
    );
    if is_ours && fresh {
        drop(DataLock::take(data)?);
        fs::remove_dir_all(data).with_context(|| format!("{} cannot be deleted", data.display()))?;
    }
    data_folder::make(data)?;
    let mark = data.join(MARK_FILE);
    fs::write(&mark, "Made by `candour demo`; `candour demo --fresh` deletes this folder.\n")
        .with_context(|| format!("{} cannot be written", mark.display()))
}

fn is_empty(folder: &Path) -> bool {
    !folder.exists() || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_demo_made_is_deleted() {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("a/demo");
        take_folder(&data, false).unwrap();
        fs::write(data.join("conversation.sqlite"), "votes").unwrap();
        take_folder(&data, false).unwrap();
        assert!(data.join("conversation.sqlite").exists());
        let lock = DataLock::take(&data).unwrap();
        assert!(take_folder(&data, true).unwrap_err().to_string().contains("stop it first"));
        drop(lock);
        take_folder(&data, true).unwrap();
        assert!(!data.join("conversation.sqlite").exists());

        let precious = parent.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("identity.sqlite"), "the roll").unwrap();
        for fresh in [false, true] {
            assert!(take_folder(&precious, fresh).unwrap_err().to_string().contains("not made by"));
        }
        assert!(precious.join("identity.sqlite").exists());
    }
}
