//! The identity side's use cases share these: how somebody who was recognised goes on, and how the database forgets the order in which
//! people came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use credentials::{CohortKey, KeyId, Pepper, Ticket, labels};
use domain::clock::random_bytes;
use domain::ids::CampaignId;
use domain::{Clock, Entropy};
use mail::{Address, Mailer, Outbox, Sender};
use storage::identity::{Identity, NewPerson, Person};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::join_by_single_sign_on::SignOn;
use crate::publish_figures::Looks;
use crate::sign_up::Counters;
use crate::{ActionError, Campaign, Tenant, Tenants};

/// For how long somebody who was recognised may take to make their key, minutes.
pub const TICKET_MINUTES: i64 = 60;

/// How often the task that makes the database forget looks whether there is still anybody to work for.
const PATIENCE: Duration = Duration::from_secs(5);
/// After rewriting the roll, which holds up whoever joins, how many times as long it rests.
const REST: u32 = 9;
/// And at least so long.
const LEAST_REST: Duration = Duration::from_millis(200);

/// Every use case of the identity side, with what they need.
#[derive(Clone)]
pub struct Enrolment {
    pub(crate) identity: Identity,
    pub(crate) tenants: Arc<Tenants>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The identity side's own secret: another than the conversation side's pepper.
    pub(crate) secret: Pepper,
    pub(crate) post: Post,
    pub(crate) sign_on: Option<SignOn>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) looks: Arc<Looks>,
    /// Told whenever emails to many have been begun.
    mailing_begun: Arc<Notify>,
    /// Told whenever a toolkit or letters were asked for.
    job_asked_for: Arc<Notify>,
    cohort_keys: Arc<Mutex<UnsealedKeys>>,
    order: Arc<Notify>,
}

/// Cohorts' private keys, and the campaign that each is of.
type UnsealedKeys = HashMap<KeyId, (CampaignId, Arc<CohortKey>)>;

/// How emails leave: by the tenant's own way if it has one, else by everybody's.
#[derive(Clone)]
pub struct Post {
    /// Everybody's.
    pub usual: Way,
    /// Tenants' own, by short name.
    pub own: Arc<HashMap<String, Way>>,
}

/// A way out for emails: a mail server and whom they are from.
#[derive(Clone)]
pub struct Way {
    /// The queue before the mail server, for emails that somebody waits for.
    pub outbox: Outbox,
    /// The mail server itself, for emails to many: rows are their queue.
    pub mailer: Mailer,
    /// Whom emails are from.
    pub sender: Sender,
    /// Whom mail servers tell what they could not deliver; the sender, if nobody else.
    pub bounce_address: Option<Address>,
}

impl Post {
    /// The way of `tenant`'s emails.
    pub fn way(&self, tenant: &Tenant) -> &Way {
        self.own.get(&tenant.slug).unwrap_or(&self.usual)
    }
}

/// Somebody who was recognised and may ask for a signature.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What their device shows when it asks.
    pub ticket: String,
    /// Their cohort's key, by its id in hexadecimal.
    pub key: String,
}

