//! A mailing goes out a batch at a time: claimed, sent, settled. Who is to get one is decided in the claim itself, so that one who joined a
//! second ago gets none. A claim is committed before its email is sent: if the process dies between, the mail server is asked what it has, and
//! where it cannot be asked (SMTP) the email counts as unsure and is not sent again.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use credentials::{LoginCode, StopToken, email_reference};
use domain::clock::random_bytes;
use domain::ids::PersonId;
use domain::mailing::{LEASE_MINUTES, MailingState, SERVER_REST_MINUTES, rest_after};
use domain::person::PersonOrigin;
use domain::planned_email::{Audience, EmailFile};
use domain::sending::{TooLate, Turn, turn};
use domain::time_zone::local_date;
use mail::{Certainty, Mailer, Message, SendFault};
use storage::identity::{DueItem, MailingKey, NoEmail, REFERENCE_BYTES, Settled, StoredMailing, Writing};
use tokio::task::JoinSet;

use super::write_email::{Letter, Says};
use super::{LOGIN_DETAILS, has_login_details};
use crate::{ActionError, Campaign, Enrolment, Tenant, printed_head};

/// Emails claimed in one transaction.
const BATCH: u64 = 128;
/// Of at least so many attempts, so many in a hundred may be refused before a mailing pauses: a list that is worth little harms whoever sends to it.
const LEAST_FOR_A_RATE: i64 = 100;
/// See [`LEAST_FOR_A_RATE`].
pub(super) const MOST_REFUSED_PERCENT: i64 = 5;

/// Whose emails `url_of` gives links for.
pub(super) type UrlOf<'a> = &'a (dyn Fn(&Tenant) -> String + Send + Sync);

/// A claimed email.
struct Claimed {
    item: DueItem,
    /// The address' keyed hash.
    address: [u8; 32],
    reference: [u8; REFERENCE_BYTES],
    /// The login details in it, if it has any.
    login: Option<(LoginCode, [u8; 32])>,
}

/// What became of a claimed email.
struct Tried {
    person: PersonId,
    address: [u8; 32],
    attempts: i64,
    login: Option<[u8; 32]>,
    outcome: Result<(), SendFault>,
}

/// What may be done with a mailing now.
enum Work<'a> {
    Rest,
    End(String),
    Send(Option<&'a EmailFile>),
}

impl Enrolment {
    /// Sends the next batch of every mailing that is going; `url_of` says where a tenant's people come in. Gives whether anything was sent or
    /// settled, so that there may be more.
    ///
    /// # Errors
    /// Database faults in finding the tenants; a fault of one mailing is logged and holds up no other.
    pub async fn send_mailings(&self, url_of: UrlOf<'_>) -> Result<bool, ActionError> {
        let mut moved = false;
        for tenant in self.tenants.all().await?.iter().filter(|tenant| !tenant.campaigns.is_empty()) {
            let mailings = self.identity.read(tenant.id).await?.mailings(None).await?;
            for mailing in mailings.iter().filter(|mailing| mailing.state == MailingState::Going) {
                match self.send_some(tenant, mailing, url_of).await {
                    Ok(more) => moved |= more,
                    Err(fault) => {
                        tracing::error!(tenant = tenant.slug, email = mailing.key.slug, %fault, "emails could not be sent")
                    }
                }
            }
        }
        Ok(moved)
    }

    async fn send_some(
        &self,
        tenant: &Tenant,
        mailing: &StoredMailing,
        url_of: UrlOf<'_>,
    ) -> Result<bool, ActionError> {
        let Some(campaign) = tenant.campaigns.iter().find(|campaign| campaign.id == mailing.key.campaign)
        else {
            return Ok(false);
        };
        match self.work(tenant, campaign, mailing).await? {
            Work::Rest => Ok(false),
            Work::End(why) => self.miss_the_rest(tenant, &mailing.key, &why).await,
            Work::Send(email) => {
                self.send_batch((tenant, campaign), &mailing.key, email, &url_of(tenant)).await
            }
        }
    }

