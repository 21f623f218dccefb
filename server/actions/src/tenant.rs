//! A tenant as the pages need it: its applied pack with ids and instants worked out.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::branding::Palette;
use domain::ids::{CampaignId, OrganisationId, PromptId, RoundId, TenantId};
use domain::moderation::Moderation;
use domain::round::{Prompt, RoundState, Theme};
use domain::round_type::RoundType;
use domain::sending::SendingFile;
use domain::tenant_pack::{
    BrandingFile, CampaignFile, ContactsFile, EntryRoute, Flag, JoiningFile, PLATFORM, POLICY_FILE,
    RoundFile, SingleSignOnFile, Standing, TenantFile, TenantPack, round_times,
};
use domain::timetable::DatesChanged;
use policy::{TenantLines, TenantPolicy};
use serde::{Deserialize, Serialize};

use crate::ReportInfo;
use serde_json::Value;

/// What of a pack is stored, as JSON.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredPack {
    tenant: TenantFile,
    page_texts: std::collections::BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    report_texts: std::collections::BTreeMap<String, String>,
    campaigns: std::collections::BTreeMap<String, CampaignFile>,
    #[serde(default)]
    policy: String,
}

impl StoredPack {
    pub(crate) fn of(pack: &TenantPack) -> Self {
        Self {
            tenant: pack.tenant.clone(),
            page_texts: pack.page_texts.clone(),
            report_texts: pack.report_texts.clone(),
            campaigns: pack.campaigns.clone(),
            policy: pack.policy.clone(),
        }
    }

    /// As a pack again, with the logo as it is stored.
    pub(crate) fn into_pack(self, logo: Option<Vec<u8>>) -> Result<TenantPack, String> {
        let zone: Tz =
            self.tenant.time_zone.parse().map_err(|_| format!("time zone {}", self.tenant.time_zone))?;
        let Self { tenant, page_texts, report_texts, campaigns, policy } = self;
        Ok(TenantPack { tenant, zone, page_texts, report_texts, logo, campaigns, policy })
    }
}

/// A tenant.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Which tenant.
    pub id: TenantId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// The name that people use.
    pub short_name: String,
    /// Host names at which it is served.
    pub hosts: Vec<String>,
    /// Host names of its identity side, where the two sides run apart.
    pub identity_hosts: Vec<String>,
    /// Its time zone.
    pub zone: Tz,
    /// Header, footer and colours as the pack has them.
    pub branding: BrandingFile,
    /// Its colours, darkened until they can be read.
    pub palette: Palette,
    /// Whom to ask.
    pub contacts: ContactsFile,
    /// How people are let in, and for how long the roll is kept.
    pub joining: JoiningFile,
    /// When its emails may go.
    pub sending: SendingFile,
    /// Whether it is served.
    pub standing: Standing,
    /// What is switched off for it.
    pub switched_off: Vec<Flag>,
    /// What its own lines add to who may do what.
    pub policy_lines: TenantLines,
    policy: OnceLock<TenantPolicy>,
    /// Employers.
    pub organisations: Vec<Organisation>,
    /// Its own pages.
    pub pages: Vec<Page>,
    /// Its reports, drafts among them: see [`published_reports`](Self::published_reports).
    pub reports: Vec<ReportInfo>,
    /// Its campaigns, by opening time.
    pub campaigns: Vec<Campaign>,
    /// The logo, PNG.
    pub logo: Option<Vec<u8>>,
    /// The browser's little picture, PNG.
    pub favicon: Vec<u8>,
    /// Changes whenever anything here does.
    pub digest: String,
}

/// An employer inside a tenant.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Which organisation.
    pub id: OrganisationId,
    /// Its short name in commands.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// How its people come in.
    pub entry_route: EntryRoute,
    /// About how many work there, if the pack says.
    pub people: Option<u32>,
    /// Domains of work addresses, for those who sign up.
    pub email_domains: Vec<String>,
    /// Whether people may sign up with any address.
    pub any_email: bool,
    /// Its identity provider, if it has one.
    pub single_sign_on: Option<SingleSignOnFile>,
}

/// A page of a tenant's own.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its short name in its address.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// Whether the navigation shows it.
    pub in_navigation: bool,
    /// Its text, Markdown.
    pub markdown: String,
}

