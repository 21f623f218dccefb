//! A host and a compiler for one run of a command, with what is compiled kept in a folder of its own until the end.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use domain::clock::random_bytes;
use plugin_host::{Compiler, Host, Plugin, Shelf};

use super::Class;
use crate::OsRandom;

/// See the module.
pub struct Stage {
    pub host: Host,
    compiler: Compiler,
    folder: std::path::PathBuf,
}

impl Stage {
    pub fn new() -> Result<Self> {
        let name: [u8; 8] = random_bytes(&OsRandom);
        let folder = std::env::temp_dir().join(format!("candour-plugin-{}", hex::encode(name)));
        let shelf = Shelf::new(folder.clone(), random_bytes(&OsRandom))?;
        let program = std::env::current_exe().context("finding this program")?;
        let compiler = Compiler::new(program, vec!["plugin".into(), "compile".into()], shelf);
        Ok(Self { host: Host::new()?, compiler, folder })
    }

    /// Compiles and loads the component in `file`.
    pub async fn load(&self, file: &Path, class: Class) -> Result<Arc<Plugin>> {
        let component = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let digest = self.compiler.compile(&component, class.into()).await?;
        Ok(self.host.load(self.compiler.shelf(), digest, class.into()).await?)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nothing hangs on it: a folder for temporary files is emptied anyhow.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
