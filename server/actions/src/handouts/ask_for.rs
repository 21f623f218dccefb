//! Asking for a toolkit or for letters: a row, and somebody is told.

use domain::ids::ItemId;
use storage::identity::{JobKind, JobState, NewJob, StoredJob};
use thiserror::Error;

use super::toolkit_facts::digest;
use crate::actor::record;
use crate::{ActionError, Actor, Campaign, Enrolment, Organisation, Tenant};

/// Most jobs that a campaign keeps at once; older ones go by themselves.
const MAX_JOBS: usize = 100;

/// Why nothing is made.
#[derive(Debug, Error)]
pub enum HandoutRefusal {
    /// Keys are not made yet, and letters name them.
    #[error("This campaign is not launched yet. Letters with login details can be made once it is.")]
    NotLaunched,
    /// Nobody can join any more.
    #[error("This campaign has closed, so nobody can join it any more.")]
    Closed,
    /// Its people come in without login details.
    #[error("The people of this organisation sign up themselves: they have no login details.")]
    SignUp,
    /// Nobody came by the roll.
    #[error("There is nobody on this organisation's list.")]
    Nobody,
    /// [`MAX_JOBS`].
    #[error("{MAX_JOBS} files are kept already. Take some off the list first.")]
    Full,
    /// The pack cannot be shown: why.
    #[error("{0}")]
    Unfit(String),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for HandoutRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Enrolment {
    /// Asks for the toolkit of `organisation`, or for letters for its people, joined or not; gives the job's id. While the same
    /// is waiting or being made, that is the one. `url` as for [`toolkit_facts`](Self::toolkit_facts).
    ///
    /// # Errors
    /// A [`HandoutRefusal`].
    pub async fn ask_for_handout(
        &self,
        actor: &Actor,
        (tenant, campaign, organisation): (&Tenant, &Campaign, &Organisation),
        kind: JobKind,
        url: &str,
    ) -> Result<ItemId, HandoutRefusal> {
        let facts = self.toolkit_facts(tenant, campaign, organisation, url).await?;
        let parts = match kind {
            JobKind::Toolkit => {
                facts.check().map_err(|fault| HandoutRefusal::Unfit(fault.to_string()))?;
                1
            }
            JobKind::Letters => self.letter_parts(tenant, campaign, organisation).await?,
        };
        let now = self.clock.now();
        let job = NewJob {
            id: ItemId::random(&*self.entropy),
            campaign: campaign.id,
            kind,
            about: organisation.slug.clone(),
            version: i64::from(campaign.dates_version()),
            facts: digest(&facts),
            asked_at: now,
            parts,
        };
        let write = self.identity.write(tenant.id).await?;
        // Held: who presses twice at once gets one.
        write.take_tenant().await?;
        let kept = write.jobs(campaign.id).await?;
        if let Some(same) = kept.iter().find(|kept| is_under_way(kept, &job)) {
            return Ok(same.asked.id);
        }
        if kept.len() >= MAX_JOBS {
            return Err(HandoutRefusal::Full);
        }
        write.add_job(&job).await?;
        let what = match kind {
            JobKind::Toolkit => "toolkit.make",
            JobKind::Letters => "roll.print-logins",
        };
        let subject = format!("{}/{}", campaign.slug, organisation.slug);
        record(write.audit_trail(), actor, now, what, &subject, "").await?;
        write.commit().await?;
        self.job_was_asked_for();
        Ok(job.id)
    }

    async fn letter_parts(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
    ) -> Result<i64, HandoutRefusal> {
        if !crate::mailings::has_login_details(organisation) {
            return Err(HandoutRefusal::SignUp);
        }
        let reading = self.identity.read(tenant.id).await?;
        let row = reading.campaign(campaign.id).await?.filter(|row| row.launched_on.is_some());
        let row = row.ok_or(HandoutRefusal::NotLaunched)?;
        if row.erased_on.is_some() || self.clock.now() >= row.closes_at {
            return Err(HandoutRefusal::Closed);
        }
        let people = reading.count_to_invite(campaign.id, organisation.id).await?;
        let a_part = documents::letter_book::LETTERS_A_PART as i64;
        (people > 0).then(|| (people + a_part - 1) / a_part).ok_or(HandoutRefusal::Nobody)
    }
}

/// Whether `kept` is what `asked` asks for again, and is not all there yet. With other dates or words it is not the same.
fn is_under_way(kept: &StoredJob, asked: &NewJob) -> bool {
    let NewJob { kind, about, version, facts, .. } = &kept.asked;
    let same = (kind, about, version, facts) == (&asked.kind, &asked.about, &asked.version, &asked.facts);
    same && matches!(kept.state, JobState::Waiting | JobState::Working)
}
