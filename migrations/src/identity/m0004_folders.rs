//! Which pack of a tenant came from a folder: what pages changed since is not overwritten unasked.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const UP: &[&str] = &[
    // The pack's digest as it was last applied from a folder, or written into one. Another `pack_digest` was made by page since.
    "ALTER TABLE tenant ADD COLUMN folder_digest TEXT",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration(
            "where a pack came from is not forgotten by a command: restore a backup".to_owned(),
        ))
    }
}
