//! One person's email of a mailing, whole.

use credentials::{LoginCode, StopToken};
use domain::email_words::{Facts, Words, words};
use domain::planned_email::{Audience, EmailFile};
use domain::time_zone::in_words;
use mail::{Address, Dispatch, Link, Message, Nudge, Unsubscribe};
use storage::identity::{DueItem, REFERENCE_BYTES};

use crate::{ActionError, Campaign, Enrolment, LoginEmail, Organisation, Tenant, login_link};

/// Characters of the line that a list of emails shows behind the subject.
const PREHEADER_CHARACTERS: usize = 110;

/// What all emails of a mailing have in common.
pub(super) struct Letter<'a> {
    pub tenant: &'a Tenant,
    pub campaign: &'a Campaign,
    /// What it says.
    pub says: Says<'a>,
    /// Whether it is only to show what it is like: then its subject says so.
    pub is_test: bool,
    /// Where the tenant's people come in; ends with a slash.
    pub url: &'a str,
}

/// What an email of a mailing says.
#[derive(Clone, Copy)]
pub(super) enum Says<'a> {
    /// The words of a planned email.
    Planned(&'a EmailFile),
    /// Bare login details.
    LoginDetails {
        /// The public key log's head as it is printed.
        key_log_head: &'a str,
    },
}

impl Enrolment {
    /// The email for `item`, with login details if there is a `code`.
    pub(super) fn write_email(
        &self,
        letter: &Letter<'_>,
        item: &DueItem,
        reference: [u8; REFERENCE_BYTES],
        code: Option<&LoginCode>,
    ) -> Result<Message, ActionError> {
        let Letter { tenant, campaign, url, .. } = *letter;
        let fault = |what: String| ActionError::Fault(format!("an email: {what}"));
        let address = |text: &str| Address::parse(text).map_err(|error| fault(error.to_string()));
        let link = |text: &str| Link::parse(text).map_err(|error| fault(error.to_string()));
        let organisation =
            tenant.organisations.iter().find(|organisation| organisation.id == item.organisation);
        let organisation = organisation.ok_or_else(|| fault("its organisation is gone".to_owned()))?;
        let facts = facts(tenant, campaign, organisation)?;
        let support = address(&tenant.contacts.support)?;
        let stop = StopToken::of_address(&self.secret, tenant.id, &item.email);
        let stop = link(&stop_link(url, &stop.reveal(&self.secret, tenant.id)))?;
        let way = self.post.way(tenant);
        let dispatch = Dispatch {
            from: way.sender.clone(),
            to: address(&item.email)?,
            reply_to: Some(support.clone()),
            id: reference,
            date: self.clock.now(),
            unsubscribe: Some(
                Unsubscribe::new(stop.clone(), None).map_err(|error| fault(error.to_string()))?,
            ),
            bounce_address: way.bounce_address.clone(),
        };
        let code = code.map(ToString::to_string);
        let to_come_in = match &code {
            Some(code) => login_link(url, &campaign.slug, Some(code)),
            None => format!("{url}join/{}", campaign.slug),
        };
        let message = match (letter.says, code) {
            (Says::LoginDetails { .. }, None) => {
                return Err(fault("login details without a code".to_owned()));
            }
            (Says::LoginDetails { key_log_head }, Some(code)) => {
                let about = LoginEmail { tenant, campaign, organisation, url, key_log_head };
                Message::compose(&about.invitation(code)?, dispatch)
            }
            (Says::Planned(planned), login_code) => {
                let asks_in = planned.kind.audience() == Audience::NotJoined;
                let Words { mut subject, paragraphs, button } = words(planned, &facts);
                if letter.is_test {
                    subject.insert_str(0, "Test: ");
                }
                let preheader =
                    paragraphs.first().map(|first| first.chars().take(PREHEADER_CHARACTERS).collect());
                let email = Nudge {
                    tenant_name: tenant.name.clone(),
                    campaign_title: campaign.title.clone(),
                    organisation_name: organisation.name.clone(),
                    heading: subject.clone(),
                    subject,
                    preheader: preheader.unwrap_or_default(),
                    paragraphs,
                    button_text: button.to_owned(),
                    link: link(if asks_in { &to_come_in } else { url })?,
                    login_code,
                    closes: asks_in.then_some(facts.closes),
                    support_name: tenant.contacts.support_name.clone(),
                    support_address: support,
                    unsubscribe: stop,
                    postal_address: None,
                };
                Message::compose(&email, dispatch)
            }
        };
        message.map_err(|error| fault(error.to_string()))
    }
}

/// Where emails are stopped with this token, given the address of the tenant's identity side.
pub(super) fn stop_link(url: &str, token: &str) -> String {
    format!("{url}emails/stop/{token}")
}

/// What words may name, for one organisation's people.
pub(super) fn facts(
    tenant: &Tenant,
    campaign: &Campaign,
    organisation: &Organisation,
) -> Result<Facts, ActionError> {
    let (opens, closes) = campaign.must_have_span()?;
    Ok(Facts {
        tenant: tenant.name.clone(),
        conversation: campaign.title.clone(),
        organisation: organisation.name.clone(),
        opens: in_words(opens, tenant.zone),
        closes: in_words(closes, tenant.zone),
        reason: campaign.last_moved().map(|change| change.reason.clone()).unwrap_or_default(),
    })
}