    async fn work<'a>(
        &self,
        tenant: &Tenant,
        campaign: &'a Campaign,
        mailing: &StoredMailing,
    ) -> Result<Work<'a>, ActionError> {
        if self.mailable(tenant, campaign).await?.is_none() {
            return Ok(Work::Rest);
        }
        let now = self.clock.now();
        if mailing.key.slug == LOGIN_DETAILS {
            let open = campaign.rounds.iter().any(|round| now < round.closes_at);
            return Ok(if open {
                Work::Send(None)
            } else {
                Work::End("The conversation has closed.".to_owned())
            });
        }
        let planned = campaign.file.emails.iter().find(|email| email.slug == mailing.key.slug);
        let Some(email) = planned else {
            return Ok(Work::End("It was taken out of the plan.".to_owned()));
        };
        // What was sent now has its own time, not the planned one.
        let at_its_time = email.sent_at(mailing.begun_at, tenant.zone);
        Ok(match turn(&at_its_time, &campaign.file, &tenant.sending, tenant.zone, now) {
            Turn::Goes => Work::Send(Some(email)),
            Turn::Waits(_) | Turn::Held(_) => Work::Rest,
            // It was begun in time; what counts from then on is until when it is to go.
            Turn::TooLate(TooLate::Hours(_)) => Work::Send(Some(email)),
            Turn::TooLate(why) => Work::End(why.to_string()),
        })
    }

    async fn miss_the_rest(&self, tenant: &Tenant, key: &MailingKey, why: &str) -> Result<bool, ActionError> {
        let write = self.identity.write(tenant.id).await?;
        write.empty_mailing(key).await?;
        write.set_mailing(key, MailingState::Missed, self.clock.now(), why).await?;
        write.commit().await?;
        Ok(false)
    }

    async fn send_batch(
        &self,
        (tenant, campaign): (&Tenant, &Campaign),
        key: &MailingKey,
        email: Option<&EmailFile>,
        url: &str,
    ) -> Result<bool, ActionError> {
        let mailer = self.post.way(tenant).mailer.clone();
        let found = self.settle_lost_claims(tenant, key, &mailer).await?;
        let claimed = self.claim(tenant, campaign, key, email).await?;
        if claimed.is_empty() {
            return Ok(found);
        }
        let head = match email {
            Some(_) => String::new(),
            // Nothing else names it.
            None => printed_head(&self.key_log(tenant).await?).unwrap_or_default(),
        };
        let says = email.map_or(Says::LoginDetails { key_log_head: &head }, Says::Planned);
        let letter = Letter { tenant, campaign, says, url };
        let mut tries = JoinSet::new();
        let mut tried = Vec::with_capacity(claimed.len());
        for claim in claimed {
            let done = Tried {
                person: claim.item.person,
                address: claim.address,
                attempts: claim.item.attempts + 1,
                login: claim.login.as_ref().map(|(_, hash)| *hash),
                outcome: Ok(()),
            };
            let code = claim.login.as_ref().map(|(code, _)| code);
            match self.write_email(&letter, &claim.item, claim.reference, code) {
                Ok(message) => _ = tries.spawn(attempt(mailer.clone(), message, done)),
                // An address that email cannot go to, or words that make no email: neither gets better by waiting.
                Err(fault) => {
                    tracing::warn!(%fault, "an email could not be written");
                    tried.push(Tried {
                        outcome: Err(SendFault::Compose(mail::ComposeFault::Parts { kind: "mailing" })),
                        ..done
                    });
                }
            }
        }
        while let Some(done) = tries.join_next().await {
            tried.push(done.map_err(|error| ActionError::Fault(format!("sending: {error}")))?);
        }
        self.settle(tenant, key, &mailer, tried).await
    }

    /// Claims the next batch: takes off it who needs none any more, and gives login details to those who come in with some.
    async fn claim(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        key: &MailingKey,
        email: Option<&EmailFile>,
    ) -> Result<Vec<Claimed>, ActionError> {
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        if write.take_mailing(key).await?.is_none_or(|mailing| mailing.state != MailingState::Going) {
            return Ok(Vec::new());
        }
        let due = write.take_due_items(key, now, BATCH).await?;
        if due.is_empty() {
            if write.is_mailing_empty(key).await? {
                write.set_mailing(key, MailingState::Done, now, "").await?;
                write.commit().await?;
            }
            return Ok(Vec::new());
        }
        let hash =
            |item: &DueItem| StopToken::of_address(&self.secret, tenant.id, &item.email).address_hash();
        let hashes: Vec<_> = due.iter().map(hash).collect();
        let none = write.wanting_none(&hashes).await?;
        let for_newcomers = email.is_some_and(|email| email.kind.audience() == Audience::NotJoined);
        let needs_none =
            |(item, address): &(DueItem, [u8; 32])| for_newcomers && item.joined || none.contains(address);
        let (left_out, due): (Vec<_>, Vec<_>) = due.into_iter().zip(hashes).partition(needs_none);
        let people: Vec<PersonId> = left_out.iter().map(|(item, _)| item.person).collect();
        write.settle_items(key, &people, Settled::LeftOut).await?;

        let with_login = |item: &DueItem| {
            let organisation =
                tenant.organisations.iter().find(|organisation| organisation.id == item.organisation);
            let invited = organisation.is_some_and(has_login_details) && item.origin == PersonOrigin::Roll;
            email.is_none() || for_newcomers && invited
        };
        let claims = due.into_iter().map(|(item, address)| {
            let login = with_login(&item).then(|| self.new_login(tenant, campaign));
            let named =
                || email_reference(&self.secret, tenant.id, &item.email, random_bytes(&*self.entropy));
            Claimed { reference: item.reference.unwrap_or_else(named), login, address, item }
        });
        let claims: Vec<Claimed> = claims.collect();
        let mut logins: Vec<_> =
            claims.iter().filter_map(|claim| Some((claim.login.as_ref()?.1, claim.item.person))).collect();
        logins.sort_unstable();
        write.add_logins(&logins).await?;
        let rows: Vec<_> = claims.iter().map(|claim| (claim.item.person, claim.reference)).collect();
        write.claim_items(key, &rows, now + TimeDelta::minutes(LEASE_MINUTES)).await?;
        write.commit().await?;
        Ok(claims)
    }

    /// Writes down what became of a batch. Gives whether the mail server took or refused any of it: if not, it is down, and it makes no sense to go on
    /// at once.
    async fn settle(
        &self,
        tenant: &Tenant,
        key: &MailingKey,
        mailer: &Mailer,
        tried: Vec<Tried>,
    ) -> Result<bool, ActionError> {
        let now = self.clock.now();
        let today = local_date(now, tenant.zone);
        let mut settled: HashMap<Settled, Vec<PersonId>> = HashMap::new();
        let mut back: HashMap<DateTime<Utc>, Vec<(PersonId, i64)>> = HashMap::new();
        let (mut logins, mut bounced, mut answered) = (Vec::new(), Vec::new(), false);
        for one in tried {
            let Tried { person, address, attempts, login, outcome } = one;
            let fate = Fate::of(outcome, attempts, mailer.can_be_asked(), now);
            answered |= !matches!(fate, Fate::ServerDown(_));
            match fate {
                Fate::Settled(Settled::Sent) => {
                    logins.extend(login);
                    settled.entry(Settled::Sent).or_default().push(person);
                }
                Fate::Bounced => {
                    bounced.push(address);
                    settled.entry(Settled::Refused).or_default().push(person);
                }
                Fate::Settled(what) => settled.entry(what).or_default().push(person),
                Fate::Again(due) => back.entry(due).or_default().push((person, attempts)),
                Fate::ServerDown(due) => back.entry(due).or_default().push((person, attempts - 1)),
                // The claim stands until its lease ends; then the mail server is asked.
                Fate::Asked => {}
            }
        }
        let write = self.identity.write(tenant.id).await?;
        write.take_mailing(key).await?;
        for (what, people) in &settled {
            write.settle_items(key, people, *what).await?;
        }
        for (due, people) in &back {
            write.put_back(key, people, *due).await?;
        }
        for address in bounced {
            write.stop_email(address, NoEmail::Bounced, today).await?;
        }
        write.mark_logins_sent(&logins).await?;
        pause_if_refused(&write, key, now).await?;
        write.commit().await?;
        Ok(answered)
    }

    /// What became of emails whose claim has outlived its process. Gives whether anything is known of any.
    async fn settle_lost_claims(
        &self,
        tenant: &Tenant,
        key: &MailingKey,
        mailer: &Mailer,
    ) -> Result<bool, ActionError> {
        let now = self.clock.now();
        let lost = self.identity.read(tenant.id).await?.lost_claims(key, now).await?;
        if lost.is_empty() {
            return Ok(false);
        }
        let (mut sent, mut unsure, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for (person, reference) in lost {
            match mailer.find(reference).await {
                Ok(Some(_)) => sent.push(person),
                Ok(None) => again.push((person, 0)),
                Err(SendFault::CannotBeAsked) => unsure.push(person),
                // Asked again later.
                Err(_) => {}
            }
        }
        let settled = sent.len() + unsure.len() + again.len();
        let write = self.identity.write(tenant.id).await?;
        write.take_mailing(key).await?;
        write.settle_items(key, &sent, Settled::Sent).await?;
        write.settle_items(key, &unsure, Settled::Unsure).await?;
        write.put_back(key, &again, now).await?;
        write.commit().await?;
        Ok(settled > 0)
    }
}

