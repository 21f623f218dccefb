//! Making what was asked for, a part at a time. A part and what it needs in the database are written together, so a process that dies leaves
//! nothing half done, and another goes on behind the last part.

use chrono::TimeDelta;
use credentials::seal_file;
use documents::letter_book::{LETTERS_A_PART, LetterBook};
use documents::login_letters::Letter;
use documents::toolkit::{self, ToolkitFacts};
use domain::clock::random_bytes;
use storage::identity::{JobFile, JobKind, JobState, StoredJob};
use tokio::sync::Semaphore;

use super::{KEPT_DAYS, LEASE_MINUTES, sealed_name};
use crate::{ActionError, Campaign, Enrolment, LoginEmail, Organisation, Tenant, login_link};

/// Handouts that are drawn at once by this process, single pieces and parts of jobs alike: each keeps a processor busy for seconds.
const DRAWN_AT_ONCE: usize = 2;
/// Their places. The processors are the whole process', so the places are, too.
static PLACES: Semaphore = Semaphore::const_new(DRAWN_AT_ONCE);

/// What letters are.
const PDF: &str = "application/pdf";
/// What a toolkit is.
const ZIP: &str = "application/zip";

impl Enrolment {
    /// Makes the next thing that was asked for, of each tenant one; `url_of` says where a tenant's people come in. Gives whether anything was
    /// made, so that there may be more. On `stop` it lets go of what it is at: nothing of a half made part is written, and any process may go
    /// on at once.
    ///
    /// # Errors
    /// Database faults in finding the tenants; a fault of one job ends it, and holds up no other.
    pub async fn make_handouts<Stop: Future<Output = ()>>(
        &self,
        url_of: &(dyn Fn(&Tenant) -> String + Send + Sync),
        stop: impl Fn() -> Stop,
    ) -> Result<bool, ActionError> {
        let mut made = false;
        for tenant in self.tenants.all().await?.iter().filter(|tenant| !tenant.campaigns.is_empty()) {
            match self.make_next(tenant, &url_of(tenant), stop()).await {
                Ok(more) => made |= more,
                Err(fault) => {
                    tracing::error!(tenant = tenant.slug, %fault, "what was asked for could not be made")
                }
            }
        }
        Ok(made)
    }

    async fn make_next(
        &self,
        tenant: &Tenant,
        url: &str,
        stop: impl Future<Output = ()>,
    ) -> Result<bool, ActionError> {
        let now = self.clock.now();
        if !self.identity.read(tenant.id).await?.has_open_jobs(now).await? {
            return Ok(false);
        }
        let write = self.identity.write(tenant.id).await?;
        let Some(mut job) = write.claim_job(now, now + TimeDelta::minutes(LEASE_MINUTES)).await? else {
            return Ok(false);
        };
        write.commit().await?;
        let id = job.asked.id;
        let outcome = tokio::select! {
            biased;
            () = stop => {
                let write = self.identity.write(tenant.id).await?;
                write.release_job(id).await?;
                write.commit().await?;
                return Ok(false);
            }
            outcome = self.make_claimed(tenant, &mut job, url) => outcome,
        };
        if let Err(fault) = outcome {
            tracing::error!(tenant = tenant.slug, %fault, "what was asked for could not be made");
            self.end(tenant, &job, JobState::Failed, "It could not be made. Ask for it again.").await?;
        }
        Ok(true)
    }

    async fn make_claimed(&self, tenant: &Tenant, job: &mut StoredJob, url: &str) -> Result<(), ActionError> {
        let campaign = tenant.campaigns.iter().find(|campaign| campaign.id == job.asked.campaign);
        let (Some(campaign), Some(organisation)) = (campaign, tenant.organisation(&job.asked.about)) else {
            return Err(ActionError::Fault("the organisation or the campaign is gone".to_owned()));
        };
        let facts = self.toolkit_facts(tenant, campaign, organisation, url).await?;
        match job.asked.kind {
            JobKind::Toolkit => self.make_toolkit(tenant, job, facts).await,
            JobKind::Letters => self.make_letters((tenant, campaign, organisation), job, facts, url).await,
        }
    }

    async fn make_toolkit(
        &self,
        tenant: &Tenant,
        job: &StoredJob,
        facts: ToolkitFacts,
    ) -> Result<(), ActionError> {
        let file = toolkit::zip_name(&facts);
        let content = blocking(move || toolkit::zip(&facts).map_err(|fault| fault.to_string())).await?;
        let file = JobFile { file, media_type: ZIP.to_owned(), content };
        let lease = self.clock.now() + TimeDelta::minutes(LEASE_MINUTES);
        let write = self.identity.write(tenant.id).await?;
        if write.add_part(job, &file, None, lease).await? {
            write.end_job(job.asked.id, lease, JobState::Done, "").await?;
            write.commit().await?;
        }
        Ok(())
    }

