//! A pack as the files of its folder.

use super::{POLICY_FILE, PackFiles, TenantPack, report};

/// Where the logo stands in a pack that Candour writes: what it stores is a PNG that it drew itself.
const LOGO_FILE: &str = "branding/logo.png";

/// The files that [`super::read`] makes `pack` of. The logo is written as PNG, each page under its slug.
///
/// # Errors
/// What cannot be written as TOML, in words.
pub fn files_of(pack: &TenantPack) -> Result<PackFiles, String> {
    let mut files = PackFiles::new();
    let mut tenant = pack.tenant.clone();
    tenant.branding.logo = pack.logo.as_ref().map(|_| LOGO_FILE.to_owned());
    for page in &mut tenant.pages {
        page.file = format!("pages/{}.md", page.slug);
        let text = pack.page_texts.get(&page.slug).cloned().unwrap_or_default();
        files.insert(page.file.clone(), text.into_bytes());
    }
    for (slug, text) in &pack.report_texts {
        files.insert(report::path(slug), text.clone().into_bytes());
    }
    if let Some(logo) = &pack.logo {
        files.insert(LOGO_FILE.to_owned(), logo.clone());
    }
    let toml =
        |text: Result<String, toml::ser::Error>| text.map(String::into_bytes).map_err(|e| e.to_string());
    files.insert("tenant.toml".to_owned(), toml(toml::to_string_pretty(&tenant))?);
    for (slug, campaign) in &pack.campaigns {
        files.insert(format!("campaigns/{slug}/campaign.toml"), toml(toml::to_string_pretty(campaign))?);
    }
    if !pack.policy.is_empty() {
        files.insert(POLICY_FILE.to_owned(), pack.policy.clone().into_bytes());
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::super::{read, tests::every_pack};
    use super::*;

    #[test]
    fn every_pack_comes_back_from_its_files() {
        for mut pack in every_pack() {
            let back = read(&files_of(&pack).unwrap()).unwrap();
            // Names of files inside the folder are Candour's to choose.
            pack.tenant.branding.logo = back.tenant.branding.logo.clone();
            pack.tenant
                .pages
                .iter_mut()
                .zip(&back.tenant.pages)
                .for_each(|(page, back)| page.file = back.file.clone());
            assert_eq!(back, pack);
        }
    }
}
