//! The case of one post.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{AccountId, CampaignId, PostId, RoundId};
use domain::moderation::{CaseState, Claim, HiddenBy, Reason, Rule};
use sea_orm::QueryResult;
use uuid::Uuid;

use super::super::{Reading, Writing};
use crate::tenancy::column;
use crate::{Result, StorageError};

/// The case of one post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The post.
    pub post: PostId,
    /// Its round.
    pub round: RoundId,
    /// Where it stands.
    pub state: CaseState,
    /// How much was done about it: who decides says which version they saw.
    pub version: i32,
    /// The rules that stopped it.
    pub flags: Vec<Rule>,
    /// Why it is hidden.
    pub reason: Option<Reason>,
    /// The idea that it was put together with.
    pub merged_into: Option<PostId>,
    /// How many people reported it.
    pub reports: i64,
    /// Who works on it, or last did.
    pub claim: Option<Claim>,
    /// The day on which it came to a moderator.
    pub opened_on: NaiveDate,
    /// Who hid it, if a moderator did and nobody has let it stand since.
    pub hidden_by: Option<HiddenBy>,
}

impl Case {
    /// The case of a post that no moderator has had to look at: it stands.
    pub fn unopened(post: PostId, round: RoundId, opened_on: NaiveDate) -> Self {
        Self {
            post,
            round,
            state: CaseState::Kept,
            version: 0,
            flags: Vec::new(),
            reason: None,
            merged_into: None,
            reports: 0,
            claim: None,
            opened_on,
            hidden_by: None,
        }
    }
}

/// The columns that [`case_of`] reads, for a table named `c`.
pub(super) const CASE: &str = "c.post_id, c.round_id, c.state, c.version, c.flags, c.reason, c.merged_into, c.reports, \
     c.claimed_by, c.claimed_name, c.claimed_until, c.opened_on, c.hidden_by, c.hidden_name";
/// How many columns [`CASE`] has.
pub(super) const CASE_COLUMNS: usize = 14;

/// The case in a row that begins with [`CASE`].
pub(super) fn case_of(row: &QueryResult) -> Result<Case> {
    let corrupt = |what: &str| StorageError::Corrupt(format!("moderation_case.{what}"));
    let reason: Option<String> = column(row, 5)?;
    Ok(Case {
        post: PostId(column(row, 0)?),
        round: RoundId(column(row, 1)?),
        state: CaseState::from_slug(&column::<String>(row, 2)?).ok_or_else(|| corrupt("state"))?,
        version: column(row, 3)?,
        flags: column::<String>(row, 4)?.split(' ').filter_map(Rule::from_slug).collect(),
        reason: reason.as_deref().and_then(Reason::from_slug),
        merged_into: column::<Option<Uuid>>(row, 6)?.map(PostId),
        reports: column(row, 7)?,
        claim: claim_of(row)?,
        opened_on: column(row, 11)?,
        hidden_by: hidden_by(row)?,
    })
}

fn claim_of(row: &QueryResult) -> Result<Option<Claim>> {
    let by: Option<Uuid> = column(row, 8)?;
    let name: Option<String> = column(row, 9)?;
    let until: Option<i64> = column(row, 10)?;
    let until = until.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    Ok(by.zip(until).map(|(by, until)| Claim { by: AccountId(by), name: name.unwrap_or_default(), until }))
}

fn hidden_by(row: &QueryResult) -> Result<Option<HiddenBy>> {
    let by: Option<Uuid> = column(row, 12)?;
    let name: Option<String> = column(row, 13)?;
    Ok(by.map(|by| HiddenBy { by: AccountId(by), name: name.unwrap_or_default() }))
}

impl Reading {
    /// The case of a post, if it has one.
    ///
    /// # Errors
    /// Database faults.
    pub async fn case(&self, post: PostId) -> Result<Option<Case>> {
        let sql = format!("SELECT {CASE} FROM moderation_case c WHERE c.tenant_id = $1 AND c.post_id = $2");
        self.0.one(sql, vec![post.0.into()]).await?.as_ref().map(case_of).transpose()
    }

