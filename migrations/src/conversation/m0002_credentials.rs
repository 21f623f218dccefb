//! What proves a credential: the public key log, which credentials have come in, and who waits for the next group to be let in.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // The identity side's log of cohort keys, as this side knows it: one JSON entry a row.
    "CREATE TABLE key_log (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        number BIGINT NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (tenant_id, number)
    )",
    // The day on which whoever waited was last let in for the lateness of the hour.
    "ALTER TABLE campaign ADD COLUMN admitted_on DATE",
    // A credential that has come in. Without a participant: what they wrote was erased at their wish.
    "CREATE TABLE credential (
        tenant_id UUID NOT NULL,
        device_key BYTEA NOT NULL,
        campaign_id UUID NOT NULL,
        cohort TEXT NOT NULL,
        participant_id UUID,
        PRIMARY KEY (tenant_id, campaign_id, device_key),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id)
    ) /* by key */",
    "CREATE INDEX credential_by_participant ON credential (tenant_id, participant_id)",
    // Somebody who came in and waits for others, so that nobody is let in alone. `sessions` are their devices', `acts` what they have
    // sent meanwhile, both JSON: one row a person, so that the order of rows can be undone.
    "CREATE TABLE waiting (
        tenant_id UUID NOT NULL,
        participant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        seed BIGINT NOT NULL,
        device_key BYTEA,
        cohort TEXT,
        code_hash BYTEA,
        sessions TEXT NOT NULL,
        acts TEXT NOT NULL,
        PRIMARY KEY (tenant_id, participant_id),
        UNIQUE (tenant_id, campaign_id, device_key),
        UNIQUE (tenant_id, campaign_id, code_hash),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    ) /* by key */",
    "CREATE TABLE daily_count (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        day DATE NOT NULL,
        registered BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, day),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, &["key_log", "credential", "waiting", "daily_count"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP TABLE daily_count",
                "DROP TABLE waiting",
                "DROP TABLE credential",
                "ALTER TABLE campaign DROP COLUMN admitted_on",
                "DROP TABLE key_log",
            ],
        )
        .await
    }
}
