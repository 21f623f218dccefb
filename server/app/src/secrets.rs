//! Where the secrets come from, one for each side, without which stolen databases cannot be tested for codes: the conversation side's
//! pepper, and the identity side's, under which its cohorts' private keys are sealed as well.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use credentials::Pepper;
use credentials::pepper::KEY_BYTES;
use domain::Entropy;
use domain::clock::random_bytes;

use crate::new_file::create_private;

/// The key of form tokens is derived from a side's secret under this name.
const CSRF_KEY_LABEL: &str = "csrf-tokens";

/// Where a side's secret comes from.
#[derive(Clone, Debug)]
pub enum PepperSource {
    /// The configuration holds it.
    Given(Pepper),
    /// A file of 64 hexadecimal digits that only the server's user may read.
    File(PathBuf),
}

impl PepperSource {
    /// The secret.
    ///
    /// # Errors
    /// When the file is missing or holds something else; says what to do.
    pub fn read(&self) -> Result<Pepper> {
        match self {
            Self::Given(pepper) => Ok(pepper.clone()),
            Self::File(path) => {
                let digits = fs::read_to_string(path).with_context(|| {
                    format!(
                        "the secret cannot be read from {}: put the file back, or run `candour migrate` to make one for a \
                         new deployment",
                        path.display()
                    )
                })?;
                Pepper::from_hex(&digits).with_context(|| path.display().to_string())
            }
        }
    }

    /// The secret; makes the file if there is none.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    pub fn read_or_make(&self, entropy: &dyn Entropy) -> Result<Pepper> {
        if let Self::File(path) = self
            && !path.exists()
        {
            make(path, entropy)
                .with_context(|| format!("the secret cannot be written to {}", path.display()))?;
        }
        self.read()
    }
}

/// The key of form tokens: the same in every process and after every restart.
pub fn csrf_key(pepper: &Pepper) -> [u8; KEY_BYTES] {
    *pepper.derive(CSRF_KEY_LABEL).as_bytes()
}

fn make(path: &Path, entropy: &dyn Entropy) -> Result<()> {
    let pepper = Pepper::from_bytes(random_bytes(entropy))?;
    let mut file = create_private(path)?;
    writeln!(file, "{}", pepper.to_hex())?;
    Ok(file.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (1..).zip(bytes).for_each(|(n, byte)| *byte = n);
        }
    }

    #[test]
    fn a_pepper_is_made_once_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pepper");
        let source = PepperSource::File(path.clone());
        assert!(source.read().unwrap_err().to_string().contains("candour migrate"));
        let made = source.read_or_make(&Counting).unwrap().to_hex();
        assert_eq!(source.read_or_make(&crate::OsRandom).unwrap().to_hex(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, "00").unwrap();
        assert!(source.read().is_err());
    }
}