    /// The first cases of `campaign` in one of `states` that nobody works on at `now`, the most urgent first, at most `most`; without appeals
    /// against what `not_hidden_by` did.
    ///
    /// # Errors
    /// Database faults.
    pub async fn free_cases(
        &self,
        campaign: CampaignId,
        states: &[CaseState],
        now: DateTime<Utc>,
        not_hidden_by: Option<AccountId>,
        most: u64,
    ) -> Result<Vec<PostId>> {
        let sql = format!(
            "SELECT c.post_id FROM moderation_case c WHERE c.tenant_id = $1 AND {}
             AND (c.claimed_until IS NULL OR c.claimed_until <= $3)
             AND (c.state NOT IN ({}) OR c.hidden_by IS NULL OR c.hidden_by <> $4) ORDER BY {} LIMIT $5",
            in_campaign(states),
            names(&CaseState::WITH_APPEAL),
            order(states)
        );
        let nobody = Uuid::nil();
        let values = vec![
            campaign.0.into(),
            now.timestamp().into(),
            not_hidden_by.map_or(nobody, |account| account.0).into(),
            most.cast_signed().into(),
        ];
        self.0.all(sql, values).await?.iter().map(|row| Ok(PostId(column(row, 0)?))).collect()
    }
}

/// Cases of the campaign `$2` in one of `states`.
pub(super) fn in_campaign(states: &[CaseState]) -> String {
    format!(
        "c.round_id IN (SELECT r.id FROM round r WHERE r.tenant_id = $1 AND r.campaign_id = $2) AND c.state IN ({})",
        names(states)
    )
}

/// The names of `states` as SQL has them in a list.
fn names(states: &[CaseState]) -> String {
    states.iter().map(|state| format!("'{}'", state.slug())).collect::<Vec<_>>().join(", ")
}

/// What was reported because somebody may not be safe; then in the order of `states`, by day, by chance.
pub(super) fn order(states: &[CaseState]) -> String {
    let mut sql = format!(
        "CASE WHEN c.reports > 0 AND EXISTS (SELECT 1 FROM report s WHERE s.tenant_id = c.tenant_id
         AND s.post_id = c.post_id AND s.reason = '{}') THEN 0 ELSE 1 END, CASE c.state",
        Reason::Safeguarding.slug()
    );
    for (place, state) in states.iter().enumerate() {
        sql.push_str(&format!(" WHEN '{}' THEN {place}", state.slug()));
    }
    sql + " END, c.opened_on, c.post_id"
}

impl Writing {
    /// Writes a case, new or changed; once a moderator has dealt with it, its reports count as open no longer. Its claim is left alone: see [`claim_case`](Self::claim_case).
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_case(&self, case: &Case) -> Result<()> {
        let sql = "INSERT INTO moderation_case
                   (tenant_id, post_id, round_id, state, version, flags, reason, merged_into, reports, opened_on,
                    hidden_by, hidden_name)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (tenant_id, post_id) DO UPDATE SET
                   state = excluded.state, version = excluded.version, flags = excluded.flags, reason = excluded.reason,
                   merged_into = excluded.merged_into, reports = excluded.reports, opened_on = excluded.opened_on, hidden_by = excluded.hidden_by,
                   hidden_name = excluded.hidden_name";
        let flags: Vec<&str> = case.flags.iter().map(|rule| rule.slug()).collect();
        let values = vec![
            case.post.0.into(),
            case.round.0.into(),
            case.state.slug().into(),
            case.version.into(),
            flags.join(" ").into(),
            super::text(case.reason.map(Reason::slug)),
            case.merged_into.map(|post| post.0).into(),
            case.reports.into(),
            case.opened_on.into(),
            case.hidden_by.as_ref().map(|hidden| hidden.by.0).into(),
            super::text(case.hidden_by.as_ref().map(|hidden| hidden.name.as_str())),
        ];
        self.0.execute(sql, values).await?;
        if !case.state.is_open() {
            self.free_places(case.post).await?;
        }
        Ok(())
    }

    /// Makes a case `claim`'s maker's, unless another moderator's claim holds at `now`. Gives whether it is theirs now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn claim_case(&self, post: PostId, claim: &Claim, now: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE moderation_case SET claimed_by = $3, claimed_name = $4, claimed_until = $5
                   WHERE tenant_id = $1 AND post_id = $2
                   AND (claimed_by IS NULL OR claimed_by = $3 OR claimed_until <= $6)";
        let values = vec![
            post.0.into(),
            claim.by.0.into(),
            claim.name.clone().into(),
            claim.until.timestamp().into(),
            now.timestamp().into(),
        ];
        Ok(self.0.execute(sql, values).await?.rows_affected() == 1)
    }

    /// Lets go of a case, if it is `by`'s.
    ///
    /// # Errors
    /// Database faults.
    pub async fn release_case(&self, post: PostId, by: AccountId) -> Result<()> {
        let sql = "UPDATE moderation_case SET claimed_by = NULL, claimed_name = NULL, claimed_until = NULL
                   WHERE tenant_id = $1 AND post_id = $2 AND claimed_by = $3";
        self.0.execute(sql, vec![post.0.into(), by.0.into()]).await?;
        Ok(())
    }
}
