//! The audit log as both sides keep it: entries as JSON, numbered from 0, each with the digest that chains it to the one before. How a digest
//! is made is `credentials`' to tell.

use sea_orm::DbBackend;

use crate::Result;
use crate::tenancy::{Bound, column};

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place, from 0.
    pub number: i64,
    /// The deed's JSON, exactly as it was chained.
    pub entry: String,
    /// What chains it to the one before, hexadecimal.
    pub digest: String,
}

/// A tenant's audit log inside a transaction.
pub struct AuditTrail<'a>(pub(crate) &'a Bound);

impl AuditTrail<'_> {
    /// Holds the log against other writers until the end of this transaction, and gives its last entry.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_head(&self) -> Result<Option<AuditEntry>> {
        // SQLite has one writer: this transaction.
        if self.0.backend() == DbBackend::Postgres {
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended('candour audit ' || $1::text, 0))";
            self.0.one(sql, vec![]).await?;
        }
        let sql =
            "SELECT number, entry, digest FROM audit_entry WHERE tenant_id = $1 ORDER BY number DESC LIMIT 1";
        self.0.one(sql, vec![]).await?.as_ref().map(entry_of).transpose()
    }

    /// Writes an entry behind the last.
    ///
    /// # Errors
    /// Database faults; also when there is one of this number.
    pub async fn add(&self, entry: &AuditEntry) -> Result<()> {
        let sql = "INSERT INTO audit_entry (tenant_id, number, entry, digest) VALUES ($1, $2, $3, $4)";
        let values = vec![entry.number.into(), entry.entry.clone().into(), entry.digest.clone().into()];
        self.0.execute(sql, values).await?;
        Ok(())
    }

    /// At most `most` entries below number `below`, newest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn page(&self, below: i64, most: u64) -> Result<Vec<AuditEntry>> {
        let sql = "SELECT number, entry, digest FROM audit_entry WHERE tenant_id = $1 AND number < $2
                   ORDER BY number DESC LIMIT $3";
        let rows = self.0.all(sql, vec![below.into(), most.cast_signed().into()]).await?;
        rows.iter().map(entry_of).collect()
    }

    /// At most `most` entries from number `from` on, oldest first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn onward(&self, from: i64, most: u64) -> Result<Vec<AuditEntry>> {
        let sql = "SELECT number, entry, digest FROM audit_entry WHERE tenant_id = $1 AND number >= $2
                   ORDER BY number LIMIT $3";
        let rows = self.0.all(sql, vec![from.into(), most.cast_signed().into()]).await?;
        rows.iter().map(entry_of).collect()
    }
}

fn entry_of(row: &sea_orm::QueryResult) -> Result<AuditEntry> {
    Ok(AuditEntry { number: column(row, 0)?, entry: column(row, 1)?, digest: column(row, 2)? })
}
