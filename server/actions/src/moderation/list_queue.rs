//! The moderators' queue: what waits for somebody to look, the most urgent first.

use std::collections::HashMap;

use domain::ids::PostId;
use domain::moderation::{CaseState, Reason};
use storage::conversation::QueuedPost;

use crate::{ActionError, Actions, Campaign, Tenant};

/// Cases on one page of the queue.
pub const QUEUE_PAGE: u64 = 25;
/// The last page that can be asked for.
const MAX_PAGES: u64 = 2_000;

/// One page of the queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// At most [`QUEUE_PAGE`] cases.
    pub cases: Vec<QueuedPost>,
    /// For which reasons those that were reported were: each reason once.
    pub reasons: HashMap<PostId, Vec<Reason>>,
    /// How many stand where.
    pub counts: HashMap<CaseState, i64>,
    /// Whether there is another page.
    pub more: bool,
}

impl Queue {
    /// How many wait for a moderator.
    pub fn waiting(&self) -> i64 {
        CaseState::WAITING.iter().filter_map(|state| self.counts.get(state)).sum()
    }
}

impl Actions {
    /// The page number `page`, from 0, of the campaign's cases in `state`; of all that wait for a moderator, if none is named.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_moderation_queue(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        state: Option<CaseState>,
        page: u64,
    ) -> Result<Queue, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let chosen = state.as_slice();
        let states = if chosen.is_empty() { &CaseState::WAITING[..] } else { chosen };
        let skip = page.min(MAX_PAGES) * QUEUE_PAGE;
        let mut cases = reading.queue(campaign.id, states, skip, QUEUE_PAGE + 1).await?;
        let more = cases.len() as u64 > QUEUE_PAGE;
        cases.truncate(QUEUE_PAGE as usize);
        let counts = reading.case_counts(campaign.id).await?;
        let reported = cases.iter().filter(|queued| queued.case.reports > 0).map(|queued| queued.post.id);
        let reasons = reading.report_reasons(&reported.collect::<Vec<_>>()).await?;
        Ok(Queue { cases, reasons, counts, more })
    }
}
