//! Login details by email: how many have theirs, the email that carries them, and one to everybody of a campaign who has none.

use documents::login_letters::LetterHead;
use domain::clock::random_bytes;
use domain::figures::in_whole_groups;
use domain::mailing::MailingState;
use domain::time_zone::in_words;
use mail::{Address, Dispatch, Invitation, Link, Message};
use storage::identity::{MailingKey, Recipients};
use thiserror::Error;

use crate::actor::record;
use crate::mailings::{LET_GO_ON, LOGIN_DETAILS, beginning};
use crate::{ActionError, Actor, Campaign, Enrolment, IssuedLogin, Organisation, Tenant};

/// How many of an organisation have login details, in whole groups: emails that ask people in bring some to those who have not joined alone, so exact
/// numbers before and after one would tell whether somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginsCount {
    /// The organisation's name.
    pub organisation: String,
    /// On the roll, with an email address.
    pub on_roll: i64,
    /// Of these, were given login details: such that have left.
    pub with_details: i64,
    /// The smallest group that is shown.
    pub smallest_group: u32,
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

impl LoginEmail<'_> {
    /// The words of the email that carries `login_code`.
    pub(crate) fn invitation(&self, login_code: String) -> Result<Invitation, ActionError> {
        let fault = |what: String| ActionError::Fault(format!("an invitation: {what}"));
        let Self { tenant, campaign, organisation, url, key_log_head } = *self;
        let [opens, closes] = self.times()?;
        let link = Link::parse(&login_link(url, &campaign.slug, Some(&login_code)));
        let support = Address::parse(&tenant.contacts.support);
        Ok(Invitation {
            tenant_name: tenant.name.clone(),
            campaign_title: campaign.title.clone(),
            organisation_name: organisation.name.clone(),
            opens,
            closes,
            link: link.map_err(|error| fault(error.to_string()))?,
            login_code,
            key_log_head: key_log_head.to_owned(),
            support_name: tenant.contacts.support_name.clone(),
            support_address: support.map_err(|error| fault(error.to_string()))?,
        })
    }

    /// What all letters on paper say.
    ///
    /// # Errors
    /// A campaign without rounds.
    pub fn letter_head(&self) -> Result<LetterHead, ActionError> {
        let Self { tenant, campaign, organisation, url, key_log_head } = *self;
        let [opens, closes] = self.times()?;
        let entry = login_link(url, &campaign.slug, None);
        Ok(LetterHead {
            tenant_name: tenant.name.clone(),
            campaign_title: campaign.title.clone(),
            organisation_name: organisation.name.clone(),
            opens,
            closes,
            entry_address: entry.split_once("://").map_or(entry.as_str(), |(_, bare)| bare).to_owned(),
            key_log_head: key_log_head.to_owned(),
            support_name: tenant.contacts.support_name.clone(),
            support_address: tenant.contacts.support.clone(),
        })
    }

    /// When the campaign opens and closes, in words.
    fn times(&self) -> Result<[String; 2], ActionError> {
        let (opens, closes) = self.campaign.must_have_span()?;
        Ok([opens, closes].map(|at| in_words(at, self.tenant.zone)))
    }
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
        let reading = self.identity.read(tenant.id).await?;
        let frozen = reading.figures(campaign.id).smallest_group().await?;
        let smallest_group = frozen.unwrap_or(campaign.smallest_group);
        let counts = reading.logins_by_organisation(campaign.id).await?;
        let named = tenant.organisations.iter().filter_map(|organisation| {
            let (_, on_roll, with_details) = *counts.iter().find(|(id, ..)| *id == organisation.id)?;
            let [on_roll, with_details] =
                [on_roll, with_details].map(|people| in_whole_groups(people, smallest_group));
            let organisation = organisation.name.clone();
            Some(LoginsCount { organisation, on_roll, with_details, smallest_group })
        });
        Ok(named.collect())
    }

    /// Why login details that were on their way rest, if they do.
    ///
    /// # Errors
    /// Database faults.
    pub async fn logins_rest(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Option<String>, ActionError> {
        let key = MailingKey { campaign: campaign.id, slug: LOGIN_DETAILS.to_owned() };
        let mailing = self.identity.read(tenant.id).await?.mailing(&key).await?;
        Ok(mailing.filter(|mailing| mailing.state == MailingState::Paused).map(|mailing| mailing.why))
    }

    /// The email that carries `login`.
    ///
    /// # Errors
    /// When it cannot be written, such as to an address to which email cannot go.
    pub fn login_email(&self, about: &LoginEmail<'_>, login: &IssuedLogin) -> Result<Message, ActionError> {
        let fault = |what: String| ActionError::Fault(format!("an invitation: {what}"));
        let email = about.invitation(login.code.to_string())?;
        let dispatch = Dispatch {
            from: self.post.way(about.tenant).sender.clone(),
            to: Address::parse(&login.email).map_err(|error| fault(error.to_string()))?,
            reply_to: Some(email.support_address.clone()),
            id: random_bytes(&*self.entropy),
            date: self.clock.now(),
            unsubscribe: None,
            bounce_address: None,
        };
        Message::compose(&email, dispatch).map_err(|error| fault(error.to_string()))
    }

    /// Sends login details to everybody on the roll of a campaign to whom none have left, those among them whom the mail server let down before:
    /// as a mailing, so that the page answers at once, and whoever presses twice, here or at another process, sends nothing twice. Whether there was
    /// anybody is not told.
    ///
    /// # Errors
    /// A [`SendLoginsRefusal`].
    pub async fn send_logins(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<(), SendLoginsRefusal> {
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        let row = write.take_campaign(campaign.id).await?.filter(|row| row.launched_on.is_some());
        let row = row.ok_or(SendLoginsRefusal::NotLaunched)?;
        if row.erased_on.is_some() || now >= row.closes_at {
            return Err(SendLoginsRefusal::Closed);
        }
        let key = MailingKey { campaign: campaign.id, slug: LOGIN_DETAILS.to_owned() };
        let (mut state, mut why) = beginning(&write, tenant, now).await?;
        if !write.begin_mailing(&key, state, now, &why).await? {
            let before = write.take_mailing(&key).await?;
            if before.is_some_and(|mailing| mailing.state == MailingState::Paused) {
                // The second press lets it go on.
                (state, why) = (MailingState::Going, LET_GO_ON.to_owned());
            }
            write.set_mailing(&key, state, now, &why).await?;
        }
        let to = Recipients { organisations: &[], not_joined: false, without_login: true };
        write.address_mailing(&key, &to, now).await?;
        let detail = "to everybody who had none, by email";
        record(write.audit_trail(), actor, now, "roll.send-logins", &campaign.slug, detail).await?;
        write.commit().await?;
        self.mailing_was_begun();
        Ok(())
    }
}
