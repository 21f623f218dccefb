//! Reading a roll: CSV or an Excel workbook of email, organisation, staff group and own reference.
//!
//! The head line names the columns, in any order and case. Columns that a roll has no use for are not read, only listed, so that
//! whoever uploads them knows that they were left out. A file that cannot be trusted as a whole is refused; in all others
//! the wrong rows are listed with line and reason, and the good ones are given.
//!
//! ```text
//! columns   which column stands where        csv_file   bytes of a CSV file to rows
//! table     rows to people and problems      workbook   bytes of a workbook to rows (the only user of calamine)
//!                                            archive    what a workbook unpacks to, before calamine unpacks it
//! ```

mod archive;
mod columns;
mod csv_file;
mod table;
#[cfg(test)]
mod tests;
mod workbook;

use std::collections::HashMap;

use domain::roll::{NumberedRow, RowProblem};
use thiserror::Error;

/// Largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 50 << 20;
/// Most rows under the head line.
pub const MAX_ROWS: u64 = 500_000;
/// Longest cell, in characters (Unicode scalar values), in every column that is read and in CSV in every column.
pub const MAX_CELL_CHARACTERS: usize = 1_000;
/// Most columns in the head line.
pub const MAX_COLUMNS: usize = 100;
/// Most bytes that a workbook may unpack to, all parts together.
pub const MAX_UNPACKED_BYTES: u64 = 256 << 20;
/// How often progress is told, in rows.
pub const ROWS_BETWEEN_PROGRESS: u64 = 1_000;

/// What kind of file a roll is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollKind {
    /// Text with separators: comma, semicolon or tab.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl RollKind {
    /// The kind that the file's name says, if the first bytes agree with it.
    ///
    /// # Errors
    /// [`RollRefusal::OldWorkbook`] or [`RollRefusal::UnknownKind`].
    pub fn of(file_name: &str, bytes: &[u8]) -> Result<Self, RollRefusal> {
        let extension = file_name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let zipped = bytes.starts_with(b"PK");
        match extension.as_deref() {
            _ if bytes.starts_with(b"\xD0\xCF\x11\xE0") => Err(RollRefusal::OldWorkbook),
            Some("xlsx") if zipped => Ok(Self::Xlsx),
            Some("csv" | "txt" | "tsv") if !zipped => Ok(Self::Csv),
            _ => Err(RollRefusal::UnknownKind),
        }
    }
}

/// Organisations' short names by their full ones, these in small letters.
pub type FullNames = HashMap<String, String>;

/// What a file holds. Every row under the head line that is not blank is either in `rows` or in `problems`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollFile {
    /// The rows that are in order, as the file orders them.
    pub rows: Vec<NumberedRow>,
    /// What is wrong with the others, as the file orders them.
    pub problems: Vec<RowProblem>,
    /// Names of the columns that were not read, as the head line orders them, shortened and made printable.
    pub ignored_columns: Vec<String>,
}

/// Why a whole file was turned away. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RollRefusal {
    /// Larger than [`MAX_FILE_BYTES`].
    #[error("Split the file. It is larger than {} MB.", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// Neither CSV nor a workbook.
    #[error("Upload a CSV file (.csv) or an Excel workbook (.xlsx).")]
    UnknownKind,
    /// The format of Excel before 2007, or a workbook with a password.
    #[error(
        "Save the file as an Excel workbook (.xlsx) without a password, or as CSV. It is an old .xls file or has a password."
    )]
    OldWorkbook,
    /// Text in another encoding, such as Windows-1252 or UTF-16.
    #[error(
        "Save the file as UTF-8: in Excel choose Save As, then “CSV UTF-8 (Comma delimited)”. Line {line} is in another encoding."
    )]
    NotUtf8 {
        /// The first line that is not.
        line: u64,
    },
    /// A quoted cell never ends, or goes on after its closing quote: from there on, ends of rows cannot be trusted.
    #[error(
        "Put the quotes in line {line} right. One opens there and does not close, or text follows a closing one; a quote inside quotes must be doubled."
    )]
    BrokenQuote {
        /// The line on which the cell begins.
        line: u64,
    },
    /// Nothing but blank lines.
    #[error(
        "Write the names of the columns in the first line, and a person in each line below. The file is empty."
    )]
    Empty,
    /// The head line lacks columns.
    #[error("Name the columns in the first line. There is no column {}.", .0.join(" and no column "))]
    MissingColumns(Vec<&'static str>),
    /// The head line names a column twice, in the same or in two spellings.
    #[error("Take out one of the two columns for {0}.")]
    RepeatedColumn(&'static str),
    /// More columns than [`MAX_COLUMNS`].
    #[error("Take out columns. There are more than {MAX_COLUMNS}, and a roll needs four at most.")]
    TooManyColumns,
    /// More rows than [`MAX_ROWS`].
    #[error("Split the file. It has more than {MAX_ROWS} rows.")]
    TooManyRows,
    /// A workbook without a worksheet that can be seen.
    #[error("Put the people into the first worksheet. The workbook has none that can be seen.")]
    NoWorksheet,
    /// A workbook that unpacks to more than a roll can need, or to more than it says: perhaps an attack.
    #[error(
        "Save the first worksheet alone as a new workbook, or as CSV. This one unpacks to more than is taken."
    )]
    UnpacksTooLarge,
    /// A workbook that is damaged, or packed in a way that Excel does not use.
    #[error("Save the workbook again with Excel or LibreOffice, or as CSV. It cannot be read.")]
    Unreadable,
}

/// Reads a roll. `progress` is told how many rows are read, every [`ROWS_BETWEEN_PROGRESS`] and at the end.
///
/// Nothing is calculated and no link is followed: of a formula, the result that was saved with it is read as text; of a link, its text.
///
/// # Errors
/// A [`RollRefusal`] if the file as a whole cannot be taken.
pub fn read_roll(kind: RollKind, bytes: &[u8], progress: &dyn Fn(u64)) -> Result<RollFile, RollRefusal> {
    read_roll_with_names(kind, bytes, &FullNames::new(), progress)
}

/// The same, where the column of organisations may hold a full name in place of a short one.
///
/// # Errors
/// A [`RollRefusal`] if the file as a whole cannot be taken.
pub fn read_roll_with_names(
    kind: RollKind,
    bytes: &[u8],
    names: &FullNames,
    progress: &dyn Fn(u64),
) -> Result<RollFile, RollRefusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(RollRefusal::TooLarge);
    }
    match kind {
        RollKind::Csv => csv_file::read(bytes, names, progress),
        RollKind::Xlsx => workbook::read(bytes, names, progress),
    }
}
