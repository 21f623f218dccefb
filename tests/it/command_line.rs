//! What operators type, in the real program.

mod plugins;
mod staff;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::binary::Candour;
use crate::harness::databases::{Kind, both_databases, with_databases};
use crate::harness::people::Person;
use crate::harness::polis;
use crate::harness::server::actions_now;
use crate::harness::tables::Tables;

const TARGET: [&str; 4] = ["--tenant", "bsol", "--campaign", "first-conversation"];

both_databases! {
    async fn from_nothing_to_a_served_conversation(databases: &TestDatabases) {
        let candour = Candour::on(databases);
        let packs = crate::harness::packs::folder();
        let packs = packs.to_str().unwrap();
        let before = candour.run(&["doctor"]).await;
        assert_eq!(before.code, 1, "{}", before.stdout);
        assert!(before.stdout.contains("PROBLEM") && before.stdout.contains("candour migrate"), "{}", before.stdout);
        let refused = candour.run(&["serve"]).await;
        assert_eq!(refused.code, 1);
        assert!(refused.stderr.contains("candour migrate"), "{}", refused.stderr);

        candour.does(&["migrate"]).await;
        candour.does(&["migrate"]).await;
        assert_eq!(candour.does(&["tenants", "apply", packs]).await, "bsmhft: new\nbsol: new\nhhft: new\n");
        let tables = Tables::of_conversation(databases).await;
        let applied = tables.dump().await;
        assert_eq!(candour.does(&["tenants", "apply", packs]).await, "bsmhft: unchanged\nbsol: unchanged\nhhft: unchanged\n");
        assert_eq!(tables.dump().await, applied);

        let healthy = candour.does(&["doctor", "--json"]).await;
        let findings: Value = serde_json::from_str(&healthy).unwrap();
        assert_eq!(findings["healthy"], true, "{healthy}");
        assert_eq!(healthy.lines().count(), 1);

        let server = candour.serve().await;
        server.device("bsol").get("/").await.expect(200);
        let (code, log) = server.stop().await;
        assert_eq!(code, 0);
        assert!(log.contains("stopped"), "{log}");
    }

    async fn codes_are_issued_once_and_open_the_door(databases: &TestDatabases) {
        drop(actions_now(databases).await);
        let candour = Candour::on(databases);
        let issue = |count: &'static str| [&["codes", "issue"], &TARGET[..], &["--organisation", "uhb", "--count", count]].concat();
        let csv = candour.does(&issue("25")).await;
        let rows: Vec<(&str, &str)> = csv.lines().skip(1).map(|line| line.split_once(',').unwrap()).collect();
        assert_eq!(csv.lines().next(), Some("code,link"));
        assert_eq!(rows.iter().map(|(code, _)| code).collect::<BTreeSet<_>>().len(), 25);
        for (code, link) in &rows {
            let groups: Vec<&str> = code.split('-').collect();
            let crockford = |group: &&str| group.len() == 4 && group.chars().all(|c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c));
            assert!(groups.len() == 4 && groups.iter().all(crockford), "{code}");
            assert!(link.ends_with(&format!("/enter?code={code}")), "{link}");
        }
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM sealed_code").await, 25);

        let out = databases.folder().join("codes");
        let to_files = [&issue("3")[..], &["--out", out.to_str().unwrap()]].concat();
        assert_eq!(candour.does(&to_files).await, "", "what opens a door does not go to the terminal");
        let sheet = fs::read_to_string(out.join("codes.html")).unwrap();
        assert_eq!(fs::read_to_string(out.join("codes.csv")).unwrap().lines().count(), 4);
        assert_eq!(sheet.matches("<svg").count(), 3, "each slip has a QR code");
        let again = candour.run(&to_files).await;
        assert_eq!(again.code, 1, "no sheet is overwritten");
        assert_eq!(tables.number("SELECT count(*) FROM sealed_code").await, 28, "and no codes are lost by it");

        for (arguments, words) in [
            (issue("0"), "1 to"),
            (issue("1000000"), "1 to"),
            ([&["codes", "issue"], &TARGET[..], &["--organisation", "nobody", "--count", "1"]].concat(), "it has icb"),
            (vec!["codes", "issue", "--tenant", "nobody", "--campaign", "x", "--organisation", "x", "--count", "1"], "there is bsol"),
        ] {
            let refused = candour.run(&arguments).await;
            assert_eq!(refused.code, 1);
            assert!(refused.stderr.contains(words), "{}", refused.stderr);
        }
        let server = candour.serve().await;
        server.device("bsol").enters(rows[7].0).await;
    }

    async fn a_file_with_mistakes_is_not_loaded_at_all(databases: &TestDatabases) {
        drop(actions_now(databases).await);
        let folder = databases.folder().join("export");
        fs::create_dir(&folder).unwrap();
        let comments = fs::read_to_string(polis::folder().join("comments.csv")).unwrap();
        let votes = fs::read_to_string(polis::folder().join("votes.csv")).unwrap();
        fs::write(folder.join("comments.csv"), comments).unwrap();
        let mut lines: Vec<&str> = votes.lines().collect();
        lines[99] = "1567382954698,Sun Sep 01 17:09:14 PDT 2019,0,0,7";
        lines[199] = "1567382954698,Sun Sep 01 17:09:14 PDT 2019,99999,0,1";
        lines[299] = "not,a,row";
        fs::write(folder.join("votes.csv"), lines.join("\n")).unwrap();
        let candour = Candour::on(databases);
        let import = [&["import", "polis"], &TARGET[..], &[folder.to_str().unwrap()]].concat();
        let refused = candour.run(&import).await;
        assert_eq!(refused.code, 1);
        for line in [100, 200, 300] {
            let place = format!("votes.csv:{line}: ");
            let said = refused.stderr.lines().find_map(|said| said.split_once(&place)).map(|(_, reason)| reason);
            assert!(said.is_some_and(|reason| reason.len() > 10), "line {line} is not told with a reason: {}", refused.stderr);
        }
        assert!(refused.stderr.contains("nothing was loaded"), "{}", refused.stderr);
        let tables = Tables::of_conversation(databases).await;
        for table in ["post", "vote", "participant"] {
            assert_eq!(tables.number(&format!("SELECT count(*) FROM {table}")).await, 0, "half of it is in {table}");
        }

        fs::write(folder.join("votes.csv"), votes).unwrap();
        let loaded = candour.does(&import).await;
        assert!(loaded.starts_with("316 posts, 29802 votes cast of which "), "{loaded}");
        let stand = tables.number("SELECT count(*) FROM vote").await;
        assert!(loaded.contains(&format!("of which {stand} stand, by 536 people")), "{loaded}");

        let out = databases.folder().join("out");
        for (format, files) in [("polis", &["comments.csv", "votes.csv", "summary.csv"][..]), ("json", &["conversation.json"])] {
            let export = [&["export"], &TARGET[..], &["--format", format, "--out", out.to_str().unwrap()]].concat();
            candour.does(&export).await;
            assert!(files.iter().all(|file| out.join(file).is_file()));
            assert_eq!(candour.run(&export).await.code, 1, "no file is overwritten");
        }
        let sums = "SELECT CAST(sum(agrees * 3 + disagrees * 5 + passes * 7) AS BIGINT) FROM post";
        let before = tables.number(sums).await;
        let back = out.join("conversation.json");
        candour.does(&[&["import", "json"], &TARGET[..], &[back.to_str().unwrap()]].concat()).await;
        assert_eq!(tables.number("SELECT count(*) FROM post").await % 316, 0);
        assert_eq!(tables.number(sums).await % before, 0);
        fs::write(&back, "{\"format\":").unwrap();
        assert_eq!(candour.run(&[&["import", "json"], &TARGET[..], &[back.to_str().unwrap()]].concat()).await.code, 1);
    }
}

