//! Reading a pack: all of it, or every problem.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::campaign::line;
use super::{
    CampaignFile, MAX_SLUG_CHARACTERS, POLICY_FILE, PackFiles, PackProblem, RESERVED_SLUGS, RoundFile,
    TenantFile, TenantPack, campaign_problems, report,
};
use crate::branding::Colour;
use crate::time_zone::{Ambiguous, to_instant};

/// Longest host name, characters (RFC 1035 section 2.3.4).
const MAX_HOST_CHARACTERS: usize = 253;
/// How a local time is written in a problem: whoever reads it gave no seconds.
const LOCAL_TIME: &str = "%-d %B %Y, %H:%M";
/// Longest part of one between dots, characters (the same).
const MAX_LABEL_CHARACTERS: usize = 63;

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
        problems.check_recipients(campaign, &tenant);
    }
    let mut page_texts = BTreeMap::new();
    for page in &tenant.pages {
        if let Some(text) = problems.text(files, &page.file) {
            page_texts.insert(page.slug.clone(), text.to_owned());
        }
    }
    for reason in report::problems(&tenant.reports, &campaigns) {
        problems.add("tenant.toml", reason);
    }
    let mut report_texts = BTreeMap::new();
    for slug in tenant.reports.iter().map(|report| &report.slug) {
        let path = report::path(slug);
        let Some(text) = problems.text(files, &path) else { continue };
        report::text_problems(text).into_iter().for_each(|reason| problems.add(&path, reason));
        report_texts.insert(slug.clone(), text.to_owned());
    }
    let logo = tenant.branding.logo.as_ref().and_then(|path| problems.bytes(files, path)).map(<[u8]>::to_vec);
    let policy = match files.contains_key(POLICY_FILE) {
        true => problems.text(files, POLICY_FILE).unwrap_or_default().to_owned(),
        false => String::new(),
    };
    if problems.0.is_empty() {
        Ok(TenantPack { tenant, zone, page_texts, report_texts, logo, campaigns, policy })
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
        let [closes, opens] = [round.closes, round.opens].map(|local| local.format(LOCAL_TIME));
        return Err(format!("closes ({closes}) must be after opens ({opens})"));
    }
    Ok((opens, closes))
}

/// The JSON Schema of both files of a pack, keys in order.
pub fn schema() -> serde_json::Value {
    sorted(serde_json::json!({
        "tenant.toml": schemars::schema_for!(TenantFile),
        "campaign.toml": schemars::schema_for!(CampaignFile),
    }))
}

/// `value` with every object's keys in order, whichever map serde_json was built with.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> =
                fields.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        plain => plain,
    }
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
        for reason in slug_problems(kind, slugs) {
            self.add(file, reason);
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
        for reason in tenant.sending.problems() {
            self.add("tenant.toml", reason);
        }
        for reason in super::joining::problems(tenant) {
            self.add(file, reason);
        }
        let mut names = Vec::new();
        line(&mut names, "name", &tenant.name);
        line(&mut names, "short_name", &tenant.short_name);
        line(&mut names, "contacts: support_name", &tenant.contacts.support_name);
        names.into_iter().for_each(|reason| self.add(file, reason));
        for host in tenant.hosts.iter().chain(&tenant.identity_hosts) {
            if let Some(reason) = host_problem(host) {
                self.add(file, format!("host `{host}`: {reason}"));
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
            if !is_contact(email) {
                self.add(file, format!("contact `{email}` is not an email address"));
            }
        }
    }

    fn check_recipients(&mut self, campaign: &CampaignFile, tenant: &TenantFile) {
        let known =
            |slug: &String| tenant.organisations.iter().any(|organisation| organisation.slug == *slug);
        for email in &campaign.emails {
            for slug in email.organisations.iter().filter(|slug| !known(slug)) {
                let file = format!("campaigns/{}/campaign.toml", campaign.slug);
                self.add(&file, format!("email `{}`: there is no organisation `{slug}`", email.slug));
            }
        }
    }

    fn check_campaign(&mut self, campaign: &CampaignFile, zone: Tz) {
        let file = format!("campaigns/{}/campaign.toml", campaign.slug);
        for problem in campaign_problems(campaign, zone) {
            self.add(&file, problem.reason);
        }
    }
}

