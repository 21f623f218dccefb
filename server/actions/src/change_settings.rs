//! What the console's pages change of a tenant itself: colours and logo, organisations and how their people come in, its own pages. Each takes
//! effect at once, for every campaign.

use documents::logo::sanitise_logo;
use domain::campaign_draft::{free, slug_of};
use domain::ids::TenantId;
use domain::tenant_pack::{BrandingFile, OrganisationFile, PageFile, TenantPack};

use crate::edit_pack::{Done, PackEdit};
use crate::tenant::StoredPack;
use crate::{ActionError, Actor, EditRefusal, Enrolment, Sides, Tenant};

/// Most organisations of a tenant.
pub const MAX_ORGANISATIONS: usize = 200;
/// Most pages of a tenant's own.
pub const MAX_PAGES: usize = 50;
/// Longest page, in characters.
pub const MAX_PAGE_CHARACTERS: usize = 30_000;

/// What is to change of how a tenant looks.
#[derive(Clone, Debug, PartialEq)]
pub enum NewBranding {
    /// Colours, names, footer; what it says of the logo is not looked at.
    Look(BrandingFile),
    /// The logo.
    Logo {
        /// PNG or SVG.
        file: Vec<u8>,
        /// What it shows, for those who cannot see it.
        alt: String,
    },
}

/// A page of a tenant's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPage {
    /// The page that is changed; none for a new one.
    pub slug: Option<String>,
    /// Its heading.
    pub title: String,
    /// Its text, Markdown.
    pub markdown: String,
    /// Whether the navigation shows it.
    pub in_navigation: bool,
}

impl Sides {
    /// Changes how a tenant looks, if nobody else has since its [`branding_version`] was `seen`.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn change_branding(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        seen: &str,
        new: NewBranding,
    ) -> Result<(), EditRefusal> {
        let edit = |edit: &mut PackEdit| {
            if branding_version(&edit.pack) != seen {
                return Err(EditRefusal::Outdated);
            }
            let branding = &mut edit.pack.tenant.branding;
            match new {
                NewBranding::Look(look) => {
                    let (logo, logo_alt) = (branding.logo.take(), std::mem::take(&mut branding.logo_alt));
                    *branding = BrandingFile { logo, logo_alt, ..look };
                    Ok(format!("brand colour {}", branding.brand_colour))
                }
                NewBranding::Logo { file, alt } => {
                    let png =
                        sanitise_logo(&file).map_err(|refusal| EditRefusal::Refused(refusal.to_string()))?;
                    edit.pack.logo = Some(png.into_bytes());
                    branding.logo_alt = alt;
                    Ok("logo".to_owned())
                }
            }
        };
        self.change(actor, tenant.id, ("branding.change", &tenant.slug), edit).await
    }

    /// Adds an organisation, or changes the one of this short name. An empty short name is made from its name.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn put_organisation(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        mut organisation: OrganisationFile,
    ) -> Result<(), EditRefusal> {
        organisation.name = organisation.name.trim().to_owned();
        if organisation.name.is_empty() {
            return Err(EditRefusal::Refused("Give the organisation's name.".to_owned()));
        }
        let name = organisation.name.clone();
        let edit = |edit: &mut PackEdit| {
            let all = &mut edit.pack.tenant.organisations;
            match all.iter().position(|known| known.slug == organisation.slug) {
                Some(place) => all[place] = organisation,
                None if !organisation.slug.is_empty() => return Err(EditRefusal::Unknown),
                None if all.len() >= MAX_ORGANISATIONS => {
                    return Err(EditRefusal::Refused(format!(
                        "There are {MAX_ORGANISATIONS} organisations already."
                    )));
                }
                None => {
                    let slug = slug_of(&organisation.name, "organisation");
                    organisation.slug = free(&slug, |slug| all.iter().any(|known| known.slug == slug));
                    all.push(organisation);
                }
            }
            Ok(String::new())
        };
        self.change(actor, tenant.id, ("organisation.change", &name), edit).await
    }

    /// Adds a page of the tenant's own, or changes one, if nobody else has since its [`page_version`] was `seen`.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn put_page(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        seen: &str,
        new: NewPage,
    ) -> Result<(), EditRefusal> {
        let title = new.title.trim().to_owned();
        if title.is_empty() {
            return Err(EditRefusal::Refused("Give the page a title.".to_owned()));
        }
        if new.markdown.chars().count() > MAX_PAGE_CHARACTERS {
            return Err(EditRefusal::Refused(format!(
                "Make the page shorter: at most {MAX_PAGE_CHARACTERS} characters."
            )));
        }
        let subject = title.clone();
        let edit = |edit: &mut PackEdit| {
            new.slug.as_ref().map_or(Ok(()), |slug| edit.page_is(slug, seen))?;
            let pages = &mut edit.pack.tenant.pages;
            let slug = match &new.slug {
                Some(slug) => slug.clone(),
                None if pages.len() >= MAX_PAGES => {
                    return Err(EditRefusal::Refused(format!("There are {MAX_PAGES} pages already.")));
                }
                None => free(&slug_of(&title, "page"), |slug| pages.iter().any(|page| page.slug == slug)),
            };
            let page = PageFile {
                file: format!("pages/{slug}.md"),
                slug: slug.clone(),
                title,
                in_navigation: new.in_navigation,
            };
            match pages.iter().position(|known| known.slug == slug) {
                Some(place) => pages[place] = page,
                None => pages.push(page),
            }
            edit.pack.page_texts.insert(slug, new.markdown.replace("\r\n", "\n"));
            Ok(String::new())
        };
        self.change(actor, tenant.id, ("branding.page", &subject), edit).await
    }

    /// Removes a page of the tenant's own, if nobody has changed it since its [`page_version`] was `seen`.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn remove_page(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        seen: &str,
        slug: &str,
    ) -> Result<(), EditRefusal> {
        let edit = |edit: &mut PackEdit| {
            edit.page_is(slug, seen)?;
            edit.pack.tenant.pages.retain(|page| page.slug != slug);
            edit.pack.page_texts.remove(slug);
            Ok(String::new())
        };
        self.change(actor, tenant.id, ("branding.remove-page", slug), edit).await
    }

    async fn change(
        &self,
        actor: &Actor,
        tenant: TenantId,
        (what, subject): (&str, &str),
        change: impl FnOnce(&mut PackEdit) -> Result<String, EditRefusal>,
    ) -> Result<(), EditRefusal> {
        let identity = self.enrolment()?;
        let mut edit = identity.begin_edit(tenant).await?;
        let detail = change(&mut edit)?;
        identity.finish_edit(edit, actor, &Done { what, subject, detail: &detail }).await?;
        self.take_over_soon(tenant).await;
        Ok(())
    }
}

