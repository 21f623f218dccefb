//! Published figures as both sides keep them, and the smallest group that a campaign's figures show.

use domain::figures::{Cell, Dimension, Measure, PublishedFigure};
use domain::ids::CampaignId;
use sea_orm::{QueryResult, Value};

use crate::tenancy::{Bound, column};
use crate::{Result, StorageError};

/// Figures written by one statement.
const ROWS_PER_STATEMENT: usize = 500;

/// What is published of a campaign inside a transaction.
pub struct FigureShelf<'a>(pub(crate) &'a Bound, pub(crate) CampaignId);

impl FigureShelf<'_> {
    /// Everything that was published, by day.
    ///
    /// # Errors
    /// Database faults.
    pub async fn published(&self) -> Result<Vec<PublishedFigure>> {
        let sql = "SELECT measure, dimension, member, day, value FROM published_figure
                   WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY day, measure, dimension, member";
        self.0.all(sql, vec![self.1.0.into()]).await?.iter().map(figure_of).collect()
    }

    /// Writes what is published now; what stands there for the same day is replaced.
    ///
    /// # Errors
    /// Database faults.
    pub async fn publish(&self, figures: &[PublishedFigure]) -> Result<()> {
        for chunk in figures.chunks(ROWS_PER_STATEMENT) {
            let rows: Vec<String> = (0..chunk.len())
                .map(|row| {
                    let [measure, dimension, member, day, value] =
                        std::array::from_fn(|place| row * 5 + 3 + place);
                    format!("($1, $2, ${measure}, ${dimension}, ${member}, ${day}, ${value})")
                })
                .collect();
            let sql = format!(
                "INSERT INTO published_figure (tenant_id, campaign_id, measure, dimension, member, day, value)
                 VALUES {} ON CONFLICT (tenant_id, campaign_id, measure, dimension, member, day)
                 DO UPDATE SET value = excluded.value",
                rows.join(", ")
            );
            let mut values: Vec<Value> = vec![self.1.0.into()];
            for PublishedFigure { cell, day, value } in chunk {
                values.extend([
                    cell.measure.slug().into(),
                    cell.dimension.slug().into(),
                    cell.member.clone().into(),
                    (*day).into(),
                    (*value).into(),
                ]);
            }
            self.0.execute(sql, values).await?;
        }
        Ok(())
    }

    /// The smallest group that the campaign's figures show, people, once it is frozen.
    ///
    /// # Errors
    /// Database faults.
    pub async fn smallest_group(&self) -> Result<Option<u32>> {
        let sql = "SELECT smallest_group FROM campaign WHERE tenant_id = $1 AND id = $2";
        let row = self.0.one(sql, vec![self.1.0.into()]).await?;
        let frozen: Option<i32> = row.map_or(Ok(None), |row| column(&row, 0))?;
        frozen
            .map(|people| {
                u32::try_from(people).map_err(|_| StorageError::Corrupt("campaign.smallest_group".to_owned()))
            })
            .transpose()
    }

    /// Freezes the smallest group, unless it is frozen; gives what holds.
    ///
    /// # Errors
    /// Database faults; also when there is no such campaign.
    pub async fn freeze_smallest_group(&self, people: u32) -> Result<u32> {
        let sql = "UPDATE campaign SET smallest_group = coalesce(smallest_group, $3) WHERE tenant_id = $1 AND id = $2";
        let people = i32::try_from(people).unwrap_or(i32::MAX);
        self.0.execute(sql, vec![self.1.0.into(), people.into()]).await?;
        let frozen = self.smallest_group().await?;
        frozen.ok_or_else(|| StorageError::Corrupt("campaign.smallest_group".to_owned()))
    }
}

/// The smallest groups that are frozen, by campaign.
pub(crate) async fn frozen(bound: &Bound) -> Result<Vec<(CampaignId, u32)>> {
    let sql = "SELECT id, smallest_group FROM campaign WHERE tenant_id = $1 AND smallest_group IS NOT NULL";
    let corrupt = |_| StorageError::Corrupt("campaign.smallest_group".to_owned());
    let rows = bound.all(sql, vec![]).await?;
    rows.iter()
        .map(|row| {
            let people = u32::try_from(column::<i32>(row, 1)?).map_err(corrupt)?;
            Ok((CampaignId(column(row, 0)?), people))
        })
        .collect()
}

fn figure_of(row: &QueryResult) -> Result<PublishedFigure> {
    let (measure, dimension): (String, String) = (column(row, 0)?, column(row, 1)?);
    Ok(PublishedFigure {
        cell: Cell {
            measure: Measure::from_slug(&measure).ok_or(StorageError::Corrupt(measure))?,
            dimension: Dimension::from_slug(&dimension).ok_or(StorageError::Corrupt(dimension))?,
            member: column(row, 2)?,
        },
        day: column(row, 3)?,
        value: column(row, 4)?,
    })
}
