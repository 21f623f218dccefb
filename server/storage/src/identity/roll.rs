//! Rows of a roll on their way in: held until somebody confirms them.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::ids::{CampaignId, ImportId, OrganisationId, PersonId};
use sea_orm::Value;

use super::{Reading, Writing};
use crate::Result;
use crate::tenancy::{column, placeholders};

/// Rows written by one statement; each binds eight values, and SQLite takes 32,766.
const ROWS_PER_STATEMENT: usize = 1_000;

/// A good row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// The random id that the person will have.
    pub id: PersonId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// Where they are written to.
    pub email: String,
    /// What tells two spellings of one address from two people.
    pub key: String,
    /// Their staff group, if given.
    pub staff_group: Option<String>,
    /// Their organisation's own reference, if given.
    pub own_reference: Option<String>,
}

impl Reading {
    /// Everybody on the campaign's roll: key and organisation.
    ///
    /// # Errors
    /// Database faults.
    pub async fn roll_keys(&self, campaign: CampaignId) -> Result<HashMap<String, OrganisationId>> {
        let sql = "SELECT person_key, organisation_id FROM person WHERE tenant_id = $1 AND campaign_id = $2";
        let rows = self.0.all(sql, vec![campaign.0.into()]).await?;
        rows.iter().map(|row| Ok((column(row, 0)?, OrganisationId(column(row, 1)?)))).collect()
    }

    /// The campaign of an import that is held, and how many rows it has.
    ///
    /// # Errors
    /// Database faults.
    pub async fn held_import(&self, import: ImportId) -> Result<Option<(CampaignId, i64)>> {
        let sql = "SELECT i.campaign_id, (SELECT COUNT(*) FROM held_row h WHERE h.tenant_id = i.tenant_id AND h.import_id = i.id)
                   FROM roll_import i WHERE i.tenant_id = $1 AND i.id = $2";
        let row = self.0.one(sql, vec![import.0.into()]).await?;
        row.map(|row| Ok((CampaignId(column(&row, 0)?), column(&row, 1)?))).transpose()
    }
}

impl Writing {
    /// Begins an import.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_import(&self, id: ImportId, campaign: CampaignId, held_on: NaiveDate) -> Result<()> {
        let sql = "INSERT INTO roll_import (tenant_id, id, campaign_id, held_on) VALUES ($1, $2, $3, $4)";
        self.0.0.execute(sql, vec![id.0.into(), campaign.0.into(), held_on.into()]).await?;
        Ok(())
    }

    /// Holds rows of an import; the caller has put them into the order of their ids.
    ///
    /// # Errors
    /// Database faults.
    pub async fn hold_rows(&self, import: ImportId, rows: &[HeldRow]) -> Result<()> {
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let places = placeholders(3, chunk.len(), 6).replace('(', "($1, $2, ");
            let sql = format!(
                "INSERT INTO held_row (tenant_id, import_id, id, organisation_id, email, person_key, staff_group, own_reference)
                 VALUES {places}"
            );
            let mut values: Vec<Value> = vec![import.0.into()];
            for row in chunk {
                values.extend([
                    row.id.0.into(),
                    row.organisation.0.into(),
                    row.email.clone().into(),
                    row.key.clone().into(),
                    row.staff_group.clone().into(),
                    row.own_reference.clone().into(),
                ]);
            }
            self.0.0.execute(sql, values).await?;
        }
        Ok(())
    }

    /// Puts the held rows onto the roll, but for those whose key has come onto it meanwhile, and lets go of the import. Gives how many
    /// people are new.
    ///
    /// # Errors
    /// Database faults.
    pub async fn confirm_import(&self, import: ImportId, campaign: CampaignId) -> Result<u64> {
        let sql = "INSERT INTO person (tenant_id, id, campaign_id, organisation_id, email, person_key, staff_group,
                       own_reference, kind, origin)
                   SELECT tenant_id, id, $3, organisation_id, email, person_key, staff_group, own_reference, 'staff', 'roll'
                   FROM held_row WHERE tenant_id = $1 AND import_id = $2 ORDER BY id
                   ON CONFLICT (tenant_id, campaign_id, person_key) DO NOTHING";
        let added = self.0.0.execute(sql, vec![import.0.into(), campaign.0.into()]).await?;
        self.discard_import(import).await?;
        Ok(added.rows_affected())
    }

    /// Lets go of an import and its rows.
    ///
    /// # Errors
    /// Database faults.
    pub async fn discard_import(&self, import: ImportId) -> Result<()> {
        for sql in [
            "DELETE FROM held_row WHERE tenant_id = $1 AND import_id = $2",
            "DELETE FROM roll_import WHERE tenant_id = $1 AND id = $2",
        ] {
            self.0.0.execute(sql, vec![import.0.into()]).await?;
        }
        Ok(())
    }
}
