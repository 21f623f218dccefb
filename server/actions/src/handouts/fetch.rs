//! What was made: a list, the files, and taking one off the list. One piece of a toolkit is made at once.

use std::collections::BTreeMap;

use credentials::open_file;
use documents::toolkit::{ToolkitFacts, ToolkitPiece};
use domain::ids::ItemId;
use storage::identity::{JobKind, JobState, NewJob, StoredJob};

use super::make::blocking;
use super::toolkit_facts::digest;
use super::{HandoutRefusal, sealed_name};
use crate::actor::record_alone;
use crate::{ActionError, Actor, Campaign, Enrolment, Tenant};

/// What was asked for, and how far it is.
#[derive(Clone, Debug)]
pub struct HandoutJob {
    /// Its id.
    pub id: ItemId,
    /// What.
    pub kind: JobKind,
    /// The organisation's short name.
    pub organisation: String,
    /// How far.
    pub state: JobState,
    /// Parts that are there, of about so many.
    pub parts: (i64, i64),
    /// When it was asked for.
    pub asked_at: chrono::DateTime<chrono::Utc>,
    /// The version of the dates in it.
    pub version: i64,
    /// What has changed since.
    pub outdated: Option<Outdated>,
    /// Why it failed, if it did.
    pub why: String,
}

/// What has changed since something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// The dates.
    Dates,
    /// Something else that it says or shows: a name, words, the look, an address.
    Facts,
}

/// A file to download.
pub struct FetchedFile {
    /// Its name.
    pub file: String,
    /// What it is.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Enrolment {
    /// What was asked for in `campaign`, newest first. `url` as for [`toolkit_facts`](Self::toolkit_facts).
    ///
    /// # Errors
    /// Database faults.
    pub async fn handouts(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        url: &str,
    ) -> Result<Vec<HandoutJob>, ActionError> {
        let jobs = self.identity.read(tenant.id).await?.jobs(campaign.id).await?;
        let mut facts_now: BTreeMap<String, Option<String>> = BTreeMap::new();
        let shown = jobs.into_iter().map(|job| {
            let about = facts_now.entry(job.asked.about.clone()).or_insert_with_key(|slug| {
                let organisation = tenant.organisation(slug)?;
                Some(digest(&self.facts_without_keys(tenant, campaign, organisation, url)))
            });
            let outdated = outdated(&job, campaign, about.as_deref());
            shown(job, outdated)
        });
        Ok(shown.collect())
    }

    /// The part `number`, from 1, of what was made; on record if it holds login details. None if it is not there, or is of another kind.
    ///
    /// # Errors
    /// Database faults.
    pub async fn fetch_handout(
        &self,
        actor: &Actor,
        (tenant, campaign): (&Tenant, &Campaign),
        kind: JobKind,
        (id, number): (ItemId, i64),
    ) -> Result<Option<FetchedFile>, ActionError> {
        let reading = self.identity.read(tenant.id).await?;
        let Some(job) = reading.job(id).await?.filter(|job| is_of(job, campaign, kind)) else {
            return Ok(None);
        };
        let Some(file) = reading.job_file(id, number).await? else { return Ok(None) };
        drop(reading);
        let content = match job.asked.kind {
            JobKind::Toolkit => file.content,
            JobKind::Letters => {
                let subject = format!("{}/{}", campaign.slug, job.asked.about);
                let detail = format!("part {number}");
                record_alone(&self.identity, actor, self.clock.now(), "roll.fetch-logins", &subject, &detail)
                    .await?;
                open_file(&self.secret, &sealed_name(id, number), &file.content)
                    .ok_or_else(|| ActionError::Fault("a file with letters does not open".to_owned()))?
            }
        };
        Ok(Some(FetchedFile { file: file.file, media_type: file.media_type, content }))
    }

    /// Throws away what was made, if it is of this kind. Login details in it stay good.
    ///
    /// # Errors
    /// Database faults.
    pub async fn drop_handout(
        &self,
        actor: &Actor,
        (tenant, campaign): (&Tenant, &Campaign),
        kind: JobKind,
        id: ItemId,
    ) -> Result<(), ActionError> {
        let write = self.identity.write(tenant.id).await?;
        let Some(job) = write.job(id).await?.filter(|job| is_of(job, campaign, kind)) else {
            return Ok(());
        };
        write.delete_job(id).await?;
        let subject = format!("{}/{}", campaign.slug, job.asked.about);
        crate::actor::record(write.audit_trail(), actor, self.clock.now(), "handout.drop", &subject, "")
            .await?;
        Ok(write.commit().await?)
    }

    /// One piece of a toolkit, made now.
    ///
    /// # Errors
    /// [`HandoutRefusal::Unfit`], which says what to put right; a fault.
    pub async fn make_piece(
        &self,
        piece: ToolkitPiece,
        facts: ToolkitFacts,
    ) -> Result<FetchedFile, HandoutRefusal> {
        facts.check().map_err(|fault| HandoutRefusal::Unfit(fault.to_string()))?;
        let (file, media_type) = (piece.file_name(&facts), piece.media_type().to_owned());
        let content = blocking(move || piece.make(&facts).map_err(|fault| fault.to_string())).await?;
        Ok(FetchedFile { file, media_type, content })
    }
}

fn is_of(job: &StoredJob, campaign: &Campaign, kind: JobKind) -> bool {
    job.asked.campaign == campaign.id && job.asked.kind == kind
}

/// What has changed since `job` was asked for; `facts_now` are none where its organisation is gone.
fn outdated(job: &StoredJob, campaign: &Campaign, facts_now: Option<&str>) -> Option<Outdated> {
    let NewJob { version, facts, .. } = &job.asked;
    if *version < i64::from(campaign.dates_version()) {
        return Some(Outdated::Dates);
    }
    let changed = !facts.is_empty() && facts_now != Some(facts);
    changed.then_some(Outdated::Facts)
}

fn shown(job: StoredJob, outdated: Option<Outdated>) -> HandoutJob {
    let StoredJob { asked, state, done, why, .. } = job;
    HandoutJob {
        id: asked.id,
        kind: asked.kind,
        organisation: asked.about,
        state,
        parts: (done, asked.parts.max(done)),
        asked_at: asked.asked_at,
        version: asked.version,
        outdated,
        why,
    }
}
