//! Compiled components on disk. They are native code: loading a forged one is running it. So each is bound, by a keyed hash, to the component
//! that it was made from and to everything that its meaning depends on, and is loaded from the very bytes that were checked.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::engine::{self, EngineFault};
use crate::limits::{COMPILED_BYTES, Class};

/// Bytes of the keyed hash at the file's beginning.
const SEAL_BYTES: usize = 32;

/// A round type's identity: the SHA-256 of its component.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(component: &[u8]) -> Self {
        Self(Sha256::digest(component).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// Not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest has 64 hexadecimal digits")]
pub struct NotADigest;

impl TryFrom<String> for Digest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        let bytes = hex::decode(text).map_err(|_| NotADigest)?;
        Ok(Self(bytes.try_into().map_err(|_| NotADigest)?))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// Where compiled components are kept, and the key that binds them.
#[derive(Clone)]
pub struct Shelf {
    folder: PathBuf,
    key: [u8; 32],
    /// What compiled code depends on.
    settings: [u8; 32],
}

/// Why a compiled component cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfFault {
    /// It is not there: compile it.
    #[error("not compiled yet")]
    Missing,
    /// Not written by this server's compiler for this component, version and settings. Never loaded; compile it again.
    #[error("compiled code that this server did not write")]
    Forged,
    /// The folder cannot be read or written.
    #[error("the folder of compiled round types: {0}")]
    Folder(#[from] io::Error),
}

impl Shelf {
    /// Keeps compiled components in `folder`, bound with `key`. The key is the server's secret; the folder is its own.
    ///
    /// # Errors
    /// This machine cannot run guests.
    pub fn new(folder: PathBuf, key: [u8; 32]) -> Result<Self, EngineFault> {
        Ok(Self { folder, key, settings: engine::fingerprint(&engine::compiling()?) })
    }

    /// Where the code of `digest` is kept.
    pub fn path(&self, digest: Digest, class: Class) -> PathBuf {
        self.folder.join(format!("{digest}.{}.cwasm", class.name()))
    }

    /// Puts `code` there, whole or not at all.
    pub(crate) fn put(&self, digest: Digest, class: Class, code: &[u8]) -> Result<(), ShelfFault> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(digest, class);
        let new = path.with_extension(format!("{}.new", std::process::id()));
        let seal = self.mac(digest, class, code).finalize().into_bytes();
        fs::write(&new, [seal.as_slice(), code].concat())?;
        fs::rename(&new, &path)?;
        Ok(())
    }

    /// The code of `digest`, checked.
    pub(crate) fn take(&self, digest: Digest, class: Class) -> Result<Vec<u8>, ShelfFault> {
        let mut sealed = read_bounded(&self.path(digest, class))?;
        if sealed.len() < SEAL_BYTES {
            return Err(ShelfFault::Forged);
        }
        let code = sealed.split_off(SEAL_BYTES);
        self.mac(digest, class, &code).verify_slice(&sealed).map_err(|_| ShelfFault::Forged)?;
        Ok(code)
    }

    fn mac(&self, digest: Digest, class: Class, code: &[u8]) -> Hmac<Sha256> {
        let mut mac: Hmac<Sha256> = Hmac::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        let class = class.name().as_bytes();
        for part in [b"candour compiled component".as_slice(), class, &self.settings, &digest.0, code] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, ShelfFault> {
    let not_there = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ShelfFault::Missing,
        _ => ShelfFault::Folder(error),
    };
    if fs::metadata(path).map_err(not_there)?.len() > (COMPILED_BYTES + SEAL_BYTES) as u64 {
        return Err(ShelfFault::Forged);
    }
    fs::read(path).map_err(not_there)
}

#[cfg(test)]
mod tests;
