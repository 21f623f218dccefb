//! Packs as they should be, and every way in which they should not.

use super::*;
use std::path::{Path, PathBuf};

const TENANT: &str = "tenant.toml";
/// Candour's own page that packs link to, as seen from `/pages/<slug>`.
const ANONYMITY: &str = "../anonymity";
const FIRST: &str = "campaigns/first-conversation/campaign.toml";
const REPORT: &str = "reports/first-conversation.md";

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

pub(super) fn every_pack() -> Vec<TenantPack> {
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
        for target in pack.report_texts.values().flat_map(|text| links(text)) {
            let page = target.strip_prefix("../pages/");
            assert!(page.is_some_and(|page| pack.page_texts.contains_key(page)), "{target}");
        }
    }
}

#[test]
fn every_pledge_of_bsols_second_conversation_rests_on_a_finding_and_has_its_thread() {
    let pack = pack_of("bsol");
    let parts = report_parts(&pack.report_texts["first-conversation"]).unwrap();
    let anchors: Vec<String> = parts
        .into_iter()
        .filter_map(|part| match part {
            ReportPart::Heading(heading) => Some(format!("/reports/first-conversation#{}", heading.anchor)),
            _ => None,
        })
        .collect();
    let round = &pack.campaigns["second-conversation"].rounds[0];
    let settings = serde_json::Value::from(round.settings.clone().unwrap());
    let pledges = settings["pledges"].as_array().unwrap();
    assert!((8..=10).contains(&pledges.len()));
    for pledge in pledges {
        let evidence = pledge["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty());
        for link in evidence {
            assert!(anchors.iter().any(|anchor| link["address"] == *anchor), "{link}");
        }
    }
    let threads = pledges.iter().map(|pledge| pledge["id"].as_str().unwrap()).chain(["missing"]);
    let prompts: Vec<&str> = round.prompts.iter().map(|prompt| prompt.slug.as_str()).collect();
    assert_eq!(threads.collect::<Vec<_>>(), prompts);
}

#[test]
fn a_broken_report_is_told_what_is_wrong() {
    for (from, to, words) in [
        (r#"campaign = "first-conversation""#, r#"campaign = "third""#, "there is no campaign `third`"),
        (r#"published = "2024-04-16""#, r#"published = "in spring""#, "TOML parse error at line"),
        (r#"written_by = "our independent partner""#, r#"written_by = " ""#, "written_by: write 1 to"),
        (r#"title = "What you told us""#, "", "missing field `title`"),
        ("[[reports]]", "[[reports]]\nauthor = \"me\"", "unknown field `author`"),
    ] {
        assert_names(&problems_after(TENANT, from, to), TENANT, words);
    }
    for (from, to, words) in [
        ("{figure votes}", "{figure mood}", "line 23: there is no figure `mood`"),
        ("## Finding 2:", "## Finding 1:", "has the address #finding-1 of line"),
        ("## Finding 2:", "# Finding 2:", "headings are `## …`"),
    ] {
        assert_names(&problems_after(REPORT, from, to), REPORT, words);
    }
    let mut files = files_of("bsol");
    files.remove(REPORT);
    assert_names(&read(&files).unwrap_err(), REPORT, "is missing from the pack");
    files.insert(REPORT.into(), b" \n".to_vec());
    assert_names(&read(&files).unwrap_err(), REPORT, "write 1 to 60000 characters");
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
    let second = ["2024-04-23T08:00:00+00:00", "2024-05-07T22:59:00+00:00"];
    assert_eq!(times("bsol", "second-conversation"), second);
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
        ("bsol.localhost", "https://bsol.localhost/", "without https://, port or path"),
        ("bsol.localhost", "BSol.localhost", "in lower case"),
        ("Europe/London", "Europe/Birmingham", "not an IANA time zone"),
        ("#14493f", "dark green", "write it as #rrggbb"),
        ("#0b5f66", "#0b5", "write it as #rrggbb"),
        ("conversations@bsol.example", "ask at the desk", "is not an email address"),
        (r#"entry_route = "invited""#, r#"entry_route = "by post""#, "unknown variant `by post`"),
        ("short_name =", "shirt_name =", "unknown field `shirt_name`"),
        (r#"short_name = "BSol""#, "", "missing field `short_name`"),
        (r#"short_name = "BSol""#, r#"short_name = " ""#, "short_name: write 1 to 300 characters"),
        (r#"name = "Birmingham"#, "name = Birmingham", "TOML parse error at line"),
    ] {
        assert_names(&problems_after(TENANT, from, to), TENANT, words);
    }
}

#[test]
fn a_broken_campaign_is_told_what_is_wrong() {
    for (from, to, words) in [
        (r#"slug = "frustrations""#, r#"slug = "Frustrations!""#, "prompt slug `Frustrations!`: use 1 to 40"),
        (r#"slug = "what-stops-you""#, r#"slug = "frustrations""#, "prompt slug `frustrations` stands twice"),
        (r#"slug = "rotas""#, r#"slug = "workload""#, "theme slug `workload` stands twice"),
        ("2023-12-14T23:59:00", "2023-11-29T23:59:00", "must be after opens"),
        ("2023-12-14T23:59:00", "2023-11-30T00:00:00", "must be after opens"),
        ("2023-12-14T23:59:00", "2024-03-31T01:30:00", "clocks go forward"),
        ("\"2023-12-14T23:59:00\"", "\"14 December\"", "TOML parse error at line"),
        (r#"round_type = "open-discussion""#, r#"round_type = "The Vote""#, "round type `The Vote`"),
        ("hint =", "hunt =", "unknown field `hunt`"),
        (r#"pass = "Not sure""#, r#"maybe = "Not sure""#, "unknown field `maybe`"),
    ] {
        assert_names(&problems_after(FIRST, from, to), FIRST, words);
    }
    let renamed = problems_after(FIRST, r#"slug = "first-conversation""#, r#"slug = "first""#);
    assert_names(&renamed, FIRST, "slug `first` is not the folder's name");
}

#[test]
fn what_the_console_can_write_is_refused_without_the_keys_of_files() {
    let domains: Vec<String> = (0..=MAX_EMAIL_DOMAINS).map(|one| format!("\"d{one}.example\"")).collect();
    let domains = format!("email_domains = [{}]", domains.join(", "));
    let council = r#"email_domains = ["birmingham-council.example"]"#;
    let (from, to) = ("title = \"Our first", "smallest_group = 1\ntitle = \"Our first");
    for problems in [problems_after(TENANT, council, &domains), problems_after(FIRST, from, to)] {
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(!problems[0].reason.contains('_'), "{problems:?}");
    }
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
fn a_blank_tenant_needs_neither_organisation_nor_campaign() {
    let blank = files_of("hhft").remove(TENANT).map(|text| String::from_utf8(text).unwrap()).unwrap();
    let blank = blank.split("[[organisations]]").next().unwrap().replace("logo = ", "# logo = ");
    let pack = read(&PackFiles::from([(TENANT.to_owned(), blank.into_bytes())])).unwrap();
    assert!(
        pack.tenant.organisations.is_empty() && pack.campaigns.is_empty() && pack.tenant.pages.is_empty()
    );
}

#[test]
fn a_campaign_needs_a_round_and_a_prompt() {
    let mut files = files_of("hhft");
    let campaign = "slug = \"series-3\"\ntitle = \"T\"\npurpose = \"P\"\nwhat_next = \"N\"\n";
    let path = "campaigns/series-3/campaign.toml";
    files.insert(path.into(), format!("{campaign}rounds = []").into_bytes());
    let problems = read(&files).unwrap_err();
    assert_names(&problems, path, "at least one round");

    let round = "[[rounds]]\nslug = \"r\"\ntitle = \"R\"\nround_type = \"open-discussion\"\n\
        opens = \"2024-01-01T00:00:00\"\ncloses = \"2024-01-02T00:00:00\"\nprompts = []\n";
    files.insert(path.into(), format!("{campaign}{round}").into_bytes());
    assert_names(&read(&files).unwrap_err(), path, "round `r`: needs at least one question (prompt)");
}

#[test]
fn joining_has_defaults_and_every_key_may_be_given() {
    let joining = |text: &str| toml::from_str::<JoiningFile>(text).map_err(|error| error.to_string());
    let defaults = joining("").unwrap();
    assert_eq!(defaults, JoiningFile::default());
    assert_eq!((defaults.batch_size, defaults.keep_roll_days), (20, 30));
    assert_eq!(defaults.latest_hour.to_string(), "18:00:00");
    assert_eq!(defaults.plus_addressing, PlusAddressing::SamePerson);
    let given =
        "batch_size = 1\nlatest_hour = \"07:30\"\nplus_addressing = \"different\"\nkeep_roll_days = 0";
    let given = joining(given).unwrap();
    assert_eq!(given.latest_hour.to_string(), "07:30:00");
    assert_eq!((given.batch_size, given.keep_roll_days), (1, 0));
    assert_eq!(given.plus_addressing, PlusAddressing::Different);
    assert!(joining("batch = 1").unwrap_err().contains("unknown field `batch`"));
    assert!(joining("latest_hour = \"6pm\"").is_err());
}

#[test]
fn broken_ways_in_are_told_what_is_wrong() {
    let council = r#"email_domains = ["birmingham-council.example"]"#;
    for (from, to, words) in [
        ("[joining]", "[joining]\nbatch_size = 0", "batch_size must be 1 to 200"),
        ("[joining]", "[joining]\nbatch_size = 201", "batch_size must be 1 to 200"),
        ("[joining]", "[joining]\nkeep_roll_days = 366", "keep_roll_days must be 0 to 365"),
        ("[joining]", "[joining]\nlatest_hour = \"18:00:30\"", "in hours and minutes"),
        ("[joining]", "[joining]\nplus_addressing = \"maybe\"", "unknown variant `maybe`"),
        (council, r#"email_domains = ["Council.example"]"#, "email domain `Council.example`: write"),
        (council, r#"email_domains = ["council"]"#, "email domain `council`: write"),
        (council, r#"email_domains = ["@council.example"]"#, "email domain `@council.example`: write"),
        (council, r#"email_domains = ["a.example", "a.example"]"#, "email domain `a.example` stands twice"),
        (council, "", "organisation `birmingham-council`: people who sign up need an email domain"),
        (council, "email_domains = []\nany_email = false", "people who sign up need an email domain"),
        ("people = ", "people = 0 # ", "people must be 1 to 2000000"),
        ("people = ", "people = 2_000_001 # ", "people must be 1 to 2000000"),
        (council, "single_sign_on = { issuer = \"http://a.example\", client_id = \"c\" }", "https://…"),
        (
            council,
            "single_sign_on = { issuer = \"https://a.example\", client_id = \"\" }",
            "client_id: write 1",
        ),
        (council, "single_sign_on = { issuer = \"https://a.example\" }", "missing field `client_id`"),
    ] {
        assert_names(&problems_after(TENANT, from, to), TENANT, words);
    }
}

#[test]
fn single_sign_on_alone_is_a_way_in() {
    let mut files = files_of("bsol");
    let text = String::from_utf8(files[TENANT].clone()).unwrap();
    let council = r#"email_domains = ["birmingham-council.example"]"#;
    let sign_on =
        "[organisations.single_sign_on]\nissuer = \"http://localhost:9000\"\nclient_id = \"candour\"";
    files.insert(TENANT.to_owned(), text.replacen(council, sign_on, 1).into_bytes());
    let organisations = read(&files).unwrap().tenant.organisations;
    let council = organisations.iter().find(|o| o.slug == "birmingham-council").unwrap();
    assert_eq!(council.single_sign_on.as_ref().unwrap().client_id, "candour");
    assert!(council.email_domains.is_empty());
}

#[test]
fn every_pack_has_people_enough_for_cohorts() {
    for pack in every_pack() {
        let people = pack.tenant.organisations.iter().map(|o| (o.slug.parse().unwrap(), o.people.unwrap()));
        let cohorts = crate::roll::cohorts(&people.collect::<Vec<_>>(), crate::roll::MIN_COHORT_PEOPLE);
        assert_eq!(cohorts.unwrap().len(), pack.tenant.organisations.len(), "{}", pack.tenant.slug);
        let domains = pack.tenant.organisations.iter().flat_map(|o| &o.email_domains);
        assert!(domains.into_iter().all(|domain| domain.ends_with(".example")));
    }
}
