//! Packs and data inside the binary.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use documents::polis::{Export, read_export};
use domain::tenant_pack::{self, PackFiles, TenantPack};
use rust_embed::RustEmbed;

/// The folder of tenant packs.
#[derive(RustEmbed)]
#[folder = "../../tenants"]
struct Packs;

/// A conversation of 2019 about New Zealand's wildlife; see the ATTRIBUTION.md beside it.
#[derive(RustEmbed)]
#[folder = "demo/polis-biodiversity"]
struct Polis;

/// Every pack.
///
/// # Errors
/// When a pack does not pass its own checks.
pub fn packs() -> Result<Vec<TenantPack>> {
    let mut folders: BTreeMap<String, PackFiles> = BTreeMap::new();
    for path in Packs::iter() {
        if let (Some((folder, inside)), Some(file)) = (path.split_once('/'), Packs::get(&path)) {
            folders.entry(folder.to_owned()).or_default().insert(inside.to_owned(), file.data.into_owned());
        }
    }
    let read = |files: &PackFiles| {
        tenant_pack::read(files).map_err(|problems| anyhow!("tenant pack: {}", problems[0]))
    };
    folders.values().map(read).collect()
}

/// The conversation.
///
/// # Errors
/// When the file is damaged.
pub fn polis_export() -> Result<Export> {
    let file = |name: &str| Polis::get(name).with_context(|| format!("{name} is not embedded"));
    let (comments, votes) = (file("comments.csv")?, file("votes.csv")?);
    read_export(&*comments.data, &*votes.data).map_err(|problems| anyhow!("{}", problems[0]))
}

/// Where the conversation came from, as its licence asks; said on its pages.
pub fn attribution() -> &'static str {
    "What you read here is a real conversation about wildlife in New Zealand, held in 2019 (“Protecting and Restoring NZ’s \
     Biodiversity”). Data was gathered using the Polis software (see: compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 \
     with Attribution to The Computational Democracy Project. More about how the data was collected: \
     https://compdemocracy.org/case-studies/2019-scoop-hivemind-biodiversity"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_packs_and_a_whole_conversation() {
        let slugs: Vec<String> = packs().unwrap().into_iter().map(|pack| pack.tenant.slug).collect();
        assert_eq!(slugs, ["bsmhft", "bsol", "hhft"]);
        let export = polis_export().unwrap();
        assert_eq!((export.statements.len(), export.votes.len()), (316, 29_802));
    }

    #[test]
    fn the_attribution_is_the_licences() {
        let file = Polis::get("ATTRIBUTION.md").unwrap();
        let file = String::from_utf8(file.data.into_owned()).unwrap();
        for words in ["CC BY 4.0", "The Computational Democracy Project", "2019-scoop-hivemind-biodiversity"]
        {
            assert!(file.contains(words) && attribution().contains(words), "{words}");
        }
    }
}
