//! Which login details have not left yet, so that those of whom the server stopped are found again.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

const UP: &[&str] = &[
    // True from their making until they were handed to the mail server, or written out. Nobody else has them meanwhile, so their person
    // counts as one without any. Those from before this was kept have left.
    "ALTER TABLE login ADD COLUMN unsent BOOLEAN NOT NULL DEFAULT FALSE",
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
            "which login details have left is not forgotten by a command: restore a backup".to_owned(),
        ))
    }
}
