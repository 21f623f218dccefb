//! Transactions bound to one tenant: the only way to a query.

use domain::ids::TenantId;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, ExecResult,
    IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    TryGetable, Value,
};

use crate::Result;
use crate::connection::Pools;

/// Where statements run, for one tenant.
///
/// A reader on SQLite needs no transaction: like a reader on PostgreSQL (read committed) each of its statements sees what was
/// committed when it began. On PostgreSQL a transaction carries the tenant for row-level security.
pub struct Bound {
    source: Source,
    backend: DbBackend,
    tenant: TenantId,
}

enum Source {
    Pool(DatabaseConnection),
    Transaction(DatabaseTransaction),
}

impl Bound {
    /// For reading.
    pub async fn reading(pools: &Pools, tenant: TenantId) -> Result<Self> {
        let backend = pools.backend();
        let source = match backend {
            DbBackend::Sqlite => Source::Pool(pools.read.clone()),
            _ => Source::Transaction(pools.read.begin().await?),
        };
        Self { source, backend, tenant }.announce_tenant().await
    }

    /// For reading many statements that must all see the same moment.
    pub async fn snapshot(pools: &Pools, tenant: TenantId) -> Result<Self> {
        let backend = pools.backend();
        let (level, access) = match backend {
            DbBackend::Sqlite => (None, None),
            _ => (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)),
        };
        let source = Source::Transaction(pools.read.begin_with_config(level, access).await?);
        Self { source, backend, tenant }.announce_tenant().await
    }

    /// For writing; on SQLite the only writer from here on.
    pub async fn writing(pools: &Pools, tenant: TenantId) -> Result<Self> {
        let backend = pools.backend();
        let sqlite_transaction_mode =
            (backend == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let source = Source::Transaction(pools.write.begin_with_options(options).await?);
        Self { source, backend, tenant }.announce_tenant().await
    }

    async fn announce_tenant(self) -> Result<Self> {
        if let (Source::Transaction(transaction), DbBackend::Postgres) = (&self.source, self.backend) {
            // The id is a UUID of ours: nothing to quote.
            transaction.execute_unprepared(&format!("SET LOCAL candour.tenant = '{}'", self.tenant)).await?;
        }
        Ok(self)
    }

    /// Whose rows these are.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// SQLite or PostgreSQL.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Every row of `sql`; `$1` is the tenant, `values` begin at `$2`.
    pub async fn all(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        let statement = self.statement(sql, values);
        Ok(match &self.source {
            Source::Pool(pool) => pool.query_all_raw(statement).await?,
            Source::Transaction(transaction) => transaction.query_all_raw(statement).await?,
        })
    }

    /// The first row of `sql`, if any; values as for [`all`](Self::all).
    pub async fn one(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<Option<QueryResult>> {
        let statement = self.statement(sql, values);
        Ok(match &self.source {
            Source::Pool(pool) => pool.query_one_raw(statement).await?,
            Source::Transaction(transaction) => transaction.query_one_raw(statement).await?,
        })
    }

    /// Runs `sql` for its effect; values as for [`all`](Self::all).
    pub async fn execute(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<ExecResult> {
        let statement = self.statement(sql, values);
        Ok(match &self.source {
            Source::Pool(pool) => pool.execute_raw(statement).await?,
            Source::Transaction(transaction) => transaction.execute_raw(statement).await?,
        })
    }

    /// Makes the changes last. Without it they are rolled back.
    pub async fn commit(self) -> Result<()> {
        match self.source {
            Source::Pool(_) => Ok(()),
            Source::Transaction(transaction) => Ok(transaction.commit().await?),
        }
    }

    fn statement(&self, sql: impl Into<String>, values: Vec<Value>) -> Statement {
        let values = std::iter::once(Value::from(self.tenant.0)).chain(values);
        Statement::from_sql_and_values(self.backend, sql, values)
    }
}

/// The value of column number `index`, from 0.
pub fn column<T: TryGetable>(row: &QueryResult, index: usize) -> Result<T> {
    Ok(row.try_get_by_index(index)?)
}

/// `rows` rows of `width` placeholders, `($2, $3), ($4, $5)`, the first being `$first`.
pub fn placeholders(first: usize, rows: usize, width: usize) -> String {
    use std::fmt::Write;
    let mut sql = String::with_capacity(rows * (width * 6 + 4));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for place in 0..width {
            let number = first + row * width + place;
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}${number}");
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_count_on() {
        assert_eq!(super::placeholders(2, 2, 2), "($2, $3), ($4, $5)");
    }
}
