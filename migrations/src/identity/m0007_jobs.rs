//! Work that takes longer than a request may: what was asked for, how far it is, and what came of it.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // `about` is an organisation's short name. `done` of `parts` are made; `parts` is a guess while nothing is known. A row is worked on by one
    // process until its lease ends; another then goes on behind the last part. Times are seconds since 1970.
    "CREATE TABLE job (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('toolkit', 'letters')),
        about TEXT NOT NULL,
        version BIGINT NOT NULL,
        asked_at BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'failed')),
        lease_until BIGINT NOT NULL DEFAULT 0,
        done BIGINT NOT NULL DEFAULT 0,
        parts BIGINT NOT NULL DEFAULT 0,
        reached UUID,
        why TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
    // `content` is sealed where it holds login details.
    "CREATE TABLE job_file (
        tenant_id UUID NOT NULL,
        job_id UUID NOT NULL,
        number BIGINT NOT NULL,
        file TEXT NOT NULL,
        media_type TEXT NOT NULL,
        content BYTEA NOT NULL,
        PRIMARY KEY (tenant_id, job_id, number),
        FOREIGN KEY (tenant_id, job_id) REFERENCES job (tenant_id, id) ON DELETE CASCADE
    )",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, &["job", "job_file"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE job_file", "DROP TABLE job"]).await
    }
}
