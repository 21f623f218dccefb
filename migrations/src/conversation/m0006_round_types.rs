//! Round types: which component a round runs, what it remembers, what people said through it, and what it came to.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // Components that have been used or admitted, under the tenant of the platform: a round that runs one finds it here, whatever version of
    // Candour comes later. `number` counts them up in the order in which they came. `publisher` is none for those that came with Candour. `withdrawn_on`: nothing runs it any more.
    "CREATE TABLE round_type (
        tenant_id UUID NOT NULL,
        digest TEXT NOT NULL,
        number INTEGER NOT NULL,
        kind TEXT NOT NULL,
        publisher TEXT,
        manifest TEXT NOT NULL,
        component BYTEA NOT NULL,
        admitted_on DATE NOT NULL,
        withdrawn_on DATE,
        PRIMARY KEY (tenant_id, digest)
    )",
    "CREATE INDEX round_type_by_kind ON round_type (tenant_id, kind)",
    // The component, by its SHA-256 in hexadecimal, that a round has run since it opened, and the version in which its state is kept. Until
    // `held_until` (seconds since 1970) nobody's answers are written: the round is being brought to another component.
    "CREATE TABLE round_pin (
        tenant_id UUID NOT NULL,
        round_id UUID NOT NULL,
        digest TEXT NOT NULL,
        data_version INTEGER NOT NULL,
        held_until BIGINT,
        PRIMARY KEY (tenant_id, round_id),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id)
    )",
    // What the round type keeps for one participant. `token` is the participant's name in this round and in no other; rows stand in its order.
    // Keys are bytes, so that both databases put them in the same order. An entry that was taken away stays with an empty value: no version
    // ever comes twice.
    "CREATE TABLE own_state (
        tenant_id UUID NOT NULL,
        round_id UUID NOT NULL,
        token BYTEA NOT NULL,
        place BYTEA NOT NULL,
        participant_id UUID NOT NULL,
        version BIGINT NOT NULL,
        value BYTEA NOT NULL,
        PRIMARY KEY (tenant_id, round_id, token, place),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id) ON DELETE CASCADE
    ) /* by key */",
    "CREATE INDEX own_state_by_place ON own_state (tenant_id, round_id, place, token)",
    "CREATE INDEX own_state_by_participant ON own_state (tenant_id, participant_id)",
    // What it keeps for all together.
    "CREATE TABLE shared_state (
        tenant_id UUID NOT NULL,
        round_id UUID NOT NULL,
        collection BYTEA NOT NULL,
        place BYTEA NOT NULL,
        version BIGINT NOT NULL,
        value BYTEA NOT NULL,
        PRIMARY KEY (tenant_id, round_id, collection, place),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id)
    ) /* by key */",
    // Which of a participant's posts a round type calls by which name, so that the same name again replaces it.
    "CREATE TABLE round_post (
        tenant_id UUID NOT NULL,
        round_id UUID NOT NULL,
        participant_id UUID NOT NULL,
        called TEXT NOT NULL,
        post_id UUID NOT NULL,
        PRIMARY KEY (tenant_id, round_id, participant_id, called),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id),
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id) ON DELETE CASCADE
    ) /* by key */",
    // What a round came to, as it may be seen: nothing in it is about fewer people than the threshold. `cohort` is empty for everybody.
    "CREATE TABLE round_result (
        tenant_id UUID NOT NULL,
        round_id UUID NOT NULL,
        number INTEGER NOT NULL,
        subject TEXT NOT NULL,
        measure TEXT NOT NULL,
        cohort TEXT NOT NULL,
        people BIGINT NOT NULL,
        value DOUBLE PRECISION,
        PRIMARY KEY (tenant_id, round_id, number),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id)
    )",
    // For which closing time a round's results were last published.
    "CREATE TABLE round_counted (
        tenant_id UUID NOT NULL,
        round_id UUID NOT NULL,
        closes_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, round_id),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id)
    )",
];

const TENANT_TABLES: &[&str] =
    &["round_type", "round_pin", "own_state", "shared_state", "round_post", "round_result", "round_counted"];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, TENANT_TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TENANT_TABLES.iter().rev() {
            run(manager, &[&format!("DROP TABLE {table}")]).await?;
        }
        Ok(())
    }
}
