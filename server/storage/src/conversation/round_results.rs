//! What rounds came to, as it may be seen; and which posts came through a round type.

use domain::ids::{ParticipantId, PostId, RoundId};
use domain::round_results::RoundFigure;
use sea_orm::Value;

use super::votes::ROWS_PER_STATEMENT;
use super::{Reading, Writing};
use crate::tenancy::{column, placeholders};
use crate::{Result, StorageError};

impl Reading {
    /// What `round` came to, in the round type's order; empty before anything was published.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_results(&self, round: RoundId) -> Result<Vec<RoundFigure>> {
        let sql = "SELECT subject, measure, cohort, people, value FROM round_result
                   WHERE tenant_id = $1 AND round_id = $2 ORDER BY number";
        let rows = self.0.all(sql, vec![round.0.into()]).await?;
        let figure = |row| -> Result<RoundFigure> {
            let cohort: String = column(row, 2)?;
            let people: i64 = column(row, 3)?;
            Ok(RoundFigure {
                subject: column(row, 0)?,
                measure: column(row, 1)?,
                cohort: (!cohort.is_empty()).then_some(cohort),
                people: people
                    .try_into()
                    .map_err(|_| StorageError::Corrupt("round_result.people".to_owned()))?,
                value: column(row, 4)?,
            })
        };
        rows.iter().map(figure).collect()
    }

    /// For which closing time, seconds since 1970, the results of `round` were last published.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_counted(&self, round: RoundId) -> Result<Option<i64>> {
        let sql = "SELECT closes_at FROM round_counted WHERE tenant_id = $1 AND round_id = $2";
        let row = self.0.one(sql, vec![round.0.into()]).await?;
        row.map(|row| column(&row, 0)).transpose()
    }

    /// The post of `participant` that the round type of `round` calls `name`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_post(
        &self,
        round: RoundId,
        participant: ParticipantId,
        name: &str,
    ) -> Result<Option<PostId>> {
        let sql = "SELECT post_id FROM round_post
                   WHERE tenant_id = $1 AND round_id = $2 AND participant_id = $3 AND called = $4";
        let row = self.0.one(sql, vec![round.0.into(), participant.0.into(), name.into()]).await?;
        row.map(|row| Ok(PostId(column(&row, 0)?))).transpose()
    }
}

impl Writing {
    /// Makes `figures` what `round` came to, for the closing time `closes_at` (seconds since 1970).
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_round_results(
        &self,
        round: RoundId,
        figures: &[RoundFigure],
        closes_at: i64,
    ) -> Result<()> {
        let gone = "DELETE FROM round_result WHERE tenant_id = $1 AND round_id = $2";
        self.0.execute(gone, vec![round.0.into()]).await?;
        for (chunk, first) in figures.chunks(ROWS_PER_STATEMENT).zip((0_i32..).step_by(ROWS_PER_STATEMENT)) {
            let rows = placeholders(3, chunk.len(), 6).replace('(', "($1, $2, ");
            let sql = format!(
                "INSERT INTO round_result (tenant_id, round_id, number, subject, measure, cohort, people, value) VALUES {rows}"
            );
            let mut values: Vec<Value> = vec![round.0.into()];
            for (figure, number) in chunk.iter().zip(first..) {
                values.extend([
                    number.into(),
                    figure.subject.clone().into(),
                    figure.measure.clone().into(),
                    figure.cohort.clone().unwrap_or_default().into(),
                    i64::from(figure.people).into(),
                    figure.value.into(),
                ]);
            }
            self.0.execute(sql, values).await?;
        }
        let counted = "INSERT INTO round_counted (tenant_id, round_id, closes_at) VALUES ($1, $2, $3)
                       ON CONFLICT (tenant_id, round_id) DO UPDATE SET closes_at = excluded.closes_at";
        self.0.execute(counted, vec![round.0.into(), closes_at.into()]).await?;
        Ok(())
    }

    /// Notes that `post` is what the round type of `round` calls `name` among the posts of `participant`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn name_round_post(
        &self,
        round: RoundId,
        participant: ParticipantId,
        name: &str,
        post: PostId,
    ) -> Result<()> {
        let sql = "INSERT INTO round_post (tenant_id, round_id, participant_id, called, post_id) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (tenant_id, round_id, participant_id, called) DO UPDATE SET post_id = excluded.post_id";
        let values = vec![round.0.into(), participant.0.into(), name.into(), post.0.into()];
        self.0.execute(sql, values).await?;
        Ok(())
    }
}
