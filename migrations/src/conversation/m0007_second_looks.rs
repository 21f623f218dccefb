//! Who hid a post, so that somebody else looks at it when its author appeals; and the few places that one person's open reports have.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const UP: &[&str] = &[
    // The moderator who hid it: their account and their name. None for what was hidden before this was kept.
    "ALTER TABLE moderation_case ADD COLUMN hidden_by UUID",
    "ALTER TABLE moderation_case ADD COLUMN hidden_name TEXT",
    // A keyed hash of the reporter together with a number below the most open reports: as many hashes as a person may have open reports, so
    // that they are counted by looking for those. Nothing once a moderator has looked. Two places of one person have nothing in common.
    "ALTER TABLE report ADD COLUMN place BYTEA",
    "CREATE UNIQUE INDEX report_by_place ON report (tenant_id, place)",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("who hid a post is not forgotten by a command: restore a backup".to_owned()))
    }
}
