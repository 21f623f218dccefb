//! The shapes of a tenant pack: the data-only folder that describes a tenant, its organisations, pages and campaigns.
//!
//! ```text
//! tenants/<slug>/tenant.toml                       [`TenantFile`]
//! tenants/<slug>/pages/<page>.md                   Markdown, named by a `[[pages]]` entry
//! tenants/<slug>/branding/logo.svg (or .png)       named by `branding.logo`
//! tenants/<slug>/campaigns/<campaign>/campaign.toml  [`CampaignFile`]
//! ```

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::branding::Colour;
use crate::round::VoteWording;
use crate::time_zone::{Ambiguous, to_instant};

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

/// Reads and checks a pack.
///
/// # Errors
/// Every problem found, not just the first.
pub fn read(files: &PackFiles) -> Result<TenantPack, Vec<PackProblem>> {
    let mut problems = Problems::default();
    let tenant: Option<TenantFile> = problems.toml(files, "tenant.toml");
    let mut campaigns = BTreeMap::new();
    for path in files.keys().filter(|path| path.starts_with("campaigns/") && path.ends_with("/campaign.toml"))
    {
        let Some(campaign) = problems.toml::<CampaignFile>(files, path) else { continue };
        if *path != format!("campaigns/{}/campaign.toml", campaign.slug) {
            problems.add(path, format!("slug `{}` is not the folder's name", campaign.slug));
        }
        campaigns.insert(campaign.slug.clone(), campaign);
    }
    let Some(tenant) = tenant else { return Err(problems.0) };
    let zone = problems.zone(&tenant);
    problems.check_tenant(&tenant);
    for campaign in campaigns.values() {
        problems.check_campaign(campaign, zone);
    }
    let mut page_texts = BTreeMap::new();
    for page in &tenant.pages {
        if let Some(text) = problems.text(files, &page.file) {
            page_texts.insert(page.slug.clone(), text.to_owned());
        }
    }
    let logo = tenant.branding.logo.as_ref().and_then(|path| problems.bytes(files, path)).map(<[u8]>::to_vec);
    if problems.0.is_empty() {
        Ok(TenantPack { tenant, zone, page_texts, logo, campaigns })
    } else {
        Err(problems.0)
    }
}

/// When a round opens and closes, as instants.
///
/// # Errors
/// A local time that the spring clock change skips, or a closing not after the opening, in words.
pub fn round_times(round: &RoundFile, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>), String> {
    let opens = to_instant(round.opens, zone, Ambiguous::Earliest).map_err(|refusal| refusal.to_string())?;
    let closes = to_instant(round.closes, zone, Ambiguous::Latest).map_err(|refusal| refusal.to_string())?;
    if closes <= opens {
        return Err(format!("closes ({}) must be after opens ({})", round.closes, round.opens));
    }
    Ok((opens, closes))
}

/// The JSON Schema of both files of a pack.
pub fn schema() -> serde_json::Value {
    serde_json::json!({
        "tenant.toml": schemars::schema_for!(TenantFile),
        "campaign.toml": schemars::schema_for!(CampaignFile),
    })
}

#[derive(Default)]
struct Problems(Vec<PackProblem>);

impl Problems {
    fn add(&mut self, file: &str, reason: impl Into<String>) {
        self.0.push(PackProblem { file: file.to_owned(), reason: reason.into() });
    }

