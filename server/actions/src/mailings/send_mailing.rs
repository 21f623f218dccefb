//! A mailing goes out a few emails at a time: claimed, sent, settled. Who is to get one is decided in the claim itself, so that one who joined a
//! second ago gets none. A claim is committed before its email is sent: if the process dies between, the mail server is asked what it has, and
//! where it cannot be asked (SMTP) the email counts as perhaps sent and is not sent again. So no more is claimed than is sent at once, and what
//! became of it is written down with the next claims.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use credentials::{LoginCode, StopToken, email_reference};
use domain::clock::random_bytes;
use domain::ids::PersonId;
use domain::mailing::{LEASE_MINUTES, MailingState};
use domain::person::PersonOrigin;
use domain::planned_email::{Audience, EmailFile, Held};
use domain::round::RoundState;
use domain::sending::{Turn, turn};
use domain::time_zone::local_date;
use mail::{Mailer, Message, SendFault};
use storage::identity::{DueItem, MailingKey, REFERENCE_BYTES, Settled, StoredMailing, Writing};
use tokio::task::JoinSet;

use super::settle_mailing::{Attempt, Tried};
use super::write_email::{Letter, Says};
use super::{LOGIN_DETAILS, has_login_details};
use crate::{ActionError, Campaign, Enrolment, Tenant, printed_head};

/// Emails of a mailing that are sent before the next mailing has its turn.
const TURN: usize = 128;
/// How long a turn goes on claiming: one tenant's slow mail server holds up no other's emails for long.
const TURN_TIME: Duration = Duration::from_secs(10);
/// Emails that are claimed at once: for each a conversation with the mail server, so that none waits here while it is claimed.
pub(super) const CLAIMED: usize = mail::mailer::MAX_CONNECTIONS;

/// Whose emails `url_of` gives links for.
pub(super) type UrlOf<'a> = &'a (dyn Fn(&Tenant) -> String + Send + Sync);

/// A mailing in hand.
pub(super) struct Errand<'a> {
    pub tenant: &'a Tenant,
    pub campaign: &'a Campaign,
    pub key: &'a MailingKey,
    /// As it is planned; login details that a press sends are not.
    pub email: Option<&'a EmailFile>,
    pub mailer: Mailer,
}

/// A claimed email.
struct Claimed {
    item: DueItem,
    /// The address' keyed hash.
    address: [u8; 32],
    reference: [u8; REFERENCE_BYTES],
    /// The login details in it, if it has any.
    login: Option<(LoginCode, [u8; 32])>,
}

/// What one transaction claimed and learned.
#[derive(Default)]
struct Claims {
    claimed: Vec<Claimed>,
    /// Whether nobody else is due, or nobody may be tried now.
    over: bool,
    /// Whether something has become of anybody's email.
    moved: bool,
}

