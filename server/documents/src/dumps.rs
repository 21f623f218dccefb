//! Dumps of a database as somebody who stole it would read them: rows with where they physically lie, not just what they say.
//!
//! Here: `pg_dump`'s plain text ([`read_pg_dump`]), and SQLite's file with its write-ahead log ([`read_sqlite`]), read page by page, as
//! SQLite itself would not show them: the places of rows, the commits that wrote them, and what deleted rows left behind. Not here: what
//! follows from all this (analysis'), and opening files. Nothing in a dump is trusted: every count and length is bounded, and what does
//! not fit the format is a [`DumpRefusal`].

mod pg_dump;
mod sqlite;

use thiserror::Error;

pub use pg_dump::read_pg_dump;
pub use sqlite::read_sqlite;

/// The largest dump, or write-ahead log, that is read, bytes.
pub const MAX_DUMP_BYTES: usize = 512 << 20;
/// The most rows of one dump.
pub const MAX_ROWS: usize = 5_000_000;
/// The most tables of one dump.
pub const MAX_TABLES: usize = 1_000;
/// The most columns of one table; SQLite's and PostgreSQL's own limits are near it.
pub const MAX_COLUMNS: usize = 2_000;

/// What a dump says, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dump {
    /// Its tables, in the order of the dump.
    pub tables: Vec<Table>,
    /// What a write-ahead log tells about the order of writing; empty without one.
    pub history: History,
    /// Places that hold bytes of rows which are no longer there.
    pub remnants: Vec<Remnant>,
}

/// One table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name without the schema.
    pub name: String,
    /// Its columns, in the order of [`Row::values`].
    pub columns: Vec<String>,
    /// Its rows, in physical order.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it comes among the rows: of a heap (PostgreSQL) its place; of a b-tree (SQLite) the order of keys.
    pub position: u64,
    /// The hidden serial of SQLite's tables, unless they are made WITHOUT ROWID.
    pub rowid: Option<i64>,
    /// Where exactly it lies in SQLite's file.
    pub place: Option<Place>,
    /// What it says.
    pub values: Vec<Cell>,
}

/// A place in SQLite's file. Pages fill from their end: of two rows in a page that was not tidied since, the lower offset is newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The page's number.
    pub page: u32,
    /// Bytes from the page's beginning.
    pub offset: u32,
}

/// One value of a row. PostgreSQL's text format has no numbers: they are texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// What a write-ahead log tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// How many transactions are in it.
    pub commits: u64,
    /// Every row that it holds, gone or not, in the order of first appearance.
    pub arrivals: Vec<Arrival>,
}

/// A row as a write-ahead log shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// The table's name.
    pub table: String,
    /// What it said first, in the order of the table's columns.
    pub values: Vec<Cell>,
    /// The first transaction whose pages hold it, from 1. Its page's other rows come with it: not all of them need be new.
    pub first_commit: u64,
    /// The last transaction that changed it after that.
    pub changed_in: Option<u64>,
}

/// Bytes of rows that are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remnant {
    /// Where, in words.
    pub place: String,
    /// How many bytes other than zero.
    pub bytes: u64,
    /// SQLite leaves such bytes whenever it moves rows between pages, even with `secure_delete`: mostly copies of rows that are still there.
    pub by_splits: bool,
}

/// Why a dump cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DumpRefusal {
    /// Neither format.
    #[error(
        "this is neither a SQLite database nor a plain text dump: pass the database file, or what `pg_dump --format=plain` writes"
    )]
    NotADump,
    /// `pg_dump --inserts`.
    #[error(
        "line {line}: this dump holds INSERT statements: make it with `pg_dump --format=plain`, without --inserts or --column-inserts"
    )]
    Inserts {
        /// Which.
        line: usize,
    },
    /// One of `pg_dump`'s other formats.
    #[error("this is pg_dump's custom format: make the dump with `pg_dump --format=plain`")]
    CustomFormat,
    /// A line that the format does not allow.
    #[error("line {line}: {what}: make the dump again")]
    Line {
        /// Which.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A page that the format does not allow.
    #[error(
        "page {page}: {what}: check the file with `PRAGMA integrity_check`, or make a fresh copy with `candour backup`"
    )]
    Page {
        /// Which.
        page: u32,
        /// What is wrong.
        what: &'static str,
    },
    /// Over a limit.
    #[error("the dump has more than {most} {what}: check it in parts")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
}

/// Reads whichever of the two formats `bytes` are; `log` is a SQLite database's write-ahead log.
///
/// # Errors
/// A [`DumpRefusal`].
pub fn read_dump(bytes: &[u8], log: Option<&[u8]>) -> Result<Dump, DumpRefusal> {
    // A database that was only ever written to its log may still be empty itself.
    if bytes.starts_with(sqlite::MAGIC) || (bytes.is_empty() && log.is_some()) {
        return read_sqlite(bytes, log);
    }
    read_pg_dump(bytes)
}

/// Refuses more than `most` of `what`.
fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), DumpRefusal> {
    if found > most { Err(DumpRefusal::TooMuch { what, most }) } else { Ok(()) }
}
