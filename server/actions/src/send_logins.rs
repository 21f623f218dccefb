//! Login details by email: how many have theirs, the email that carries them, and one to everybody of a campaign who has none.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::random_bytes;
use domain::time_zone::in_words;
use mail::outbox::MAX_WAITING;
use mail::{Address, Dispatch, Invitation, Link, Message};
use thiserror::Error;
use tokio::sync::mpsc;

use crate::actor::record_alone;
use crate::{ActionError, Actor, Campaign, Enrolment, IssuedLogin, Organisation, Tenant, Whom, printed_head};

/// Invitations that wait at once; the rest of the queue is for whoever signs up meanwhile.
const MOST_WAITING: u64 = MAX_WAITING as u64 / 2;
/// Emails that have left and are noted in one transaction.
const NOTED_AT_ONCE: usize = 500;
/// How long it rests while the mail server is behind.
const REST: Duration = Duration::from_secs(1);

/// How many of an organisation have login details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginsCount {
    /// The organisation's name.
    pub organisation: String,
    /// On the roll, with an email address.
    pub on_roll: i64,
    /// Of these, were given login details: such that have left.
    pub with_details: i64,
}

/// What invitations to one organisation's people are about.
#[derive(Clone, Copy)]
pub struct LoginEmail<'a> {
    /// Whose campaign.
    pub tenant: &'a Tenant,
    /// Into what they are invited.
    pub campaign: &'a Campaign,
    /// For whom they work.
    pub organisation: &'a Organisation,
    /// Where the tenant's people come in; ends with a slash.
    pub url: &'a str,
    /// As it is printed.
    pub key_log_head: &'a str,
}