impl PackEdit {
    /// Refuses if the page called `slug` is not as it was seen.
    fn page_is(&self, slug: &str, seen: &str) -> Result<(), EditRefusal> {
        match page_version(&self.pack, slug) {
            None => Err(EditRefusal::Unknown),
            Some(version) if version != seen => Err(EditRefusal::Outdated),
            Some(_) => Ok(()),
        }
    }
}

/// What tells this look from others, for a form to bring back.
pub fn branding_version(pack: &TenantPack) -> String {
    let said = serde_json::to_string(&pack.tenant.branding).unwrap_or_default();
    credentials::digest(&[said.as_bytes(), pack.logo.as_deref().unwrap_or_default()])
}

/// The same of one of a tenant's own pages; none if there is no such page.
pub fn page_version(pack: &TenantPack, slug: &str) -> Option<String> {
    let page = pack.tenant.pages.iter().find(|page| page.slug == slug)?;
    let said = serde_json::to_string(page).unwrap_or_default();
    let text = pack.page_texts.get(slug).map(String::as_bytes).unwrap_or_default();
    Some(credentials::digest(&[said.as_bytes(), text]))
}

impl Enrolment {
    /// `tenant` as the pack that is held has it.
    pub(crate) fn as_held(&self, tenant: &Tenant, edit: &PackEdit) -> Result<Tenant, EditRefusal> {
        let stored = StoredPack::of(&edit.pack);
        let held = Tenant::from_pack(
            stored,
            tenant.logo.clone(),
            tenant.favicon.clone(),
            edit.before.digest.clone(),
        );
        held.map_err(|reason| ActionError::Fault(reason).into())
    }
}
