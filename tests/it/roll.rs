//! The roll as its keeper meets it: a file comes in, what is wrong with it is told, nothing counts before it is confirmed, and what is
//! made of it afterwards runs nothing and tells nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actions::{Actor, KeyLogEntry};
use app::databases::{open_sides, prepare};
use credentials::{CohortKey, NewKey};
use documents::roll::RollKind;
use domain::roll::{Duplicate, OrganisationSlug, PlusAddressing};
use domain::tenant_pack::TenantPack;
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::harness::binary::{Candour, Ran};
use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::packs;
use crate::harness::server::{TestServer, config};
use crate::harness::tables::Tables;

const TARGET: [&str; 4] = ["--tenant", "bsol", "--campaign", "first-conversation"];

/// Rows of a whole health and care system.
const SYSTEM_ROWS: usize = 80_000;

both_databases! {
    async fn bad_rows_are_listed_and_good_ones_wait_to_be_confirmed(databases: &TestDatabases) {
        let candour = with_packs(databases, packs::bsol_open_now()).await;
        let identity = Tables::of_identity(databases).await;
        // In a workbook a row is a row; in a text a cell may go over two lines.
        for (kind, bad) in [("csv", [3, 4, 5, 7, 8]), ("xlsx", [3, 4, 5, 6, 7])] {
            let on_roll_before = identity.number("SELECT count(*) FROM person").await;
            let file = write_roll(databases, kind, &[
                &["Work email", "Employer", "Staff group", "Own reference", "Date of birth"],
                &[&format!("ann@{kind}.example"), "uhb", "Nurses", "R-1", "1 May"],
                &["nobody", "uhb", "", "", ""],
                &[&format!("ben@{kind}.example"), "nowhere", "", "", ""],
                &["cyd@uhb.example\nBcc: all@uhb.example", "uhb", "", "", ""],
                &[&format!("dee@{kind}.example"), "", "", "", ""],
                &[&format!("eve@{kind}.example"), "uhb", "Two\nlines", "", ""],
                &[&format!("fay@{kind}.example"), "bwc", "Porters", "R-2", "2 May"],
            ]);
            let said = candour.does(&typed(&["roll", "import"], &[&file])).await;
            for (line, words) in bad.iter().zip(["email: ", "“nowhere”", "email: ", "organisation: ", "staff group: "]) {
                let told = said.lines().find(|told| told.trim_start().starts_with(&format!("line {line}, ")));
                assert!(told.is_some_and(|told| told.contains(words)), "{kind}, line {line}: {said}");
            }
            assert!(said.contains("5 bad rows:") && said.contains("not read: Date of birth"), "{said}");
            assert!(!said.contains("@uhb.example") && !said.contains("Bcc"), "no cell is repeated: {said}");
            assert_eq!(identity.number("SELECT count(*) FROM held_row").await, 2);
            assert_eq!(identity.number("SELECT count(*) FROM person").await, on_roll_before, "nobody before it is confirmed");

            let import = held_import(&said);
            let confirmed = candour.does(&typed(&["roll", "confirm"], &[&import])).await;
            assert_eq!(confirmed, "2 people are new on the roll\n");
            let counted = candour.does(&typed(&["roll", "count"], &[])).await;
            assert!(counted.starts_with(&format!("first-conversation: {} eligible, 0 joined\n", on_roll_before + 2)), "{counted}");
            assert_eq!(identity.number("SELECT count(*) FROM held_row").await, 0);
            assert_eq!(candour.run(&typed(&["roll", "confirm"], &[&import])).await.code, 1, "once");
        }
        assert_eq!(identity.number("SELECT count(*) FROM person WHERE staff_group IN ('Nurses', 'Porters')").await, 4);
    }

    async fn what_is_discarded_never_comes_onto_the_roll(databases: &TestDatabases) {
        let candour = with_packs(databases, packs::bsol_open_now()).await;
        let identity = Tables::of_identity(databases).await;
        let file = write_roll(databases, "csv", &[&["email", "organisation"], &["ann@uhb.example", "uhb"]]);
        let import = held_import(&candour.does(&typed(&["roll", "import"], &[&file])).await);
        assert_eq!(candour.does(&typed(&["roll", "discard"], &[&import])).await, "discarded\n");
        let late = candour.run(&typed(&["roll", "confirm"], &[&import])).await;
        assert!(late.code == 1 && late.stderr.contains("discarded"), "{}", late.stderr);
        assert!(!format!("{:?}", identity.dump().await).contains("ann@"), "nothing of it is left");

        let hopeless = write_roll(databases, "csv", &[&["email", "organisation"], &["nobody", "uhb"]]);
        let refused = candour.run(&typed(&["roll", "import"], &[&hopeless])).await;
        assert!(refused.code == 1 && refused.stderr.contains("no good row"), "{}", refused.stderr);
        assert_eq!(identity.number("SELECT count(*) FROM roll_import").await, 0);
        for (name, bytes, words) in [
            ("old.xls", &b"\xD0\xCF\x11\xE0"[..], ".xls"),
            ("roll.csv", b"email,organisation\n\xFF,uhb\n", "UTF-8"),
            ("roll.csv", b"name\nAnn\n", "email"),
            ("roll.xlsx", b"PK\x03\x04 and nothing else", "cannot be read"),
        ] {
            let file = databases.folder().join(name);
            fs::write(&file, bytes).unwrap();
            let refused = candour.run(&typed(&["roll", "import"], &[file.to_str().unwrap()])).await;
            assert!(refused.code == 1 && refused.stderr.contains(words), "{name}: {}", refused.stderr);
        }
    }

    async fn duplicates_are_told_and_never_merged(databases: &TestDatabases) {
        let mut packs = packs::all_open();
        packs[0].tenant.joining.plus_addressing = PlusAddressing::Different;
        let first = packs[0].tenant.organisations[0].clone();
        packs[0].tenant.organisations.push(domain::tenant_pack::OrganisationFile { slug: "second".to_owned(), ..first });
        let server = TestServer::with_packs(databases, packs).await;
        for (tenant, one, other, plus_is_same) in [("bsol", "uhb", "bwc", true), ("bsmhft", "bsmhft", "second", false)] {
            let tenant = server.tenant(tenant).await;
            let campaign = &tenant.campaigns[0];
            let import = async |text: String| {
                server.enrolment.import_roll(&tenant, campaign, RollKind::Csv, text.as_bytes(), &|_| {}).await.unwrap()
            };
            let earlier = import(format!("email,organisation,staff group\nold@a.example,{other},Earlier\n")).await;
            server.enrolment.confirm_roll(&Actor::command_line(tenant.id), &tenant, campaign, earlier.import).await.unwrap();
            let held = import(format!(
                "email,organisation,staff group\nAnn@a.example,{one},First\nann@A.EXAMPLE,{one},Second\nann+ward@a.example,{one},Third\n\
                 ANN@a.example,{other},Fourth\nOld@a.example,{one},Fifth\n"
            )).await;
            let slug = |name: &str| -> OrganisationSlug { name.parse().unwrap() };
            let same = |later_lines| Duplicate::SameRow { first_line: 2, later_lines };
            let elsewhere = Duplicate::TwoOrganisations {
                first_line: 2, first_organisation: slug(one), line: 5, organisation: slug(other),
            };
            let known = Duplicate::AlreadyOnRoll { line: 6, organisation: slug(one), on_roll: slug(other) };
            let (later, good) = if plus_is_same { (vec![3, 4], 1) } else { (vec![3], 2) };
            assert_eq!(held.duplicates, [elsewhere, same(later), known]);
            assert_eq!((held.held, held.problems.len()), (good, 0));
            assert_eq!(server.enrolment.confirm_roll(&Actor::command_line(tenant.id), &tenant, campaign, held.import).await.unwrap(), good as u64);
            let found = async |email: &str| {
                let email = domain::roll::EmailAddress::parse(email).unwrap();
                server.enrolment.find_person(&tenant, campaign, &email).await.unwrap().unwrap()
            };
            assert_eq!(found("ann@a.example").await.staff_group.as_deref(), Some("First"), "the first is kept as it is");
            let old = found("old@a.example").await;
            assert_eq!((old.email.as_deref(), old.staff_group.as_deref()), (Some("old@a.example"), Some("Earlier")));
            assert_eq!(old.organisation, tenant.organisation(other).unwrap().id, "the roll stays as it is");
        }
    }

    async fn a_whole_system_comes_in_and_not_twice(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let tenant = server.tenant("bsol").await;
        let campaign = &tenant.campaigns[0];
        let rows: String = (0..SYSTEM_ROWS).map(|number| format!("person.{number}@nhs.example,uhb,Group {},R{number}\n", number % 40)).collect();
        let file = format!("email,organisation,staff group,own reference\n{rows}");
        let told = std::sync::Mutex::new(Vec::new());
        let progress = |step| told.lock().unwrap().push(step);
        let held = server.enrolment.import_roll(&tenant, campaign, RollKind::Csv, file.as_bytes(), &progress).await.unwrap();
        assert_eq!((held.held, held.problems.len(), held.duplicates.len()), (SYSTEM_ROWS, 0, 0));
        let all = SYSTEM_ROWS as u64;
        assert_eq!(told.lock().unwrap().last(), Some(&actions::RollProgress::Held { held: all, all }));
        assert!(told.lock().unwrap().len() > 20, "a bar moves");
        assert_eq!(server.enrolment.confirm_roll(&Actor::command_line(tenant.id), &tenant, campaign, held.import).await.unwrap(), all);
        let people = "SELECT count(DISTINCT email) FROM person";
        assert_eq!(Tables::of_identity(databases).await.number(people).await, SYSTEM_ROWS as i64);
        let again = server.enrolment.import_roll(&tenant, campaign, RollKind::Csv, file.as_bytes(), &|_| {}).await.unwrap();
        assert_eq!((again.held, again.duplicates.len()), (0, SYSTEM_ROWS));
    }

    async fn what_a_spreadsheet_or_a_page_would_run_runs_nowhere(databases: &TestDatabases) {
        const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"Click\")";
        const MARKUP: &str = "<script>alert(1)</script>";
        let candour = with_packs(databases, packs::bsol_open_now()).await;
        let file = write_roll(databases, "xlsx", &[
            &["email", "organisation", "staff group", "own reference", FORMULA, "two\r\nX-Injected: 1"],
            &["ann&co@uhb.example", "uhb", MARKUP, FORMULA, "", ""],
            &["ben@uhb.example", "uhb", FORMULA, MARKUP, "", ""],
            &[FORMULA, "uhb", "", "", "", ""],
            &["=cmd@uhb.example", "uhb", "", "", "", ""],
            &["ann@uhb.example\r\nBcc: all@uhb.example", "uhb", "", "", "", ""],
            &["<b>dee</b>@uhb.example", "uhb", "", "", "", ""],
            &["eve@uhb.example", FORMULA, "", "", "", ""],
            &["-fay@uhb.example", "uhb", "", "", "", ""],
        ]);
        let problems = databases.folder().join("problems.csv");
        let said = candour.does(&typed(&["roll", "import"], &["--problems", problems.to_str().unwrap(), "--confirm", &file])).await;
        assert!(said.contains("6 bad rows:") && said.contains("2 people are new"), "{said}");
        assert!(!said.lines().any(|line| line.starts_with("X-Injected")), "a name of a column breaks no line: {said}");
        assert_eq!(private_mode(&problems), 0o600);
        let listed = fs::read_to_string(&problems).unwrap();
        assert!(listed.lines().count() == 7 && !listed.contains("evil.example"), "{listed}");
        assert_inert_csv(&listed);

        let found: Value = serde_json::from_str(&candour.does(&typed(&["roll", "find"], &["--email", "ben@uhb.example"])).await).unwrap();
        assert_eq!((&found["staff_group"], &found["own_reference"]), (&FORMULA.into(), &MARKUP.into()), "kept as written");
        candour.does(&typed(&["launch"], &[])).await;
        let out = databases.folder().join("out");
        candour.does(&typed(&["logins", "issue"], &["--organisation", "uhb", "--out", out.to_str().unwrap()])).await;
        let letters = fs::read_to_string(out.join("letters.html")).unwrap();
        assert!(letters.contains("ann&amp;co@uhb.example") && letters.contains("ben@uhb.example"));
        for absent in ["<script", "HYPERLINK", "alert(1)", "evil.example", "href=", "Bcc"] {
            assert!(!letters.contains(absent), "the letters have {absent}");
        }
        let list = fs::read_to_string(out.join("logins.csv")).unwrap();
        assert!(list.lines().count() == 3 && !list.contains("HYPERLINK"), "{list}");
        assert_inert_csv(&list);
        candour.does(&typed(&["logins", "issue"], &["--organisation", "uhb", "--send"])).await;
        for email in fs::read_dir(databases.folder().join("mail")).unwrap() {
            let email = fs::read_to_string(email.unwrap().path()).unwrap();
            assert!(!email.contains("Bcc:") && !email.contains("HYPERLINK") && !email.contains("alert("), "{email}");
        }
    }

    async fn a_request_for_own_data_prints_the_row_and_nothing_else(databases: &TestDatabases) {
        let candour = with_packs(databases, packs::bsol_open_now()).await;
        let file = write_roll(databases, "csv", &[
            &["email", "organisation", "staff group", "own reference"],
            &["Ann+work@uhb.example", "uhb", "Nurses", "R-1"],
            &["ben@uhb.example", "uhb", "Porters", "R-2"],
        ]);
        candour.does(&typed(&["roll", "import"], &["--confirm", &file])).await;
        let printed = candour.does(&typed(&["roll", "find"], &["--email", "ann@UHB.example"])).await;
        let row: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(row, serde_json::json!({
            "campaign": "first-conversation", "organisation": "uhb", "email": "Ann+work@uhb.example", "staff_group": "Nurses",
            "own_reference": "R-1", "kind": "staff", "origin": "roll", "joined": false,
        }));
        let unknown = candour.run(&typed(&["roll", "find"], &["--email", "cyd@uhb.example"])).await;
        assert_eq!((unknown.code, unknown.stdout.as_str()), (1, ""), "{}", unknown.stderr);
    }

    async fn a_launch_needs_enough_people_to_hide_among(databases: &TestDatabases) {
        let mut packs = packs::bsol_open_now();
        packs[0].tenant.organisations.iter_mut().for_each(|organisation| organisation.people = None);
        let candour = with_packs(databases, packs).await;
        let mut rows = vec![["email".to_owned(), "organisation".to_owned()]];
        rows.extend((0..49).map(|number| [format!("p{number}@uhb.example"), "uhb".to_owned()]));
        let import = async |rows: &[[String; 2]]| {
            let cells: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
            let file = write_roll(databases, "csv", &cells.iter().map(Vec::as_slice).collect::<Vec<_>>());
            candour.does(&typed(&["roll", "import"], &["--confirm", &file])).await
        };
        import(&rows).await;
        let refused = candour.run(&typed(&["launch"], &[])).await;
        assert_eq!(refused.code, 1);
        for words in ["49 are eligible", "at least 50", "import the roll", "`people`"] {
            assert!(refused.stderr.contains(words), "{words} is not told: {}", refused.stderr);
        }
        assert_eq!(Tables::of_identity(databases).await.number("SELECT count(*) FROM cohort").await, 0);
        // Whom no key would hide gets no letter either.
        let early = letters(&candour, databases).await;
        assert!(early.code == 1 && early.stderr.contains("candour launch --tenant bsol"), "{}", early.stderr);
        import(&[rows[0].clone(), ["one-more@bwc.example".to_owned(), "bwc".to_owned()]]).await;
        let launched = candour.does(&typed(&["launch"], &[])).await;
        assert!(launched.contains("50 eligible") && launched.contains("head of the key log: "), "{launched}");
        assert_eq!(candour.run(&typed(&["launch"], &[])).await.code, 1, "once");
    }

    async fn letters_carry_what_their_readers_check_and_stay_private(databases: &TestDatabases) {
        let candour = with_packs(databases, packs::bsol_open_now()).await;
        let file = write_roll(databases, "csv", &[&["email", "organisation"], &["ann@uhb.example", "uhb"], &["ben@uhb.example", "uhb"]]);
        candour.does(&typed(&["roll", "import"], &["--confirm", &file])).await;
        candour.does(&typed(&["launch"], &[])).await;
        let shown = candour.does(&["keys", "show", "--tenant", "bsol"]).await;
        let head = shown.lines().last().and_then(|line| line.strip_prefix("head: ")).expect("the head is shown");
        let issued = letters(&candour, databases).await;
        assert_eq!((issued.code, issued.stdout.as_str()), (0, ""), "what opens a door does not go to the terminal: {}", issued.stderr);
        let out = databases.folder().join("letters");
        for name in ["logins.csv", "letters.html"] {
            assert_eq!(private_mode(&out.join(name)), 0o600, "{name}");
        }
        let page = fs::read_to_string(out.join("letters.html")).unwrap();
        for told in [head, "help@support-partner.example", "The independent support team"] {
            assert_eq!(page.matches(told).count(), 2, "{told}");
        }
        for row in fs::read_to_string(out.join("logins.csv")).unwrap().lines().skip(1) {
            let [email, code, link] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
            let letter = page.split("<article").find(|letter| letter.contains(email)).expect("each has a letter");
            assert!(letter.contains(code) && link.ends_with(&format!("/join/first-conversation/login?code={code}")), "{link}");
        }
        let identity = Tables::of_identity(databases).await;
        assert_eq!(identity.number("SELECT count(*) FROM login").await, 2);
        assert_eq!(letters(&candour, databases).await.code, 1, "nothing is overwritten");
        assert_eq!(identity.number("SELECT count(*) FROM login").await, 2, "and no details are lost by it");
    }

    async fn keys_travel_to_the_other_side_and_forged_ones_do_not(databases: &TestDatabases) {
        let candour = with_packs(databases, packs::bsol_open_now()).await;
        let on = |side: &'static str, arguments: &[&'static str]| [&["--side", side], arguments].concat();
        let nothing = candour.run(&on("identity", &["keys", "export", "--tenant", "bsol"])).await;
        assert!(nothing.code == 1 && nothing.stderr.contains("candour launch"), "{}", nothing.stderr);
        let told = candour.run(&[&on("identity", &["launch"])[..], &TARGET].concat()).await;
        assert!(told.code == 0 && told.stderr.contains("candour keys import"), "{}", told.stderr);
        let conversation = Tables::of_conversation(databases).await;
        assert_eq!(conversation.number("SELECT count(*) FROM key_log").await, 0);
        let file = databases.folder().join("keys.json");
        let path = file.to_str().unwrap();
        candour.does(&[&on("identity", &["keys", "export", "--tenant", "bsol", "--out"])[..], &[path]].concat()).await;
        let log: Vec<KeyLogEntry> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        assert!(log.len() > 3, "each large organisation has a key");
        let import = async |log: &[KeyLogEntry]| {
            fs::write(&file, serde_json::to_string(log).unwrap()).unwrap();
            candour.run(&[&on("conversation", &["keys", "import", "--tenant", "bsol"])[..], &[path]].concat()).await
        };
        let refused = async |log: &[KeyLogEntry], words: &str| {
            let before = conversation.dump().await["key_log"].clone();
            let ran = import(log).await;
            assert!(ran.code == 1 && ran.stderr.contains(words), "{words}: {}{}", ran.stdout, ran.stderr);
            assert_eq!(conversation.dump().await["key_log"], before, "{words}");
        };
        let changed = |change: fn(&mut Vec<KeyLogEntry>)| {
            let mut log = log.clone();
            change(&mut log);
            log
        };
        refused(&changed(|log| log[1].eligible += 1), "its hash does not fit").await;
        refused(&changed(|log| log[1].public_key = log[0].public_key.clone()), "").await;
        refused(&changed(|log| drop(log.remove(1))), "left out").await;
        refused(&changed(|log| log.swap(0, 1)), "moved").await;
        let taken = import(&log).await;
        assert!(taken.code == 0 && taken.stdout.starts_with(&format!("{} keys are new", log.len())), "{}{}", taken.stdout, taken.stderr);
        assert!(import(&log).await.stdout.starts_with("0 keys are new"), "again changes nothing");
        // What holds together in itself, and is not what was known before.
        refused(&changed(|log| drop(log.pop())), "now it ends").await;
        refused(&with_another_last_key(&log), "something else here before").await;
        let shown = async |side| candour.does(&on(side, &["keys", "show", "--tenant", "bsol"])).await;
        assert_eq!(shown("identity").await, shown("conversation").await);
    }
}

