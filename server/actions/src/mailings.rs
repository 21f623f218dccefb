//! Emails of a campaign that go to many of its roll: planned in the pack, begun when their turn comes, sent a batch at a time by whichever
//! process is free. Rows are the truth; no process needs to remember anything.
//!
//! Nobody is told who gets one, has got one, or joined because of it: what became of an email is kept and shown as counts in whole groups.

mod begin_mailings;
mod change_mailing;
mod change_plan;
mod send_mailing;
mod settle_mailing;
mod show_plan;
mod show_undelivered;
mod stop_emails;
mod test_email;
mod write_email;

use chrono::{DateTime, Utc};
use domain::mailing::MailingState;
use domain::planned_email::{Audience, EmailFile, held};
use domain::sending::{Earlier, Turn, planned_for, turn};
use domain::tenant_pack::{EntryRoute, Standing, TenantPack};
use storage::identity::{CampaignRow, MailingKey, Reading, Recipients, StoredMailing};

use crate::apply_tenant_pack::unpack;
use crate::tenant::campaign_id;
use crate::{ActionError, ApplyRefusal, Campaign, Enrolment, Organisation, Tenant};

pub(crate) use begin_mailings::beginning;
pub use change_mailing::{MailingChange, MailingRefusal};
pub use change_plan::{PlanChange, PlanRefusal, email_version};
pub use show_plan::{EmailRules, EmailStanding, PlannedEmail};
pub use show_undelivered::{UndeliveredEmails, UndeliveredView};
pub use stop_emails::{MAX_REPORT_BYTES, ReportForm, StopRefusal};

/// The mailing of login details to whoever of the roll has none: it is begun by a press, not by the plan, and may be begun again.
pub(crate) const LOGIN_DETAILS: &str = "@login-details";

/// Said of an email that somebody lets go on: it is not paused again for the same reason.
pub(crate) const LET_GO_ON: &str = "Somebody let it go on.";

/// What a campaign's emails are worked out from.
struct Plan<'a> {
    tenant: &'a Tenant,
    campaign: &'a Campaign,
    mailings: Vec<StoredMailing>,
    now: DateTime<Utc>,
}

impl<'a> Plan<'a> {
    fn mailing(&self, slug: &str) -> Option<&StoredMailing> {
        self.mailings.iter().find(|mailing| mailing.key.slug == slug)
    }

    /// What is to become of `email` now, by the dates alone.
    fn turn(&self, email: &EmailFile) -> Turn {
        turn(email, &self.campaign.file, &self.tenant.sending, self.tenant.zone, self.now)
    }

    /// The emails that began to go by `at`, and those that are planned before `email`. Of two at the same time one is before the other, so that they
    /// cannot keep each other back.
    fn before(&self, email: &EmailFile, at: DateTime<Utc>) -> Vec<Earlier<'a>> {
        let Tenant { sending, zone, .. } = self.tenant;
        let planned = |email: &EmailFile| planned_for(email, sending, *zone);
        let own = (planned(email), email.slug.as_str());
        let others = self.campaign.file.emails.iter().filter(|other| other.slug != email.slug);
        let when = |other: &'a EmailFile| match self.mailing(&other.slug) {
            Some(mailing) if reached_nobody(mailing) => None,
            // Of one that is not over, the next may leave now.
            Some(mailing) => Some((mailing.begun_at, mailing.ended_at.unwrap_or(self.now)))
                .filter(|(begun, _)| *begun <= at),
            // What is held reaches nobody as things are.
            None => planned(other)
                .filter(|at| (Some(*at), other.slug.as_str()) < own)
                .filter(|at| held(other, &self.campaign.file, *zone, *at).is_none())
                .map(|at| (at, at)),
        };
        let earlier = |other| when(other).map(|(at, until)| Earlier { email: other, at, until });
        others.filter_map(earlier).collect()
    }
}

impl Enrolment {
    /// The campaign's row, if emails may go to its people at all: it is launched, its roll is there, and its tenant is served.
    async fn mailable(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Option<CampaignRow>, ActionError> {
        if tenant.standing != Standing::Active {
            return Ok(None);
        }
        let row = self.identity.read(tenant.id).await?.campaign(campaign.id).await?;
        Ok(row.filter(|row| row.launched_on.is_some() && row.erased_on.is_none()))
    }

    /// How many emails to many are claimed and not settled: with the mail server now, or lost with the process that claimed them.
    ///
    /// # Errors
    /// Database faults.
    pub async fn emails_on_their_way(&self, tenant: &Tenant) -> Result<i64, ActionError> {
        Ok(self.identity.read(tenant.id).await?.claimed_items().await?)
    }

    async fn plan<'a>(&self, tenant: &'a Tenant, campaign: &'a Campaign) -> Result<Plan<'a>, ActionError> {
        let mailings = self.identity.read(tenant.id).await?.mailings(Some(campaign.id)).await?;
        Ok(Plan { tenant, campaign, mailings, now: self.clock.now() })
    }
}

/// Refuses `pack` if it takes an email off the plan that has gone: what has gone is known by the plan, which keeps the next ones apart from it.
///
/// # Errors
/// [`ApplyRefusal::EmailHasGone`], or a fault.
pub(crate) async fn keep_gone_emails(reading: &Reading, pack: &TenantPack) -> Result<(), ApplyRefusal> {
    let Some(standing) = reading.tenant().await?.as_ref().map(unpack).transpose()? else { return Ok(()) };
    for (slug, before) in &standing.campaigns {
        let Some(after) = pack.campaigns.get(slug) else { continue };
        let is_kept = |email: &&EmailFile| after.emails.iter().any(|other| other.slug == email.slug);
        let dropped: Vec<_> = before.emails.iter().filter(|email| !is_kept(email)).collect();
        if dropped.is_empty() {
            continue;
        }
        let mailings = reading.mailings(Some(campaign_id(&pack.tenant.slug, slug))).await?;
        let gone = |email: &&EmailFile| {
            mailings.iter().any(|mailing| mailing.key.slug == email.slug && !reached_nobody(mailing))
        };
        if let Some(email) = dropped.into_iter().find(gone) {
            return Err(ApplyRefusal::EmailHasGone { campaign: slug.clone(), email: email.slug.clone() });
        }
    }
    Ok(())
}

/// Whether it was over before it began: taken off or missed. One that began and found everybody in is none of these, and nobody is to see a difference.
fn reached_nobody(mailing: &StoredMailing) -> bool {
    let stopped = matches!(mailing.state, MailingState::Cancelled | MailingState::Missed);
    stopped && mailing.ended_at == Some(mailing.begun_at)
}

fn key(campaign: &Campaign, slug: &str) -> MailingKey {
    MailingKey { campaign: campaign.id, slug: slug.to_owned() }
}

/// The people whom `email` goes to; `organisations` are those that it names.
fn recipients<'a>(email: &EmailFile, organisations: &'a [domain::ids::OrganisationId]) -> Recipients<'a> {
    let not_joined = email.kind.audience() == Audience::NotJoined;
    Recipients { organisations, not_joined, without_login: false }
}

/// The ids of the organisations that `email` names; none if it goes to all.
fn named_organisations(email: &EmailFile, tenant: &Tenant) -> Vec<domain::ids::OrganisationId> {
    let named =
        |organisation: &&Organisation| !email.organisations.is_empty() && email.reaches(&organisation.slug);
    tenant.organisations.iter().filter(named).map(|organisation| organisation.id).collect()
}

/// Whether people of `organisation` come in with login details.
pub(crate) fn has_login_details(organisation: &Organisation) -> bool {
    organisation.entry_route == EntryRoute::Invited
}
