//! What is said about a post: between moderators and its author, and by those who report it.

use std::collections::HashMap;

use domain::ids::{ParticipantId, PostId, RoundId};
use domain::moderation::{NoteKind, Reason};

use super::super::{Reading, Writing, text};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// Something that was said about a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseNote {
    /// About which post.
    pub post: PostId,
    /// What it is.
    pub kind: NoteKind,
    /// The words.
    pub body: String,
    /// What the post said before a moderator changed it.
    pub before: Option<String>,
}

/// Why somebody reported a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The reason.
    pub reason: Reason,
    /// More, in their words.
    pub note: Option<String>,
}

impl Reading {
    /// What was said about a post, oldest first, at most `most`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn notes(&self, post: PostId, most: u64) -> Result<Vec<CaseNote>> {
        let sql =
            "SELECT post_id, kind, body, before FROM moderation_note WHERE tenant_id = $1 AND post_id = $2
                   ORDER BY number LIMIT $3";
        let rows = self.0.all(sql, vec![post.0.into(), most.cast_signed().into()]).await?;
        rows.iter().map(note_of).collect()
    }

    /// What was said about the posts of `author` in `round`, oldest first, at most `most`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn own_notes(&self, round: RoundId, author: ParticipantId, most: u64) -> Result<Vec<CaseNote>> {
        let sql = "SELECT n.post_id, n.kind, n.body, n.before FROM post p
                   JOIN moderation_note n ON n.tenant_id = p.tenant_id AND n.post_id = p.id
                   WHERE p.tenant_id = $1 AND p.author_id = $2 AND p.round_id = $3 ORDER BY n.post_id, n.number LIMIT $4";
        let values = vec![author.0.into(), round.0.into(), most.cast_signed().into()];
        self.0.all(sql, values).await?.iter().map(note_of).collect()
    }

    /// Those of these places that open reports have: a person's are a keyed hash each, as many as they may have open reports.
    ///
    /// # Errors
    /// Database faults.
    pub async fn taken_places(&self, places: &[[u8; 32]]) -> Result<Vec<[u8; 32]>> {
        let list: Vec<String> = (2..).take(places.len()).map(|number| format!("${number}")).collect();
        let sql = format!("SELECT place FROM report WHERE tenant_id = $1 AND place IN ({})", list.join(", "));
        let values = places.iter().map(|place| place.to_vec().into());
        let rows = self.0.all(sql, values.collect()).await?;
        let place = |row: &sea_orm::QueryResult| {
            let bytes: Vec<u8> = column(row, 0)?;
            bytes.try_into().map_err(|_| StorageError::Corrupt("report.place".to_owned()))
        };
        rows.iter().map(place).collect()
    }

    /// Whether `reporter`, a keyed hash, has reported a post.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_report(&self, post: PostId, reporter: [u8; 32]) -> Result<bool> {
        let sql = "SELECT 1 FROM report WHERE tenant_id = $1 AND post_id = $2 AND reporter = $3";
        Ok(self.0.one(sql, vec![post.0.into(), reporter.to_vec().into()]).await?.is_some())
    }

    /// Why people reported a post, at most `most`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn reports(&self, post: PostId, most: u64) -> Result<Vec<Report>> {
        let sql = "SELECT reason, note FROM report WHERE tenant_id = $1 AND post_id = $2 ORDER BY reporter LIMIT $3";
        let rows = self.0.all(sql, vec![post.0.into(), most.cast_signed().into()]).await?;
        let report = |row: &sea_orm::QueryResult| {
            let reason = Reason::from_slug(&column::<String>(row, 0)?);
            Ok(Report { reason: reason.unwrap_or(Reason::Other), note: column(row, 1)? })
        };
        rows.iter().map(report).collect()
    }

    /// For which reasons each of `posts` was reported: each reason once, a post without any is left out. For a page of posts, not for many.
    ///
    /// # Errors
    /// Database faults.
    pub async fn report_reasons(&self, posts: &[PostId]) -> Result<HashMap<PostId, Vec<Reason>>> {
        let mut reasons: HashMap<PostId, Vec<Reason>> = HashMap::new();
        if posts.is_empty() {
            return Ok(reasons);
        }
        let list: Vec<String> = (2..).take(posts.len()).map(|number| format!("${number}")).collect();
        let sql = format!(
            "SELECT DISTINCT post_id, reason FROM report WHERE tenant_id = $1 AND post_id IN ({}) ORDER BY post_id, reason",
            list.join(", ")
        );
        for row in &self.0.all(sql, posts.iter().map(|post| post.0.into()).collect()).await? {
            let reason = Reason::from_slug(&column::<String>(row, 1)?).unwrap_or(Reason::Other);
            reasons.entry(PostId(column(row, 0)?)).or_default().push(reason);
        }
        Ok(reasons)
    }
}

fn note_of(row: &sea_orm::QueryResult) -> Result<CaseNote> {
    let kind: String = column(row, 1)?;
    Ok(CaseNote {
        post: PostId(column(row, 0)?),
        kind: NoteKind::from_slug(&kind)
            .ok_or_else(|| StorageError::Corrupt(format!("moderation_note.kind {kind}")))?,
        body: column(row, 2)?,
        before: column(row, 3)?,
    })
}

impl Writing {
    /// Writes what was said about a post behind what was said before.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_note(&self, note: &CaseNote) -> Result<()> {
        let sql = "INSERT INTO moderation_note (tenant_id, post_id, number, kind, body, before)
                   SELECT $1, $2, (SELECT count(*) FROM moderation_note n WHERE n.tenant_id = $1 AND n.post_id = $2), $3, $4, $5";
        let values = vec![
            note.post.0.into(),
            note.kind.slug().into(),
            note.body.clone().into(),
            text(note.before.as_deref()),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// Writes a report, unless there is one by the same `reporter`, or one has the same `place`; both are keyed hashes. Gives whether it is
    /// written.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_report(
        &self,
        post: PostId,
        reporter: [u8; 32],
        place: [u8; 32],
        report: &Report,
    ) -> Result<bool> {
        let sql = "INSERT INTO report (tenant_id, post_id, reporter, reason, note, place) VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT DO NOTHING";
        let values = vec![
            post.0.into(),
            reporter.to_vec().into(),
            report.reason.slug().into(),
            text(report.note.as_deref()),
            place.to_vec().into(),
        ];
        Ok(self.0.execute(sql, values).await?.rows_affected() == 1)
    }

    /// The reports of a post are open no longer: those who made them have places for others.
    ///
    /// # Errors
    /// Database faults.
    pub(super) async fn free_places(&self, post: PostId) -> Result<()> {
        let sql =
            "UPDATE report SET place = NULL WHERE tenant_id = $1 AND post_id = $2 AND place IS NOT NULL";
        self.0.execute(sql, vec![post.0.into()]).await?;
        Ok(())
    }
}