/// Backups of PostgreSQL are its own tools' work.
mod backups {
    use super::*;

    #[test]
    fn sqlite() {
        with_databases(Kind::Sqlite, |databases| Box::pin(a_backup_of_a_busy_server_is_whole(databases)));
    }

    async fn a_backup_of_a_busy_server_is_whole(databases: &crate::harness::databases::TestDatabases) {
        let actions = actions_now(databases).await;
        let tenant = actions.tenants().by_slug("bsol").await.unwrap().unwrap();
        let code =
            actions.issue_codes(&tenant, &tenant.campaigns[0], &tenant.organisations[0], 1).await.unwrap();
        drop(actions);
        let candour = Candour::on(databases);
        let server = candour.serve().await;
        let ann = server.device("bsol").enters(&code[0].to_string()).await;
        let idea = ann.shares("In the backup").await;
        let backup = databases.folder().join("backup");
        let copy = ["backup", "--out", backup.to_str().unwrap()];
        let busy = async {
            let mut answers = ["agree", "disagree", "pass", "withdraw"].into_iter().cycle();
            loop {
                ann.votes(&idea, answers.next().unwrap()).await;
            }
        };
        tokio::select! {
            _ = candour.does(&copy) => {}
            () = busy => {}
        }
        assert_eq!(candour.run(&copy).await.code, 1, "no backup is overwritten");
        ann.shares("After the backup").await;
        let sides = [backup.join("identity"), backup.join("conversation")];
        for (side, own, other) in [
            (&sides[0], "identity.sqlite", "conversation.sqlite"),
            (&sides[1], "conversation.sqlite", "identity.sqlite"),
        ] {
            assert!(
                side.join(own).exists() && !side.join(other).exists(),
                "no side's secrets lie in the other's backup"
            );
        }
        let both = candour.run(&["restore", "--from", backup.to_str().unwrap()]).await;
        assert!(both.code == 1 && both.stderr.contains("one at a time"), "{}", both.stderr);
        let restore = ["restore", "--from", sides[1].to_str().unwrap()];
        assert_eq!(candour.run(&restore).await.code, 1, "nothing is restored under a running server");
        server.stop().await;
        let refused = candour.run(&restore).await;
        assert!(refused.code == 1 && refused.stderr.contains("--replace"), "{}", refused.stderr);

        candour.does(&[&restore[..], &["--replace"]].concat()).await;
        candour.does(&["restore", "--from", sides[0].to_str().unwrap(), "--replace"]).await;
        candour.does(&["migrate"]).await;
        let server = candour.serve().await;
        let ann_again: Person = ann.at_server(server.site());
        let page = ann_again.opens("").await.expect(200);
        assert!(page.body.contains("In the backup") && !page.body.contains("After the backup"));
        let tables = Tables::of_conversation(databases).await;
        let (votes, counted) =
            ("SELECT count(*) FROM vote", "SELECT sum(agrees + disagrees + passes) FROM post");
        assert_eq!(tables.number(votes).await, tables.number(counted).await, "the copy is of one moment");
        ann_again.votes(&idea, "agree").await;

        fs::write(sides[1].join("conversation.sqlite"), "damaged").unwrap();
        server.stop().await;
        let refused = candour.run(&[&restore[..], &["--replace"]].concat()).await;
        assert_eq!(refused.code, 1, "a damaged backup replaces nothing");
        candour.serve().await;
    }
}

