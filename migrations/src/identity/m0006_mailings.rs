//! Emails of a campaign that go to many: how far each is, who is still to get it, and who wants none.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // One row for each planned email whose time has come; `slug` is the plan's, so that it goes once, whoever notices first. What became of it
    // is kept as counts. Times are seconds since 1970.
    "CREATE TABLE mailing (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        slug TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('going', 'paused', 'done', 'cancelled', 'missed')),
        begun_at BIGINT NOT NULL,
        ended_at BIGINT,
        why TEXT NOT NULL DEFAULT '',
        addressed BIGINT NOT NULL DEFAULT 0,
        sent BIGINT NOT NULL DEFAULT 0,
        left_out BIGINT NOT NULL DEFAULT 0,
        refused BIGINT NOT NULL DEFAULT 0,
        unsure BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, campaign_id, slug),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
    // Who is still to get it. A row goes as soon as its email has left, or its person needs none any more: nothing says afterwards who was
    // written to. `due_at` is the earliest time of the next attempt, or while it is claimed the end of the lease. `reference` is the same for
    // every attempt.
    "CREATE TABLE mailing_item (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        slug TEXT NOT NULL,
        person_id UUID NOT NULL,
        claimed BOOLEAN NOT NULL DEFAULT FALSE,
        due_at BIGINT NOT NULL,
        attempts BIGINT NOT NULL DEFAULT 0,
        reference BYTEA,
        PRIMARY KEY (tenant_id, campaign_id, slug, person_id),
        FOREIGN KEY (tenant_id, campaign_id, slug) REFERENCES mailing (tenant_id, campaign_id, slug) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id) ON DELETE CASCADE
    ) /* by key */",
    "CREATE INDEX mailing_item_by_person ON mailing_item (tenant_id, person_id)",
    // Addresses to which nothing is sent, as keyed hashes: they outlive the roll, and say whose they are to nobody who does not know them.
    "CREATE TABLE no_email (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        address BYTEA NOT NULL,
        why TEXT NOT NULL CHECK (why IN ('stopped', 'bounced', 'complained')),
        since DATE NOT NULL,
        PRIMARY KEY (tenant_id, address)
    ) /* by key */",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, &["mailing", "mailing_item", "no_email"]).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("who wants no email is not forgotten by a command: restore a backup".to_owned()))
    }
}
