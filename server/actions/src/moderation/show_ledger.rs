//! What moderators did in a campaign, counted by reason, for everybody to read. Totals only: no day, no post, no moderator.

use domain::moderation::{Reason, Rule};

use crate::{ActionError, Actions, Campaign, Tenant};

/// How often something was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerCount {
    /// What: `post.hide`, `post.keep`, …
    pub what: String,
    /// For which reason, or by which rule, in words; none where there is none to give.
    pub reason: Option<&'static str>,
    /// How often.
    pub times: i64,
}

impl Actions {
    /// The ledger of `campaign`. What was done for somebody's safety is not in it: one alone would set people looking for whom it meant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_ledger(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<LedgerCount>, ActionError> {
        let counts = self.conversation.read(tenant.id).await?.moderation_counts(campaign.id).await?;
        let public = counts
            .into_iter()
            .filter(|(what, reason, _)| what != "post.escalate" && reason != Reason::Safeguarding.slug());
        let count = |(what, reason, times): (String, String, i64)| {
            let reason = Reason::from_slug(&reason)
                .map(Reason::label)
                .or_else(|| Rule::from_slug(&reason).map(Rule::label));
            LedgerCount { what, reason, times }
        };
        Ok(public.map(count).collect())
    }
}
