//! Tenants, their organisations, and how many sealed codes were handed out to each.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    "CREATE TABLE tenant (
        id UUID NOT NULL PRIMARY KEY,
        slug TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL
    )",
    "CREATE TABLE organisation (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        name TEXT NOT NULL,
        entry_route TEXT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, slug)
    )",
    "CREATE TABLE code_batch (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        codes BIGINT NOT NULL CHECK (codes > 0),
        issued_on DATE NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id)
    )",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, &["organisation", "code_batch"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE code_batch", "DROP TABLE organisation", "DROP TABLE tenant"]).await
    }
}
