//! The sign-up route: somebody shows that an address is theirs, by a code or a link that was sent to it. Until they have, nothing about
//! them is written down: what they asked for travels sealed, in their own cookie and in the email.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use credentials::{ConfirmationCode, labels, open_text, seal_text};
use domain::clock::random_bytes;
use domain::ids::{CampaignId, OrganisationId, PersonId};
use domain::person::{PersonKind, PersonOrigin};
use domain::roll::{EmailAddress, EmailRefusal, PlusAddressing, person_key};
use mail::outbox::MAX_WAITING;
use mail::{Address, AlreadyJoined, Dispatch, Email, Link, Message, SignUpConfirmation};
use serde::{Deserialize, Serialize};
use storage::identity::NewPerson;
use thiserror::Error;

use crate::{ActionError, Campaign, Enrolment, JoinRefusal, Recognised, Tenant};

/// For how long a code or link is good, minutes.
pub const CONFIRMATION_MINUTES: i64 = 30;
/// Wrong codes that one request may be answered with.
const MAX_WRONG_CODES: u32 = 10;
/// Emails that one address is sent in an hour.
const MAX_EMAILS_PER_HOUR: u32 = 5;
/// Addresses and requests that are counted at once; beyond it new ones are refused until an hour has passed.
const MAX_COUNTED: usize = 200_000;
/// What is sealed into the cookie: it still needs the code.
const IN_COOKIE: &str = "sign-up";
/// What is sealed into the emailed link: whoever has it reads that mailbox.
const IN_LINK: &str = "sign-up-link";

/// A sign-up as somebody filled in the form.
#[derive(Clone, Debug, Default)]
pub struct SignUpForm {
    /// The organisation's slug.
    pub organisation: String,
    /// `staff` or `volunteer`.
    pub kind: String,
    /// Their address.
    pub email: String,
}

/// Where a sign-up goes on: addresses of pages, to which a sealed text is added.
#[derive(Clone, Debug)]
pub struct SignUpLinks {
    /// The page that confirms; ends in `?link=`.
    pub confirm: String,
    /// Where somebody who has joined goes on with their words.
    pub go_on: String,
}