/// Why login details are not sent.
#[derive(Debug, Error)]
pub enum SendLoginsRefusal {
    /// Keys are not made yet, and invitations name them.
    #[error("This campaign is not launched yet. Launch it first.")]
    NotLaunched,
    /// Nobody can join any more.
    #[error("This campaign has closed, so nobody can join it any more.")]
    Closed,
    /// Everybody has some.
    #[error("Everybody on the list has login details already.")]
    Nobody,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for SendLoginsRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

/// Where login details for `campaign` are typed, given the address of the tenant's identity side; with a code, the link that fills it in.
pub fn login_link(tenant_url: &str, campaign: &str, code: Option<&str>) -> String {
    let code = code.map(|code| format!("?code={code}")).unwrap_or_default();
    format!("{tenant_url}join/{campaign}/login{code}")
}

impl Enrolment {
    /// How many people of each organisation are on the roll of a campaign, and how many of them have login details.
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_logins(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<LoginsCount>, ActionError> {
        let counts = self.identity.read(tenant.id).await?.logins_by_organisation(campaign.id).await?;
        let named = tenant.organisations.iter().filter_map(|organisation| {
            let (_, on_roll, with_details) = *counts.iter().find(|(id, ..)| *id == organisation.id)?;
            Some(LoginsCount { organisation: organisation.name.clone(), on_roll, with_details })
        });
        Ok(named.collect())
    }

    /// The email that carries `login`.
    ///
    /// # Errors
    /// When it cannot be written, such as to an address to which email cannot go.
    pub fn login_email(&self, about: &LoginEmail<'_>, login: &IssuedLogin) -> Result<Message, ActionError> {
        let LoginEmail { tenant, campaign, organisation, url, key_log_head } = *about;
        let fault = |what: String| ActionError::Fault(format!("an invitation: {what}"));
        let opens = campaign.rounds.iter().map(|round| round.opens_at).min();
        let closes = campaign.rounds.iter().map(|round| round.closes_at).max();
        let (Some(opens), Some(closes)) = (opens, closes) else {
            return Err(fault("the campaign has no rounds".to_owned()));
        };
        let support = Address::parse(&tenant.contacts.support).map_err(|error| fault(error.to_string()))?;
        let code = login.code.to_string();
        let link = Link::parse(&login_link(url, &campaign.slug, Some(&code)));
        let email = Invitation {
            tenant_name: tenant.name.clone(),
            campaign_title: campaign.title.clone(),
            organisation_name: organisation.name.clone(),
            opens: in_words(opens, tenant.zone),
            closes: in_words(closes, tenant.zone),
            link: link.map_err(|error| fault(error.to_string()))?,
            login_code: code,
            key_log_head: key_log_head.to_owned(),
            support_name: tenant.contacts.support_name.clone(),
            support_address: support.clone(),
        };
        let dispatch = Dispatch {
            from: self.post.sender.clone(),
            to: Address::parse(&login.email).map_err(|error| fault(error.to_string()))?,
            reply_to: Some(support),
            id: random_bytes(&*self.entropy),
            date: self.clock.now(),
        };
        Message::compose(&email, dispatch).map_err(|error| fault(error.to_string()))
    }

    /// Begins to send login details to everybody on the roll of a campaign to whom none have left, those among them whom the server or the
    /// mail server let down before; a task does it, so that the page answers at once. `url` is where the tenant's people come in.
    ///
    /// # Errors
    /// A [`SendLoginsRefusal`].
    pub async fn send_logins(
        &self,
        actor: &Actor,
        tenant: Arc<Tenant>,
        campaign: &Campaign,
        url: String,
    ) -> Result<(), SendLoginsRefusal> {
        let row = self.identity.read(tenant.id).await?.campaign(campaign.id).await?;
        let row = row.filter(|row| row.launched_on.is_some()).ok_or(SendLoginsRefusal::NotLaunched)?;
        let now = self.clock.now();
        if row.erased_on.is_some() || now >= row.closes_at {
            return Err(SendLoginsRefusal::Closed);
        }
        let head = printed_head(&self.key_log(&tenant).await?).ok_or(SendLoginsRefusal::NotLaunched)?;
        let counts = self.count_logins(&tenant, campaign).await?;
        let without: i64 = counts.iter().map(|count| count.on_roll - count.with_details).sum();
        if without == 0 {
            return Err(SendLoginsRefusal::Nobody);
        }
        let detail = "to everybody who had none, by email";
        record_alone(&self.identity, actor, now, "roll.send-logins", &campaign.slug, detail).await?;
        let (enrolment, campaign) = (self.clone(), campaign.clone());
        tokio::spawn(async move {
            // One at a time, until the last has left: who presses twice finds nobody, or whom email could not reach.
            let _turn = enrolment.sending.lock().await;
            if let Err(fault) = enrolment.send_first_logins(&tenant, &campaign, &url, &head).await {
                tracing::warn!(%fault, "login details could not be sent to everybody");
            }
            enrolment.order_was_left();
        });
        Ok(())
    }

    async fn send_first_logins(
        &self,
        tenant: &Arc<Tenant>,
        campaign: &Campaign,
        url: &str,
        key_log_head: &str,
    ) -> Result<(), ActionError> {
        let (left, leaving) = mpsc::channel(NOTED_AT_ONCE);
        let noting = tokio::spawn(self.clone().note_as_they_leave(Arc::clone(tenant), leaving));
        let mut posted = Ok(0);
        for organisation in &tenant.organisations {
            let about = LoginEmail { tenant, campaign, organisation, url, key_log_head };
            let post = |logins| self.post_logins(about, logins, left.clone());
            posted = self.issue_logins(tenant, campaign, organisation, Whom::WithoutAny, post).await;
            if posted.is_err() {
                break;
            }
        }
        drop(left);
        noting.await.map_err(|error| ActionError::Fault(format!("noting what left: {error}")))?;
        posted.map(drop)
    }

    /// Posts an email for each; tells `left` the hash of each that leaves.
    async fn post_logins(
        &self,
        about: LoginEmail<'_>,
        logins: Vec<IssuedLogin>,
        left: mpsc::Sender<[u8; 32]>,
    ) -> Result<(), ActionError> {
        for login in logins {
            while self.post.outbox.counts().waiting() >= MOST_WAITING {
                tokio::time::sleep(REST).await;
            }
            // An address that email cannot go to is nobody's fault, and holds up nobody.
            let Ok(message) = self.login_email(&about, &login) else { continue };
            let posted = self.post.outbox.post_and_follow(message).map_err(|_| ActionError::Busy)?;
            let left = left.clone();
            tokio::spawn(async move {
                if posted.was_sent().await {
                    // Whoever notes it is there until every sender is gone.
                    let _ = left.send(login.hash).await;
                }
            });
        }
        Ok(())
    }

    /// Notes what leaves, until nothing is on its way.
    async fn note_as_they_leave(self, tenant: Arc<Tenant>, mut leaving: mpsc::Receiver<[u8; 32]>) {
        let mut gone = Vec::new();
        while leaving.recv_many(&mut gone, NOTED_AT_ONCE).await > 0 {
            if let Err(fault) = self.note_sent(&tenant, &gone).await {
                tracing::error!(%fault, "login details that have left could not be noted: they would be sent again");
            }
            gone.clear();
        }
    }

    /// Returns once no login details are on their way that [`send_logins`](Self::send_logins) sends. Before the end of the process, when the
    /// outbox is empty.
    pub async fn logins_settled(&self) {
        drop(self.sending.lock().await);
    }
}