/// True for an email address that can stand among a tenant's contacts.
pub fn is_contact(email: &str) -> bool {
    let valid = email.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
    valid && !email.contains(char::is_whitespace)
}

/// What is wrong with a host name (RFC 1123 section 2.1, in small letters), if anything.
pub fn host_problem(host: &str) -> Option<String> {
    let reason = if !host.is_ascii() {
        "write it in ASCII, letters with accents as xn--… (punycode), as browsers send it"
    } else if host.contains([':', '/', '@', '?', '#']) {
        "write the bare host name, without https://, port or path"
    } else if host.contains(|letter: char| letter.is_ascii_uppercase()) {
        "write it in lower case"
    } else if host.ends_with('.') {
        "leave out the dot at its end"
    } else if host.len() > MAX_HOST_CHARACTERS {
        "it is too long"
    } else if host.rsplit('.').next().is_some_and(is_number) {
        "write a host name, not an address of numbers"
    } else if !host.split('.').all(is_label) {
        "a host name has parts of 1 to 63 letters, digits and hyphens with dots between them, and no hyphen at either end of a part"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

fn is_number(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|letter| letter.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    // What stands behind xn-- is a name in punycode (RFC 5891); nothing is none.
    let named = label.strip_prefix("xn--").is_none_or(|encoded| !encoded.is_empty());
    (1..=MAX_LABEL_CHARACTERS).contains(&label.len())
        && label.bytes().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
        && named
}

/// True for a short name that an address can hold.
pub fn is_slug(slug: &str) -> bool {
    let plain = slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (1..=MAX_SLUG_CHARACTERS).contains(&slug.len()) && plain && !slug.starts_with('-')
}

/// What is wrong with the short names of things of one `kind`.
pub(super) fn slug_problems<'a>(kind: &str, slugs: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut reasons = Vec::new();
    for slug in slugs {
        if !is_slug(slug) {
            reasons.push(format!(
                "{kind} slug `{slug}`: use 1 to {MAX_SLUG_CHARACTERS} lower-case letters, digits and hyphens"
            ));
        }
        if !seen.insert(slug) {
            reasons.push(format!("{kind} slug `{slug}` stands twice"));
        }
    }
    reasons
}

#[cfg(test)]
mod host_tests {
    use super::host_problem;

    #[test]
    fn hosts_are_host_names() {
        for good in
            ["talk.example", "bsol.localhost", "a-1.b2.example.nhs.uk", "localhost", "xn--caf-dma.example"]
        {
            assert_eq!(host_problem(good), None, "{good}");
        }
        for (bad, words) in [
            ("", "letters, digits and hyphens"),
            ("talk.example:8080", "without https://, port or path"),
            ("https://talk.example", "without https://, port or path"),
            ("user@talk.example", "without https://, port or path"),
            ("Talk.example", "lower case"),
            ("talk.example.", "the dot at its end"),
            ("talk..example", "letters, digits and hyphens"),
            ("-talk.example", "letters, digits and hyphens"),
            ("talk-.example", "letters, digits and hyphens"),
            ("talk_1.example", "letters, digits and hyphens"),
            ("talk example", "letters, digits and hyphens"),
            ("*.example", "letters, digits and hyphens"),
            ("xn--.example", "letters, digits and hyphens"),
            ("café.example", "punycode"),
            ("192.0.2.7", "not an address of numbers"),
            ("[2001:db8::1]", "without https://, port or path"),
        ] {
            assert!(
                host_problem(bad).is_some_and(|reason| reason.contains(words)),
                "{bad}: {:?}",
                host_problem(bad)
            );
        }
        assert!(host_problem(&format!("{}.example", "a".repeat(64))).is_some());
        assert!(host_problem("abcdefghi.".repeat(26).trim_end_matches('.')).is_some());
    }
}
