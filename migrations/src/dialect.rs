//! One DDL for two databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

/// Runs `statements`, written for PostgreSQL; on SQLite `UUID` and `BYTEA` become `BLOB`, and `/* by key */` behind a table becomes
/// `WITHOUT ROWID`.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for statement in statements {
        let statement = match db.get_database_backend() {
            DbBackend::Sqlite => statement
                .replace("UUID", "BLOB")
                .replace("BYTEA", "BLOB")
                .replace("/* by key */", "WITHOUT ROWID"),
            _ => (*statement).to_owned(),
        };
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Lets a transaction see only its own tenant's rows of `tables` (PostgreSQL; SQLite has no row-level security).
pub async fn isolate(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    for table in tables {
        let statement = format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
             ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
             CREATE POLICY own_tenant ON {table}
                 USING (tenant_id = nullif(current_setting('candour.tenant', true), '')::uuid);"
        );
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Grants `role` reading and writing of every table and the use of our own functions, and nothing more.
pub async fn grant(db: &DatabaseConnection, role: Option<&str>) -> Result<(), DbErr> {
    let (Some(role), DbBackend::Postgres) = (role, db.get_database_backend()) else { return Ok(()) };
    let role = role.replace('"', "\"\"");
    db.execute_unprepared(&format!(
        "GRANT USAGE ON SCHEMA public TO \"{role}\";
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \"{role}\";
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO \"{role}\";"
    ))
    .await?;
    Ok(())
}
