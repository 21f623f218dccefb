//! Looking after what people write: cases, reports, what was done and by whom; questions to an author; people who may not write for a time;
//! the audit log of this side; published figures.

use sea_orm_migration::prelude::*;

use crate::dialect::{isolate, run};

const UP: &[&str] = &[
    // One for each post that a moderator has to look at, or has looked at. `post.state` says whether others see the post; this says why.
    // `version` counts what was done about it: who decides says which version they saw. `claimed_by` is an account; the claim ends by
    // itself at `claimed_until` (seconds since 1970). `flags` are rules, by name.
    "CREATE TABLE moderation_case (
        tenant_id UUID NOT NULL,
        post_id UUID NOT NULL,
        round_id UUID NOT NULL,
        state TEXT NOT NULL CHECK (state IN
            ('new', 'held', 'reported', 'appealed', 'asked', 'answered', 'kept', 'hidden', 'merged')),
        version INTEGER NOT NULL,
        flags TEXT NOT NULL,
        reason TEXT,
        merged_into UUID,
        reports BIGINT NOT NULL,
        claimed_by UUID,
        claimed_name TEXT,
        claimed_until BIGINT,
        opened_on DATE NOT NULL,
        PRIMARY KEY (tenant_id, post_id),
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id),
        FOREIGN KEY (tenant_id, merged_into) REFERENCES post (tenant_id, id),
        FOREIGN KEY (tenant_id, round_id) REFERENCES round (tenant_id, id)
    )",
    "CREATE INDEX moderation_case_by_state ON moderation_case (tenant_id, round_id, state, opened_on, post_id)",
    // `reporter` is a keyed hash of the participant together with the post: nobody reports a post twice, and no two reports of one
    // person's can be told to be theirs.
    "CREATE TABLE report (
        tenant_id UUID NOT NULL,
        post_id UUID NOT NULL,
        reporter BYTEA NOT NULL,
        reason TEXT NOT NULL,
        note TEXT,
        PRIMARY KEY (tenant_id, post_id, reporter),
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id)
    ) /* by key */",
    // What moderators and the author said to each other about a post, in order. `before` is what an amended post said.
    "CREATE TABLE moderation_note (
        tenant_id UUID NOT NULL,
        post_id UUID NOT NULL,
        number INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN
            ('question', 'answer', 'amendment', 'hidden', 'appeal', 'restored', 'merged', 'escalation')),
        body TEXT NOT NULL,
        before TEXT,
        PRIMARY KEY (tenant_id, post_id, number),
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id)
    )",
    "ALTER TABLE post ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE post ADD COLUMN amended BOOLEAN NOT NULL DEFAULT FALSE",
    // Somebody who may read and vote but not write, known to moderators by the one post for which it was done: two suspensions of one person
    // for two posts stand apart. `until` is the first day on which they may write again; none: until a moderator ends it.
    "CREATE TABLE suspension (
        tenant_id UUID NOT NULL,
        participant_id UUID NOT NULL,
        post_id UUID NOT NULL,
        reason TEXT NOT NULL,
        note TEXT,
        until DATE,
        PRIMARY KEY (tenant_id, participant_id, post_id),
        FOREIGN KEY (tenant_id, participant_id) REFERENCES participant (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, post_id) REFERENCES post (tenant_id, id)
    ) /* by key */",
    // Counts by reason, for the public ledger.
    "CREATE TABLE moderation_count (
        tenant_id UUID NOT NULL,
        campaign_id UUID NOT NULL,
        what TEXT NOT NULL,
        reason TEXT NOT NULL,
        times BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, campaign_id, what, reason),
        FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)
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
    // The smallest group that figures show, frozen when the keys were learned or figures first published.
    "ALTER TABLE campaign ADD COLUMN smallest_group INTEGER",
];

const TENANT_TABLES: &[&str] = &[
    "moderation_case",
    "report",
    "moderation_note",
    "suspension",
    "moderation_count",
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
            "cases and the audit log are not thrown away by a command: restore a backup".to_owned(),
        ))
    }
}
