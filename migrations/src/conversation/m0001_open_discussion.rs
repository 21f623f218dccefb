//! Tenants, campaigns and rounds; participants, their codes and sessions; posts and votes.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // `pack` is the applied tenant pack as JSON, `pack_digest` its SHA-256 together with the pictures'.
    "CREATE TABLE tenant (
        id UUID NOT NULL PRIMARY KEY,
        slug TEXT NOT NULL UNIQUE,
        pack TEXT NOT NULL,
        pack_digest TEXT NOT NULL,
        logo BYTEA,
        favicon BYTEA NOT NULL
    )",
    "CREATE TABLE organisation (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, slug)
    )",
    "CREATE TABLE campaign (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        source_note TEXT,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, slug)
    )",
    // Times are seconds since 1970-01-01T00:00:00Z. `revision` numbers the changes to anything in the round.
    "CREATE TABLE round (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        slug TEXT NOT NULL,
        round_type TEXT NOT NULL,
        opens_at BIGINT NOT NULL,
        closes_at BIGINT NOT NULL CHECK (closes_at > opens_at),
        revision BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, campaign_id, slug),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
    // `seed` shuffles this participant's fair mix. Not whose code it was: with few codes out, an organisation is a name.
    "CREATE TABLE participant (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        seed BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    ) /* by key */",
    // A spent code says that it was used. No column says by whom or when; what the database's own log tells: decision 9.
    "CREATE TABLE sealed_code (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        campaign_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        spent BOOLEAN NOT NULL DEFAULT FALSE,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
        FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id)
    ) /* by key */",
    "CREATE TABLE session (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        participant_id UUID NOT NULL,
        expires_on DATE NOT NULL,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id) ON DELETE CASCADE
    ) /* by key */",
    // A contribution has no contribution_id; a comment names the contribution whose thread it joins.
    "CREATE TABLE post (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        round_id UUID NOT NULL,
        prompt_id UUID,
        contribution_id UUID,
        reply_to UUID,
        author_id UUID,
        voice INTEGER NOT NULL,
        body TEXT NOT NULL,
        theme TEXT,
        feeling TEXT,
        state TEXT NOT NULL CHECK (state IN ('visible', 'hidden', 'withdrawn')),
        written_on DATE NOT NULL,
        edited BOOLEAN NOT NULL DEFAULT FALSE,
        agrees BIGINT NOT NULL DEFAULT 0,
        disagrees BIGINT NOT NULL DEFAULT 0,
        passes BIGINT NOT NULL DEFAULT 0,
        comments BIGINT NOT NULL DEFAULT 0,
        written_at_revision BIGINT NOT NULL,
        changed_at_revision BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id),
        FOREIGN KEY (tenant_id, contribution_id) REFERENCES post (tenant_id, id),
        FOREIGN KEY (tenant_id, reply_to) REFERENCES post (tenant_id, id),
        FOREIGN KEY (tenant_id, author_id) REFERENCES participant (tenant_id, id)
    )",
    "CREATE INDEX post_by_change ON post (tenant_id, round_id, changed_at_revision)",
    "CREATE INDEX post_by_thread ON post (tenant_id, contribution_id, written_at_revision)",
    "CREATE INDEX post_by_author ON post (tenant_id, author_id)",
    "CREATE TABLE post_version (
        tenant_id UUID NOT NULL,
        post_id UUID NOT NULL,
        version INTEGER NOT NULL,
        body TEXT NOT NULL,
        theme TEXT,
        feeling TEXT,
        PRIMARY KEY (tenant_id, post_id, version),
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id) ON DELETE CASCADE
    )",
    // 1 agree, 0 pass, -1 disagree, as in Polis files.
    "CREATE TABLE vote (
        tenant_id UUID NOT NULL,
        post_id UUID NOT NULL,
        participant_id UUID NOT NULL,
        value SMALLINT NOT NULL CHECK (value IN (-1, 0, 1)),
        PRIMARY KEY (tenant_id, post_id, participant_id),
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id)
    ) /* by key */",
    "CREATE INDEX vote_by_participant ON vote (tenant_id, participant_id)",
];

const TENANT_TABLES: &[&str] = &[
    "organisation",
    "campaign",
    "round",
    "participant",
    "sealed_code",
    "session",
    "post",
    "post_version",
    "vote",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, TENANT_TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TENANT_TABLES.iter().rev().chain(&["tenant"]) {
            run(manager, &[&format!("DROP TABLE {table}")]).await?;
        }
        Ok(())
    }
}
