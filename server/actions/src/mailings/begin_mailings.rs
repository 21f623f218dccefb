//! Emails whose turn has come are begun: a row each, unique, and whom they go to, in one transaction. Every process may.

use chrono::{DateTime, Utc};
use domain::mailing::MailingState;
use domain::planned_email::EmailFile;
use domain::sending::{TooLate, Turn, crowded};
use storage::identity::Writing;

use super::stop_emails::reputation;
use super::{Plan, key, named_organisations, recipients};
use crate::actor::record;
use crate::{ActionError, Actor, Campaign, Enrolment, Tenant};

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
        let mut begun = 0;
        let to_come = campaign.file.emails.iter().filter(|email| plan.mailing(&email.slug).is_none());
        for email in to_come {
            match plan.turn(email) {
                // Read again for each: the one before may be what keeps it back.
                Turn::Goes => begun += usize::from(self.begin_one((tenant, campaign), email, None).await?),
                Turn::TooLate(why) => self.note_missed(tenant, campaign, email, why).await?,
                Turn::Waits(_) | Turn::Held(_) => {}
            }
        }
        Ok(begun)
    }

    async fn note_missed(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        email: &EmailFile,
        why: TooLate,
    ) -> Result<(), ActionError> {
        let Some(write) = self.hold_plan(tenant, campaign).await? else { return Ok(()) };
        let (key, now) = (key(campaign, &email.slug), self.clock.now());
        write.begin_mailing(&key, MailingState::Missed, now, &why.to_string()).await?;
        Ok(write.commit().await?)
    }

    /// Begins `email`, unless others stand in its way, it was begun before, or the plan is another by now; on record if somebody wants it now.
    pub(super) async fn begin_one(
        &self,
        (tenant, campaign): (&Tenant, &Campaign),
        email: &EmailFile,
        by: Option<&Actor>,
    ) -> Result<bool, ActionError> {
        let Some(write) = self.hold_plan(tenant, campaign).await? else { return Ok(false) };
        let now = self.clock.now();
        let plan = Plan { tenant, campaign, mailings: write.mailings(Some(campaign.id)).await?, now };
        if crowded(email, now, &plan.before(email, now), tenant.zone).is_some() {
            return Ok(false);
        }
        let key = key(campaign, &email.slug);
        let (state, why) = beginning(&write, tenant, now).await?;
        if !write.begin_mailing(&key, state, now, &why).await? {
            return Ok(false);
        }
        let organisations = named_organisations(email, tenant);
        write.address_mailing(&key, &recipients(email, &organisations), now).await?;
        if let Some(actor) = by {
            let subject = format!("{}/{}", campaign.slug, email.slug);
            record(write.audit_trail(), actor, now, "email.send-now", &subject, &email.title).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Holds the campaign, so that two of its emails cannot both be the first of the two, and nobody changes its plan; nothing if its roll is
    /// deleted, or the plan that this process knows is not the one that stands.
    async fn hold_plan(&self, tenant: &Tenant, campaign: &Campaign) -> Result<Option<Writing>, ActionError> {
        let write = self.identity.write(tenant.id).await?;
        let row = write.take_campaign(campaign.id).await?;
        let stands = write.pack_digest().await?.is_some_and(|digest| digest == tenant.digest);
        Ok(row.filter(|row| row.erased_on.is_none() && stands).map(|_| write))
    }
}

/// How an email to many begins: whoever leads the campaign looks at it first where what is said of the tenant's last ones is bad.
pub(crate) async fn beginning(
    write: &Writing,
    tenant: &Tenant,
    now: DateTime<Utc>,
) -> Result<(MailingState, String), ActionError> {
    Ok(match reputation(write, tenant, now).await?.too_many() {
        Some(why) => (MailingState::Paused, why.to_string()),
        None => (MailingState::Going, String::new()),
    })
}
