//! Reading an export: all of it, or every malformed row.

use std::collections::HashMap;
use std::io::Read;

use chrono::{DateTime, Datelike, Utc};
use domain::text::Body;
use domain::vote::VoteValue;

use super::problem::{PolisFile, Reason, RowProblem, excerpt};
use super::table::{load, visit_rows};
use super::{Export, Moderation, Statement, Vote};
use crate::spreadsheet;

const STATEMENT_COLUMNS: [&str; 7] =
    ["timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"];
const VOTE_COLUMNS: [&str; 4] = ["timestamp", "comment-id", "voter-id", "vote"];

/// The last year that a timestamp may lie in.
const MAX_YEAR: i32 = 9999;

/// The line on which each statement id stands first.
type IdLines = HashMap<u64, u64>;

/// Reads `comments.csv`, in the file's order.
///
/// # Errors
/// Every malformed row, in the file's order; then nothing is loaded.
pub fn read_statements(reader: impl Read) -> Result<Vec<Statement>, Vec<RowProblem>> {
    let bytes = load(PolisFile::Comments, reader).map_err(|problem| vec![problem])?;
    let (statements, _, problems) = parse_statements(&bytes);
    all_or_problems(statements, problems)
}

/// Reads `votes.csv`, in the file's order. Every vote must be on one of `statements`.
///
/// # Errors
/// Every malformed row, in the file's order; then nothing is loaded.
pub fn read_votes(reader: impl Read, statements: &[Statement]) -> Result<Vec<Vote>, Vec<RowProblem>> {
    let bytes = load(PolisFile::Votes, reader).map_err(|problem| vec![problem])?;
    let ids = statements.iter().map(|statement| (statement.id, 0)).collect();
    let (votes, problems) = parse_votes(&bytes, &ids);
    all_or_problems(votes, problems)
}

/// Reads both files, so that the problems of both are known at once. A vote on a statement whose row is malformed is not
/// listed as well.
///
/// # Errors
/// Every malformed row of both files; then nothing is loaded.
pub fn read_export(comments: impl Read, votes: impl Read) -> Result<Export, Vec<RowProblem>> {
    let bytes = load(PolisFile::Comments, comments).map_err(|problem| vec![problem])?;
    let (statements, ids, mut problems) = parse_statements(&bytes);
    if ids.is_empty() && !problems.is_empty() {
        return Err(problems);
    }
    let bytes = load(PolisFile::Votes, votes).map_err(|problem| vec![problem])?;
    let (votes, vote_problems) = parse_votes(&bytes, &ids);
    problems.extend(vote_problems);
    all_or_problems(Export { statements, votes }, problems)
}

/// The last vote of each voter on each statement, by timestamp; of votes at the same time the one that stands later in
/// `votes`. Ordered by statement, then voter.
pub fn last_votes(mut votes: Vec<Vote>) -> Vec<Vote> {
    votes.sort_by_key(|vote| (vote.statement, vote.voter, vote.at));
    let same = |a: &Vote, b: &Vote| (a.statement, a.voter) == (b.statement, b.voter);
    votes.chunk_by(same).filter_map(|of_one| of_one.last().copied()).collect()
}

fn all_or_problems<T>(all: T, problems: Vec<RowProblem>) -> Result<T, Vec<RowProblem>> {
    match problems.is_empty() {
        true => Ok(all),
        false => Err(problems),
    }
}

fn parse_statements(bytes: &[u8]) -> (Vec<Statement>, IdLines, Vec<RowProblem>) {
    let mut statements = Vec::new();
    let mut ids = IdLines::new();
    let problems = visit_rows(PolisFile::Comments, bytes, STATEMENT_COLUMNS, |line, cells| {
        let [at, id, author, agrees, disagrees, moderated, body] = cells;
        let id = number("comment-id", id)?;
        if let Some(first_line) = ids.get(&id) {
            return Err(Reason::RepeatedId { id, first_line: *first_line });
        }
        ids.insert(id, line);
        statements.push(Statement {
            id,
            author: number("author-id", author)?,
            at: timestamp(at)?,
            agrees: number("agrees", agrees)?,
            disagrees: number("disagrees", disagrees)?,
            moderation: moderation(moderated)?,
            body: Body::parse(spreadsheet::unguarded(body))?,
        });
        Ok(())
    });
    (statements, ids, problems)
}

fn parse_votes(bytes: &[u8], ids: &IdLines) -> (Vec<Vote>, Vec<RowProblem>) {
    let mut votes = Vec::new();
    let problems = visit_rows(PolisFile::Votes, bytes, VOTE_COLUMNS, |_, [at, statement, voter, value]| {
        let statement = number("comment-id", statement)?;
        if !ids.contains_key(&statement) {
            return Err(Reason::UnknownStatement { id: statement });
        }
        let voter = number("voter-id", voter)?;
        votes.push(Vote { statement, voter, at: timestamp(at)?, value: vote(value)? });
        Ok(())
    });
    (votes, problems)
}

/// A whole number from 0 to the largest that a database's signed 64-bit column holds.
fn number(column: &'static str, cell: &str) -> Result<u64, Reason> {
    let digits = cell.trim();
    let number = digits.parse::<i64>().ok().filter(|_| digits.starts_with(|c: char| c.is_ascii_digit()));
    number
        .and_then(|number| u64::try_from(number).ok())
        .ok_or_else(|| Reason::BadNumber { column, found: excerpt(cell) })
}

fn timestamp(cell: &str) -> Result<DateTime<Utc>, Reason> {
    number("timestamp", cell)
        .ok()
        .and_then(|millis| DateTime::from_timestamp_millis(millis as i64))
        .filter(|at| at.year() <= MAX_YEAR)
        .ok_or_else(|| Reason::BadTimestamp { found: excerpt(cell) })
}

fn vote(cell: &str) -> Result<VoteValue, Reason> {
    sign(cell).and_then(VoteValue::from_sign).ok_or_else(|| Reason::UnknownVote { found: excerpt(cell) })
}

fn moderation(cell: &str) -> Result<Moderation, Reason> {
    match sign(cell) {
        Some(1) => Ok(Moderation::Accepted),
        Some(0) => Ok(Moderation::Unmoderated),
        Some(-1) => Ok(Moderation::Rejected),
        _ => Err(Reason::UnknownModeration { found: excerpt(cell) }),
    }
}

fn sign(cell: &str) -> Option<i16> {
    cell.trim().parse().ok()
}

#[cfg(test)]
mod tests;
