//! The schema of both databases, one change a file, for SQLite and PostgreSQL alike.
//!
//! Here: DDL, and [`migrate`], which brings a database up to date. Not here: queries (storage's). To add a change: a new file
//! under `identity/` or `conversation/` named after its number and what it does, listed at the end of that side's
//! `migrations()`. A released file is never edited: expand first, contract in a later release.
//!
//! Every table leads with `tenant_id` in its keys. On PostgreSQL forced row-level security lets a transaction see only the
//! tenant that it was made for. Rows that people make carry dates, not times, and random ids; where physical row order could
//! tell who came first (`vote`), SQLite stores rows by key (`WITHOUT ROWID`).

mod conversation;
mod dialect;
mod identity;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database};

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The roll and what is handed out.
    Identity,
    /// Everything a participant does.
    Conversation,
}

/// What a migration run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many changes were made now.
    pub applied: usize,
    /// How many there are in all.
    pub total: usize,
}

/// Brings the database at `url` up to date; `app_role`, a PostgreSQL role, is granted what the server needs.
///
/// # Errors
/// What the database said.
pub async fn migrate(url: &str, side: Side, app_role: Option<&str>) -> Result<Report, DbErr> {
    let db =
        Database::connect(ConnectOptions::new(url).max_connections(1).sqlx_logging(false).to_owned()).await?;
    let report = match side {
        Side::Identity => run::<identity::Identity>(&db).await?,
        Side::Conversation => run::<conversation::Conversation>(&db).await?,
    };
    dialect::grant(&db, app_role).await?;
    db.close().await?;
    Ok(report)
}

/// How many changes the database at `url` still lacks.
///
/// # Errors
/// What the database said.
pub async fn pending(url: &str, side: Side) -> Result<usize, DbErr> {
    let db =
        Database::connect(ConnectOptions::new(url).max_connections(1).sqlx_logging(false).to_owned()).await?;
    let pending = match side {
        Side::Identity => identity::Identity::get_pending_migrations_read_only(&db).await?.len(),
        Side::Conversation => conversation::Conversation::get_pending_migrations_read_only(&db).await?.len(),
    };
    db.close().await?;
    Ok(pending)
}

async fn run<M: MigratorTrait>(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<Report, DbErr> {
    let applied = M::get_pending_migrations(db).await?.len();
    M::up(db, None).await?;
    Ok(Report { applied, total: M::migrations().len() })
}