    /// One part of the letters after another, until everybody has one or another process has gone on. `job` follows: whoever ends it has to name its
    /// last claim.
    async fn make_letters(
        &self,
        (tenant, campaign, organisation): (&Tenant, &Campaign, &Organisation),
        job: &mut StoredJob,
        facts: ToolkitFacts,
        url: &str,
    ) -> Result<(), ActionError> {
        let key_log_head = facts.key_log_head.as_deref().unwrap_or_default();
        let head = LoginEmail { tenant, campaign, organisation, url, key_log_head }.letter_head()?;
        let (palette, logo) = (facts.palette, facts.logo);
        let book =
            LetterBook::new(head, palette, logo).map_err(|fault| ActionError::Fault(fault.to_string()))?;
        let book = std::sync::Arc::new(book);
        loop {
            let reading = self.identity.read(tenant.id).await?;
            let most = LETTERS_A_PART as u64;
            let people = reading.people_to_invite(campaign.id, organisation.id, job.reached, most).await?;
            drop(reading);
            let Some(last) = people.last().map(|person| person.id) else {
                return self.end(tenant, job, JobState::Done, "").await;
            };
            let (mut hashes, mut letters) = (Vec::new(), Vec::new());
            for person in people {
                let (code, hash) = self.new_login(tenant, campaign);
                hashes.push((hash, person.id));
                let code = code.to_string();
                let link = login_link(url, &campaign.slug, Some(&code));
                letters.extend(person.email.map(|email| Letter { email, code, link }));
            }
            hashes.sort_unstable();
            let number = u32::try_from(job.done + 1).unwrap_or(u32::MAX);
            let made = std::sync::Arc::clone(&book);
            let pdf =
                blocking(move || made.part(number, &letters).map_err(|fault| fault.to_string())).await?;
            let name = sealed_name(job.asked.id, job.done + 1);
            let content = seal_file(&self.secret, random_bytes(&*self.entropy), &name, &pdf);
            let file = LetterBook::file_name(&organisation.slug, number);
            let file = JobFile { file, media_type: PDF.to_owned(), content };
            let lease = self.clock.now() + TimeDelta::minutes(LEASE_MINUTES);
            let write = self.identity.write(tenant.id).await?;
            if !write.add_part(job, &file, Some(last), lease).await? {
                return Ok(());
            }
            write.add_logins(&hashes).await?;
            write.mark_logins_sent(&hashes.iter().map(|(hash, _)| *hash).collect::<Vec<_>>()).await?;
            write.commit().await?;
            (job.done, job.reached, job.lease_until) = (job.done + 1, Some(last), lease);
        }
    }

    async fn end(
        &self,
        tenant: &Tenant,
        job: &StoredJob,
        state: JobState,
        why: &str,
    ) -> Result<(), ActionError> {
        let write = self.identity.write(tenant.id).await?;
        write.end_job(job.asked.id, job.lease_until, state, why).await?;
        Ok(write.commit().await?)
    }

    /// Throws away what was made more than [`KEPT_DAYS`] ago.
    ///
    /// # Errors
    /// Database faults.
    pub(crate) async fn delete_old_handouts(&self, tenant: &Tenant) -> Result<(), ActionError> {
        let before = self.clock.now() - TimeDelta::days(KEPT_DAYS);
        if self.identity.read(tenant.id).await?.has_jobs_before(before).await? {
            let write = self.identity.write(tenant.id).await?;
            write.delete_jobs_before(before).await?;
            write.commit().await?;
        }
        Ok(())
    }
}

/// Off the threads that answer requests, for drawing takes seconds, and no more than [`DRAWN_AT_ONCE`]: who comes then waits.
pub(crate) async fn blocking<T: Send + 'static>(
    make: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, ActionError> {
    let fault = |_| ActionError::Fault("nothing is drawn any more".to_owned());
    let place = PLACES.acquire().await.map_err(fault)?;
    // The place goes with the work: whoever goes away does not free it before it is done.
    let made = tokio::task::spawn_blocking(move || {
        let _place = place;
        make()
    });
    made.await.map_err(|error| ActionError::Fault(error.to_string()))?.map_err(ActionError::Fault)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn no_more_are_drawn_at_once_than_there_are_places() {
        let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let asked = (0..4 * DRAWN_AT_ONCE).map(|number| {
            let (at_once, most) = (Arc::clone(&at_once), Arc::clone(&most));
            tokio::spawn(blocking(move || {
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                at_once.fetch_sub(1, Ordering::SeqCst);
                if number == 0 { Err("no paper".to_owned()) } else { Ok(number) }
            }))
        });
        let asked: Vec<_> = asked.collect();
        for (number, asked) in asked.into_iter().enumerate() {
            let drawn = asked.await.unwrap();
            assert_eq!(drawn.ok(), (number > 0).then_some(number), "who waits gets theirs");
        }
        assert!((1..=DRAWN_AT_ONCE).contains(&most.load(Ordering::SeqCst)), "{most:?}");
        assert_eq!(PLACES.available_permits(), DRAWN_AT_ONCE, "every place is free again");
    }
}
