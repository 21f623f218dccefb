//! The shapes of a tenant pack: the data-only folder that describes a tenant, its organisations, pages and campaigns.
//!
//! ```text
//! tenants/<slug>/tenant.toml                       [`TenantFile`]
//! tenants/<slug>/pages/<page>.md                   Markdown, named by a `[[pages]]` entry
//! tenants/<slug>/reports/<report>.md               Markdown of a `[[reports]]` entry, see [`report_parts`]
//! tenants/<slug>/policy.csv                        what roles may do here beside the base, one line each
//! tenants/<slug>/branding/logo.svg (or .png)       named by `branding.logo`
//! tenants/<slug>/campaigns/<campaign>/campaign.toml  [`CampaignFile`]
//! ```

mod campaign;
mod files;
mod joining;
mod read;
mod report;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::moderation::{ModerationMode, Rule};
use crate::planned_email::EmailFile;
use crate::roll::PlusAddressing;
use crate::round::VoteWording;
use crate::round_type::{RoundSettings, RoundType};
use crate::sending::SendingFile;
use crate::timetable::DatesChanged;
pub use campaign::{CampaignPart, CampaignProblem, campaign_problems};
pub use files::files_of;
pub use read::{host_problem, is_contact, is_slug, read, round_times, schema};
pub use report::{ReportFigure, ReportHeading, ReportPart, report_parts};
pub use standing::{Flag, GRACE_DAYS, MAX_REASON_CHARACTERS, MIN_REASON_CHARACTERS, Standing};

/// The tenant of the platform's own operators.
pub const PLATFORM: &str = "platform";
/// Where a pack's own lines about who may do what stand.
pub const POLICY_FILE: &str = "policy.csv";
/// Longest slug, in characters.
pub const MAX_SLUG_CHARACTERS: usize = 40;
/// Slugs that the address space needs for itself.
pub const RESERVED_SLUGS: [&str; 6] = ["api", "assets", "branding", "conversations", "enter", "pages"];

/// Largest batch of new participants.
pub const MAX_BATCH_SIZE: u32 = 200;
/// Longest time that a roll is kept after a campaign's end, in days.
pub const MAX_KEEP_ROLL_DAYS: u32 = 365;
/// Most people in an organisation.
pub const MAX_PEOPLE: u32 = 2_000_000;
/// Most email domains of an organisation.
pub const MAX_EMAIL_DOMAINS: usize = 50;
/// Longest address or client id of a sign-on provider, in bytes.
pub const MAX_SIGN_ON_BYTES: usize = 255;

/// Fewest people that a campaign's figures may show together.
pub const MIN_SMALLEST_GROUP: u32 = 5;
/// Most that the smallest group of figures may be.
pub const MAX_SMALLEST_GROUP: u32 = 1_000;
/// Most rounds of a campaign, prompts of a round, themes of a round.
pub const MAX_PARTS: usize = 50;
/// Longest title, question or name, in characters.
pub const MAX_LINE_CHARACTERS: usize = 300;
/// Most reports of a tenant.
pub const MAX_REPORTS: usize = 50;
/// Longest report, in characters.
pub const MAX_REPORT_CHARACTERS: usize = 60_000;
/// Longest purpose, in characters.
pub const MAX_PURPOSE_CHARACTERS: usize = 3_000;

/// The smallest group of figures unless another is chosen.
pub const DEFAULT_SMALLEST_GROUP: u32 = 10;
const DEFAULT_BATCH_SIZE: u32 = 20;
const DEFAULT_LATEST_HOUR: NaiveTime = NaiveTime::from_hms_opt(18, 0, 0).expect("six in the evening");
const DEFAULT_KEEP_ROLL_DAYS: u32 = 30;

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
    /// Host names of its identity side, where the two sides run apart; without a port.
    #[serde(default)]
    pub identity_hosts: Vec<String>,
    /// IANA time zone, such as `Europe/London`.
    pub time_zone: String,
    /// Logo, colours, header and footer.
    pub branding: BrandingFile,
    /// Whom to ask.
    pub contacts: ContactsFile,
    /// How joining keeps people apart from what they say.
    #[serde(default)]
    pub joining: JoiningFile,
    /// When its emails may go.
    #[serde(default, skip_serializing_if = "SendingFile::is_default")]
    pub sending: SendingFile,
    /// Whether it is served. Operators change this by page.
    #[serde(default, skip_serializing_if = "is_active")]
    pub standing: Standing,
    /// What is switched off for it. Operators change this by page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub switched_off: Vec<Flag>,
    /// Employers and how their people come in; none while the tenant is being set up.
    #[serde(default)]
    pub organisations: Vec<OrganisationFile>,
    /// Pages beside the built-in ones.
    #[serde(default)]
    pub pages: Vec<PageFile>,
    /// What was found in what people said; the text of each stands in `reports/<slug>.md`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportFile>,
}