impl Claims {
    /// Nobody is due, or nobody may be tried.
    fn none() -> Self {
        Self { over: true, ..Self::default() }
    }
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
            for mailing in mailings.iter().filter(|mailing| mailing.state != MailingState::Done) {
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
        let mailer = self.post.way(tenant).mailer.clone();
        let mut errand = Errand { tenant, campaign, key: &mailing.key, email: None, mailer };
        // Also of one that rests or was taken off since: what was claimed before may have gone.
        let found = self.settle_lost_claims(&errand).await?;
        if mailing.state.is_over() {
            return Ok(found);
        }
        match (self.work(tenant, campaign, mailing).await?, mailing.state) {
            (Work::End(why), _) => self.miss_the_rest(tenant, &mailing.key, &why).await,
            (Work::Send(email), MailingState::Going) => {
                errand.email = email;
                Ok(self.send_turn(&errand, &url_of(tenant)).await? || found)
            }
            _ => Ok(found),
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
        if now < mailing.rests_until {
            return Ok(Work::Rest);
        }
        if mailing.key.slug == LOGIN_DETAILS {
            return Ok(work_on_logins(tenant, campaign, now));
        }
        let planned = campaign.file.emails.iter().find(|email| email.slug == mailing.key.slug);
        let Some(email) = planned else {
            return Ok(Work::End("It was taken out of the plan.".to_owned()));
        };
        // What was sent now has its own time, not the planned one.
        let at_its_time = email.sent_at(mailing.begun_at, tenant.zone);
        Ok(match turn(&at_its_time, &campaign.file, &tenant.sending, tenant.zone, now) {
            Turn::Goes => Work::Send(Some(email)),
            Turn::TooLate(why) => Work::End(why.to_string()),
            Turn::Held(why @ Held::ClosedByThen { .. }) => Work::End(why.to_string()),
            Turn::Waits(_) | Turn::Held(_) => Work::Rest,
        })
    }

    /// Whether emails of `mailing`, which is held, may still go: quiet hours come and dates move while it is on its way.
    async fn still_goes(&self, errand: &Errand<'_>, mailing: &StoredMailing) -> Result<bool, ActionError> {
        let tenants = self.tenants.all().await?;
        let as_known = tenants.iter().find(|tenant| tenant.id == errand.tenant.id);
        let is_as_known = as_known.is_some_and(|tenant| tenant.digest == errand.tenant.digest);
        let work = self.work(errand.tenant, errand.campaign, mailing).await?;
        Ok(is_as_known && mailing.state == MailingState::Going && matches!(work, Work::Send(_)))
    }

    async fn miss_the_rest(&self, tenant: &Tenant, key: &MailingKey, why: &str) -> Result<bool, ActionError> {
        let write = self.identity.write(tenant.id).await?;
        if write.take_mailing(key).await?.is_none_or(|mailing| mailing.state.is_over()) {
            return Ok(false);
        }
        write.empty_mailing(key).await?;
        write.set_mailing(key, MailingState::Missed, self.clock.now(), why).await?;
        write.commit().await?;
        Ok(false)
    }

    /// Sends at most [`TURN`] emails. Gives whether something has become of anybody's.
    async fn send_turn(&self, errand: &Errand<'_>, url: &str) -> Result<bool, ActionError> {
        let head = match errand.email {
            Some(_) => String::new(),
            // Nothing else names it.
            None => printed_head(&self.key_log(errand.tenant).await?).unwrap_or_default(),
        };
        let says = errand.email.map_or(Says::LoginDetails { key_log_head: &head }, Says::Planned);
        let letter = Letter { tenant: errand.tenant, campaign: errand.campaign, says, is_test: false, url };
        let (mut tries, mut tried) = (JoinSet::new(), Vec::new());
        let (mut room, mut moved, begun) = (TURN, false, Instant::now());
        loop {
            if begun.elapsed() > TURN_TIME {
                room = 0;
            }
            let most = room.min(CLAIMED - tries.len());
            let claims = match self.settle_and_claim(errand, std::mem::take(&mut tried), most).await {
                Ok(claims) => claims,
                Err(fault) => {
                    // What is on its way goes on: broken off, it would be lost, and not only unknown.
                    tries.detach_all();
                    return Err(fault);
                }
            };
            moved |= claims.moved;
            room = if claims.over { 0 } else { room - claims.claimed.len() };
            for claim in claims.claimed {
                let code = claim.login.as_ref().map(|(code, _)| code);
                let message = self.write_email(&letter, &claim.item, claim.reference, code);
                let attempt = claim.attempt();
                match message {
                    Ok(message) => _ = tries.spawn(send(errand.mailer.clone(), message, attempt)),
                    // An address that email cannot go to, or words that make no email: neither gets better by waiting.
                    Err(fault) => {
                        tracing::warn!(%fault, "an email could not be written");
                        let outcome = Err(SendFault::Compose(mail::ComposeFault::Parts { kind: "mailing" }));
                        tried.push(Tried { attempt, outcome });
                    }
                }
            }
            match tries.join_next().await {
                Some(done) => {
                    tried.push(done.map_err(|error| ActionError::Fault(format!("sending: {error}")))?)
                }
                None if tried.is_empty() && room == 0 => return Ok(moved),
                None => {}
            }
            while let Some(Ok(done)) = tries.try_join_next() {
                tried.push(done);
            }
        }
    }

    /// Writes down what became of `tried`, and claims at most `most` emails that are due.
    async fn settle_and_claim(
        &self,
        errand: &Errand<'_>,
        tried: Vec<Tried>,
        most: usize,
    ) -> Result<Claims, ActionError> {
        let write = self.identity.write(errand.tenant.id).await?;
        let Some(mailing) = write.take_mailing(errand.key).await? else {
            return Ok(Claims::none());
        };
        let settled = self.settle(&write, errand, &mailing, tried).await?;
        let may_claim = settled.goes_on && most > 0;
        let mut claims = if may_claim && self.still_goes(errand, &mailing).await? {
            self.claim(&write, errand, most).await?
        } else {
            Claims::none()
        };
        claims.moved |= settled.moved;
        write.commit().await?;
        Ok(claims)
    }

    /// Claims what is due: takes off it who needs none any more, and gives login details to those who come in with some.
    async fn claim(&self, write: &Writing, errand: &Errand<'_>, most: usize) -> Result<Claims, ActionError> {
        let Errand { tenant, campaign, key, email, .. } = *errand;
        let now = self.clock.now();
        let due = write.take_due_items(key, now, most as u64).await?;
        if due.is_empty() {
            if write.is_mailing_empty(key).await? {
                write.set_mailing(key, MailingState::Done, now, "").await?;
            }
            return Ok(Claims::none());
        }
        let hash =
            |item: &DueItem| StopToken::of_address(&self.secret, tenant.id, &item.email).address_hash();
        let hashes: Vec<_> = due.iter().map(hash).collect();
        let none = write.wanting_none(&hashes).await?;
        let for_newcomers = email.is_none_or(|email| email.kind.audience() == Audience::NotJoined);
        let needs_none =
            |(item, address): &(DueItem, [u8; 32])| for_newcomers && item.joined || none.contains(address);
        let (left_out, due): (Vec<_>, Vec<_>) = due.into_iter().zip(hashes).partition(needs_none);
        let people: Vec<PersonId> = left_out.iter().map(|(item, _)| item.person).collect();
        write.settle_items(key, &people, Settled::LeftOut, local_date(now, tenant.zone)).await?;
        if email.is_none() {
            let joined = left_out.iter().filter(|(item, _)| item.joined).map(|(item, _)| item.person);
            self.give_unread_logins(write, errand, joined).await?;
        }

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
        let claimed: Vec<Claimed> = claims.collect();
        let mut logins: Vec<_> =
            claimed.iter().filter_map(|claim| Some((claim.login.as_ref()?.1, claim.item.person))).collect();
        logins.sort_unstable();
        write.add_logins(&logins).await?;
        let rows: Vec<_> = claimed.iter().map(|claim| (claim.item.person, claim.reference)).collect();
        write.claim_items(key, &rows, now + TimeDelta::minutes(LEASE_MINUTES)).await?;
        Ok(Claims { claimed, over: false, moved: !people.is_empty() })
    }
}

impl Enrolment {
    /// Login details that nobody ever reads, for `people` who need none: how many have some must not tell how many have joined.
    async fn give_unread_logins(
        &self,
        write: &Writing,
        errand: &Errand<'_>,
        people: impl Iterator<Item = PersonId>,
    ) -> Result<(), ActionError> {
        let mut logins: Vec<_> =
            people.map(|person| (self.new_login(errand.tenant, errand.campaign).1, person)).collect();
        logins.sort_unstable();
        write.add_logins(&logins).await?;
        let hashes: Vec<_> = logins.iter().map(|(hash, _)| *hash).collect();
        Ok(write.mark_logins_sent(&hashes).await?)
    }
}

/// What may be done with login details that a press has asked for: they keep quiet hours, holidays and pauses like planned emails.
fn work_on_logins<'a>(tenant: &Tenant, campaign: &Campaign, now: DateTime<Utc>) -> Work<'a> {
    if campaign.rounds.iter().all(|round| now >= round.closes_at) {
        return Work::End("The conversation has closed.".to_owned());
    }
    let is_paused = campaign.rounds.iter().any(|round| round.state(now) == RoundState::Paused);
    let may_go = tenant.sending.first_moment(now, tenant.zone) == Some(now);
    if may_go && !is_paused { Work::Send(None) } else { Work::Rest }
}

impl Claimed {
    fn attempt(&self) -> Attempt {
        Attempt {
            person: self.item.person,
            address: self.address,
            number: self.item.attempts + 1,
            login: self.login.as_ref().map(|(_, hash)| *hash),
        }
    }
}

async fn send(mailer: Mailer, message: Message, attempt: Attempt) -> Tried {
    Tried { outcome: mailer.send(&message).await, attempt }
}
