//! A thief of both databases links people and what they said no better than by chance; three rules broken, and they do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::StreamExt;
use futures_util::stream;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rusqlite::Connection;

use crate::harness::binary::{Candour, Ran};
use crate::harness::databases::{Kind, TestDatabases, with_databases};
use crate::harness::joiner::Onward;
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::people::Person;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

const CAMPAIGN: &str = "first-conversation";
/// People who join, post and vote.
const PEOPLE: usize = 1_000;
/// People on the roll of the same organisation who do not join.
const OTHERS: usize = 200;
/// How many ideas of others each answers.
const VOTES: usize = 5;
/// People who are about it at the same time.
const AT_ONCE: usize = 8;

/// Who is whom: emails with the device keys that they came in with, in the order in which they came.
type Truth = Vec<(String, [u8; 32])>;

#[test]
fn the_files_of_sqlite_link_nobody_and_broken_rules_do() {
    with_databases(Kind::Sqlite, |databases| {
        Box::pin(async move {
            let server = TestServer::with_packs(databases, packs::waiting_for(20)).await;
            let truth = everybody_joins(&server).await;
            let folder = databases.folder().join("stolen");
            std::fs::create_dir(&folder).unwrap();
            let (identity, conversation) =
                (folder.join("identity.sqlite"), folder.join("conversation.sqlite"));
            // With their logs, from under the running server.
            for (from, to) in
                [(&databases.identity.app, &identity), (&databases.conversation.app, &conversation)]
            {
                let from = from.trim_start_matches("sqlite://").split('?').next().unwrap();
                std::fs::copy(from, to).unwrap();
                let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
                if log(Path::new(from)).exists() {
                    std::fs::copy(log(Path::new(from)), log(to)).unwrap();
                }
            }
            let pairs = pairs(databases, &truth).await;
            assert_everybody_took_part(databases).await;
            let file = write_truth(&folder, &pairs);
            let honest = verify(databases, &identity, &conversation, &file).await;
            assert_eq!(honest.code, 0, "{}{}", honest.stdout, honest.stderr);

            for (rule, break_it) in [
                ("serial ids", serial_ids as fn(&Connection, &str, &str, &[String])),
                ("exact times", exact_times),
                ("unshuffled rows", unshuffled),
            ] {
                let broken = folder.join(rule.replace(' ', "-"));
                std::fs::create_dir(&broken).unwrap();
                let sides =
                    [("identity", "person", "id", 0), ("conversation", "credential", "participant_id", 1)];
                for (side, table, id, half) in sides {
                    let to = broken.join(format!("{side}.sqlite"));
                    std::fs::copy(folder.join(format!("{side}.sqlite")), &to).unwrap();
                    let database = Connection::open(&to).unwrap();
                    let in_order: Vec<String> = pairs
                        .iter()
                        .map(|pair| if half == 0 { pair.0.clone() } else { pair.1.clone() })
                        .collect();
                    break_it(&database, table, id, &in_order);
                    database.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
                }
                let (identity, conversation) =
                    (broken.join("identity.sqlite"), broken.join("conversation.sqlite"));
                let ran = verify(databases, &identity, &conversation, &file).await;
                assert_eq!(ran.code, 1, "{rule}: {}", ran.stdout);
                assert!(ran.stdout.contains("LINKED"), "{rule}: {}", ran.stdout);
            }
        })
    });
}

