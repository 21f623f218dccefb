//! The shapes of a tenant pack: the data-only folder that describes a tenant, its organisations, pages and campaigns.
//!
//! ```text
//! tenants/<slug>/tenant.toml                       [`TenantFile`]
//! tenants/<slug>/pages/<page>.md                   Markdown, named by a `[[pages]]` entry
//! tenants/<slug>/branding/logo.svg (or .png)       named by `branding.logo`
//! tenants/<slug>/campaigns/<campaign>/campaign.toml  [`CampaignFile`]
//! ```

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::round::VoteWording;
pub use read::{read, round_times, schema};

/// Longest slug, in characters.
pub const MAX_SLUG_CHARACTERS: usize = 40;
/// Slugs that the address space needs for itself.
pub const RESERVED_SLUGS: [&str; 6] = ["api", "assets", "branding", "conversations", "enter", "pages"];

/// `tenant.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantFile {
    /// Short name in addresses: lower-case letters, digits and hyphens; the folder's name.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// The name that people use.
    pub short_name: String,
    /// Host names at which this tenant is served, without a port.
    pub hosts: Vec<String>,
    /// IANA time zone, such as `Europe/London`.
    pub time_zone: String,
    /// Logo, colours, header and footer.
    pub branding: BrandingFile,
    /// Whom to ask.
    pub contacts: ContactsFile,
    /// Employers and how their people come in.
    pub organisations: Vec<OrganisationFile>,
    /// Pages beside the built-in ones.
    #[serde(default)]
    pub pages: Vec<PageFile>,
}

/// `[branding]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandingFile {
    /// The service's name in the header, such as "Our Open Conversations".
    pub service_name: String,
    /// The logo's file in the pack: PNG or SVG.
    pub logo: Option<String>,
    /// What the logo shows, for those who cannot see it.
    #[serde(default)]
    pub logo_alt: String,
    /// `#rrggbb`: header and large areas.
    pub brand_colour: String,
    /// `#rrggbb`: links; the brand colour if not given.
    pub link_colour: Option<String>,
    /// `#rrggbb`: the main button; the brand colour if not given.
    pub button_colour: Option<String>,
    /// A sentence or two at the foot of every page.
    pub footer: String,
}

/// `[contacts]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactsFile {
    /// Questions about the conversation: an email address.
    pub questions: String,
    /// Trouble coming in: the email address of support that is independent of the employer.
    pub support: String,
    /// Who gives that support.
    pub support_name: String,
}

/// How an organisation's people come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntryRoute {
    /// Unique login details, sent to each.
    Invited,
    /// They register themselves.
    SignUp,
}

impl EntryRoute {
    /// Its name in files and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::SignUp => "sign-up",
        }
    }
}

/// `[[organisations]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFile {
    /// Short name in addresses and commands.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// How its people come in.
    pub entry_route: EntryRoute,
}

/// `[[pages]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageFile {
    /// Short name in the page's address.
    pub slug: String,
    /// The page's heading and title.
    pub title: String,
    /// Its Markdown file in the pack.
    pub file: String,
    /// Whether the navigation at the head of every page shows it.
    #[serde(default)]
    pub in_navigation: bool,
}

/// `campaign.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignFile {
    /// Short name in addresses; the folder's name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Two or three sentences: what it is for.
    pub purpose: String,
    /// What happens with what people say.
    pub what_next: String,
    /// Its stages, in order.
    pub rounds: Vec<RoundFile>,
}

/// What people do in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoundType {
    /// Read, post, comment and vote.
    OpenDiscussion,
}

impl RoundType {
    /// Its name in files and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::OpenDiscussion => "open-discussion",
        }
    }
}

/// `[[rounds]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundFile {
    /// Short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What people do in it.
    pub round_type: RoundType,
    /// Local time in the tenant's zone, `2023-11-30T00:00:00`: the first second at which it takes anything.
    pub opens: NaiveDateTime,
    /// Local time in the tenant's zone: the first second at which it takes nothing any more.
    pub closes: NaiveDateTime,
    /// What it asks, in order.
    pub prompts: Vec<PromptFile>,
    /// What a contribution can be about.
    #[serde(default)]
    pub themes: Vec<ThemeFile>,
}

/// `[[rounds.prompts]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptFile {
    /// Short name.
    pub slug: String,
    /// The question.
    pub text: String,
    /// A line of help under it.
    pub hint: Option<String>,
    /// How its answers are worded; "Agree", "Disagree", "Not sure" if not given.
    #[serde(default)]
    pub votes: VoteWording,
}

/// `[[rounds.themes]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThemeFile {
    /// Short name.
    pub slug: String,
    /// What people read.
    pub name: String,
}

/// A whole pack, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantPack {
    /// `tenant.toml`.
    pub tenant: TenantFile,
    /// Its zone.
    pub zone: Tz,
    /// The Markdown of each page, by slug.
    pub page_texts: BTreeMap<String, String>,
    /// The logo's file as it came, not sanitised.
    pub logo: Option<Vec<u8>>,
    /// Every `campaign.toml`, by slug.
    pub campaigns: BTreeMap<String, CampaignFile>,
}

/// One thing wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {reason}")]
pub struct PackProblem {
    /// The file in the pack.
    pub file: String,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// A pack's files: path inside its folder, with `/`, to content.
pub type PackFiles = BTreeMap<String, Vec<u8>>;