    fn bytes<'a>(&mut self, files: &'a PackFiles, path: &str) -> Option<&'a [u8]> {
        let found = files.get(path).map(Vec::as_slice);
        if found.is_none() {
            self.add(path, "is missing from the pack");
        }
        found
    }

    fn text<'a>(&mut self, files: &'a PackFiles, path: &str) -> Option<&'a str> {
        let bytes = self.bytes(files, path)?;
        let text = std::str::from_utf8(bytes);
        if text.is_err() {
            self.add(path, "is not UTF-8 text");
        }
        text.ok()
    }

    fn toml<T: serde::de::DeserializeOwned>(&mut self, files: &PackFiles, path: &str) -> Option<T> {
        let text = self.text(files, path)?;
        toml::from_str(text).map_err(|error| self.add(path, error.to_string())).ok()
    }

    fn zone(&mut self, tenant: &TenantFile) -> Tz {
        tenant.time_zone.parse().unwrap_or_else(|_| {
            self.add("tenant.toml", format!("time_zone `{}` is not an IANA time zone", tenant.time_zone));
            Tz::UTC
        })
    }

    fn slugs<'a>(&mut self, file: &str, kind: &str, slugs: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for slug in slugs {
            let plain = slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if slug.is_empty() || slug.len() > MAX_SLUG_CHARACTERS || !plain || slug.starts_with('-') {
                self.add(file, format!("{kind} slug `{slug}`: use 1 to {MAX_SLUG_CHARACTERS} lower-case letters, digits and hyphens"));
            }
            if !seen.insert(slug) {
                self.add(file, format!("{kind} slug `{slug}` stands twice"));
            }
        }
    }

    fn check_tenant(&mut self, tenant: &TenantFile) {
        let file = "tenant.toml";
        self.slugs(file, "tenant", std::iter::once(tenant.slug.as_str()));
        if RESERVED_SLUGS.contains(&tenant.slug.as_str()) {
            self.add(file, format!("slug `{}` is kept for Candour's own addresses", tenant.slug));
        }
        self.slugs(file, "organisation", tenant.organisations.iter().map(|o| o.slug.as_str()));
        self.slugs(file, "page", tenant.pages.iter().map(|p| p.slug.as_str()));
        if tenant.organisations.is_empty() {
            self.add(file, "needs at least one [[organisations]]");
        }
        for host in &tenant.hosts {
            if host.is_empty() || host.contains(['/', ':', ' ']) || host.to_ascii_lowercase() != *host {
                self.add(
                    file,
                    format!("host `{host}`: write the bare host name in lower case, without port or path"),
                );
            }
        }
        let colours = [
            &Some(tenant.branding.brand_colour.clone()),
            &tenant.branding.link_colour,
            &tenant.branding.button_colour,
        ];
        for colour in colours.into_iter().flatten() {
            if colour.parse::<Colour>().is_err() {
                self.add(file, format!("colour `{colour}`: write it as #rrggbb"));
            }
        }
        for email in [&tenant.contacts.questions, &tenant.contacts.support] {
            let valid =
                email.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
            if !valid || email.contains(char::is_whitespace) {
                self.add(file, format!("contact `{email}` is not an email address"));
            }
        }
    }

    fn check_campaign(&mut self, campaign: &CampaignFile, zone: Tz) {
        let file = format!("campaigns/{}/campaign.toml", campaign.slug);
        self.slugs(&file, "campaign", std::iter::once(campaign.slug.as_str()));
        self.slugs(&file, "round", campaign.rounds.iter().map(|r| r.slug.as_str()));
        if campaign.rounds.is_empty() {
            self.add(&file, "needs at least one [[rounds]]");
        }
        for round in &campaign.rounds {
            self.slugs(&file, "prompt", round.prompts.iter().map(|p| p.slug.as_str()));
            self.slugs(&file, "theme", round.themes.iter().map(|t| t.slug.as_str()));
            if round.prompts.is_empty() {
                self.add(&file, format!("round `{}` needs at least one [[rounds.prompts]]", round.slug));
            }
            if let Err(reason) = round_times(round, zone) {
                self.add(&file, format!("round `{}`: {reason}", round.slug));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    const TENANT: &str = "tenant.toml";
    /// Candour's own page that packs link to, as seen from `/pages/<slug>`.
    const ANONYMITY: &str = "../anonymity";
    const FIRST: &str = "campaigns/first-conversation/campaign.toml";

    fn packs_folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tenants")
    }

    fn add_files(folder: &Path, inside: &str, files: &mut PackFiles) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{inside}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                add_files(&entry.path(), &format!("{path}/"), files);
            } else {
                files.insert(path, std::fs::read(entry.path()).unwrap());
            }
        }
    }

    fn files_of(tenant: &str) -> PackFiles {
        let mut files = PackFiles::new();
        add_files(&packs_folder().join(tenant), "", &mut files);
        files
    }

    fn pack_of(tenant: &str) -> TenantPack {
        read(&files_of(tenant)).unwrap_or_else(|problems| panic!("{tenant}: {problems:#?}"))
    }

    fn every_pack() -> Vec<TenantPack> {
        let folders = std::fs::read_dir(packs_folder()).unwrap().map(|entry| entry.unwrap());
        let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
        folders.map(|entry| pack_of(entry.file_name().to_str().unwrap())).collect()
    }

    /// The targets of Markdown's inline links.
    fn links(text: &str) -> impl Iterator<Item = &str> {
        text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
    }

    /// Problems of bsol's pack once `from` reads `to` in `file`.
    fn problems_after(file: &str, from: &str, to: &str) -> Vec<PackProblem> {
        let mut files = files_of("bsol");
        let text = String::from_utf8(files[file].clone()).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        files.insert(file.to_owned(), text.replacen(from, to, 1).into_bytes());
        read(&files).expect_err(&format!("{file} with {to} passed"))
    }

    fn assert_names(problems: &[PackProblem], file: &str, words: &str) {
        let found = problems.iter().any(|problem| problem.file == file && problem.reason.contains(words));
        assert!(found, "no problem of {file} says `{words}`: {problems:#?}");
    }

    #[test]
    fn every_pack_in_the_folder_has_no_problem() {
        let packs = every_pack();
        let mut slugs: Vec<_> = packs.iter().map(|pack| pack.tenant.slug.as_str()).collect();
        slugs.sort_unstable();
        assert_eq!(slugs, ["bsmhft", "bsol", "hhft"]);
        for pack in &packs {
            assert!(!pack.campaigns.is_empty() && pack.logo.is_some());
            assert_eq!(pack.tenant.hosts, [format!("{}.localhost", pack.tenant.slug)]);
            assert!((2..=3).contains(&pack.tenant.pages.iter().filter(|page| page.in_navigation).count()));
        }
    }

    #[test]
    fn pages_link_only_to_pages_that_exist_and_to_the_packs_contacts() {
        for pack in every_pack() {
            let contacts = [&pack.tenant.contacts.questions, &pack.tenant.contacts.support];
            for target in pack.page_texts.values().flat_map(|text| links(text)) {
                let known = match target.strip_prefix("mailto:") {
                    Some(email) => contacts.iter().any(|contact| *contact == email),
                    None => target == ANONYMITY || pack.page_texts.contains_key(target),
                };
                assert!(known, "{}: {target}", pack.tenant.slug);
            }
        }
    }

    #[test]
    fn bsol_has_the_entry_routes_of_its_organisations() {
        let by_route = |route| {
            let organisations = pack_of("bsol").tenant.organisations;
            organisations.into_iter().filter(|o| o.entry_route == route).map(|o| o.slug).collect::<Vec<_>>()
        };
        assert_eq!(by_route(EntryRoute::Invited), ["icb", "bchc", "uhb", "bwc", "bsmhft", "roh"]);
        let sign_up = [
            "primary-care",
            "birmingham-council",
            "solihull-council",
            "swb",
            "wmas",
            "care-and-support",
            "others",
        ];
        assert_eq!(by_route(EntryRoute::SignUp), sign_up);
    }

    #[test]
    fn rounds_open_and_close_at_local_times_through_both_clock_changes() {
        let times = |tenant, campaign| {
            let pack = pack_of(tenant);
            let (opens, closes) = round_times(&pack.campaigns[campaign].rounds[0], pack.zone).unwrap();
            [opens.to_rfc3339(), closes.to_rfc3339()]
        };
        let winter = ["2023-11-30T00:00:00+00:00", "2023-12-14T23:59:00+00:00"];
        assert_eq!(times("bsol", "first-conversation"), winter);
        let spring = ["2024-03-18T08:00:00+00:00", "2024-04-07T19:00:00+00:00"];
        assert_eq!(times("hhft", "series-3"), spring);
        let autumn = ["2024-10-14T07:00:00+00:00", "2024-11-01T17:00:00+00:00"];
        assert_eq!(times("bsmhft", "partnership-priorities"), autumn);
    }

    #[test]
    fn a_broken_tenant_file_is_told_what_is_wrong() {
        for (from, to, words) in [
            (r#"slug = "bsol""#, r#"slug = "BSol""#, "lower-case letters"),
            (r#"slug = "bsol""#, r#"slug = """#, "lower-case letters"),
            (r#"slug = "bsol""#, r#"slug = "api""#, "kept for Candour's own addresses"),
            (r#"slug = "bchc""#, r#"slug = "icb""#, "organisation slug `icb` stands twice"),
            (r#"slug = "questions""#, r#"slug = "about""#, "page slug `about` stands twice"),
            ("bsol.localhost", "https://bsol.localhost/", "without port or path"),
            ("bsol.localhost", "BSol.localhost", "in lower case"),
            ("Europe/London", "Europe/Birmingham", "not an IANA time zone"),
            ("#14493f", "dark green", "write it as #rrggbb"),
            ("#0b5f66", "#0b5", "write it as #rrggbb"),
            ("conversations@bsol.example", "ask at the desk", "is not an email address"),
            (r#"entry_route = "invited""#, r#"entry_route = "by post""#, "unknown variant `by post`"),
            ("short_name =", "shirt_name =", "unknown field `shirt_name`"),
            (r#"short_name = "BSol""#, "", "missing field `short_name`"),
            (r#"name = "Birmingham"#, "name = Birmingham", "TOML parse error at line"),
        ] {
            assert_names(&problems_after(TENANT, from, to), TENANT, words);
        }
    }

    #[test]
    fn a_broken_campaign_is_told_what_is_wrong() {
        for (from, to, words) in [
            (
                r#"slug = "frustrations""#,
                r#"slug = "Frustrations!""#,
                "prompt slug `Frustrations!`: use 1 to 40",
            ),
            (
                r#"slug = "what-stops-you""#,
                r#"slug = "frustrations""#,
                "prompt slug `frustrations` stands twice",
            ),
            (r#"slug = "rotas""#, r#"slug = "workload""#, "theme slug `workload` stands twice"),
            ("2023-12-14T23:59:00", "2023-11-29T23:59:00", "must be after opens"),
            ("2023-12-14T23:59:00", "2023-11-30T00:00:00", "must be after opens"),
            ("2023-12-14T23:59:00", "2024-03-31T01:30:00", "clocks go forward"),
            ("\"2023-12-14T23:59:00\"", "\"14 December\"", "TOML parse error at line"),
            (r#"round_type = "open-discussion""#, r#"round_type = "vote""#, "unknown variant `vote`"),
            ("hint =", "hunt =", "unknown field `hunt`"),
            (r#"pass = "Not sure""#, r#"maybe = "Not sure""#, "unknown field `maybe`"),
        ] {
            assert_names(&problems_after(FIRST, from, to), FIRST, words);
        }
        let renamed = problems_after(FIRST, r#"slug = "first-conversation""#, r#"slug = "first""#);
        assert_names(&renamed, FIRST, "slug `first` is not the folder's name");
    }

    #[test]
    fn a_file_that_is_missing_or_not_text_is_named() {
        for path in ["tenant.toml", "pages/questions.md", "branding/logo.svg"] {
            let mut files = files_of("bsol");
            files.remove(path);
            assert_names(&read(&files).unwrap_err(), path, "is missing from the pack");
        }
        let mut files = files_of("bsol");
        files.insert("pages/about.md".into(), vec![0xff, 0xfe]);
        assert_names(&read(&files).unwrap_err(), "pages/about.md", "is not UTF-8 text");
    }

    #[test]
    fn all_problems_come_at_once() {
        let mut files = files_of("bsol");
        files.remove("pages/about.md");
        files.insert("campaigns/second/campaign.toml".into(), b"slug = \"second\"".to_vec());
        let tenant = String::from_utf8(files["tenant.toml"].clone()).unwrap().replace("#14493f", "green");
        files.insert("tenant.toml".into(), tenant.into_bytes());
        let problems = read(&files).unwrap_err();
        for file in ["pages/about.md", "campaigns/second/campaign.toml", "tenant.toml"] {
            assert!(problems.iter().any(|problem| problem.file == file), "{file}: {problems:#?}");
        }
    }

    #[test]
    fn a_pack_needs_an_organisation_a_round_and_a_prompt() {
        let before_organisations = |text: &str| text.split("[[organisations]]").next().unwrap().to_owned();
        let mut files = files_of("hhft");
        let tenant = before_organisations(std::str::from_utf8(&files["tenant.toml"]).unwrap());
        // A top-level key has to stand before the first table.
        files.insert("tenant.toml".into(), format!("organisations = []\n{tenant}").into_bytes());
        let campaign = "slug = \"series-3\"\ntitle = \"T\"\npurpose = \"P\"\nwhat_next = \"N\"\n";
        let path = "campaigns/series-3/campaign.toml";
        files.insert(path.into(), format!("{campaign}rounds = []").into_bytes());
        let problems = read(&files).unwrap_err();
        assert_names(&problems, "tenant.toml", "at least one [[organisations]]");
        assert_names(&problems, path, "at least one [[rounds]]");

        let round = "[[rounds]]\nslug = \"r\"\ntitle = \"R\"\nround_type = \"open-discussion\"\n\
            opens = \"2024-01-01T00:00:00\"\ncloses = \"2024-01-02T00:00:00\"\nprompts = []\n";
        files.insert(path.into(), format!("{campaign}{round}").into_bytes());
        assert_names(&read(&files).unwrap_err(), path, "round `r` needs at least one [[rounds.prompts]]");
    }
}