/// Why a sign-up does not go on. None of these says whether an address is known.
#[derive(Debug, Error)]
pub enum SignUpRefusal {
    /// No organisation chosen.
    #[error("Choose your organisation.")]
    Organisation,
    /// Neither works nor volunteers.
    #[error("Say whether you work or volunteer there.")]
    Kind,
    /// No address.
    #[error(transparent)]
    Email(#[from] EmailRefusal),
    /// Not an address of the organisation.
    #[error("Use your work address. {organisation} takes addresses that end in {domains}.")]
    Domain {
        /// Its name.
        organisation: String,
        /// What addresses end in.
        domains: String,
    },
    /// Another code.
    #[error("That is not the code. Check the newest email from us, and try again.")]
    WrongCode,
    /// Too many wrong codes.
    #[error("That was not the code too many times. Ask for a new one.")]
    TooManyCodes,
    /// Too late, or another browser.
    #[error("This code or link has run out. Ask for a new one: it takes a minute.")]
    Expired,
    /// Recognised, but they cannot go on.
    #[error(transparent)]
    Join(#[from] JoinRefusal),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for SignUpRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

/// What somebody asked for, while it travels.
#[derive(Serialize, Deserialize)]
struct Asked {
    campaign: CampaignId,
    organisation: OrganisationId,
    kind: String,
    email: String,
    /// Seconds since 1970.
    at: i64,
    /// 1 if a code was sent; 0 if the address had had enough: then none fits.
    sent: u8,
}

/// What is counted by the hour, under keyed hashes.
#[derive(Default)]
pub(crate) struct Counters(Mutex<HashMap<[u8; 32], (i64, u32)>>);

impl Counters {
    /// Counts one more of `what` in `hour`; gives how many that makes, or the most there is when nothing more can be counted.
    pub(crate) fn count(&self, what: [u8; 32], hour: i64) -> u32 {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MAX_COUNTED && !counted.contains_key(&what) {
            // A request of the last hour may still be answered in this one.
            counted.retain(|_, (of, _)| *of + 1 >= hour);
            if counted.len() >= MAX_COUNTED {
                return u32::MAX;
            }
        }
        let entry = counted.entry(what).or_insert((hour, 0));
        if entry.0 != hour {
            *entry = (hour, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        entry.1
    }
}

impl Enrolment {
    /// Sends a code and a link to the address, and gives what the browser keeps until it is typed. The same answer, as fast, whether the
    /// address is known or not: what is sent is found out afterwards.
    ///
    /// # Errors
    /// A [`SignUpRefusal`] for the form.
    pub fn ask_to_sign_up(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        form: &SignUpForm,
        binding: &str,
        links: SignUpLinks,
    ) -> Result<String, SignUpRefusal> {
        let organisation = tenant.organisation(&form.organisation).ok_or(SignUpRefusal::Organisation)?;
        if !organisation.takes_sign_ups() {
            return Err(SignUpRefusal::Organisation);
        }
        let kind = PersonKind::from_slug(&form.kind).ok_or(SignUpRefusal::Kind)?;
        let email = EmailAddress::parse(&form.email)?;
        let known = organisation.email_domains.iter().any(|domain| domain == email.domain());
        if !known && !organisation.any_email {
            let domains: Vec<String> =
                organisation.email_domains.iter().map(|name| format!("@{name}")).collect();
            return Err(SignUpRefusal::Domain {
                organisation: organisation.name.clone(),
                domains: domains.join(" or "),
            });
        }
        let now = self.clock.now();
        let mut asked = Asked {
            campaign: campaign.id,
            organisation: organisation.id,
            kind: kind.slug().to_owned(),
            email: email.as_str().to_owned(),
            at: now.timestamp(),
            sent: 1,
        };
        // Said to everybody alike, before anything is known of the address.
        if self.post.way(tenant).outbox.counts().waiting() >= MAX_WAITING as u64 {
            return Err(ActionError::Busy.into());
        }
        // By person: two spellings of one address are one mailbox.
        let person = person_key(&email, PlusAddressing::SamePerson);
        let count = self.counters.count(self.counted("email", person.as_bytes()), now.timestamp() / 3_600);
        if count == u32::MAX {
            return Err(ActionError::Busy.into());
        }
        let sends = count <= MAX_EMAILS_PER_HOUR;
        // Nothing is sent, so nothing may be guessed either: what the browser keeps looks like any other, and fits no code.
        asked.sent = u8::from(sends);
        let (kept, link) = (self.sealed(&asked, IN_COOKIE)?, self.sealed(&asked, IN_LINK)?);
        let code = self.code(binding, &asked).to_string();
        if sends {
            let this = self.clone();
            let (tenant, campaign) = (tenant.clone(), campaign.clone());
            tokio::spawn(async move {
                if let Err(fault) =
                    this.send_confirmation(&tenant, &campaign, &email, code, &link, &links).await
                {
                    tracing::warn!(%fault, "a confirmation could not be sent");
                }
            });
        }
        Ok(kept)
    }

    /// Recognises whoever typed the code that was sent for what their browser kept.
    ///
    /// # Errors
    /// A [`SignUpRefusal`].
    pub async fn confirm_sign_up(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        kept: &str,
        binding: &str,
        typed: &str,
    ) -> Result<Recognised, SignUpRefusal> {
        let asked = self.opened(campaign, kept, IN_COOKIE)?;
        let request = self.counted("code", kept.as_bytes());
        let hour = asked.at / 3_600;
        if self.counters.count(request, hour) > MAX_WRONG_CODES {
            return Err(SignUpRefusal::TooManyCodes);
        }
        if asked.sent == 0 || !self.code(binding, &asked).matches(typed) {
            return Err(SignUpRefusal::WrongCode);
        }
        self.sign_up(tenant, campaign, &asked).await
    }

    /// Recognises whoever opened the link that was sent, in whichever browser.
    ///
    /// # Errors
    /// A [`SignUpRefusal`].
    pub async fn confirm_sign_up_by_link(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        link: &str,
    ) -> Result<Recognised, SignUpRefusal> {
        let asked = self.opened(campaign, link, IN_LINK)?;
        self.sign_up(tenant, campaign, &asked).await
    }

    async fn sign_up(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        asked: &Asked,
    ) -> Result<Recognised, SignUpRefusal> {
        let email = EmailAddress::parse(&asked.email)?;
        let person = NewPerson {
            id: PersonId::random(&*self.entropy),
            campaign: campaign.id,
            organisation: asked.organisation,
            key: person_key(&email, tenant.joining.plus_addressing),
            email: Some(asked.email.clone()),
            kind: PersonKind::from_slug(&asked.kind).ok_or(SignUpRefusal::Kind)?,
            origin: PersonOrigin::SignUp,
        };
        let person = self.put_person(tenant, &person).await?;
        Ok(self.recognise(tenant, campaign, &person).await?)
    }

    /// Sends what fits: a code, or to somebody who has joined, that they have.
    async fn send_confirmation(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        email: &EmailAddress,
        code: String,
        link: &str,
        links: &SignUpLinks,
    ) -> Result<(), ActionError> {
        let key = person_key(email, tenant.joining.plus_addressing);
        let person = self.identity.read(tenant.id).await?.person_by_key(campaign.id, &key).await?;
        let parse =
            |address: &str| Link::parse(address).map_err(|refusal| ActionError::Fault(refusal.to_string()));
        let support_address = support(tenant)?;
        let (tenant_name, campaign_title) = (tenant.name.clone(), campaign.title.clone());
        let support_name = tenant.contacts.support_name.clone();
        if person.is_some_and(|person| person.joined) {
            let link = parse(&links.go_on)?;
            let message = AlreadyJoined { tenant_name, campaign_title, link, support_name, support_address };
            return self.send(tenant, email.as_str(), &message);
        }
        let message = SignUpConfirmation {
            tenant_name,
            campaign_title,
            code,
            link: parse(&format!("{}{link}", links.confirm))?,
            valid_minutes: CONFIRMATION_MINUTES.unsigned_abs().try_into().unwrap_or_default(),
            support_name,
            support_address,
        };
        self.send(tenant, email.as_str(), &message)
    }

    /// Hands an email to the queue.
    pub(crate) fn send<E: Email>(&self, tenant: &Tenant, to: &str, email: &E) -> Result<(), ActionError> {
        let fault = |what: String| ActionError::Fault(what);
        let dispatch = Dispatch {
            from: self.post.way(tenant).sender.clone(),
            to: Address::parse(to).map_err(|refusal| fault(refusal.to_string()))?,
            reply_to: Some(support(tenant)?),
            id: random_bytes(&*self.entropy),
            date: self.clock.now(),
            unsubscribe: None,
            bounce_address: None,
        };
        let message = Message::compose(email, dispatch).map_err(|broken| fault(broken.to_string()))?;
        self.post.way(tenant).outbox.post(message).map_err(|_| ActionError::Busy)
    }

    fn sealed(&self, asked: &Asked, purpose: &str) -> Result<String, ActionError> {
        let text = serde_json::to_vec(asked).map_err(|error| ActionError::Fault(error.to_string()))?;
        let key = self.secret.derive(labels::SEALED_TEXTS);
        Ok(seal_text(&key, random_bytes(&*self.entropy), purpose, &text))
    }

    fn opened(&self, campaign: &Campaign, text: &str, purpose: &str) -> Result<Asked, SignUpRefusal> {
        let key = self.secret.derive(labels::SEALED_TEXTS);
        let opened = open_text(&key, purpose, text).ok_or(SignUpRefusal::Expired)?;
        let asked: Asked = serde_json::from_slice(&opened).map_err(|_| SignUpRefusal::Expired)?;
        let ends = asked.at + TimeDelta::minutes(CONFIRMATION_MINUTES).num_seconds();
        if asked.campaign != campaign.id
            || asked.sent == 0 && purpose == IN_LINK
            || self.clock.now().timestamp() >= ends
        {
            return Err(SignUpRefusal::Expired);
        }
        Ok(asked)
    }

    fn code(&self, binding: &str, asked: &Asked) -> ConfirmationCode {
        ConfirmationCode::derive(
            &self.secret.derive(labels::CONFIRMATION_CODES),
            binding,
            &asked.email,
            asked.at,
        )
    }

    pub(crate) fn counted(&self, kind: &str, what: &[u8]) -> [u8; 32] {
        self.secret.derive(labels::CONFIRMATION_CODES).mac(&[kind.as_bytes(), what])
    }
}

/// The tenant's independent support.
pub(crate) fn support(tenant: &Tenant) -> Result<Address, ActionError> {
    Address::parse(&tenant.contacts.support).map_err(|refusal| ActionError::Fault(refusal.to_string()))
}