/// Both sides with these packs, for a program in a process of its own.
async fn with_packs(databases: &TestDatabases, packs: Vec<TenantPack>) -> Candour {
    let config = config(databases);
    prepare(&config, &app::OsRandom).await.unwrap();
    let opened = open_sides(&config, Arc::new(app::SystemClock), Arc::new(app::OsRandom)).await.unwrap();
    for pack in packs {
        opened.sides.apply_tenant_pack(&pack).await.unwrap();
    }
    Candour::on(databases)
}

/// A command about BSol's first conversation.
fn typed<'a>(command: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [command, &TARGET[..], rest].concat()
}

/// Login details of one organisation, on paper.
async fn letters(candour: &Candour, databases: &TestDatabases) -> Ran {
    let out = databases.folder().join("letters");
    candour
        .run(&typed(&["logins", "issue"], &["--organisation", "uhb", "--out", out.to_str().unwrap()]))
        .await
}

/// A file of these rows, the names of the columns first; gives where it is.
fn write_roll(databases: &TestDatabases, kind: &str, rows: &[&[&str]]) -> String {
    let path: PathBuf = databases.folder().join(format!("roll.{kind}"));
    if kind == "xlsx" {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
        workbook.save(&path).unwrap();
    } else {
        let quoted = |cell: &&str| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |cells: &&[&str]| format!("{}\n", cells.iter().map(quoted).collect::<Vec<_>>().join(","));
        fs::write(&path, rows.iter().map(line).collect::<String>()).unwrap();
    }
    path.to_str().unwrap().to_owned()
}

/// The number of the import that was held.
fn held_import(said: &str) -> String {
    let typed =
        crate::harness::answer::between(said, "`candour roll confirm ", "`").expect("it says what to type");
    typed.rsplit(' ').next().unwrap().to_owned()
}

/// A log that holds together, whose last cohort has another key.
fn with_another_last_key(log: &[KeyLogEntry]) -> Vec<KeyLogEntry> {
    let (last, earlier) = log.split_last().unwrap();
    let new = NewKey {
        campaign: last.campaign,
        cohort: last.cohort.clone(),
        organisations: last.organisations.clone(),
        eligible: last.eligible,
        public_key: CohortKey::generate().unwrap().public().clone(),
        made_on: last.made_on,
    };
    [earlier, &[credentials::append(earlier, new).unwrap()]].concat()
}

fn private_mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// No cell of it begins as a formula does. Cells that hold commas or quotes are told by their own beginning.
fn assert_inert_csv(text: &str) {
    for line in text.lines() {
        let begins_a_formula =
            |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@', '\t']);
        assert!(!line.split(',').any(begins_a_formula), "{line}");
    }
}
