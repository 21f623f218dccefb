//! On databases that SQLite itself wrote: people sign up one by one, wait in batches, are let in; then both files are stolen.

use rusqlite::Connection;

use super::*;

/// People who join.
const PEOPLE: usize = 600;
/// Who is let in together.
const BATCH: usize = 20;

/// How the databases are kept.
#[derive(Clone, Copy)]
struct Shape {
    /// Tables have rowids.
    rowids: bool,
    /// Batches are written in the order of their keys, not of their coming.
    shuffled: bool,
    /// The logs stay.
    logs: bool,
    /// The files were rewritten before they were stolen.
    rewritten: bool,
}

const AS_DESIGNED: Shape = Shape { rowids: false, shuffled: true, logs: false, rewritten: true };

/// Seeded bytes (SplitMix64).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    fn id(&mut self) -> Vec<u8> {
        let mut id = self.bytes(16);
        id[6] = (id[6] & 0x0f) | 0x40;
        id
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Trial {
    folder: tempfile::TempDir,
    /// Kept, because closing the last connection empties the log.
    connections: [Connection; 2],
    truth: Vec<(String, String)>,
}

impl Trial {
    fn file(&self, side: &str) -> PathBuf {
        self.folder.path().join(side)
    }

    fn outcome(&self, with_truth: bool) -> Outcome {
        let identity = read_side(&self.file("identity.sqlite"), schema::PERSON).unwrap();
        let conversation = read_side(&self.file("conversation.sqlite"), schema::PARTICIPANT).unwrap();
        examine(&identity, &conversation, with_truth.then_some(&self.truth))
    }

    fn new(shape: Shape) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kept = if shape.rowids { "" } else { "WITHOUT ROWID" };
        let open = |name: &str, tables: &str| {
            let connection = Connection::open(folder.path().join(name)).unwrap();
            let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;";
            connection.execute_batch(&format!("{settings} {}", tables.replace("KEPT", kept))).unwrap();
            connection
        };
        let identity = open(
            "identity.sqlite",
            "CREATE TABLE person (tenant_id BLOB, id BLOB, campaign_id BLOB, organisation_id BLOB, email TEXT, request BLOB,
             PRIMARY KEY (tenant_id, id)) KEPT;",
        );
        let conversation = open(
            "conversation.sqlite",
            "CREATE TABLE credential (tenant_id BLOB, device_key BLOB, campaign_id BLOB, cohort TEXT, participant_id BLOB,
             PRIMARY KEY (tenant_id, device_key)) KEPT;
             CREATE TABLE participant (tenant_id BLOB, id BLOB, campaign_id BLOB, seed INT, PRIMARY KEY (tenant_id, id)) KEPT;
             CREATE TABLE waiting (tenant_id BLOB, participant_id BLOB, campaign_id BLOB, seed INT, device_key BLOB, cohort TEXT,
             PRIMARY KEY (tenant_id, participant_id)) KEPT;",
        );
        let mut trial = Self { folder, connections: [identity, conversation], truth: Vec::new() };
        trial.everybody_joins(shape);
        for connection in &trial.connections {
            let rewrite = if shape.rewritten { "VACUUM;" } else { "" };
            let empty = if shape.logs { "" } else { "PRAGMA wal_checkpoint(TRUNCATE);" };
            connection.execute_batch(&format!("{rewrite}{empty}")).unwrap();
        }
        trial
    }

    fn everybody_joins(&mut self, shape: Shape) {
        let mut draws = Draws(4);
        let [tenant, campaign, organisation] = [draws.id(), draws.id(), draws.id()];
        let [identity, conversation] = &self.connections;
        for number in 1..=PEOPLE {
            let [person, participant] = [draws.id(), draws.id()];
            self.truth.push((hex(&person), hex(&participant)));
            let email = format!("{}@trust.example", hex(&draws.bytes(6)));
            identity
                .execute(
                    "INSERT INTO person VALUES (?1, ?2, ?3, ?4, ?5, NULL)",
                    (&tenant, &person, &campaign, &organisation, email),
                )
                .unwrap();
            identity
                .execute("UPDATE person SET request = ?2 WHERE id = ?1", (&person, draws.bytes(32)))
                .unwrap();
            conversation
                .execute(
                    "INSERT INTO waiting VALUES (?1, ?2, ?3, ?4, ?5, 'all')",
                    (&tenant, &participant, &campaign, draws.next() as i64, draws.bytes(32)),
                )
                .unwrap();
            if number % BATCH == 0 {
                let [by_key, by_id] =
                    if shape.shuffled { ["device_key", "participant_id"] } else { ["rowid", "rowid"] };
                conversation
                    .execute_batch(&format!(
                        "BEGIN;
                         INSERT INTO participant SELECT tenant_id, participant_id, campaign_id, seed FROM waiting ORDER BY {by_id};
                         INSERT INTO credential SELECT tenant_id, device_key, campaign_id, cohort, participant_id FROM waiting ORDER BY {by_key};
                         DELETE FROM waiting;
                         COMMIT"
                    ))
                    .unwrap();
            }
        }
    }
}

