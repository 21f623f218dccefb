//! The public key log as both sides keep it: entries as JSON, numbered from 0. What an entry says, and whether the chain holds, is
//! `credentials`' to tell.

use crate::Result;
use crate::tenancy::{Bound, column};

/// Every entry, in order.
pub(crate) async fn entries(bound: &Bound) -> Result<Vec<String>> {
    let sql = "SELECT entry FROM key_log WHERE tenant_id = $1 ORDER BY number";
    bound.all(sql, vec![]).await?.iter().map(|row| column(row, 0)).collect()
}

/// How many entries there are.
pub(crate) async fn length(bound: &Bound) -> Result<i64> {
    let row = bound.one("SELECT count(*) FROM key_log WHERE tenant_id = $1", vec![]).await?;
    row.as_ref().map_or(Ok(0), |row| column(row, 0))
}

/// Writes the entry `number`; it cannot be there already.
pub(crate) async fn add(bound: &Bound, number: i64, entry: &str) -> Result<()> {
    let sql = "INSERT INTO key_log (tenant_id, number, entry) VALUES ($1, $2, $3)";
    bound.execute(sql, vec![number.into(), entry.into()]).await?;
    Ok(())
}
