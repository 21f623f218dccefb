//! Files that an operator asks for: each is new, and none is overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, anyhow};

/// A new file that anybody may read.
///
/// # Errors
/// When it is there already, or cannot be made.
pub fn create(path: &Path) -> Result<File> {
    File::create_new(path).map_err(|error| refusal(path, error))
}

/// A new file that only this user may read.
///
/// # Errors
/// When it is there already, or cannot be made.
pub fn create_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| refusal(path, error))
}

fn refusal(path: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::AlreadyExists => {
            anyhow!("{} is there already: name another place, or move it away first", path.display())
        }
        _ => anyhow!(error).context(format!("{} cannot be made", path.display())),
    }
}

/// New files in a folder, readable by this user alone, which are gone again unless they are kept.
pub struct NewFiles {
    files: Vec<(PathBuf, File)>,
    kept: bool,
}

impl NewFiles {
    /// Makes the folder if need be, and one empty file for each of `names` in it.
    ///
    /// # Errors
    /// When one of them is there already, or cannot be made; then none is left.
    pub fn create(folder: &Path, names: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let mut made = Self { files: Vec::new(), kept: false };
        for name in names {
            let path = folder.join(name);
            let file = create_private(&path)?;
            made.files.push((path, file));
        }
        Ok(made)
    }

    /// Writes into the file that was named at this place.
    pub fn writer(&self, place: usize) -> BufWriter<&File> {
        BufWriter::new(&self.files[place].1)
    }

    /// Leaves the files where they are; gives where that is.
    pub fn keep(mut self) -> Vec<PathBuf> {
        self.kept = true;
        self.files.iter().map(|(path, _)| path.clone()).collect()
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed is empty or of no use, and the fault that led here is told.
            self.files.iter().for_each(|(path, _)| drop(fs::remove_file(path)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn nothing_is_overwritten_and_nothing_half_made_is_left() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "precious").unwrap();
        let refused = NewFiles::create(folder.path(), &["a", "b"]).err().unwrap().to_string();
        assert!(refused.contains("is there already"), "{refused}");
        assert!(!folder.path().join("a").exists(), "a half is left");
        assert_eq!(fs::read(folder.path().join("b")).unwrap(), b"precious");
        assert!(create(&folder.path().join("b")).is_err());
        assert!(create(&folder.path().join("none/b")).unwrap_err().to_string().contains("cannot be made"));
    }

    #[test]
    fn files_are_kept_only_when_somebody_says_so() {
        let folder = tempfile::tempdir().unwrap();
        drop(NewFiles::create(folder.path(), &["a"]).unwrap());
        assert!(!folder.path().join("a").exists());
        let files = NewFiles::create(folder.path(), &["a"]).unwrap();
        files.writer(0).write_all(b"codes").unwrap();
        let kept = files.keep();
        assert_eq!(fs::read(&kept[0]).unwrap(), b"codes");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
