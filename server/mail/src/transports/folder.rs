//! Messages as `.eml` files in a folder: for trying things out, and for handing them to another program.
//!
//! lettre's own file transport names files at random and leaves them readable to everybody; these hold codes.

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use tokio::{
    fs::{OpenOptions, rename},
    io::AsyncWriteExt,
};

use crate::{Message, SendFault};

/// Owner only, as with everything that lets somebody in.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&path)?;
        Ok(Self(path))
    }

    /// Named by the message's id, so that a second attempt does not make a second file.
    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendFault> {
        let bytes = message.formatted()?;
        let path = self.0.join(format!("{}.eml", message.id()));
        write(&path, &bytes).await.map_err(|error| SendFault::Folder(error.kind()))
    }
}

/// Under another name first, so that nobody reads half a message.
async fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    rename(part, path).await
}
