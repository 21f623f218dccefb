//! Emails whose turn has come are begun: a row each, unique, and whom they go to, in one transaction. Every process may.

use chrono::{DateTime, Utc};
use domain::mailing::MailingState;
use domain::planned_email::EmailFile;
use domain::sending::{Turn, crowded};

use super::stop_emails::reputation;
use super::{Plan, key, named_organisations, recipients};
use crate::{ActionError, Campaign, Enrolment, Tenant};

impl Enrolment {
    /// Begins every planned email whose turn has come, and notes those for which it is too late. Gives how many were begun.
    ///
    /// # Errors
    /// Database faults in finding the tenants; a fault of one campaign is logged and holds up no other.
    pub async fn begin_due_mailings(&self) -> Result<usize, ActionError> {
        let mut begun = 0;
        for tenant in self.tenants.all().await?.iter() {
            for campaign in tenant.campaigns.iter().filter(|campaign| !campaign.file.emails.is_empty()) {
                match self.begin_of(tenant, campaign).await {
                    Ok(number) => begun += number,
                    Err(fault) => {
                        tracing::error!(tenant = tenant.slug, campaign = campaign.slug, %fault, "due emails could not be begun")
                    }
                }
            }
        }
        if begun > 0 {
            self.mailing_was_begun();
        }
        Ok(begun)
    }

    async fn begin_of(&self, tenant: &Tenant, campaign: &Campaign) -> Result<usize, ActionError> {
        if self.mailable(tenant, campaign).await?.is_none() {
            return Ok(0);
        }
        let plan = self.plan(tenant, campaign).await?;
        let now = self.clock.now();
        let mut begun = 0;
        let to_come = campaign.file.emails.iter().filter(|email| plan.mailing(&email.slug).is_none());
        for email in to_come {
            match plan.turn(email, now) {
                // Read again for each: the one before may be what keeps it back.
                Turn::Goes => begun += usize::from(self.begin_one(tenant, campaign, email, now).await?),
                Turn::TooLate(why) => {
                    let write = self.identity.write(tenant.id).await?;
                    let key = key(campaign, &email.slug);
                    write.begin_mailing(&key, MailingState::Missed, now, &why.to_string()).await?;
                    write.commit().await?;
                }
                Turn::Waits(_) | Turn::Held(_) => {}
            }
        }
        Ok(begun)
    }

    /// Begins `email`, unless others stand in its way or it was begun before.
    pub(super) async fn begin_one(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        email: &EmailFile,
        now: DateTime<Utc>,
    ) -> Result<bool, ActionError> {
        let write = self.identity.write(tenant.id).await?;
        // The campaign's row is held, so that two emails cannot both be the first of the two.
        if write.take_campaign(campaign.id).await?.is_none_or(|row| row.erased_on.is_some()) {
            return Ok(false);
        }
        let plan = Plan { tenant, campaign, mailings: write.mailings(Some(campaign.id)).await? };
        if crowded(email, now, &plan.before(email, now), tenant.zone).is_some() {
            return Ok(false);
        }
        let key = key(campaign, &email.slug);
        // Whoever leads the campaign looks at it first where what is said of the last ones is bad.
        let (state, why) = match reputation(&write, tenant, now).await?.too_many() {
            Some(why) => (MailingState::Paused, why.to_string()),
            None => (MailingState::Going, String::new()),
        };
        if !write.begin_mailing(&key, state, now, &why).await? {
            return Ok(false);
        }
        let organisations = named_organisations(email, tenant);
        write.address_mailing(&key, &recipients(email, &organisations), now).await?;
        write.commit().await?;
        Ok(true)
    }
}
