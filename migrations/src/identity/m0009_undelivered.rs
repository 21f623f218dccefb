//! What became of emails that did not arrive, for the operator; and until when a mail server that cannot be reached is left alone.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // While the mail server cannot be reached, no process tries before this time: seconds since 1970.
    "ALTER TABLE mailing ADD COLUMN rests_until BIGINT NOT NULL DEFAULT 0",
    // How many emails did not arrive, or perhaps did not, by the tenant's day and by reason. Nothing says whose.
    "CREATE TABLE undelivered (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        day DATE NOT NULL,
        why TEXT NOT NULL CHECK (why IN ('no-such-address', 'refused', 'given-up', 'unwritten', 'broke-off', 'stopped')),
        emails BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, day, why)
    ) /* by key */",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, &["undelivered"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE undelivered", "ALTER TABLE mailing DROP COLUMN rests_until"]).await
    }
}
