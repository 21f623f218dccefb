//! What has to be done when its day or hour has come, whoever is there: counts are published, rolls deleted. Doing it twice changes
//! nothing, so every process may.

use chrono::{Days, NaiveDate};
use domain::figures::in_whole_groups;
use domain::time_zone::local_date;
use storage::identity::DailyCount;

use crate::{ActionError, Actions, Campaign, Enrolment, Tenant};

impl Enrolment {
    /// Publishes yesterday's counts of launched campaigns in whole groups (decision 16), and deletes the rolls whose day has come. Gives how many people were deleted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn keep_house(&self) -> Result<u64, ActionError> {
        let mut erased = 0;
        for tenant in self.tenants.all().await?.iter() {
            let today = local_date(self.clock.now(), tenant.zone);
            if let Err(fault) = self.delete_old_handouts(tenant).await {
                tracing::error!(tenant = tenant.slug, %fault, "old files could not be deleted");
            }
            for campaign in &tenant.campaigns {
                match self.keep_campaign(tenant, campaign, today).await {
                    Ok(number) => erased += number,
                    Err(fault) => {
                        tracing::error!(tenant = tenant.slug, campaign = campaign.slug, %fault, "what is due could not be done")
                    }
                }
            }
        }
        Ok(erased)
    }

    async fn keep_campaign(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        today: NaiveDate,
    ) -> Result<u64, ActionError> {
        self.close_figures_of_the_day(tenant, campaign).await?;
        let now = self.clock.now();
        let reading = self.identity.read(tenant.id).await?;
        let Some(row) = reading.campaign(campaign.id).await? else { return Ok(0) };
        if row.erased_on.is_some() {
            // Another process may have deleted the roll: the keys in this one's memory go as well.
            self.forget_cohort_keys(campaign.id);
            return Ok(0);
        }
        if now >= row.closes_at && roll_ends(tenant, row.closes_at) <= today {
            drop(reading);
            let write = self.identity.write(tenant.id).await?;
            let erased = write.erase_roll(campaign.id, today).await?;
            write.commit().await?;
            self.forget_cohort_keys(campaign.id);
            self.identity.forget_order().await?;
            return Ok(erased);
        }
        let yesterday = today - Days::new(1);
        let published = reading.daily_counts(campaign.id).await?;
        let due = row.launched_on.is_some_and(|launched| launched <= yesterday)
            && published.last().is_none_or(|last| last.day < yesterday);
        if due {
            let (eligible, issued) = reading.totals(campaign.id).await?;
            let frozen = reading.figures(campaign.id).smallest_group().await?;
            let smallest = frozen.unwrap_or(campaign.smallest_group);
            let [eligible, issued] = [eligible, issued].map(|people| in_whole_groups(people, smallest));
            // Not held while writing: rewriting the roll waits for readers, and writers wait for the rewriting.
            drop(reading);
            let write = self.identity.write(tenant.id).await?;
            write.add_daily_count(campaign.id, DailyCount { day: yesterday, eligible, issued }).await?;
            write.commit().await?;
        }
        Ok(0)
    }
}

impl Actions {
    /// Publishes in whole groups how many credentials had come in by the end of yesterday, deletes the codes of campaigns whose roll is deleted, lets in
    /// whoever has waited long enough, publishes what rounds that have closed came to, and empties the database's log.
    ///
    /// # Errors
    /// Database faults.
    pub async fn keep_house(&self) -> Result<(), ActionError> {
        self.round_types.parts().forget_old(self.clock.now());
        for tenant in self.tenants.all().await?.iter() {
            let today = local_date(self.clock.now(), tenant.zone);
            for campaign in &tenant.campaigns {
                if let Err(fault) = self.keep_campaign(tenant, campaign, today).await {
                    tracing::error!(tenant = tenant.slug, campaign = campaign.slug, %fault, "what is due could not be done");
                }
            }
        }
        self.admit_due().await?;
        self.round_types.refresh().await?;
        self.publish_results().await?;
        // Votes and posts stand in the log one by one.
        self.forget_order().await;
        Ok(())
    }

    async fn keep_campaign(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        today: NaiveDate,
    ) -> Result<(), ActionError> {
        self.close_figures_of_the_day(tenant, campaign).await?;
        let yesterday = today - Days::new(1);
        let reading = self.conversation.read(tenant.id).await?;
        let published = reading.daily_registered(campaign.id).await?;
        if published.last().is_none_or(|(day, _)| *day < yesterday) {
            let frozen = reading.figures(campaign.id).smallest_group().await?;
            let smallest = frozen.unwrap_or(campaign.smallest_group);
            let registered = in_whole_groups(reading.registered(campaign.id).await?, smallest);
            // Nothing is published before anybody has come in, nor for ever after the last change.
            let news = published.last().map_or(registered > 0, |(_, last)| *last != registered);
            if news {
                let write = self.conversation.write(tenant.id).await?;
                write.figures(campaign.id).freeze_smallest_group(smallest).await?;
                write.add_daily_registered(campaign.id, yesterday, registered).await?;
                write.commit().await?;
            }
        }
        let Some((_, closes_at)) = campaign.span() else { return Ok(()) };
        if self.clock.now() >= closes_at
            && roll_ends(tenant, closes_at) <= today
            && !reading.codes_by_organisation(campaign.id).await?.is_empty()
        {
            let write = self.conversation.write(tenant.id).await?;
            write.erase_codes(campaign.id).await?;
            write.commit().await?;
            self.forget_order().await;
        }
        Ok(())
    }
}

/// The day on which the roll of a campaign that closes at `closes_at` is deleted.
pub fn roll_ends(tenant: &Tenant, closes_at: chrono::DateTime<chrono::Utc>) -> NaiveDate {
    local_date(closes_at, tenant.zone) + Days::new(u64::from(tenant.joining.keep_roll_days))
}
