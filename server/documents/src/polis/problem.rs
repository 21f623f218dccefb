//! What is wrong with a row, said so that somebody with the file open in an editor can put it right.

use std::fmt;

use domain::text::{MAX_BODY_CHARACTERS, TextRefusal};
use thiserror::Error;

use super::table::MAX_FILE_BYTES;

/// Longest piece of a wrong cell that a message repeats, in characters.
const EXCERPT_CHARACTERS: usize = 40;

/// A file of the export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolisFile {
    /// `comments.csv`
    Comments,
    /// `votes.csv`
    Votes,
}

impl fmt::Display for PolisFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comments => "comments.csv",
            Self::Votes => "votes.csv",
        })
    }
}

/// A malformed row.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file} line {line}: {reason}")]
pub struct RowProblem {
    /// Which file.
    pub file: PolisFile,
    /// The line of the file on which the row begins, from 1 (the header). Quoted cells may run over several lines.
    pub line: u64,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with a row. Cells are repeated in part, escaped for a terminal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// The file could not be read to its end.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("the file is larger than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// The header lacks columns.
    #[error("the header lacks the column(s) {}", .0.join(", "))]
    MissingColumns(Vec<&'static str>),
    /// The header names a column twice.
    #[error("the header names the column {0} twice")]
    RepeatedColumn(&'static str),
    /// A row has more or fewer cells than the header.
    #[error("the row has {found} cells and the header {expected}")]
    CellCount {
        /// Cells in the row.
        found: usize,
        /// Cells in the header.
        expected: usize,
    },
    /// A quoted cell never ends.
    #[error("a quote (\") opens here and never closes")]
    UnclosedQuote,
    /// A quoted cell goes on after its closing quote.
    #[error("text follows a closing quote (\"); a quote inside a quoted cell must be doubled")]
    TextAfterQuote,
    /// A cell is not UTF-8.
    #[error("{column} is not UTF-8")]
    NotUtf8 {
        /// The column.
        column: &'static str,
    },
    /// An id or a count is not a whole number from 0 on.
    #[error("{column} must be a whole number, and is “{found}”")]
    BadNumber {
        /// The column.
        column: &'static str,
        /// What the cell holds.
        found: String,
    },
    /// A timestamp is not in milliseconds since 1970, or lies after the year 9999.
    #[error("timestamp must be milliseconds since 1970, and is “{found}”")]
    BadTimestamp {
        /// What the cell holds.
        found: String,
    },
    /// A vote is neither 1, 0 nor -1.
    #[error("vote must be 1 (agree), 0 (pass) or -1 (disagree), and is “{found}”")]
    UnknownVote {
        /// What the cell holds.
        found: String,
    },
    /// A moderation is neither 1, 0 nor -1.
    #[error("moderated must be 1 (accepted), 0 (not looked at) or -1 (rejected), and is “{found}”")]
    UnknownModeration {
        /// What the cell holds.
        found: String,
    },
    /// Two statements share an id.
    #[error("comment-id {id} stands already on line {first_line}")]
    RepeatedId {
        /// The id.
        id: u64,
        /// Where it stood first.
        first_line: u64,
    },
    /// A statement says nothing.
    #[error("comment-body is empty")]
    EmptyBody,
    /// A statement is longer than a contribution may be.
    #[error("comment-body has {characters} characters, and the most is {MAX_BODY_CHARACTERS}")]
    BodyTooLong {
        /// How long it is, in characters as people count them.
        characters: usize,
    },
    /// A statement could not have been written here for another reason.
    #[error("comment-body cannot be taken: {0}")]
    UnusableBody(TextRefusal),
    /// A vote is on a statement that `comments.csv` does not have.
    #[error("comments.csv has no comment-id {id}")]
    UnknownStatement {
        /// The id.
        id: u64,
    },
}

impl From<TextRefusal> for Reason {
    fn from(refusal: TextRefusal) -> Self {
        match refusal {
            TextRefusal::Empty => Self::EmptyBody,
            TextRefusal::TooLong { characters } => Self::BodyTooLong { characters },
            other => Self::UnusableBody(other),
        }
    }
}

/// The beginning of a wrong cell, with control characters made visible.
pub(super) fn excerpt(cell: &str) -> String {
    let mut shown: String = cell.chars().take(EXCERPT_CHARACTERS).flat_map(char::escape_debug).collect();
    if cell.chars().nth(EXCERPT_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}