#[test]
fn databases_kept_as_designed_are_clean() {
    let trial = Trial::new(AS_DESIGNED);
    for with_truth in [true, false] {
        let outcome = trial.outcome(with_truth);
        assert!(outcome.clean, "{}", outcome.text);
        assert!(
            outcome.text.ends_with("CLEAN: nothing in these dumps tells who is whom.\n"),
            "{}",
            outcome.text
        );
    }
    assert!(trial.outcome(true).text.contains("600 pairs of the truth are in the dumps, 0 are not."));
    assert!(trial.outcome(false).text.contains("fewest people a credential fits              600"));
}

#[test]
fn rowids_link_by_nearness_even_in_shuffled_batches() {
    let outcome = Trial::new(Shape { rowids: true, ..AS_DESIGNED }).outcome(true);
    assert!(
        !outcome.clean && outcome.text.contains("person: rowid x participant: rowid, same rank LINKS"),
        "{}",
        outcome.text
    );
    assert!(outcome.text.contains("keeps a hidden serial"), "{}", outcome.text);
}

#[test]
fn rowids_link_everybody_where_batches_are_not_shuffled() {
    let trial = Trial::new(Shape { rowids: true, shuffled: false, ..AS_DESIGNED });
    let outcome = trial.outcome(true);
    let line =
        outcome.text.lines().find(|line| line.contains("person: rowid x credential: rowid, same rank LINKS"));
    assert!(line.is_some_and(|line| line.trim_start().starts_with("600 ")), "{}", outcome.text);
    assert!(!trial.outcome(false).clean, "the marks show without any truth");
}

#[test]
fn kept_logs_link_whatever_the_tables_look_like() {
    let trial = Trial::new(Shape { logs: true, rewritten: false, ..AS_DESIGNED });
    let outcome = trial.outcome(true);
    let line =
        outcome.text.lines().find(|line| line.contains("waiting: first seen in the log, same rank LINKS"));
    assert!(line.is_some_and(|line| line.trim_start().starts_with("600 ")), "{}", outcome.text);
    let outcome = trial.outcome(false);
    assert!(outcome.text.contains("SUSPICIOUS write-ahead logs: "), "{}", outcome.text);
}

#[test]
fn the_command_ends_with_1_when_it_finds_something() {
    let run = |trial: &Trial| {
        let args = Args {
            identity: trial.file("identity.sqlite"),
            conversation: trial.file("conversation.sqlite"),
            truth: None,
        };
        run(&args).unwrap()
    };
    assert_eq!(run(&Trial::new(AS_DESIGNED)), ExitCode::SUCCESS);
    assert_eq!(run(&Trial::new(Shape { logs: true, rewritten: false, ..AS_DESIGNED })), ExitCode::FAILURE);
}

#[test]
fn wrong_files_are_refused_with_what_to_do() {
    let trial = Trial::new(AS_DESIGNED);
    let other = read_side(&trial.file("conversation.sqlite"), schema::PERSON).unwrap_err();
    assert!(other.to_string().contains("has no table `person`: is it the other side"), "{other}");
    let text = trial.file("hello.txt");
    fs::write(&text, "hello").unwrap();
    let refusal = format!("{:#}", read_side(&text, schema::PERSON).unwrap_err());
    assert!(refusal.contains("neither a SQLite database nor a plain text dump"), "{refusal}");
    assert!(read_side(&trial.file("absent"), schema::PERSON).is_err());

    assert_eq!(truth("person,participant\r\na, \"b\"\n\n").unwrap(), [("a".to_owned(), "b".to_owned())]);
    assert!(truth("a,b\n").is_err() && truth("person,participant\nalone\n").is_err());
}

#[test]
fn another_trials_truth_tests_nothing() {
    let mut trial = Trial::new(AS_DESIGNED);
    trial.truth = vec![("00".to_owned(), "11".to_owned())];
    let outcome = trial.outcome(true);
    assert!(!outcome.clean && outcome.text.contains("UNTESTED"), "{}", outcome.text);
}