/// A conversation, series or forum. Cheap to clone, as each request to it does.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Which campaign.
    pub id: CampaignId,
    /// Its short name in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// What happens with what people say.
    pub what_next: String,
    /// The smallest group that its figures are to show.
    pub smallest_group: u32,
    /// Its stages, in order; at least one.
    pub rounds: Arc<[RoundInfo]>,
    /// As the pack has it.
    pub file: Arc<CampaignFile>,
}

/// A stage of a campaign, as the pack has it. Whether it is open is for the stored round and the clock to say.
#[derive(Clone, Debug)]
pub struct RoundInfo {
    /// Which round.
    pub id: RoundId,
    /// Its short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What people do in it.
    pub round_type: RoundType,
    /// What its round type is told, as JSON; an empty object if the pack says nothing.
    pub settings: Arc<str>,
    /// When the pack has it open.
    pub opens_at: DateTime<Utc>,
    /// When the pack has it close.
    pub closes_at: DateTime<Utc>,
    /// How what people write in it is looked after.
    pub moderation: Moderation,
    /// What it asks, in order.
    pub prompts: Arc<[Prompt]>,
    /// What a contribution can be about.
    pub themes: Arc<[Theme]>,
    /// Since when the pack has it paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// How its dates have changed, oldest first.
    pub changes: Arc<[DatesChanged]>,
}

impl Tenant {
    /// The tenant that `pack` describes.
    ///
    /// # Errors
    /// A pack that does not pass its own checks, in words.
    pub(crate) fn from_pack(
        pack: StoredPack,
        logo: Option<Vec<u8>>,
        favicon: Vec<u8>,
        digest: String,
    ) -> Result<Self, String> {
        let StoredPack { tenant, mut page_texts, mut report_texts, campaigns, policy } = pack;
        let policy_lines = TenantLines::read(&policy).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("{POLICY_FILE}: {}", problems.join("; "))
        })?;
        let zone: Tz = tenant.time_zone.parse().map_err(|_| format!("time zone {}", tenant.time_zone))?;
        let colour = |text: &str| text.parse().map_err(|_| format!("colour {text}"));
        let palette = Palette::from_brand(
            colour(&tenant.branding.brand_colour)?,
            tenant.branding.link_colour.as_deref().map(colour).transpose()?,
            tenant.branding.button_colour.as_deref().map(colour).transpose()?,
        );
        let slug = tenant.slug.clone();
        let mut campaigns = campaigns
            .into_values()
            .map(|campaign| Campaign::from_file(&slug, campaign, zone))
            .collect::<Result<Vec<_>, _>>()?;
        campaigns.sort_by_key(|campaign| campaign.rounds.first().map(|round| round.opens_at));
        let organisations = tenant.organisations.into_iter().map(|organisation| Organisation {
            id: organisation_id(&slug, &organisation.slug),
            slug: organisation.slug,
            name: organisation.name,
            entry_route: organisation.entry_route,
            people: organisation.people,
            email_domains: organisation.email_domains,
            any_email: organisation.any_email,
            single_sign_on: organisation.single_sign_on,
        });
        let pages = tenant.pages.into_iter().map(|page| Page {
            markdown: page_texts.remove(&page.slug).unwrap_or_default(),
            slug: page.slug,
            title: page.title,
            in_navigation: page.in_navigation,
        });
        let reports = tenant.reports.into_iter().map(|report| {
            let text = report_texts.remove(&report.slug).unwrap_or_default();
            ReportInfo::from_file(report, &text)
        });
        Ok(Self {
            id: tenant_id(&slug),
            name: tenant.name,
            short_name: tenant.short_name,
            hosts: tenant.hosts,
            identity_hosts: tenant.identity_hosts,
            zone,
            branding: tenant.branding,
            palette,
            contacts: tenant.contacts,
            joining: tenant.joining,
            sending: tenant.sending,
            standing: tenant.standing,
            switched_off: tenant.switched_off,
            policy_lines,
            policy: OnceLock::new(),
            organisations: organisations.collect(),
            pages: pages.collect(),
            reports: reports.collect::<Result<_, _>>()?,
            campaigns,
            logo,
            favicon,
            digest,
            slug,
        })
    }

    /// Whether it is served under this host name, by either side.
    pub(crate) fn is_served_at(&self, host: &str) -> bool {
        self.hosts.iter().chain(&self.identity_hosts).any(|name| name == host)
    }

    /// Who may do what here: the enforcer's answers, asked for once for each version of the pack.
    pub fn policy(&self) -> &TenantPolicy {
        self.policy.get_or_init(|| TenantPolicy::with(self.id, &self.policy_lines))
    }

    /// Whether this is the tenant of the platform's own operators.
    pub fn is_platform(&self) -> bool {
        self.slug == PLATFORM
    }

    /// The campaign called `slug`.
    pub fn campaign(&self, slug: &str) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.slug == slug)
    }

    /// The round with this id.
    pub fn round(&self, id: RoundId) -> Option<&RoundInfo> {
        self.campaigns.iter().flat_map(|campaign| campaign.rounds.iter()).find(|round| round.id == id)
    }

    /// The organisation called `slug`.
    pub fn organisation(&self, slug: &str) -> Option<&Organisation> {
        self.organisations.iter().find(|organisation| organisation.slug == slug)
    }
}

