//! Rounds can be paused; pages hear that a round's dates have changed.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const UP: &[&str] = &[
    // Since when it takes nothing, seconds since 1970; none while it is not paused.
    "ALTER TABLE round ADD COLUMN paused_at BIGINT",
    // The revision at which its dates last changed.
    "ALTER TABLE round ADD COLUMN dated_at_revision BIGINT NOT NULL DEFAULT 0",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a pause is not forgotten by a command: restore a backup".to_owned()))
    }
}