#[tokio::test]
async fn packs_are_checked_and_every_problem_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let candour = Candour::bare(folder.path());
    let ours = crate::harness::packs::folder();
    assert_eq!(candour.does(&["tenants", "check", ours.to_str().unwrap()]).await, "3 pack(s) are in order\n");

    copy(&ours.join("hhft"), &folder.path().join("tenants/hhft"));
    let campaign = folder.path().join("tenants/hhft/campaigns/series-3/campaign.toml");
    let text = fs::read_to_string(&campaign).unwrap().replace("2024-04-07T20:00:00", "2024-03-01T20:00:00");
    fs::write(&campaign, text).unwrap();
    let tenant = folder.path().join("tenants/hhft/tenant.toml");
    let text = fs::read_to_string(&tenant)
        .unwrap()
        .replace("#7a1f55", "plum")
        .replace("Europe/London", "Europe/Atlantis");
    fs::write(&tenant, text).unwrap();
    fs::remove_file(folder.path().join("tenants/hhft/pages/topics.md")).unwrap();
    let refused = candour.run(&["tenants", "check"]).await;
    assert_eq!(refused.code, 1);
    for told in ["campaign.toml", "tenant.toml", "plum", "Europe/Atlantis", "topics.md"] {
        assert!(refused.stderr.contains(told), "{told} is not told: {}", refused.stderr);
    }
    assert_eq!(candour.run(&["tenants", "check", "no-such-folder"]).await.code, 1);
}

#[tokio::test]
async fn a_wrong_configuration_is_told_key_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = Candour::bare(folder.path())
        .with("SERVER__ADDRESS", "everywhere")
        .with("SERVER__PUBLIC_URL", "http://talk.example.org")
        .with("SERVER__TRUSTED_PROXIES", "10.0.0.0/99")
        .with("STORAGE__IDENTITY_URL", "postgres://user:hunter2@localhost/one")
        .with("LOGS__FORMAT", "poetry");
    let refused = wrong.run(&["serve"]).await;
    assert_eq!(refused.code, 1);
    for key in [
        "server.address",
        "server.public_url",
        "server.trusted_proxies",
        "storage.conversation_url",
        "logs.format",
    ] {
        assert!(refused.stderr.contains(key), "{key} is not told: {}", refused.stderr);
    }
    assert!(!refused.stderr.contains("hunter2"), "a password is told");
    let unhealthy = wrong.run(&["doctor", "--json"]).await;
    assert_eq!(unhealthy.code, 1);
    assert_eq!(serde_json::from_str::<Value>(&unhealthy.stdout).unwrap()["healthy"], json!(false));
    fs::write(folder.path().join("candour.toml"), "[server]\nadress = \"x\"\n").unwrap();
    let misspelt = Candour::bare(folder.path()).run(&["serve"]).await;
    assert!(misspelt.code == 1 && misspelt.stderr.contains("adress"), "{}", misspelt.stderr);
}

#[tokio::test]
async fn the_api_s_description_is_the_committed_one() {
    let folder = tempfile::tempdir().unwrap();
    let printed = Candour::bare(folder.path()).does(&["openapi"]).await;
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let same = fs::read_to_string(committed).unwrap() == printed;
    assert!(same, "run `candour openapi > docs/openapi.json`");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