impl Organisation {
    /// Whether people sign up themselves.
    pub fn takes_sign_ups(&self) -> bool {
        self.entry_route == EntryRoute::SignUp && (self.any_email || !self.email_domains.is_empty())
    }
}

impl Campaign {
    pub(crate) fn from_file(tenant: &str, campaign: CampaignFile, zone: Tz) -> Result<Self, String> {
        let file = Arc::new(campaign.clone());
        let rounds = campaign
            .rounds
            .into_iter()
            .map(|round| RoundInfo::from_file(tenant, &campaign.slug, round, zone))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: campaign_id(tenant, &campaign.slug),
            slug: campaign.slug,
            title: campaign.title,
            purpose: campaign.purpose,
            what_next: campaign.what_next,
            smallest_group: campaign.smallest_group,
            rounds,
            file,
        })
    }

    /// The round that counts at `now`: the first that has not closed, else the last.
    pub fn round_at(&self, now: DateTime<Utc>) -> &RoundInfo {
        let current = self.rounds.iter().find(|round| now < round.closes_at);
        current.unwrap_or_else(|| &self.rounds[self.rounds.len() - 1])
    }
}

impl RoundInfo {
    /// Whether people do something else in it than to talk.
    pub fn has_activity(&self) -> bool {
        self.round_type != RoundType::OpenDiscussion
    }

    /// The state that the pack's dates give at `now`.
    pub fn state(&self, now: DateTime<Utc>) -> RoundState {
        RoundState::at(now, self.opens_at, self.closes_at, self.paused_at)
    }

    fn from_file(tenant: &str, campaign: &str, round: RoundFile, zone: Tz) -> Result<Self, String> {
        let (opens_at, closes_at) = round_times(&round, zone)?;
        let paused_at = round.paused_at();
        let slug = round.slug;
        let prompts = round.prompts.into_iter().map(|prompt| Prompt {
            id: PromptId::named(&[tenant, campaign, &slug, &prompt.slug]),
            slug: prompt.slug,
            text: prompt.text,
            hint: prompt.hint,
            votes: prompt.votes,
        });
        Ok(Self {
            id: round_id(tenant, campaign, &slug),
            title: round.title,
            round_type: round.round_type,
            settings: Value::Object(round.settings.unwrap_or_default()).to_string().into(),
            opens_at,
            closes_at,
            moderation: Moderation { mode: round.moderation, hold: round.hold },
            prompts: prompts.collect(),
            themes: round
                .themes
                .into_iter()
                .map(|theme| Theme { slug: theme.slug, name: theme.name })
                .collect(),
            paused_at,
            changes: round.changes.into(),
            slug,
        })
    }

    /// The prompt with this id.
    pub fn prompt(&self, id: PromptId) -> Option<&Prompt> {
        self.prompts.iter().find(|prompt| prompt.id == id)
    }
}

/// The id of the tenant called `slug`.
pub(crate) fn tenant_id(slug: &str) -> TenantId {
    TenantId::named(&[slug])
}

/// The id of an organisation.
pub(crate) fn organisation_id(tenant: &str, slug: &str) -> OrganisationId {
    OrganisationId::named(&[tenant, slug])
}

/// The id of a campaign.
pub(crate) fn campaign_id(tenant: &str, slug: &str) -> CampaignId {
    CampaignId::named(&[tenant, slug])
}

/// The id of a round.
pub(crate) fn round_id(tenant: &str, campaign: &str, slug: &str) -> RoundId {
    RoundId::named(&[tenant, campaign, slug])
}
