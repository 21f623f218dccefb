//! The launch: who shares a key is worked out, each cohort's key is made and sealed, and the public log says so. Once for a campaign.

use credentials::key_log::append;
use credentials::{CohortKey, KeyLogEntry, NewKey, labels};
use domain::clock::random_bytes;
use domain::ids::OrganisationId;
use domain::roll::{MIN_COHORT_PEOPLE, OrganisationSlug, TooFew, cohorts};
use domain::tenant_pack::EntryRoute;
use domain::time_zone::local_date;
use storage::identity::{NewCohort, OrganisationCount, Writing};
use thiserror::Error;

use crate::show_keys::{entries, entry_text};
use crate::{ActionError, Campaign, Enrolment, Organisation, Tenant};

/// Why a campaign is not launched; nothing has changed then.
#[derive(Debug, Error)]
pub enum LaunchRefusal {
    /// It was.
    #[error("this campaign has been launched: its cohorts and keys are made, and stay")]
    Launched,
    /// The pack has not been applied to the identity side.
    #[error("the identity side does not know this campaign: apply the tenant pack first")]
    NotApplied,
    /// Its last round has closed.
    #[error("this campaign has closed")]
    Closed,
    /// Too few people to hide among.
    #[error(
        "{0}: import the roll, or say in the tenant pack how many people each organisation has (`people`)"
    )]
    TooFew(#[from] TooFew),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for LaunchRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Enrolment {
    /// Launches `campaign`; gives the whole key log.
    ///
    /// # Errors
    /// A [`LaunchRefusal`].
    pub async fn launch_campaign(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<KeyLogEntry>, LaunchRefusal> {
        let write = self.identity.write(tenant.id).await?;
        let log = self.launch_in(&write, tenant, campaign).await?;
        write.commit().await?;
        Ok(log)
    }

    /// The same inside a transaction, which the caller commits.
    pub(crate) async fn launch_in(
        &self,
        write: &Writing,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<KeyLogEntry>, LaunchRefusal> {
        let fault = |what: String| ActionError::Fault(what);
        let row = write.take_campaign(campaign.id).await?.ok_or(LaunchRefusal::NotApplied)?;
        let today = local_date(self.clock.now(), tenant.zone);
        if row.launched_on.is_some() {
            return Err(LaunchRefusal::Launched);
        }
        if self.clock.now() >= row.closes_at {
            return Err(LaunchRefusal::Closed);
        }
        let sizes = sizes(tenant, &write.eligible_by_organisation(campaign.id).await?);
        let mut log = entries(write.key_log().await?)?;
        for cohort in cohorts(&sizes, MIN_COHORT_PEOPLE)? {
            let key = CohortKey::generate().map_err(|broken| fault(broken.to_string()))?;
            let slugs: Vec<String> =
                cohort.organisations.iter().map(|slug| slug.as_str().to_owned()).collect();
            let organisations: Vec<OrganisationId> =
                slugs.iter().filter_map(|slug| Some(tenant.organisation(slug)?.id)).collect();
            let eligible = u32::try_from(cohort.eligible).unwrap_or(u32::MAX);
            let sealed_key = key.seal(&self.secret.derive(labels::COHORT_KEYS), random_bytes(&*self.entropy));
            let stored = NewCohort {
                name: &cohort.name,
                organisations: &organisations,
                eligible,
                key_id: key.public().id().0,
                sealed_key,
            };
            write.add_cohort(campaign.id, &stored).await?;
            let new = NewKey {
                campaign: campaign.id,
                cohort: cohort.name,
                organisations: slugs,
                eligible,
                public_key: key.public().clone(),
                made_on: today,
            };
            let entry = append(&log, new).map_err(|broken| fault(broken.to_string()))?;
            let number = i64::try_from(entry.index).unwrap_or(i64::MAX);
            write.add_key_log_entry(number, &entry_text(&entry)?).await?;
            log.push(entry);
        }
        write.mark_launched(campaign.id, today, campaign.smallest_group).await?;
        Ok(log)
    }
}

/// How many people each organisation has to hide among: those on its roll, or about as many as the pack says where people sign up themselves.
pub(crate) fn sizes(tenant: &Tenant, on_roll: &[OrganisationCount]) -> Vec<(OrganisationSlug, u32)> {
    let eligible = |id: OrganisationId| {
        let count = on_roll.iter().find(|count| count.organisation == id).map_or(0, |count| count.eligible);
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let size = |organisation: &Organisation| {
        let on_roll = eligible(organisation.id);
        // An invited organisation's people are those on its roll, once there is one.
        let listed = organisation.entry_route == EntryRoute::Invited && on_roll > 0;
        let people = if listed { on_roll } else { on_roll.max(organisation.people.unwrap_or_default()) };
        Some((organisation.slug.parse().ok()?, people))
    };
    tenant.organisations.iter().filter_map(size).collect()
}
