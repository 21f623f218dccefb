//! Sessions of those who wait, to be found by their hash; and what somebody sent while they waited and could not be done when they were
//! let in, told to them alone.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // Beside `waiting`, which had them as a text that had to be searched. Rewritten with it, so that rows tell no order.
    "CREATE TABLE waiting_session (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        campaign_id UUID NOT NULL,
        participant_id UUID NOT NULL,
        expires_on DATE NOT NULL,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    ) /* by key */",
    "ALTER TABLE waiting DROP COLUMN sessions",
    // One row a person, written with their group and deleted when they put it away. `acts` is JSON of the actions' making.
    "CREATE TABLE refused_acts (
        tenant_id UUID NOT NULL,
        participant_id UUID NOT NULL,
        acts TEXT NOT NULL,
        PRIMARY KEY (tenant_id, participant_id),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id) ON DELETE CASCADE
    ) /* by key */",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, &["waiting_session", "refused_acts"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP TABLE refused_acts",
                "ALTER TABLE waiting ADD COLUMN sessions TEXT NOT NULL DEFAULT ''",
                "DROP TABLE waiting_session",
            ],
        )
        .await
    }
}
