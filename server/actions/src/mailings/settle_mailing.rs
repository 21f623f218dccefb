//! What became of emails that were tried, and of those whose process died: written down, tried again later, or counted as lost, with the reason.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::ids::PersonId;
use domain::mailing::{LEASE_MINUTES, MailingState, SERVER_REST_MINUTES, Undelivered, rest_after};
use domain::reputation::{TooMany, too_many_refused};
use domain::time_zone::local_date;
use mail::{Certainty, Delivery, SendFault};
use storage::identity::{MailingKey, NoEmail, REFERENCE_BYTES, Settled, StoredMailing, Writing};

use super::send_mailing::{CLAIMED, Errand};
use crate::{ActionError, Enrolment};

const SERVER_REST: TimeDelta = TimeDelta::minutes(SERVER_REST_MINUTES);

/// A claimed email that is being sent.
pub(super) struct Attempt {
    pub person: PersonId,
    /// The address' keyed hash.
    pub address: [u8; 32],
    /// The how-manyth for this person.
    pub number: i64,
    /// The login details in it, if it has any.
    pub login: Option<[u8; 32]>,
}

/// What became of it.
pub(super) struct Tried {
    pub attempt: Attempt,
    pub outcome: Result<(), SendFault>,
}

/// What follows from what became of some.
pub(super) struct Settlement {
    /// Whether the mail server took or refused any of them.
    pub moved: bool,
    /// Whether more may be tried at once.
    pub goes_on: bool,
}

impl Enrolment {
    /// Writes down what became of emails of `mailing`, which `write` holds.
    pub(super) async fn settle(
        &self,
        write: &Writing,
        errand: &Errand<'_>,
        mailing: &StoredMailing,
        tried: Vec<Tried>,
    ) -> Result<Settlement, ActionError> {
        let (key, now) = (errand.key, self.clock.now());
        if tried.is_empty() {
            return Ok(Settlement { moved: false, goes_on: true });
        }
        let mut fates = Fates::of(tried, errand.mailer.can_be_asked(), now);
        if mailing.state.is_over() {
            fates.leave_out_the_rest();
        }
        let today = local_date(now, errand.tenant.zone);
        fates.write_items(write, key, today).await?;
        if fates.rests {
            write.rest_mailing(key, now + SERVER_REST).await?;
        }
        for address in fates.gone {
            write.stop_email(address, NoEmail::Bounced, today).await?;
        }
        write.mark_logins_sent(&fates.logins_sent).await?;
        write.drop_unsent_logins(&fates.logins_kept).await?;
        let paused = fates.refused && pause_if_refused(write, key, now).await?;
        Ok(Settlement { moved: fates.moved, goes_on: !fates.rests && !paused })
    }

    /// What became of emails whose claim has outlived its process. Gives whether anything is known of any.
    pub(super) async fn settle_lost_claims(&self, errand: &Errand<'_>) -> Result<bool, ActionError> {
        let lost = self.take_lost_claims(errand).await?;
        let mut fates = Fates::default();
        for (person, reference) in lost {
            match errand.mailer.find(reference).await {
                Ok(Some(Delivery::Underway | Delivery::Delivered)) => fates.settle(Settled::Sent, person),
                Ok(Some(Delivery::NoSuchAddress)) => {
                    fates.settle(Settled::Lost(Undelivered::NoSuchAddress), person);
                }
                Ok(Some(Delivery::TurnedBack | Delivery::NeverLeft)) => {
                    fates.settle(Settled::Lost(Undelivered::Refused), person);
                }
                Ok(None) => fates.back.entry(self.clock.now()).or_default().push((person, 0)),
                Err(SendFault::CannotBeAsked) => {
                    fates.settle(Settled::Lost(Undelivered::Stopped), person);
                }
                // Who cannot answer now is not asked about the others either. All are this process' claims now: asked about once the lease is over.
                Err(_) => break,
            }
        }
        if fates.settled.is_empty() && fates.back.is_empty() {
            return Ok(false);
        }
        let today = local_date(self.clock.now(), errand.tenant.zone);
        let write = self.identity.write(errand.tenant.id).await?;
        let over = write.take_mailing(errand.key).await?.is_none_or(|mailing| mailing.state.is_over());
        if over {
            fates.leave_out_the_rest();
        }
        let sent = fates.settled.get(&Settled::Sent).map_or(&[][..], Vec::as_slice);
        write.mark_logins_sent_of(sent).await?;
        fates.write_items(&write, errand.key, today).await?;
        write.commit().await?;
        Ok(true)
    }

    /// A few claims that another process has lost, claimed by this one: of two that look at once, one asks.
    async fn take_lost_claims(
        &self,
        errand: &Errand<'_>,
    ) -> Result<Vec<(PersonId, [u8; REFERENCE_BYTES])>, ActionError> {
        let (tenant, key, now) = (errand.tenant, errand.key, self.clock.now());
        // Without a lock first: most of the time there are none.
        if !self.identity.read(tenant.id).await?.has_lost_claims(key, now).await? {
            return Ok(Vec::new());
        }
        let write = self.identity.write(tenant.id).await?;
        write.take_mailing(key).await?;
        let lost = write.take_lost_claims(key, now, CLAIMED as u64).await?;
        write.claim_items(key, &lost, now + TimeDelta::minutes(LEASE_MINUTES)).await?;
        write.commit().await?;
        Ok(lost)
    }
}

