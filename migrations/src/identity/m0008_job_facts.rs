//! What a toolkit or letters were made of, so that they are known to be outdated when any of it has changed.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const UP: &[&str] = &[
    // A digest. Nothing for what was asked for before this was kept: there the version of the dates alone tells.
    "ALTER TABLE job ADD COLUMN facts TEXT NOT NULL DEFAULT ''",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE job DROP COLUMN facts"]).await
    }
}
