//! A tenant as its pages show it: colours, header and footer, pictures, its Markdown pages; made once for each version of its pack.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actions::{Campaign, ReportInfo, Tenant};
use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, TenantId};

use crate::assets;
use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::pages::published_report::{self, DressedReport};
use crate::render::{Renderer, branding_css};
use crate::text_html::markdown_html;
use crate::views::{Chrome, Contact, Link, Logo, Site};

/// Height at which a logo is shown, CSS pixels.
const LOGO_HEIGHT: u32 = 48;
/// Widest that a logo is shown, CSS pixels.
const LOGO_MAX_WIDTH: u32 = 200;
/// How much of a pack's digest stands in the addresses of its files, characters.
const DIGEST_CHARACTERS: usize = 16;

/// A tenant, dressed for one way of addressing it.
pub(crate) struct Dressed {
    pub tenant: Arc<Tenant>,
    /// `""` on its own host, `"/bsol"` when told apart by path.
    pub base: String,
    pub chrome: Chrome,
    pub branding_css: String,
    pub cookie: CookieName,
    /// Which of its conversations its menu leads to.
    pub campaign: Option<CampaignId>,
    /// How it is addressed.
    pub addressed: Addressed,
    /// What stands in the addresses of its files.
    pub version: String,
    /// Its own pages' HTML, by slug.
    pub pages: HashMap<String, String>,
    /// Its published reports' HTML, by slug.
    pub reports: HashMap<String, DressedReport>,
}

type Worn = HashMap<(TenantId, bool, Option<CampaignId>), Arc<Dressed>>;

/// How a tenant is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addressed {
    /// By a path under another host, not by a host of its own.
    pub by_path: bool,
    /// The conversation side's address, where that is elsewhere.
    pub talk: Option<String>,
    /// The identity side's address, where that is elsewhere.
    pub roll: Option<String>,
}

/// Every tenant dressed so far.
#[derive(Default)]
pub(crate) struct Wardrobe(Mutex<Worn>);

impl Wardrobe {
    /// `tenant` dressed for one way of addressing it, with a menu that leads to `campaign`. On the day on which a report is published it is dressed anew.
    pub fn dress(
        &self,
        renderer: &Renderer,
        (tenant, campaign): (&Arc<Tenant>, Option<&Campaign>),
        addressed: Addressed,
        demo_note: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Dressed>, PageError> {
        let key = (tenant.id, addressed.by_path, campaign.map(|campaign| campaign.id));
        let reports = tenant.published_reports(now);
        // Of one version of the pack, as many reports are the same reports.
        let fits =
            |worn: &&Arc<Dressed>| worn.tenant.digest == tenant.digest && worn.reports.len() == reports.len();
        if let Some(worn) = self.lock().get(&key).filter(fits) {
            return Ok(Arc::clone(worn));
        }
        let dressed = Dressed::new(renderer, (tenant, campaign), addressed, demo_note, &reports)?;
        let dressed = Arc::new(dressed);
        self.lock().insert(key, Arc::clone(&dressed));
        Ok(dressed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Worn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dressed {
    fn new(
        renderer: &Renderer,
        (tenant, of): (&Arc<Tenant>, Option<&Campaign>),
        addressed: Addressed,
        demo_note: Option<&str>,
        reports: &[&ReportInfo],
    ) -> Result<Self, PageError> {
        let Addressed { by_path, talk, roll } = addressed.clone();
        let base = if by_path { format!("/{}", tenant.slug) } else { String::new() };
        let version = &tenant.digest[..DIGEST_CHARACTERS.min(tenant.digest.len())];
        let campaign = of.map(|campaign| campaign.slug.clone());
        let conversation = campaign.iter().map(|slug| Link {
            text: "The conversation".into(),
            path: format!("/conversations/{slug}"),
            talks: true,
        });
        let own = tenant.pages.iter().filter(|page| page.in_navigation).map(|page| Link {
            text: page.title.clone(),
            path: format!("/pages/{}", page.slug),
            talks: false,
        });
        // The newest: the front page leads to all of them. They are the conversation side's, as their figures are.
        let report = reports.first().map(|report| Link {
            text: report.title.clone(),
            path: published_report::path(&report.slug),
            talks: true,
        });
        let anonymity = Link { text: "How anonymity works".into(), path: "/anonymity".into(), talks: false };
        let talk = talk.unwrap_or_else(|| base.clone());
        let roll = roll.unwrap_or_else(|| base.clone());
        let site = Site {
            tenant_name: tenant.name.clone(),
            short_name: tenant.short_name.clone(),
            service_name: tenant.branding.service_name.clone(),
            door: campaign
                .as_ref()
                .map_or_else(|| format!("{talk}/enter"), |slug| format!("{roll}/join/{slug}")),
            talk,
            base: base.clone(),
            css: assets::url("candour.css"),
            branding_css: format!("{base}/branding/{version}.css"),
            console_css: assets::url("console.css"),
            htmx_js: assets::url("htmx.js"),
            passkey_js: assets::url("passkey.js"),
            live_js: assets::url("live.js"),
            draft_js: assets::url("draft.js"),
            join_js: assets::url("join.js"),
            theme_colour: tenant.palette.brand.to_string(),
            logo: tenant.logo.as_deref().map(|png| logo(png, tenant, &base, version)),
            favicon: Some(format!("{base}/branding/favicon-{version}.png")),
            footer_copy: tenant.branding.footer.clone(),
            nav: conversation.chain(report).chain(own).chain([anonymity]).collect(),
            campaign,
            contact: Contact {
                name: format!("the {} team", tenant.branding.service_name),
                email: tenant.contacts.questions.clone(),
            },
            support: Contact {
                name: tenant.contacts.support_name.clone(),
                email: tenant.contacts.support.clone(),
            },
            demo_note: demo_note.map(str::to_owned),
        };
        let cookie =
            CookieName::participant(&tenant.slug).map_err(|error| PageError::Fault(error.to_string()))?;
        let pages =
            tenant.pages.iter().map(|page| (page.slug.clone(), markdown_html(&page.markdown))).collect();
        Ok(Self {
            chrome: renderer.dress(&site)?,
            branding_css: branding_css(&tenant.palette),
            tenant: Arc::clone(tenant),
            campaign: of.map(|campaign| campaign.id),
            addressed,
            version: version.to_owned(),
            base,
            cookie,
            pages,
            reports: reports.iter().map(|report| (report.slug.clone(), DressedReport::of(report))).collect(),
        })
    }
}

fn logo(png: &[u8], tenant: &Tenant, base: &str, version: &str) -> Logo {
    let (width, height) = png_size(png).unwrap_or((1, 1));
    let shown = (width * LOGO_HEIGHT).div_ceil(height.max(1)).clamp(1, LOGO_MAX_WIDTH);
    Logo {
        url: format!("{base}/branding/logo-{version}.png"),
        alt: tenant.branding.logo_alt.clone(),
        width: shown,
        height: (height * shown).div_ceil(width.max(1)).max(1),
    }
}

/// Width and height of a PNG, from its header chunk (PNG 3rd edition, 11.2.1).
fn png_size(png: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}
