//! The Polis export format (<https://compdemocracy.org/export>): `comments.csv`, `votes.csv` and `summary.csv`.
//!
//! Columns are found by the names in the header, in any order, and others are ignored. A file with any malformed row gives
//! nothing but the list of those rows, each with its line. What is written carries dates, not times: Candour keeps no times
//! of what people do, so every timestamp is the midnight (UTC) that begins the day.

mod problem;
mod reader;
mod table;
mod writer;

use chrono::{DateTime, Utc};
use domain::text::Body;
use domain::vote::VoteValue;

pub use problem::{PolisFile, Reason, RowProblem};
pub use reader::{last_votes, read_export, read_statements, read_votes};
pub use table::MAX_FILE_BYTES;
pub use writer::{Summary, write_statements, write_summary, write_votes};

/// A row of `comments.csv`: what somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `comment-id`.
    pub id: u64,
    /// `author-id`: who wrote it, the same numbers as [`Vote::voter`].
    pub author: u64,
    /// `timestamp`: when it was written. Only the day is written out.
    pub at: DateTime<Utc>,
    /// `agrees` as the file says. In real exports this differs from the votes now and then: trust the votes.
    pub agrees: u64,
    /// `disagrees` as the file says; see [`Statement::agrees`].
    pub disagrees: u64,
    /// `moderated`.
    pub moderation: Moderation,
    /// `comment-body`.
    pub body: Body,
}

/// What the conversation's moderators decided about a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moderation {
    /// 1: shown.
    Accepted,
    /// 0: nobody looked at it; shown where the conversation is not strictly moderated.
    Unmoderated,
    /// -1: hidden.
    Rejected,
}

impl Moderation {
    /// The number in the file.
    pub fn sign(self) -> i16 {
        match self {
            Self::Accepted => 1,
            Self::Unmoderated => 0,
            Self::Rejected => -1,
        }
    }
}

/// A row of `votes.csv`: a vote as it was cast. Somebody may vote again on the same statement; see [`last_votes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// `comment-id`: the [`Statement::id`] voted on.
    pub statement: u64,
    /// `voter-id`.
    pub voter: u64,
    /// `timestamp`: when it was cast. Only the day is written out.
    pub at: DateTime<Utc>,
    /// `vote`.
    pub value: VoteValue,
}

/// Both files of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// The statements, as the file orders them.
    pub statements: Vec<Statement>,
    /// Every vote, as the file orders them.
    pub votes: Vec<Vote>,
}
