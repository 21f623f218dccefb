//! Named people who work in the open: their accounts, how they sign in, their roles and sessions; the audit log; drafts of campaigns; support
//! access; published figures.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // `email_key` tells two spellings of one address from two people. Times are seconds since 1970: these people act in the open.
    // `totp_secret` is sealed under a secret that is not in this database; `totp_step` is the last step that was accepted.
    "CREATE TABLE account (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        email TEXT NOT NULL,
        email_key TEXT NOT NULL,
        name TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended')),
        password TEXT,
        totp_secret BYTEA,
        totp_step BIGINT,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, email_key)
    )",
    "CREATE TABLE role_grant (
        tenant_id UUID NOT NULL,
        account_id UUID NOT NULL,
        role TEXT NOT NULL,
        granted_at BIGINT NOT NULL,
        expires_at BIGINT,
        PRIMARY KEY (tenant_id, account_id, role),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
    )",
    "CREATE TABLE account_invitation (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        account_id UUID NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
    )",
    // `passkey` is the public key and its counter, sealed.
    "CREATE TABLE passkey (
        tenant_id UUID NOT NULL,
        credential_id BYTEA NOT NULL,
        id UUID NOT NULL,
        account_id UUID NOT NULL,
        name TEXT NOT NULL,
        passkey TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        used_at BIGINT,
        PRIMARY KEY (tenant_id, credential_id),
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
    )",
    "CREATE TABLE recovery_code (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        account_id UUID NOT NULL,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
    )",
    // Tries at passwords, by a keyed hash of the address that was typed: whether it is anybody's makes no difference here.
    "CREATE TABLE sign_in_try (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        hash BYTEA NOT NULL,
        failed BIGINT NOT NULL,
        locked_until BIGINT NOT NULL,
        last_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, hash)
    )",
    // Questions to passkeys that were answered, so that no answer is taken twice.
    "CREATE TABLE spent_question (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        hash BYTEA NOT NULL,
        expires_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, hash)
    )",
    // `proved_at`: when the person last showed who they are, for what asks for that again. `device` is what they see in their list. A session
    // that was signed out of stays until it would have run out, so that its token is known when somebody else comes with it; `misused` has a
    // bit for each kind of misuse that is on record.
    "CREATE TABLE console_session (
        tenant_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        id UUID NOT NULL,
        account_id UUID NOT NULL,
        device TEXT NOT NULL,
        started_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        proved_at BIGINT NOT NULL,
        ended_at BIGINT,
        misused INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, hash),
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
    )",
    "CREATE INDEX console_session_by_account ON console_session (tenant_id, account_id)",
    // An operator's access to a tenant, seen by the tenant: why, from when, until when. The account is the operator's in this tenant.
    "CREATE TABLE support_access (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        account_id UUID NOT NULL,
        reason TEXT NOT NULL,
        begins_at BIGINT NOT NULL,
        ends_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id) ON DELETE CASCADE
    )",
    // A campaign that is being prepared: its file as JSON, whatever is missing yet. `version` rises with each change, so that two who write
    // at once do not overwrite each other.
    "CREATE TABLE campaign_draft (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        draft TEXT NOT NULL,
        version BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, slug)
    )",
    "CREATE TABLE audit_entry (
        tenant_id UUID NOT NULL REFERENCES tenant (id),
        number BIGINT NOT NULL,
        entry TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (tenant_id, number)
    )",
    // Figures as they were published, whole multiples of the smallest group: cumulative, by what and of which group, at the end of a day.
    "CREATE TABLE published_figure (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        measure TEXT NOT NULL,
        dimension TEXT NOT NULL,
        member TEXT NOT NULL,
        day DATE NOT NULL,
        value BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, measure, dimension, member, day),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
    )",
    // The smallest group that figures show, frozen at launch.
    "ALTER TABLE campaign ADD COLUMN smallest_group INTEGER",
];

const TENANT_TABLES: &[&str] = &[
    "account",
    "role_grant",
    "account_invitation",
    "passkey",
    "recovery_code",
    "sign_in_try",
    "spent_question",
    "console_session",
    "support_access",
    "campaign_draft",
    "audit_entry",
    "published_figure",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, UP).await?;
        isolate(manager, TENANT_TABLES).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration(
            "accounts and the audit log are not thrown away by a command: restore a backup".to_owned(),
        ))
    }
}
