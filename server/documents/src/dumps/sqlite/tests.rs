//! Against files that SQLite itself wrote. The databases live in memory or in a folder that goes with the test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;
use crate::dumps::{History, read_dump};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("candour-dumps-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("test.sqlite")
    }

    /// The file and its log, as a thief copies them while the server runs.
    fn stolen(&self) -> Dump {
        let read = |path: &Path| std::fs::read(path).ok();
        let log = read(&self.0.join("test.sqlite-wal"));
        read_dump(&read(&self.file()).unwrap(), log.as_deref()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A connection that leaves its log alone.
fn open(folder: &Folder, page_size: u32) -> Connection {
    let connection = Connection::open(folder.file()).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {page_size}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;"
        ))
        .unwrap();
    connection
}

/// Seeded numbers (SplitMix64).
fn draws(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// What SQLite itself says is in `table`, in the order that it stores.
fn as_sqlite_says(connection: &Connection, table: &str, order: &str) -> Vec<Vec<Cell>> {
    use rusqlite::types::ValueRef;
    let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY {order}")).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cell = |place| {
            Ok(match row.get_ref(place)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(value) => Cell::Integer(value),
                ValueRef::Real(value) => Cell::Real(value),
                ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).unwrap()),
                ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
            })
        };
        (0..columns).map(cell).collect::<rusqlite::Result<Vec<Cell>>>()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn table<'a>(dump: &'a Dump, name: &str) -> &'a Table {
    dump.tables.iter().find(|table| table.name == name).unwrap()
}

fn values(table: &Table) -> Vec<Vec<Cell>> {
    table.rows.iter().map(|row| row.values.clone()).collect()
}

const SHAPES: &str = "
    CREATE TABLE heap (id INTEGER PRIMARY KEY, a TEXT, b REAL, c BLOB);
    CREATE TABLE keyed (note TEXT, k2 BLOB, k1 INT, size INT, PRIMARY KEY (k1, k2)) WITHOUT ROWID;
    CREATE INDEX heap_by_a ON heap (a);
    CREATE VIEW seen AS SELECT a FROM heap;
    CREATE TABLE plain (a, b);";

