//! What lies on the disk of one side, as somebody finds it who gets hold of the files: SQLite's database and logs; PostgreSQL's tables after
//! a checkpoint, with what was deleted and not cleared away yet, and what its write-ahead log says of that database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::databases::{Kind, Side, TestDatabases};
use crate::harness::tables::Tables;

/// Bytes of a page of the write-ahead log, of the header that it begins with, and of the header of a file's first page.
const PAGE: u64 = 8 << 10;
const PAGE_HEADER: u64 = 24;
const FILE_HEADER: u64 = 40;
/// Bytes of a file of the write-ahead log, and how many of them a number of eight hexadecimal digits counts.
const LOG_FILE: u64 = 16 << 20;
const LOG_FILES: u64 = (1 << 32) / LOG_FILE;
/// Where tables lie that belong to no database: there nobody writes but the cluster itself.
const SHARED: &str = "0";

/// The files of both sides.
pub enum RawFiles {
    /// Two databases in a folder.
    Sqlite,
    /// Two databases in a cluster.
    Postgres(Cluster),
}

/// The cluster, whose log is kept from the beginning of the test on.
pub struct Cluster {
    tables: Tables,
    data: PathBuf,
    programs: PathBuf,
    slot: String,
    from: String,
}

impl RawFiles {
    /// To be looked at later: from now on nothing of a log is thrown away.
    pub async fn watch(databases: &TestDatabases) -> Self {
        if databases.kind == Kind::Sqlite {
            return Self::Sqlite;
        }
        let tables = Tables::of_cluster().await;
        let slot = format!("canaries_{}", std::process::id());
        let one = async |sql: &str| tables.texts(sql).await.remove(0);
        let from =
            one(&format!("SELECT lsn::text FROM pg_create_physical_replication_slot('{slot}', true)")).await;
        let data = one("SELECT current_setting('data_directory')").await.into();
        let programs = one("SELECT setting FROM pg_config WHERE name = 'BINDIR'").await.into();
        Self::Postgres(Cluster { data, programs, slot, from, tables })
    }

    /// All files of one side that are not empty, by name.
    pub async fn of(&self, side: &Side) -> Vec<(String, Vec<u8>)> {
        let files = match self {
            Self::Sqlite => {
                let path = side.app.trim_start_matches("sqlite://").split('?').next().expect("a path");
                read(["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{path}{end}"))))
            }
            Self::Postgres(cluster) => cluster.files_of(side).await,
        };
        assert!(!files.is_empty(), "{} lies somewhere", side.app);
        files
    }

    /// Lets the log go.
    pub async fn forget(self) {
        if let Self::Postgres(Cluster { tables, slot, .. }) = self {
            tables.rows(&format!("SELECT pg_drop_replication_slot('{slot}')")).await;
        }
    }
}

impl Cluster {
    async fn files_of(&self, side: &Side) -> Vec<(String, Vec<u8>)> {
        let (_, name) = side.app.rsplit_once('/').expect("an address names a database");
        self.tables.change("CHECKPOINT").await;
        let database = format!("SELECT oid::text FROM pg_database WHERE datname = '{name}'");
        let database = self.tables.texts(&database).await.remove(0);
        let until = self.tables.texts("SELECT pg_current_wal_flush_lsn()::text").await.remove(0);
        let folder = fs::read_dir(self.data.join("base").join(&database)).expect("a database has a folder");
        let mut files = read(folder.map(|file| file.expect("its files can be listed").path()));
        files.push((format!("the write-ahead log of {name}"), self.log_of(&database, &until)));
        files
    }

    /// All records that say something of this database or of none.
    fn log_of(&self, database: &str, until: &str) -> Vec<u8> {
        let folder = self.data.join("pg_wal");
        let listed = Command::new(self.programs.join("pg_waldump"))
            .arg("--path")
            .arg(&folder)
            .args(["--start", &self.from, "--end", until])
            .output()
            .expect("pg_waldump comes with PostgreSQL");
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut log = Log { folder, file: (u64::MAX, Vec::new()) };
        let mut bytes = Vec::new();
        for record in listed.lines() {
            let number = |before: &str, after: char| {
                let rest = record.split_once(before).unwrap_or_else(|| panic!("no `{before}` in {record}")).1;
                rest.split(after).next().unwrap_or_default().trim()
            };
            let mut databases =
                record.split("rel ").skip(1).filter_map(|relation| relation.split('/').nth(1));
            if databases.all(|its| its == database || its == SHARED) {
                let length = number("len (rec/tot):", ',').split_once('/').expect("two lengths").1;
                log.read(
                    position(number("lsn: ", ',')),
                    length.trim().parse().expect("a length"),
                    &mut bytes,
                );
            }
        }
        bytes
    }
}

/// The files of the write-ahead log, the last one that was read in memory.
struct Log {
    folder: PathBuf,
    file: (u64, Vec<u8>),
}

impl Log {
    /// Reads `length` bytes of a record that begins at `at`; pages' headers stand in between.
    fn read(&mut self, mut at: u64, length: u64, into: &mut Vec<u8>) {
        let mut left = length;
        while left > 0 {
            let (file, place) = (at / LOG_FILE, at % LOG_FILE);
            if place % PAGE == 0 {
                at += if place == 0 { FILE_HEADER } else { PAGE_HEADER };
                continue;
            }
            let here = left.min(PAGE - place % PAGE);
            if self.file.0 != file {
                // A cluster that was just made is on its first timeline.
                let name = format!("{:08X}{:08X}{:08X}", 1, file / LOG_FILES, file % LOG_FILES);
                self.file = (file, fs::read(self.folder.join(name)).expect("the log is kept"));
            }
            into.extend_from_slice(&self.file.1[place as usize..(place + here) as usize]);
            (at, left) = (at + here, left - here);
        }
    }
}

/// A place in the log, as PostgreSQL writes it: two hexadecimal numbers of 32 bits.
fn position(text: &str) -> u64 {
    let (high, low) = text.split_once('/').unwrap_or_else(|| panic!("`{text}` is no place in a log"));
    let number = |text| u64::from_str_radix(text, 16).unwrap_or_else(|error| panic!("{text}: {error}"));
    number(high) << 32 | number(low)
}

/// Those of `paths` that are there and not empty.
fn read(paths: impl IntoIterator<Item = PathBuf>) -> Vec<(String, Vec<u8>)> {
    let filled = |path: &Path| fs::read(path).ok().filter(|bytes| !bytes.is_empty());
    paths.into_iter().filter_map(|path| Some((path.display().to_string(), filled(&path)?))).collect()
}
