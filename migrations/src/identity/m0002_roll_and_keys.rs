//! The roll and its login details, cohorts with their sealed keys, the public key log, daily counts; the applied pack, so that this side
//! can be served without the other. Counts of printed codes go: codes are the conversation side's alone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    "DROP TABLE code_batch",
    "ALTER TABLE tenant ADD COLUMN pack TEXT",
    "ALTER TABLE tenant ADD COLUMN pack_digest TEXT",
    "ALTER TABLE tenant ADD COLUMN logo BYTEA",
    "ALTER TABLE tenant ADD COLUMN favicon BYTEA",
    // `closes_at`: seconds since 1970; the roll goes some days after it.
    "CREATE TABLE campaign (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        closes_at BIGINT NOT NULL,
        launched_on DATE,
        erased_on DATE,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, slug)
    )",
    // Rows of an import that wait for somebody to confirm them.
    "CREATE TABLE roll_import (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        held_on DATE NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
    "CREATE TABLE held_row (
        tenant_id UUID NOT NULL,
        import_id UUID NOT NULL,
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        email TEXT NOT NULL,
        person_key TEXT NOT NULL,
        staff_group TEXT,
        own_reference TEXT,
        PRIMARY KEY (tenant_id, import_id, id),
        FOREIGN KEY (tenant_id, import_id) REFERENCES roll_import (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id)
    ) /* by key */",
    // Somebody eligible. `person_key` tells two spellings of one address from two people. `request` is the SHA-256 of the one blinded
    // message that was signed for them: it says that they joined, and fits every credential of their cohort equally well. No date, no
    // time, no order: rows are stored by their random id (SQLite), or rewritten in its order (PostgreSQL: shuffle_people).
    "CREATE TABLE person (
        tenant_id UUID NOT NULL,
        id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        email TEXT,
        person_key TEXT NOT NULL,
        staff_group TEXT,
        own_reference TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('staff', 'volunteer')),
        origin TEXT NOT NULL CHECK (origin IN ('roll', 'sign-up', 'single-sign-on')),
        request BYTEA,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, campaign_id, person_key),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id),
        FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id)
    ) /* by key */",
    "CREATE TABLE login (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        person_id UUID NOT NULL,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id) ON DELETE CASCADE
    ) /* by key */",
    "CREATE INDEX login_by_person ON login (tenant_id, person_id)",
    // `sealed_key` is the private key under a secret that is not in this database.
    "CREATE TABLE cohort (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        name TEXT NOT NULL,
        eligible BIGINT NOT NULL CHECK (eligible >= 50),
        key_id BYTEA NOT NULL,
        sealed_key BYTEA NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, name),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
    "CREATE TABLE cohort_organisation (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        cohort TEXT NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, organisation_id),
        FOREIGN KEY (tenant_id, campaign_id, cohort) REFERENCES cohort (tenant_id, campaign_id, name),
        FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisation (tenant_id, id)
    )",
    // The public, hash-chained log of cohort keys: one JSON entry a row, the chain in the entries themselves.
    "CREATE TABLE key_log (
        tenant_id UUID NOT NULL,
        number BIGINT NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (tenant_id, number)
    )",
    "CREATE TABLE daily_count (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        day DATE NOT NULL,
        eligible BIGINT NOT NULL,
        issued BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, day),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
];

const TENANT_TABLES: &[&str] = &[
    "campaign",
    "roll_import",
    "held_row",
    "person",
    "login",
    "cohort",
    "cohort_organisation",
    "key_log",
    "daily_count",
];

/// PostgreSQL keeps rows in the order in which they were last written, which is the order in which people joined, and with each the number
/// of the transaction that wrote it. This writes all of them in one transaction, tenant by tenant (row-level security holds for the owner,
/// too), and then in the order of their random ids. It runs with the owner's rights, because only the owner may.
const SHUFFLE: &str = "CREATE FUNCTION shuffle_people() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE
        one RECORD;
    BEGIN
        LOCK TABLE person IN ACCESS EXCLUSIVE MODE;
        FOR one IN SELECT id FROM tenant LOOP
            PERFORM set_config('candour.tenant', one.id::text, true);
            UPDATE person SET request = request;
        END LOOP;
        CLUSTER person USING person_pkey;
    END $$;
    REVOKE EXECUTE ON FUNCTION shuffle_people() FROM PUBLIC;";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, TENANT_TABLES).await?;
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(SHUFFLE).await?;
        }
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("rolls and keys are not thrown away by a command: restore a backup".to_owned()))
    }
}
