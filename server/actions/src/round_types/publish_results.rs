//! A round that has closed is counted by its round type, and what may be seen of that is published: decision 21.

use analysis::release::release_round;
use chrono::TimeDelta;
use domain::round_results::RoundFigure;
use plugin_host::contract::{Phase, Results};

use super::calling::{Runs, note_failure};
use super::snapshot::Snapshot;
use crate::keep_act::{Act, acts_of};
use crate::{ActionError, Actions, Campaign, RoundInfo, Tenant};

/// When a round whose round type could not count it is tried again.
const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);

impl Actions {
    /// Publishes what rounds came to that have closed since, everywhere. Doing it twice changes nothing.
    ///
    /// # Errors
    /// Database faults.
    pub(crate) async fn publish_results(&self) -> Result<(), ActionError> {
        for tenant in self.tenants.all().await?.iter() {
            for campaign in &tenant.campaigns {
                for round in campaign.rounds.iter().filter(|round| round.has_activity()) {
                    if let Err(fault) = self.publish_result(tenant, campaign, round).await {
                        tracing::error!(tenant = tenant.slug, round = round.slug, %fault, "a round could not be counted");
                    }
                }
            }
        }
        Ok(())
    }

    async fn publish_result(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        round: &RoundInfo,
    ) -> Result<(), ActionError> {
        let (closes_at, now) = (round.closes_at.timestamp(), self.clock.now());
        if now < round.closes_at || self.round_types.known().is_put_off(round.id, now) {
            return Ok(());
        }
        let reading = self.conversation.read(tenant.id).await?;
        if reading.round_counted(round.id).await? == Some(closes_at) {
            return Ok(());
        }
        // Nobody gave anything: there is nothing to count. Who waits to be let in counts as well.
        let Some(pin) = reading.round_pin(round.id).await? else { return Ok(()) };
        for newcomer in reading.waiting(campaign.id).await? {
            let mut acts = acts_of(&newcomer)?.into_iter();
            if acts.any(|act| matches!(act, Act::Answer { round: of, .. } if of == round.id)) {
                return Ok(());
            }
        }
        let frozen = reading.figures(campaign.id).smallest_group().await?;
        let smallest = frozen.unwrap_or(campaign.smallest_group);
        let before = reading.round_results(round.id).await?;
        drop(reading);
        self.round_types.known().remember_pin(round.id, pin.clone());
        let Some(results) = self.tally(tenant, round).await? else {
            // It is told in the log, and does not hold up the others every few seconds.
            self.round_types.known().put_off(round.id, now + AGAIN_AFTER);
            return Ok(());
        };
        let figures = released(&results, &before, smallest);
        let write = self.conversation.write(tenant.id).await?;
        let held = write.hold_round(round.id).await?;
        if held.and_then(|held| held.pin) != Some(pin) {
            // Brought to another version meanwhile: next time.
            return Ok(());
        }
        write.put_round_results(round.id, &figures, closes_at).await?;
        Ok(write.commit().await?)
    }

    /// What `round` comes to, with small numbers in it: for nobody's eyes. Nothing while its round type does not work.
    pub(crate) async fn tally(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
    ) -> Result<Option<Results>, ActionError> {
        let Some(runs) = self.runs(tenant, round).await? else { return Ok(None) };
        Ok(self.tally_of(tenant, round, &runs).await)
    }

    async fn tally_of(&self, tenant: &Tenant, round: &RoundInfo, runs: &Runs) -> Option<Results> {
        let machine = self.round_types.machine().await.ok()?;
        let state = Snapshot::at_one_moment(&self.conversation, tenant.id, round.id);
        let call = self.call(round, runs, Phase::Closed, None, state);
        let tally = machine.host.tally(&call).await;
        tally.inspect_err(|failure| note_failure(tenant, round, failure)).ok()
    }
}

/// What of `results` may be seen where the smallest group is `smallest` and `before` was published.
fn released(results: &Results, before: &[RoundFigure], smallest: u32) -> Vec<RoundFigure> {
    let figures: Vec<RoundFigure> = results
        .figures
        .iter()
        .map(|figure| RoundFigure {
            subject: figure.subject.clone(),
            measure: figure.measure.clone(),
            cohort: figure.cohort.clone(),
            people: figure.people,
            value: figure.value,
        })
        .collect();
    let parts = results.measures.iter().filter_map(|measure| {
        let whole = measure.part_of.clone()?;
        Some((measure.id.clone(), whole))
    });
    release_round(&figures, before, &parts.collect(), smallest)
}