fn is_active(standing: &Standing) -> bool {
    *standing == Standing::Active
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

/// `[joining]`. What a pack leaves out has its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JoiningFile {
    /// How many new participants are let in together, so that nobody can be told by when they joined: 1 to 200. 1 lets everyone in at
    /// once and hides no one; it is for tests and demonstrations.
    #[schemars(range(min = 1, max = 200))]
    pub batch_size: u32,
    /// Local time in the tenant's zone, such as `18:00`, at which those who wait are let in even if they are fewer.
    pub latest_hour: NaiveTime,
    /// Whether `name+anything@` and `name@` are the same person when a roll is read or somebody signs up.
    pub plus_addressing: PlusAddressing,
    /// How many days after a campaign's end its roll is deleted: 0 to 365.
    #[schemars(range(max = 365))]
    pub keep_roll_days: u32,
}

impl Default for JoiningFile {
    fn default() -> Self {
        Self {
            batch_size: DEFAULT_BATCH_SIZE,
            latest_hour: DEFAULT_LATEST_HOUR,
            plus_addressing: PlusAddressing::default(),
            keep_roll_days: DEFAULT_KEEP_ROLL_DAYS,
        }
    }
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
    /// About how many people work there, for cohorts where people sign up themselves: 1 to 2,000,000.
    #[schemars(range(min = 1, max = 2_000_000))]
    pub people: Option<u32>,
    /// The domains of its email addresses, for sign-up, in lower case: a domain stands for itself alone, not for those below it.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// Whether people without an address at one of these domains may sign up with any address.
    #[serde(default)]
    pub any_email: bool,
    /// The organisation's own way of signing in, offered beside its entry route.
    pub single_sign_on: Option<SingleSignOnFile>,
}

/// `[organisations.single_sign_on]`: an OpenID Connect provider. Its secret, if it has one, is in the server's configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SingleSignOnFile {
    /// The provider's address: `https://…`, or `http://` on this machine alone.
    pub issuer: String,
    /// What the provider calls Candour.
    pub client_id: String,
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

/// `[[reports]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportFile {
    /// Short name in the report's address; its text is `reports/<slug>.md`.
    pub slug: String,
    /// Its heading and title.
    pub title: String,
    /// The short name of the campaign that it is about, whose figures it shows.
    pub campaign: String,
    /// The day from which everybody can read it, such as `2024-04-16`, in the tenant's zone. Without one it is a draft, which nobody sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// The organisation that wrote it. No person's name.
    pub written_by: String,
    /// A line about what is in it.
    pub summary: String,
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
    /// The smallest group that published figures show: 5 to 1,000; frozen at the launch.
    #[serde(default = "smallest_group")]
    #[schemars(range(min = 5, max = 1_000))]
    pub smallest_group: u32,
    /// Its stages, in order.
    pub rounds: Vec<RoundFile>,
    /// Emails that are planned.
    #[serde(default)]
    pub emails: Vec<EmailFile>,
}

fn smallest_group() -> u32 {
    DEFAULT_SMALLEST_GROUP
}

/// `[[rounds]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundFile {
    /// Short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What people do in it: `open-discussion`, or the name of a round type, such as `pledge-review`.
    pub round_type: RoundType,
    /// Local time in the tenant's zone, `2023-11-30T00:00:00`: the first second at which it takes anything.
    pub opens: NaiveDateTime,
    /// Local time in the tenant's zone: the first second at which it takes nothing any more.
    pub closes: NaiveDateTime,
    /// Whether a moderator looks before others see what is written, or after: `pre` or `post`.
    #[serde(default)]
    pub moderation: ModerationMode,
    /// Which rules hold a post back until a moderator has looked; an empty list is none.
    #[serde(default = "every_rule")]
    pub hold: Vec<Rule>,
    /// What its round type is told, as the round type itself describes it; an open discussion has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<RoundSettings>,
    /// What it asks, in order. Beside a round type: what people talk about; the short name is the subject that the round type names.
    #[serde(default)]
    pub prompts: Vec<PromptFile>,
    /// What a contribution can be about.
    #[serde(default)]
    pub themes: Vec<ThemeFile>,
    /// How its dates have changed since it was planned. Candour writes these itself.
    #[serde(default)]
    pub changes: Vec<DatesChanged>,
}

fn every_rule() -> Vec<Rule> {
    Rule::ALL.to_vec()
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
    /// The Markdown of each report, by slug.
    pub report_texts: BTreeMap<String, String>,
    /// The logo's file as it came, not sanitised.
    pub logo: Option<Vec<u8>>,
    /// Every `campaign.toml`, by slug.
    pub campaigns: BTreeMap<String, CampaignFile>,
    /// `policy.csv`: what the tenant's own lines add to who may do what; empty without one. The policy room reads it.
    pub policy: String,
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