/// Why somebody does not get in by the route that they took.
#[derive(Debug, Error)]
pub enum JoinRefusal {
    /// No such login details.
    #[error("We do not know these login details. Check each letter and number, and try again.")]
    UnknownLogin,
    /// They cannot be login details.
    #[error(transparent)]
    Malformed(#[from] credentials::LoginCodeRefusal),
    /// Something was signed for them already.
    #[error(
        "You have joined already. Go on with the six words that you were shown: they let you in on any device. Nobody can make you new ones, because nobody knows which are yours."
    )]
    JoinedBefore,
    /// Cohorts and keys are not made yet.
    #[error(
        "You are on the list. Joining has not begun yet: come back when the conversation is about to open."
    )]
    NotLaunched,
    /// Their organisation had no part when the keys were made.
    #[error(
        "Your organisation was added after this conversation was set up, so there is no key for it yet. Please ask the support team."
    )]
    NoCohort,
    /// It is over.
    #[error("The conversation has closed, so nobody can join it any more.")]
    Closed,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for JoinRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Enrolment {
    /// Every use case over `identity`. Call it inside a tokio runtime: a task makes the database forget who came when.
    pub fn new(
        identity: Identity,
        tenants: Arc<Tenants>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        secret: Pepper,
        post: Post,
        sign_on: Option<SignOn>,
    ) -> Self {
        let order = Arc::new(Notify::new());
        // What an earlier process left.
        order.notify_one();
        tokio::spawn(forget_order(identity.clone(), Arc::downgrade(&order)));
        let (counters, cohort_keys, looks) = (Arc::default(), Arc::default(), Arc::default());
        let (mailing_begun, job_asked_for) = (Arc::default(), Arc::default());
        Self {
            identity,
            tenants,
            clock,
            entropy,
            secret,
            post,
            sign_on,
            counters,
            looks,
            mailing_begun,
            job_asked_for,
            cohort_keys,
            order,
        }
    }

    /// How emails leave.
    pub fn post(&self) -> &Post {
        &self.post
    }

    /// The present instant by this server's clock, UTC.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The tenants that this side knows.
    pub fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn check_database(&self) -> Result<(), ActionError> {
        Ok(self.identity.ping().await?)
    }

    /// Makes the database forget in which order rows were written, now.
    ///
    /// # Errors
    /// Database faults.
    pub async fn forget_order_now(&self) -> Result<(), ActionError> {
        Ok(self.identity.forget_order().await?)
    }

    /// Something was written whose order must not stay. Who writes says so; a task sees to it soon.
    pub(crate) fn order_was_left(&self) {
        self.order.notify_one();
    }

    /// Emails to many have been begun: whoever sends them may be told at once.
    pub(crate) fn mailing_was_begun(&self) {
        self.mailing_begun.notify_one();
    }

    /// Returns when emails to many have been begun by this process.
    pub async fn mailing_begun(&self) {
        self.mailing_begun.notified().await;
    }

    /// A toolkit or letters were asked for: whoever makes them may be told at once.
    pub(crate) fn job_was_asked_for(&self) {
        self.job_asked_for.notify_one();
    }

    /// Returns when this process was asked for a toolkit or for letters.
    pub async fn job_asked_for(&self) {
        self.job_asked_for.notified().await;
    }

    /// Writes somebody onto the roll unless they are there; gives who is there then.
    pub(crate) async fn put_person(
        &self,
        tenant: &Tenant,
        person: &NewPerson,
    ) -> Result<Person, JoinRefusal> {
        let reading = self.identity.read(tenant.id).await?;
        let row = reading.campaign(person.campaign).await?.ok_or(JoinRefusal::NotLaunched)?;
        if row.erased_on.is_some() || self.clock.now() >= row.closes_at {
            return Err(JoinRefusal::Closed);
        }
        if let Some(known) = reading.person_by_key(person.campaign, &person.key).await? {
            return Ok(known);
        }
        // Not held while writing: rewriting the roll waits for readers, and writers wait for the rewriting.
        drop(reading);
        let write = self.identity.write(tenant.id).await?;
        let person = write.add_person(person).await?;
        write.commit().await?;
        self.order_was_left();
        Ok(person)
    }

    /// Lets somebody whom this side has recognised go on.
    pub(crate) async fn recognise(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        person: &Person,
    ) -> Result<Recognised, JoinRefusal> {
        let reading = self.identity.read(tenant.id).await?;
        let Some(row) = reading.campaign(campaign.id).await? else { return Err(JoinRefusal::NotLaunched) };
        let now = self.clock.now();
        if now >= row.closes_at {
            return Err(JoinRefusal::Closed);
        }
        if person.joined {
            return Err(JoinRefusal::JoinedBefore);
        }
        if row.launched_on.is_none() {
            return Err(JoinRefusal::NotLaunched);
        }
        let cohort = reading.cohort(campaign.id, person.organisation).await?;
        let cohort = cohort.ok_or(JoinRefusal::NoCohort)?;
        let ticket = Ticket {
            tenant: tenant.id,
            campaign: campaign.id,
            person: person.id.0,
            expires_at: (now + TimeDelta::minutes(TICKET_MINUTES)).timestamp(),
        };
        Ok(Recognised {
            ticket: ticket.seal(&self.secret.derive(labels::TICKETS), random_bytes(&*self.entropy)),
            key: KeyId(cohort.key_id).to_string(),
        })
    }

    /// A cohort's private key, unsealed once for each process.
    pub(crate) fn cohort_key(
        &self,
        campaign: CampaignId,
        id: KeyId,
        sealed: &[u8],
    ) -> Result<Arc<CohortKey>, ActionError> {
        let mut keys = self.cohort_keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = keys.get(&id) {
            return Ok(Arc::clone(key));
        }
        let key = CohortKey::unseal(&self.secret.derive(labels::COHORT_KEYS), sealed)
            .map_err(|refusal| ActionError::Fault(format!("cohort key: {refusal}")))?;
        let key = Arc::new(key);
        keys.insert(id, (campaign, Arc::clone(&key)));
        Ok(key)
    }

    /// How many cohorts' private keys this process holds unsealed.
    pub fn unsealed_keys(&self) -> usize {
        self.cohort_keys.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Forgets the unsealed keys of `campaign`.
    pub(crate) fn forget_cohort_keys(&self, campaign: CampaignId) {
        let mut keys = self.cohort_keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|_, (its, _)| *its != campaign);
    }
}

/// Makes the database forget the order of rows whenever somebody said that there is one, until the last use case is dropped. What is
/// written while it works is seen to in the next turn.
async fn forget_order(identity: Identity, order: std::sync::Weak<Notify>) {
    while let Some(left) = order.upgrade() {
        let told = tokio::time::timeout(PATIENCE, left.notified()).await.is_ok();
        drop(left);
        if !told {
            continue;
        }
        let began = Instant::now();
        if let Err(fault) = identity.forget_order().await {
            tracing::warn!(%fault, "the identity database could not be made to forget the order of its rows");
            if let Some(left) = order.upgrade() {
                left.notify_one();
            }
        }
        tokio::time::sleep((began.elapsed() * REST).max(LEAST_REST)).await;
    }
}
