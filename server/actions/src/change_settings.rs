//! What the console's pages change of a tenant itself: colours and logo, organisations and how their people come in, its own pages. Each takes
//! effect at once, for every campaign.

use documents::logo::sanitise_logo;
use domain::campaign_draft::{free, slug_of};
use domain::ids::TenantId;
use domain::tenant_pack::{BrandingFile, OrganisationFile, PageFile};

use crate::edit_pack::{Done, PackEdit};
use crate::tenant::StoredPack;
use crate::{ActionError, Actor, EditRefusal, Enrolment, Sides, Tenant};

/// Most organisations of a tenant.
pub const MAX_ORGANISATIONS: usize = 200;
/// Most pages of a tenant's own.
pub const MAX_PAGES: usize = 50;
/// Longest page, in characters.
pub const MAX_PAGE_CHARACTERS: usize = 30_000;

/// How a tenant is to look.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBranding {
    /// Colours, names, footer; its `logo` is not looked at.
    pub branding: BrandingFile,
    /// A new logo, PNG or SVG; none to keep the one that is there.
    pub logo: Option<Vec<u8>>,
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
    /// Changes how a tenant looks.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn change_branding(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        new: NewBranding,
    ) -> Result<(), EditRefusal> {
        let edit = |edit: &mut PackEdit| {
            if let Some(logo) = &new.logo {
                let png = sanitise_logo(logo).map_err(|refusal| EditRefusal::Refused(refusal.to_string()))?;
                edit.pack.logo = Some(png.into_bytes());
            }
            let logo = edit.pack.tenant.branding.logo.take();
            edit.pack.tenant.branding = BrandingFile { logo, ..new.branding.clone() };
            Ok(format!("brand colour {}", new.branding.brand_colour))
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

    /// Adds a page of the tenant's own, or changes one.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn put_page(&self, actor: &Actor, tenant: &Tenant, new: NewPage) -> Result<(), EditRefusal> {
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
                None if new.slug.is_some() => return Err(EditRefusal::Unknown),
                None => pages.push(page),
            }
            edit.pack.page_texts.insert(slug, new.markdown.replace("\r\n", "\n"));
            Ok(String::new())
        };
        self.change(actor, tenant.id, ("branding.page", &subject), edit).await
    }

    /// Removes a page of the tenant's own.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn remove_page(&self, actor: &Actor, tenant: &Tenant, slug: &str) -> Result<(), EditRefusal> {
        let edit = |edit: &mut PackEdit| {
            let before = edit.pack.tenant.pages.len();
            edit.pack.tenant.pages.retain(|page| page.slug != slug);
            edit.pack.page_texts.remove(slug);
            if edit.pack.tenant.pages.len() == before { Err(EditRefusal::Unknown) } else { Ok(String::new()) }
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