#[test]
fn the_dumps_of_postgres_link_nobody() {
    with_databases(Kind::Postgres, |databases| {
        Box::pin(async move {
            let server = TestServer::with_packs(databases, packs::waiting_for(20)).await;
            let truth = everybody_joins(&server).await;
            let folder = databases.folder().join("stolen");
            std::fs::create_dir(&folder).unwrap();
            let administrator = std::env::var("CANDOUR_TEST_POSTGRES").unwrap();
            let (cluster, _) = administrator.rsplit_once('/').unwrap();
            let mut dumps = Vec::new();
            for (side, address) in
                [("identity", &databases.identity.owner), ("conversation", &databases.conversation.owner)]
            {
                let (_, name) = address.rsplit_once('/').unwrap();
                let to = folder.join(format!("{side}.sql"));
                let dumped = Command::new("pg_dump")
                    .arg("--format=plain")
                    .arg("--file")
                    .arg(&to)
                    .arg(format!("{cluster}/{name}"))
                    .output();
                let dumped = dumped.expect("pg_dump comes with PostgreSQL");
                assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
                dumps.push(to);
            }
            let file = write_truth(&folder, &pairs(databases, &truth).await);
            assert_everybody_took_part(databases).await;
            let honest = verify(databases, &dumps[0], &dumps[1], &file).await;
            assert_eq!(honest.code, 0, "{}{}", honest.stdout, honest.stderr);
        })
    });
}

/// A thousand people come in with credentials, post, vote and comment, as soon as there is anything to answer. Gives who is whom.
async fn everybody_joins(server: &TestServer) -> Truth {
    let mut emails: Vec<String> =
        (0..PEOPLE + OTHERS).map(|number| format!("person{number}@uhb.example")).collect();
    // Nobody joins in the order of the alphabet.
    emails.shuffle(&mut StdRng::seed_from_u64(5));
    let rows: Vec<(&str, &str)> = emails.iter().map(|email| (email.as_str(), "uhb")).collect();
    let logins = server.launch("bsol", &rows).await;
    let come = stream::iter(0..PEOPLE).map(|number| {
        let (login, email) = (logins[number].clone(), emails[number].clone());
        async move {
            let device = server.device("bsol");
            let key = server.key("bsol", number as u64).await;
            let onward = Onward::of(&device.logs_in(CAMPAIGN, &login).await.expect(303));
            let person = device.joins(&key, &onward).await;
            let page = person.opens("/share").await.expect(200);
            let radio =
                page.body.split("<input").find(|input| input.contains("name=\"prompt\"")).expect("prompts");
            let prompt =
                crate::harness::answer::between(radio, "value=\"", "\"").expect("a prompt").to_owned();
            person.sends_idea(&prompt, &format!("Idea of somebody {}", number % 17)).await.expect(303);
            let answered = answers(&person, number).await;
            ((email, key.public()), (!answered).then_some((person, number)))
        }
    });
    let (truth, early): (Truth, Vec<_>) = come.buffered(AT_ONCE).unzip().await;
    for (person, number) in early.iter().flatten() {
        assert!(answers(person, *number).await, "by now there is something to answer");
    }
    server.actions.keep_house().await.unwrap();
    // The hour lets in who is left; then the identity side has had time to forget.
    server.clock.set("2023-12-01T18:30:00Z");
    server.actions.keep_house().await.unwrap();
    server.enrolment.forget_order_now().await.unwrap();
    eventually("everybody is let in", async || server.actions.admit_due().await.unwrap() == 0).await;
    truth
}