fn fill(connection: &Connection, rows: u64) {
    let mut draw = draws(7);
    connection.execute_batch("BEGIN").unwrap();
    for number in 0..rows {
        let long = "é".repeat((draw() % if number % 50 == 0 { 9_000 } else { 60 }) as usize);
        let bytes = draw().to_be_bytes().repeat((draw() % 40) as usize);
        let value = draw() as i64 >> (draw() % 63);
        let real = draw() as f64 / 1e12;
        connection.execute("INSERT INTO heap (a, b, c) VALUES (?1, ?2, ?3)", (&long, real, &bytes)).unwrap();
        connection
            .execute(
                "INSERT INTO keyed VALUES (?1, ?2, ?3, ?4)",
                (&long, draw().to_be_bytes().to_vec(), value % 9, value),
            )
            .unwrap();
        connection.execute("INSERT INTO plain VALUES (?1, NULL)", [value % 2]).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
}

#[test]
fn rows_are_read_as_sqlite_reads_them() {
    for (name, page_size, encoding) in
        [("512", 512, "UTF-8"), ("4096", 4_096, "UTF-16le"), ("65536", 65_536, "UTF-16be")]
    {
        let folder = Folder::new(name);
        let connection = open(&folder, page_size);
        connection.execute_batch(&format!("PRAGMA encoding = '{encoding}'; {SHAPES}")).unwrap();
        fill(&connection, 700);
        connection
            .execute_batch("ALTER TABLE heap ADD COLUMN later; DELETE FROM keyed WHERE size % 3 = 0")
            .unwrap();
        for emptied in [false, true] {
            if emptied {
                connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            }
            let dump = folder.stolen();
            assert_eq!(
                dump.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(),
                ["heap", "keyed", "plain"]
            );
            for (name, order) in [("heap", "id"), ("keyed", "k1, k2"), ("plain", "rowid")] {
                assert_eq!(
                    values(table(&dump, name)),
                    as_sqlite_says(&connection, name, order),
                    "{name} {page_size}"
                );
            }
            assert!(table(&dump, "keyed").rows.iter().all(|row| row.rowid.is_none() && row.place.is_some()));
            assert!(
                table(&dump, "plain").rows.iter().zip(1..).all(|(row, number)| row.rowid == Some(number))
            );
            assert_eq!(dump.history.commits == 0, emptied);
        }
    }
}

/// Two hundred people in one transaction; then each joins, in an order drawn by lot, in a transaction of its own.
fn joining(connection: &Connection, kept: &str, people: usize) -> Vec<Vec<u8>> {
    connection
        .execute_batch(&format!(
            "CREATE TABLE person (id BLOB NOT NULL, request BLOB, PRIMARY KEY (id)) {kept}; BEGIN"
        ))
        .unwrap();
    let mut draw = draws(11);
    let mut ids: Vec<Vec<u8>> =
        (0..people).map(|_| [draw().to_be_bytes(), draw().to_be_bytes()].concat()).collect();
    for id in &ids {
        connection.execute("INSERT INTO person VALUES (?1, NULL)", [id]).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    ids.sort_by_cached_key(|_| draw());
    for id in &ids {
        let request = [draw().to_be_bytes(); 4].concat();
        connection.execute("UPDATE person SET request = ?2 WHERE id = ?1", (id, request)).unwrap();
    }
    ids
}

#[test]
fn the_log_tells_in_which_order_people_joined() {
    for (name, kept) in [("with", ""), ("without", "WITHOUT ROWID")] {
        let folder = Folder::new(name);
        let connection = open(&folder, 4_096);
        let order = joining(&connection, kept, 200);
        let dump = folder.stolen();
        assert!(dump.history.commits > 200, "{}", dump.history.commits);
        let changed: BTreeMap<u64, &Cell> = dump
            .history
            .arrivals
            .iter()
            .filter_map(|arrival| Some((arrival.changed_in?, &arrival.values[0])))
            .collect();
        let told: Vec<Cell> = changed.into_values().cloned().collect();
        assert_eq!(told, order.iter().cloned().map(Cell::Blob).collect::<Vec<_>>(), "{name} rowid");
        let first = dump.history.arrivals.iter().map(|arrival| arrival.first_commit).collect::<Vec<_>>();
        assert_eq!(first.len(), 200, "each row arrives once");
        assert!(first.iter().all(|commit| *commit == first[0]), "and all with the roll");

        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        assert_eq!(folder.stolen().history, History::default(), "an emptied log tells nothing");
    }
}

#[test]
fn rows_that_arrive_one_by_one_are_told_apart_across_page_splits() {
    for (name, kept) in [("split-with", ""), ("split-without", "WITHOUT ROWID")] {
        let folder = Folder::new(name);
        let connection = open(&folder, 512);
        connection.execute_batch(&format!("CREATE TABLE credential (k BLOB PRIMARY KEY) {kept}")).unwrap();
        let mut draw = draws(5);
        let keys: Vec<Vec<u8>> = (0..500).map(|_| [draw().to_be_bytes(); 4].concat()).collect();
        for key in &keys {
            connection.execute("INSERT INTO credential VALUES (?1)", [key]).unwrap();
        }
        let told: Vec<Cell> =
            folder.stolen().history.arrivals.iter().map(|it| it.values[0].clone()).collect();
        assert_eq!(told, keys.into_iter().map(Cell::Blob).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn a_used_log_still_tells_when_the_file_has_caught_up() {
    let folder = Folder::new("caught-up");
    let connection = open(&folder, 4_096);
    let order = joining(&connection, "WITHOUT ROWID", 50);
    connection.execute_batch("PRAGMA wal_checkpoint(FULL)").unwrap();
    let dump = folder.stolen();
    assert_eq!(
        dump.history.arrivals.iter().filter(|arrival| arrival.changed_in.is_some()).count(),
        order.len()
    );
    connection.execute_batch("CREATE TABLE next (a)").unwrap();
    let dump = folder.stolen();
    assert_eq!(dump.history.commits, 1, "the log began anew");
    assert!(
        dump.remnants.iter().any(|remnant| remnant.place.starts_with("write-ahead log")),
        "over its old frames"
    );
}

#[test]
fn deleted_rows_leave_remnants_unless_they_are_overwritten() {
    for (setting, expected) in [("OFF", true), ("ON", false)] {
        let folder = Folder::new(setting);
        let connection = open(&folder, 4_096);
        connection.execute_batch(&format!("PRAGMA secure_delete = {setting}; {SHAPES}")).unwrap();
        fill(&connection, 300);
        connection
            .execute_batch(
                "DELETE FROM keyed WHERE size % 2 = 0; DELETE FROM heap; PRAGMA wal_checkpoint(TRUNCATE)",
            )
            .unwrap();
        let mut remnants = folder.stolen().remnants;
        remnants.retain(|remnant| !remnant.by_splits);
        let places: Vec<_> = remnants.iter().map(|remnant| remnant.place.as_str()).collect();
        assert_eq!(
            places,
            if expected { &["free pages", "deleted or moved rows of keyed"][..] } else { &[] },
            "{setting}"
        );
        assert!(remnants.iter().all(|remnant| remnant.bytes > 1_000), "{remnants:?}");
    }
}

#[test]
fn what_is_no_database_is_refused() {
    let refusal = |bytes: &[u8]| read_sqlite(bytes, None).unwrap_err();
    assert_eq!(refusal(b""), DumpRefusal::NotADump);
    assert_eq!(refusal(MAGIC), DumpRefusal::NotADump);
    let mut header = [MAGIC, &[0; 84]].concat();
    header[16] = 3;
    assert!(matches!(refusal(&header), DumpRefusal::Page { page: 1, .. }));
    header[16..18].copy_from_slice(&[16, 0]);
    assert_eq!(refusal(&header), DumpRefusal::Page { page: 1, what: "it is missing" });
}

/// Bytes changed by lot, in the file, and in the log with its checksums made right again by never checking them: pages of a log are
/// tried as the file's own.
#[test]
fn damaged_files_are_read_or_refused_and_nothing_else() {
    let folder = Folder::new("damaged");
    let connection = open(&folder, 512);
    connection.execute_batch(SHAPES).unwrap();
    fill(&connection, 60);
    connection.execute_batch("DELETE FROM heap WHERE id % 4 = 0; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    joining(&connection, "WITHOUT ROWID", 20);
    let database = std::fs::read(folder.file()).unwrap();
    let log = std::fs::read(folder.0.join("test.sqlite-wal")).unwrap();
    assert!(read_sqlite(&database, Some(&log)).unwrap().history.commits > 20);
    let mut draw = draws(3);
    let (mut read, mut refused) = (0, 0);
    for round in 0..3_000 {
        let mut database = database.clone();
        let mut log = log.clone();
        for _ in 0..=draw() % 6 {
            let pages = (database.len() / 512) as u64;
            // Page headers and pointers are where damage matters.
            let at = (draw() % pages * 512 + draw() % if round % 2 == 0 { 24 } else { 512 }) as usize;
            database[at] = [0, 1, 2, 5, 10, 13, 0x7f, 0x80, 0xff, draw() as u8][(draw() % 10) as usize];
        }
        if round % 5 == 0 {
            let at = (draw() % log.len() as u64) as usize;
            log[at] ^= 1 << (draw() % 8);
        }
        if round % 7 == 0 {
            database.truncate((draw() % database.len() as u64) as usize);
        }
        match read_sqlite(&database, (round % 3 != 0).then_some(&log)) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}