/// What is to be written of some that were tried.
#[derive(Default)]
struct Fates {
    settled: HashMap<Settled, Vec<PersonId>>,
    back: HashMap<DateTime<Utc>, Vec<(PersonId, i64)>>,
    /// Keyed hashes of addresses that do not exist.
    gone: Vec<[u8; 32]>,
    logins_sent: Vec<[u8; 32]>,
    /// Login details that certainly have not left.
    logins_kept: Vec<[u8; 32]>,
    /// Nobody is to be tried for a while: the mail server is not there, or nobody knows what it does.
    rests: bool,
    refused: bool,
    moved: bool,
}

impl Fates {
    fn of(tried: Vec<Tried>, can_be_asked: bool, now: DateTime<Utc>) -> Self {
        let mut fates = Self::default();
        for Tried { attempt, outcome } in tried {
            let Attempt { person, address, number, login } = attempt;
            let fate = Fate::of(outcome, number, can_be_asked, now);
            fates.moved |= !matches!(fate, Fate::ServerDown);
            match fate {
                Fate::Settled(Settled::Sent) => fates.logins_sent.extend(login),
                // Somebody may have it.
                Fate::Asked => {}
                Fate::Settled(Settled::Lost(why)) if why.perhaps_sent() => {}
                _ => fates.logins_kept.extend(login),
            }
            match fate {
                Fate::Settled(what) => {
                    fates.settle(what, person);
                    let why = if let Settled::Lost(why) = what { Some(why) } else { None };
                    fates.refused |= why.is_some_and(|why| !why.perhaps_sent());
                    fates.gone.extend((why == Some(Undelivered::NoSuchAddress)).then_some(address));
                }
                Fate::Again(due) => fates.back.entry(due).or_default().push((person, number)),
                Fate::ServerDown => {
                    // The next to be tried are others: should it be this email that the server cannot bear, it holds up nobody.
                    fates.back.entry(now + SERVER_REST * 2).or_default().push((person, number - 1));
                    fates.rests = true;
                }
                // The claim stands until its lease ends; then the mail server is asked.
                Fate::Asked => fates.rests = true,
            }
        }
        fates
    }

    fn settle(&mut self, what: Settled, person: PersonId) {
        self.settled.entry(what).or_default().push(person);
    }

    /// Nobody is tried again.
    fn leave_out_the_rest(&mut self) {
        for (person, _) in std::mem::take(&mut self.back).into_values().flatten() {
            self.settle(Settled::LeftOut, person);
        }
    }

    /// Takes people off the email, or puts them back.
    async fn write_items(
        &self,
        write: &Writing,
        key: &MailingKey,
        today: NaiveDate,
    ) -> Result<(), ActionError> {
        for (what, people) in &self.settled {
            write.settle_items(key, people, *what, today).await?;
        }
        for (due, people) in &self.back {
            write.put_back(key, people, *due).await?;
        }
        Ok(())
    }
}

/// What an attempt's outcome means.
#[derive(Clone, Copy)]
enum Fate {
    Settled(Settled),
    /// Another attempt at this time.
    Again(DateTime<Utc>),
    /// Nobody's attempt: the mail server is not there.
    ServerDown,
    /// The mail server will be asked.
    Asked,
}

impl Fate {
    fn of(outcome: Result<(), SendFault>, attempts: i64, can_be_asked: bool, now: DateTime<Utc>) -> Self {
        let lost = |why| Self::Settled(Settled::Lost(why));
        let Err(fault) = outcome else { return Self::Settled(Settled::Sent) };
        if fault.certainty() == Certainty::Unknown {
            return if can_be_asked { Self::Asked } else { lost(Undelivered::BrokeOff) };
        }
        match fault {
            SendFault::AddressRefused(_) => lost(Undelivered::NoSuchAddress),
            SendFault::Compose(_) => lost(Undelivered::Unwritten),
            SendFault::Closed(_)
            | SendFault::Unreachable
            | SendFault::NotSafe
            | SendFault::TooSlow
            | SendFault::Login(_)
            | SendFault::Folder(_) => Self::ServerDown,
            fault if !fault.may_pass() => lost(Undelivered::Refused),
            _ => rest_after(attempts).map_or(lost(Undelivered::GivenUp), |rest| Self::Again(now + rest)),
        }
    }
}

/// Lets an email rest of which the mail server has refused too many. Gives whether it rests.
async fn pause_if_refused(
    write: &Writing,
    key: &MailingKey,
    now: DateTime<Utc>,
) -> Result<bool, ActionError> {
    let Some(mailing) = write.mailing(key).await? else { return Ok(false) };
    let too_many = too_many_refused(mailing.counts.refused, mailing.counts.sent + mailing.counts.refused);
    // What somebody let go on is not stopped again.
    let pauses = mailing.state == MailingState::Going && too_many && mailing.why.is_empty();
    if pauses {
        write.set_mailing(key, MailingState::Paused, now, &TooMany::Refusals.to_string()).await?;
    }
    Ok(pauses)
}