async fn attempt(mailer: Mailer, message: Message, done: Tried) -> Tried {
    Tried { outcome: mailer.send(&message).await, ..done }
}

/// What an attempt's outcome means.
enum Fate {
    Settled(Settled),
    /// The address does not exist.
    Bounced,
    /// Another attempt at this time.
    Again(DateTime<Utc>),
    /// Nobody's attempt: the mail server is not there.
    ServerDown(DateTime<Utc>),
    /// The mail server will be asked.
    Asked,
}

impl Fate {
    fn of(outcome: Result<(), SendFault>, attempts: i64, can_be_asked: bool, now: DateTime<Utc>) -> Self {
        let Err(fault) = outcome else { return Self::Settled(Settled::Sent) };
        if fault.certainty() == Certainty::Unknown {
            return if can_be_asked { Self::Asked } else { Self::Settled(Settled::Unsure) };
        }
        match fault {
            SendFault::AddressRefused(_) => Self::Bounced,
            SendFault::Unreachable
            | SendFault::NotSafe
            | SendFault::TooSlow
            | SendFault::Login(_)
            | SendFault::Folder(_) => Self::ServerDown(now + TimeDelta::minutes(SERVER_REST_MINUTES)),
            fault if !fault.may_pass() => Self::Settled(Settled::Refused),
            _ => rest_after(attempts).map_or(Self::Settled(Settled::Refused), |rest| Self::Again(now + rest)),
        }
    }
}

async fn pause_if_refused(write: &Writing, key: &MailingKey, now: DateTime<Utc>) -> Result<(), ActionError> {
    let Some(mailing) = write.mailing(key).await? else { return Ok(()) };
    let tried = mailing.counts.sent + mailing.counts.refused;
    let too_many = tried >= LEAST_FOR_A_RATE && mailing.counts.refused * 100 > tried * MOST_REFUSED_PERCENT;
    if mailing.state == MailingState::Going && too_many && mailing.why.is_empty() {
        let why = format!(
            "More than {MOST_REFUSED_PERCENT} in 100 were refused by the mail server. Check the list before it goes on."
        );
        write.set_mailing(key, MailingState::Paused, now, &why).await?;
    }
    Ok(())
}
