//! Writing an export: dates instead of times, rows in the order of their numbers, so that nothing tells who acted first.

use std::io::Write;

use chrono::{DateTime, NaiveTime, Utc};

use super::{Statement, Vote};
use crate::spreadsheet::guarded;

/// The facts of `summary.csv` that Candour knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The campaign's title.
    pub topic: String,
    /// The public address of the conversation.
    pub url: String,
    /// People who voted at least once.
    pub voters: u64,
    /// People who wrote at least one statement.
    pub commenters: u64,
    /// Statements.
    pub comments: u64,
    /// What the conversation is about.
    pub description: String,
}

/// Writes `comments.csv`, ordered by id. A body that a spreadsheet would take for a formula is
/// [guarded](crate::spreadsheet); reading it back removes the guard.
///
/// # Errors
/// When `writer` fails.
pub fn write_statements(writer: impl Write, statements: &[Statement]) -> csv::Result<()> {
    let mut ordered: Vec<&Statement> = statements.iter().collect();
    ordered.sort_by_key(|statement| statement.id);
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record([
        "timestamp",
        "datetime",
        "comment-id",
        "author-id",
        "agrees",
        "disagrees",
        "moderated",
        "comment-body",
    ])?;
    for statement in ordered {
        let [millis, datetime] = day(statement.at);
        csv.write_record([
            millis.as_str(),
            datetime.as_str(),
            &statement.id.to_string(),
            &statement.author.to_string(),
            &statement.agrees.to_string(),
            &statement.disagrees.to_string(),
            &statement.moderation.sign().to_string(),
            &guarded(statement.body.as_str()),
        ])?;
    }
    Ok(csv.flush()?)
}

/// Writes `votes.csv`, ordered by statement, voter and, for one voter on one statement, by time.
///
/// # Errors
/// When `writer` fails.
pub fn write_votes(writer: impl Write, votes: &[Vote]) -> csv::Result<()> {
    let mut ordered: Vec<&Vote> = votes.iter().collect();
    ordered.sort_by_key(|vote| (vote.statement, vote.voter, vote.at));
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["timestamp", "datetime", "comment-id", "voter-id", "vote"])?;
    for vote in ordered {
        let [millis, datetime] = day(vote.at);
        csv.write_record([
            millis.as_str(),
            datetime.as_str(),
            &vote.statement.to_string(),
            &vote.voter.to_string(),
            &vote.value.sign().to_string(),
        ])?;
    }
    Ok(csv.flush()?)
}

/// Writes `summary.csv`: a name and a value a row.
///
/// # Errors
/// When `writer` fails.
pub fn write_summary(writer: impl Write, summary: &Summary) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["topic", &guarded(&summary.topic)])?;
    csv.write_record(["url", &guarded(&summary.url)])?;
    csv.write_record(["voters", &summary.voters.to_string()])?;
    csv.write_record(["commenters", &summary.commenters.to_string()])?;
    csv.write_record(["comments", &summary.comments.to_string()])?;
    csv.write_record(["conversation-description", &guarded(&summary.description)])?;
    Ok(csv.flush()?)
}

/// The midnight that begins the day, as `timestamp` and as `datetime` (the same style as in Polis' own files).
fn day(at: DateTime<Utc>) -> [String; 2] {
    let midnight = at.date_naive().and_time(NaiveTime::MIN).and_utc();
    [midnight.timestamp_millis().to_string(), midnight.format("%a %b %d %H:%M:%S UTC %Y").to_string()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_days() {
        let at = DateTime::from_timestamp_millis(1_568_101_622_999).unwrap();
        assert_eq!(day(at), ["1568073600000".to_string(), "Tue Sep 10 00:00:00 UTC 2019".to_string()]);
        assert_eq!(day(DateTime::UNIX_EPOCH)[0], "0");
    }

    #[test]
    fn a_summary_is_a_table_of_two_columns() {
        let summary = Summary {
            topic: "=1".into(),
            voters: 3,
            description: "a \"b\",\nc".into(),
            ..Summary::default()
        };
        let mut written = Vec::new();
        write_summary(&mut written, &summary).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "topic,'=1\nurl,\nvoters,3\ncommenters,0\ncomments,0\nconversation-description,\"a \"\"b\"\",\nc\"\n"
        );
    }
}
