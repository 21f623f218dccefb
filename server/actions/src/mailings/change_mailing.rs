//! What a comms lead does to a planned email: take it off, let it rest, let it go on, send it now.

use domain::mailing::MailingState;
use domain::planned_email::EmailFile;
use domain::sending::{Turn, crowded};
use domain::time_zone::in_words;
use thiserror::Error;

use super::{LET_GO_ON, key};
use crate::actor::record;
use crate::{ActionError, Actor, Campaign, Enrolment, Tenant};

/// What is wanted of a planned email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailingChange {
    /// It is not to go, or no further.
    Cancel,
    /// It is to rest.
    Pause,
    /// It is to go on.
    Resume,
}

impl MailingChange {
    fn deed(self) -> &'static str {
        match self {
            Self::Cancel => "email.cancel",
            Self::Pause => "email.pause",
            Self::Resume => "email.resume",
        }
    }
}

/// Why a planned email stays as it is.
#[derive(Debug, Error)]
pub enum MailingRefusal {
    /// The campaign plans no such email.
    #[error("There is no such email in the plan.")]
    Unknown,
    /// Keys are not made yet, or the roll is deleted.
    #[error("Emails go only between the launch and the day on which the list of people is deleted.")]
    NotMailable,
    /// It has gone, or was taken off.
    #[error("This email is over. Plan another one.")]
    Over,
    /// It is not on its way.
    #[error("This email is not on its way yet.")]
    NotBegun,
    /// It has begun to go.
    #[error("This email has begun to go already.")]
    Begun,
    /// Somebody or something else was faster.
    #[error("The plan has changed at this moment. Look at it again.")]
    Changed,
    /// The dates, the quiet hours or other emails say no.
    #[error("{0}")]
    Held(String),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for MailingRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Enrolment {
    /// Does `change` to the email called `slug`, on record.
    ///
    /// # Errors
    /// A [`MailingRefusal`].
    pub async fn change_mailing(
        &self,
        actor: &Actor,
        (tenant, campaign): (&Tenant, &Campaign),
        slug: &str,
        change: MailingChange,
    ) -> Result<(), MailingRefusal> {
        let email = self.planned_email((tenant, campaign), slug).await?;
        let now = self.clock.now();
        let write = self.identity.write(tenant.id).await?;
        let key = key(campaign, slug);
        match (change, write.take_mailing(&key).await?) {
            (_, Some(mailing)) if mailing.state.is_over() => return Err(MailingRefusal::Over),
            (MailingChange::Cancel, None) => {
                write.begin_mailing(&key, MailingState::Cancelled, now, "").await?;
            }
            (MailingChange::Cancel, Some(_)) => {
                write.empty_mailing(&key).await?;
                write.set_mailing(&key, MailingState::Cancelled, now, "").await?;
            }
            (_, None) => return Err(MailingRefusal::NotBegun),
            (MailingChange::Pause, Some(_)) => write.set_mailing(&key, MailingState::Paused, now, "").await?,
            (MailingChange::Resume, Some(mailing)) => {
                // What rested by itself is not to do so again; what somebody paused still may.
                let why = if mailing.why.is_empty() { "" } else { LET_GO_ON };
                write.set_mailing(&key, MailingState::Going, now, why).await?;
            }
        }
        record(
            write.audit_trail(),
            actor,
            now,
            change.deed(),
            &format!("{}/{slug}", campaign.slug),
            &email.title,
        )
        .await?;
        write.commit().await?;
        self.mailing_was_begun();
        Ok(())
    }

    /// Refuses `email` if it may not go now.
    ///
    /// # Errors
    /// A [`MailingRefusal`], which says when it can go.
    pub async fn may_go_now(
        &self,
        (tenant, campaign): (&Tenant, &Campaign),
        email: &EmailFile,
    ) -> Result<(), MailingRefusal> {
        let plan = self.plan(tenant, campaign).await?;
        if plan.mailing(&email.slug).is_some() {
            return Err(MailingRefusal::Begun);
        }
        match plan.turn(&email.sent_at(plan.now, tenant.zone)) {
            Turn::Goes => {}
            Turn::Held(why) => return Err(MailingRefusal::Held(why.to_string())),
            Turn::TooLate(why) => return Err(MailingRefusal::Held(why.to_string())),
            Turn::Waits(until) => {
                let until = in_words(until, tenant.zone);
                let why = format!("It is a quiet hour or a holiday: no emails go before {until}.");
                return Err(MailingRefusal::Held(why));
            }
        }
        match crowded(email, plan.now, &plan.before(email, plan.now), tenant.zone) {
            Some(why) => Err(MailingRefusal::Held(why.to_string())),
            None => Ok(()),
        }
    }

    /// Has the email called `slug` go now, not at its time, on record.
    ///
    /// # Errors
    /// A [`MailingRefusal`].
    pub async fn send_mailing_now(
        &self,
        actor: &Actor,
        whose: (&Tenant, &Campaign),
        slug: &str,
    ) -> Result<(), MailingRefusal> {
        let email = self.planned_email(whose, slug).await?;
        self.may_go_now(whose, email).await?;
        if !self.begin_one(whose, email, Some(actor)).await? {
            return Err(MailingRefusal::Changed);
        }
        self.mailing_was_begun();
        Ok(())
    }

    /// The email called `slug` of a campaign whose emails may go.
    async fn planned_email<'a>(
        &self,
        (tenant, campaign): (&Tenant, &'a Campaign),
        slug: &str,
    ) -> Result<&'a EmailFile, MailingRefusal> {
        let email = campaign.file.emails.iter().find(|email| email.slug == slug);
        let email = email.ok_or(MailingRefusal::Unknown)?;
        self.mailable(tenant, campaign).await?.ok_or(MailingRefusal::NotMailable)?;
        Ok(email)
    }
}
