//! What became of emails that were tried, and of those whose process died: written down, tried again later, or counted as lost, with the reason.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::PersonId;
use domain::mailing::{MailingState, SERVER_REST_MINUTES, Undelivered, rest_after};
use domain::reputation::{TooMany, too_many_refused};
use domain::time_zone::local_date;
use mail::{Certainty, SendFault};
use storage::identity::{MailingKey, NoEmail, Settled, StoredMailing, Writing};

use super::send_mailing::Errand;
use crate::{ActionError, Enrolment};

/// The server takes its leave with this answer, whatever was asked (RFC 5321, 3.8): it says nothing about the email.
const GOODBYE_CODE: u16 = 421;
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
        let fates = Fates::of(tried, errand.mailer.can_be_asked(), mailing.state.is_over(), now);
        let today = local_date(now, errand.tenant.zone);
        for (what, people) in &fates.settled {
            write.settle_items(key, people, *what, today).await?;
        }
        for (due, people) in &fates.back {
            write.put_back(key, people, *due).await?;
        }
        if fates.server_down {
            write.rest_mailing(key, now + SERVER_REST).await?;
        }
        for address in fates.gone {
            write.stop_email(address, NoEmail::Bounced, today).await?;
        }
        write.mark_logins_sent(&fates.logins_sent).await?;
        write.drop_unsent_logins(&fates.logins_kept).await?;
        let paused = fates.refused && pause_if_refused(write, key, now).await?;
        Ok(Settlement { moved: fates.moved, goes_on: !fates.server_down && !paused })
    }

    /// What became of emails whose claim has outlived its process. Gives whether anything is known of any.
    pub(super) async fn settle_lost_claims(&self, errand: &Errand<'_>) -> Result<bool, ActionError> {
        let (tenant, key, now) = (errand.tenant, errand.key, self.clock.now());
        let lost = self.identity.read(tenant.id).await?.lost_claims(key, now).await?;
        if lost.is_empty() {
            return Ok(false);
        }
        let (mut sent, mut unsure, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for (person, reference) in lost {
            match errand.mailer.find(reference).await {
                Ok(Some(_)) => sent.push(person),
                Ok(None) => again.push((person, 0)),
                Err(SendFault::CannotBeAsked) => unsure.push(person),
                // Asked again later.
                Err(_) => {}
            }
        }
        let settled = sent.len() + unsure.len() + again.len();
        let today = local_date(now, tenant.zone);
        let write = self.identity.write(tenant.id).await?;
        write.take_mailing(key).await?;
        write.settle_items(key, &sent, Settled::Sent, today).await?;
        write.settle_items(key, &unsure, Settled::Lost(Undelivered::Stopped), today).await?;
        write.put_back(key, &again, now).await?;
        write.commit().await?;
        Ok(settled > 0)
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
    /// The mail server is not there.
    server_down: bool,
    refused: bool,
    moved: bool,
}

impl Fates {
    /// `over`: nobody of the mailing is tried again.
    fn of(tried: Vec<Tried>, can_be_asked: bool, over: bool, now: DateTime<Utc>) -> Self {
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
                    fates.settled.entry(what).or_default().push(person);
                    let why = if let Settled::Lost(why) = what { Some(why) } else { None };
                    fates.refused |= why.is_some_and(|why| !why.perhaps_sent());
                    fates.gone.extend((why == Some(Undelivered::NoSuchAddress)).then_some(address));
                }
                Fate::Again(_) | Fate::ServerDown if over => {
                    fates.settled.entry(Settled::LeftOut).or_default().push(person);
                }
                Fate::Again(due) => fates.back.entry(due).or_default().push((person, number)),
                Fate::ServerDown => {
                    // The next to be tried are others: should it be this email that the server cannot bear, it holds up nobody.
                    fates.back.entry(now + SERVER_REST * 2).or_default().push((person, number - 1));
                    fates.server_down = true;
                }
                // The claim stands until its lease ends; then the mail server is asked.
                Fate::Asked => {}
            }
        }
        fates
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
            SendFault::PutOff(reply) if reply.code == GOODBYE_CODE => Self::ServerDown,
            SendFault::Unreachable
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
