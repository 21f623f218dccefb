//! Our tenant packs, as they are or with the dates that a test needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, TimeDelta};
use domain::Clock;
use domain::planned_email::EmailFile;
use domain::tenant_pack::{self, PackFiles, ReportFile, SingleSignOnFile, TenantPack};

/// BSol's second conversation.
pub const SECOND: &str = "second-conversation";

/// The folder of our packs.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tenants")
}

/// BSol, BSMHFT and HHFT with their own dates, each with its first campaign. No rule holds what people write.
pub fn ours() -> Vec<TenantPack> {
    without_rules(as_they_are())
}

/// The same, with the rules that hold what people write.
pub fn as_they_are() -> Vec<TenantPack> {
    let mut packs = all();
    for pack in &mut packs {
        // A round type is compiled for each server that runs it: only where that is what a test is about.
        pack.campaigns.remove(SECOND);
    }
    packs
}

/// The packs, and BSol with its second conversation as well, which a round type runs. No rule holds what people write.
pub fn with_both_conversations() -> Vec<TenantPack> {
    without_rules(all())
}

fn without_rules(mut packs: Vec<TenantPack>) -> Vec<TenantPack> {
    let campaigns = packs.iter_mut().flat_map(|pack| pack.campaigns.values_mut());
    campaigns.flat_map(|campaign| &mut campaign.rounds).for_each(|round| round.hold.clear());
    packs
}

fn all() -> Vec<TenantPack> {
    let mut packs = BTreeMap::new();
    for entry in fs::read_dir(folder()).expect("the packs' folder can be read") {
        let path = entry.expect("the packs' folder can be read").path();
        if path.join("tenant.toml").is_file() {
            let mut files = PackFiles::new();
            add_files(&path, "", &mut files);
            let mut pack = tenant_pack::read(&files).unwrap_or_else(|problems| panic!("{problems:?}"));
            // Nobody waits, but in the tests about waiting; and nobody gets emails by a plan, but in those about plans.
            pack.tenant.joining.batch_size = 1;
            pack.campaigns.values_mut().for_each(|campaign| campaign.emails.clear());
            packs.insert(pack.tenant.slug.clone(), pack);
        }
    }
    assert_eq!(packs.keys().collect::<Vec<_>>(), ["bsmhft", "bsol", "hhft"]);
    packs.into_values().collect()
}

/// Our packs, all open while BSol's first conversation is, and BSol with another conversation, `second`, at the same time. BSol's and
/// HHFT's reports are published.
pub fn all_open() -> Vec<TenantPack> {
    let mut packs = ours();
    for pack in &mut packs {
        for campaign in pack.campaigns.values_mut() {
            set_times(campaign, "2023-11-30T00:00:00", "2023-12-14T23:59:00");
        }
        // At a provider that nobody runs.
        pack.tenant.organisations[0].single_sign_on = Some(SingleSignOnFile {
            issuer: "http://127.0.0.1:9".to_owned(),
            client_id: "candour".to_owned(),
        });
        if pack.tenant.slug == "hhft" {
            pack.tenant.reports.push(ReportFile {
                slug: "series-so-far".to_owned(),
                title: "The series so far".to_owned(),
                campaign: "series-3".to_owned(),
                published: None,
                written_by: "the organisers".to_owned(),
                summary: "What was said.".to_owned(),
            });
            let text = "## Finding 1: Parking\n\n{figure came-in}\n";
            pack.report_texts.insert("series-so-far".to_owned(), text.to_owned());
        }
        let opening = "2023-11-30".parse().ok();
        pack.tenant.reports.iter_mut().for_each(|report| report.published = opening);
        if pack.tenant.slug == "bsol" {
            let mut second = pack.campaigns["first-conversation"].clone();
            second.slug = "second".to_owned();
            pack.campaigns.insert(second.slug.clone(), second);
        }
    }
    packs
}

/// Our packs, where people are let in when `size` of them wait.
pub fn waiting_for(size: u32) -> Vec<TenantPack> {
    let mut packs = ours();
    packs.iter_mut().for_each(|pack| pack.tenant.joining.batch_size = size);
    packs
}

/// The emails that the pack of BSol plans for its second conversation.
pub fn second_plan() -> Vec<EmailFile> {
    let mut files = PackFiles::new();
    add_files(&folder().join("bsol"), "", &mut files);
    let mut pack = tenant_pack::read(&files).unwrap_or_else(|problems| panic!("{problems:?}"));
    pack.campaigns.remove(SECOND).expect("the pack has it").emails
}

/// BSol alone, whose first round opens and closes at these local times.
pub fn bsol_open(opens: &str, closes: &str) -> Vec<TenantPack> {
    let mut bsol = ours().remove(1);
    bsol.campaigns.values_mut().for_each(|campaign| set_times(campaign, opens, closes));
    vec![bsol]
}

fn set_times(campaign: &mut tenant_pack::CampaignFile, opens: &str, closes: &str) {
    let local =
        |text: &str| -> NaiveDateTime { text.parse().unwrap_or_else(|error| panic!("{text}: {error}")) };
    (campaign.rounds[0].opens, campaign.rounds[0].closes) = (local(opens), local(closes));
}

fn add_files(folder: &Path, inside: &str, files: &mut PackFiles) {
    for entry in fs::read_dir(folder).expect("a pack can be read") {
        let entry = entry.expect("a pack can be read");
        let path = format!("{inside}{}", entry.file_name().to_str().expect("packs have plain names"));
        match entry.path().is_dir() {
            true => add_files(&entry.path(), &format!("{path}/"), files),
            false => drop(files.insert(path, fs::read(entry.path()).expect("a pack can be read"))),
        }
    }
}

/// BSol alone, open for a week already and for a week to come by the machine's own clock: for a server in a process of its own.
pub fn bsol_open_now() -> Vec<TenantPack> {
    let today = app::SystemClock.now().date_naive();
    let day = |days: i64| format!("{}T12:00:00", today + TimeDelta::days(days));
    bsol_open(&day(-7), &day(7))
}
