//! Applied tenant packs: both sides keep one, so that each can be served without the other.

use domain::ids::TenantId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::Result;
use crate::connection::Pools;
use crate::tenancy::{Bound, column};

/// A tenant as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTenant {
    /// Which tenant.
    pub id: TenantId,
    /// The applied pack, JSON.
    pub pack: String,
    /// SHA-256 of pack and pictures, hexadecimal.
    pub digest: String,
    /// The logo, PNG.
    pub logo: Option<Vec<u8>>,
    /// The browser's little picture, PNG.
    pub favicon: Vec<u8>,
}

/// What identifies a stored tenant and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// Which tenant.
    pub id: TenantId,
    /// SHA-256 of pack and pictures, hexadecimal.
    pub digest: String,
}

/// Every tenant with its version. The only question that is asked across tenants: which are there.
pub(crate) async fn list(pools: &Pools) -> Result<Vec<TenantRow>> {
    let sql = "SELECT id, pack_digest FROM tenant WHERE pack_digest IS NOT NULL ORDER BY slug";
    let rows = pools.read.query_all_raw(Statement::from_string(pools.backend(), sql)).await?;
    rows.iter().map(|row| Ok(TenantRow { id: TenantId(column(row, 0)?), digest: column(row, 1)? })).collect()
}

/// Holds the list of tenants against others who add one or change what one is served at, until the end of the transaction. Taken before any tenant.
pub(crate) async fn take_list(bound: &Bound) -> Result<()> {
    // SQLite has one writer: this transaction.
    if bound.backend() == DbBackend::Postgres {
        let sql =
            "SELECT pg_advisory_xact_lock(hashtextextended('candour tenants', 0)) WHERE $1::uuid IS NOT NULL";
        bound.one(sql, vec![]).await?;
    }
    Ok(())
}

/// The tenant of `bound`, held against other writers until the end of its transaction.
pub(crate) async fn take(bound: &Bound) -> Result<Option<StoredTenant>> {
    // SQLite has one writer: this transaction. Not FOR UPDATE, which rows that name the tenant would wait for, the audit log's among them.
    if bound.backend() == DbBackend::Postgres {
        bound.one("SELECT 1 FROM tenant WHERE id = $1 FOR NO KEY UPDATE", vec![]).await?;
    }
    load(bound).await
}

/// The tenant of `bound`.
pub(crate) async fn load(bound: &Bound) -> Result<Option<StoredTenant>> {
    let sql = "SELECT pack, pack_digest, logo, favicon FROM tenant WHERE id = $1 AND pack_digest IS NOT NULL";
    let Some(row) = bound.one(sql, vec![]).await? else { return Ok(None) };
    Ok(Some(StoredTenant {
        id: bound.tenant(),
        pack: column(&row, 0)?,
        digest: column(&row, 1)?,
        logo: column(&row, 2)?,
        favicon: column(&row, 3)?,
    }))
}

/// Deletes every row of `bound`'s tenant from `tables`, in their order, and the tenant itself.
pub(crate) async fn erase(bound: &Bound, tables: &[&str]) -> Result<()> {
    for table in tables {
        bound.execute(format!("DELETE FROM {table} WHERE tenant_id = $1"), vec![]).await?;
    }
    bound.execute("DELETE FROM tenant WHERE id = $1", vec![]).await?;
    Ok(())
}
