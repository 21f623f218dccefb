//! `[round_types]`: where round types are compiled, and whose are admitted.

use std::path::{Path, PathBuf};

use actions::round_types::RoundTypeSettings;

use super::Problems;
use super::file::RoundTypesSection;

/// The folder of compiled round types inside the data folder.
const FOLDER: &str = "round-types";
/// Hexadecimal digits of a publisher's key (Ed25519).
const KEY_DIGITS: usize = 64;

impl Problems {
    pub(super) fn round_types(
        &mut self,
        section: RoundTypesSection,
        data: &Path,
    ) -> Option<RoundTypeSettings> {
        let folder = section.folder.map_or_else(|| data.join(FOLDER), PathBuf::from);
        let folder = self.checked("round_types.folder", std::path::absolute(folder))?;
        let compiler = self.checked("round_types.folder", std::env::current_exe())?;
        let publishers = section.publishers.unwrap_or_default();
        let is_key = |key: &String| key.len() == KEY_DIGITS && key.chars().all(|c| c.is_ascii_hexdigit());
        if !publishers.iter().all(is_key) {
            self.add(
                "round_types.publishers",
                format!("a publisher is a key of {KEY_DIGITS} hexadecimal digits, as `candour plugin sign` says it"),
            );
        }
        Some(RoundTypeSettings { folder, compiler, publishers })
    }
}