/// Votes on some of the ideas that the person sees, and comments on one. Nothing, and false, while there are too few.
async fn answers(person: &Person, number: usize) -> bool {
    let page = person.opens("").await.expect(200).body;
    let shown = page.split("data-post=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut ideas: Vec<&str> = shown.collect();
    if ideas.len() < VOTES {
        return false;
    }
    ideas.shuffle(&mut StdRng::seed_from_u64(number as u64));
    for (idea, answer) in ideas.iter().take(VOTES).zip(["agree", "disagree", "pass"].iter().cycle()) {
        person.votes(idea, answer).await;
    }
    person.sends_comment(ideas[0], "", &format!("Comment of somebody {}", number % 13)).await.expect(303);
    true
}

async fn assert_everybody_took_part(databases: &TestDatabases) {
    let tables = Tables::of_conversation(databases).await;
    for (table, number) in [
        ("post WHERE contribution_id IS NULL", PEOPLE),
        ("post WHERE contribution_id IS NOT NULL", PEOPLE),
        ("vote", VOTES * PEOPLE),
    ] {
        let there = tables.number(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(there, number as i64, "{table}");
    }
}

/// Ids of person and participant, in the order in which they came, in hexadecimal.
async fn pairs(databases: &TestDatabases, truth: &Truth) -> Vec<(String, String)> {
    let (identity, conversation) =
        (Tables::of_identity(databases).await, Tables::of_conversation(databases).await);
    let person = identity.texts(&format!("SELECT email || ' ' || {} FROM person", identity.uuid("id"))).await;
    let participant = conversation
        .texts(&format!(
            "SELECT {} || ' ' || {} FROM credential",
            conversation.bytes("device_key"),
            conversation.uuid("participant_id")
        ))
        .await;
    let map = |rows: Vec<String>| -> HashMap<String, String> {
        rows.iter()
            .map(|row| row.split_once(' ').map(|(key, id)| (key.to_owned(), id.to_lowercase())).unwrap())
            .collect()
    };
    let (person, participant) =
        (map(person), map(participant.into_iter().map(|row| row.to_lowercase()).collect()));
    let hexadecimal = |key: &[u8; 32]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    truth.iter().map(|(email, key)| (person[email].clone(), participant[&hexadecimal(key)].clone())).collect()
}

fn write_truth(folder: &Path, pairs: &[(String, String)]) -> PathBuf {
    let hyphens = |id: &str| [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    let rows: String = pairs
        .iter()
        .map(|(person, participant)| format!("{},{}\n", hyphens(person), hyphens(participant)))
        .collect();
    let path = folder.join("truth.csv");
    std::fs::write(&path, format!("person,participant\n{rows}")).unwrap();
    path
}

async fn verify(databases: &TestDatabases, identity: &Path, conversation: &Path, truth: &Path) -> Ran {
    let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let (identity, conversation, truth) = (text(identity), text(conversation), text(truth));
    let arguments =
        ["verify-anonymity", "--identity", &identity, "--conversation", &conversation, "--truth", &truth];
    Candour::bare(databases.folder()).run(&arguments).await
}

/// As if ids had been counted up.
fn serial_ids(database: &Connection, table: &str, id: &str, in_order: &[String]) {
    database.execute(&format!("ALTER TABLE {table} ADD COLUMN serial INTEGER"), []).unwrap();
    for (number, row) in in_order.iter().enumerate() {
        let sql = format!("UPDATE {table} SET serial = {number} WHERE {id} = x'{row}'");
        assert_eq!(database.execute(&sql, []).unwrap(), 1);
    }
}

/// As if the time of each step had been kept: a signature now, a registration a few seconds later.
fn exact_times(database: &Connection, table: &str, id: &str, in_order: &[String]) {
    database.execute(&format!("ALTER TABLE {table} ADD COLUMN made_at INTEGER"), []).unwrap();
    let late = if table == "credential" { 3 } else { 0 };
    for (number, row) in in_order.iter().enumerate() {
        // People do not come like clockwork, and take a moment longer or shorter.
        let at = 1_701_432_000 + number * 7 + (number * number) % 5 + late;
        database.execute(&format!("UPDATE {table} SET made_at = {at} WHERE {id} = x'{row}'"), []).unwrap();
    }
}

/// As if each row had been written when its person came, into a table that keeps that order.
fn unshuffled(database: &Connection, table: &str, id: &str, in_order: &[String]) {
    let columns: Vec<String> = {
        let mut statement =
            database.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let columns = columns.join(", ");
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    database.execute(&format!("CREATE TABLE written AS SELECT {columns} FROM {table} LIMIT 0"), []).unwrap();
    for row in in_order {
        let sql = format!("INSERT INTO written SELECT {columns} FROM {table} WHERE {id} = x'{row}'");
        assert_eq!(database.execute(&sql, []).unwrap(), 1);
    }
    let rest = format!(
        "INSERT INTO written SELECT {columns} FROM {table} WHERE {id} NOT IN (SELECT {id} FROM written)"
    );
    database.execute(&rest, []).unwrap();
    database.execute(&format!("DROP TABLE {table}"), []).unwrap();
    database.execute(&format!("ALTER TABLE written RENAME TO {table}"), []).unwrap();
}
