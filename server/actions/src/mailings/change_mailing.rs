//! What a comms lead does to a planned email: take it off, let it rest, let it go on, send it now.

use domain::mailing::MailingState;
use domain::sending::{Turn, crowded};
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
    /// It is to go now, not at its time.
    SendNow,
}

impl MailingChange {
    fn deed(self) -> &'static str {
        match self {
            Self::Cancel => "email.cancel",
            Self::Pause => "email.pause",
            Self::Resume => "email.resume",
            Self::SendNow => "email.send-now",
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
        let email =
            campaign.file.emails.iter().find(|email| email.slug == slug).ok_or(MailingRefusal::Unknown)?;
        self.mailable(tenant, campaign).await?.ok_or(MailingRefusal::NotMailable)?;
        let now = self.clock.now();
        if change == MailingChange::SendNow {
            let today = email.sent_at(now, tenant.zone);
            let plan = self.plan(tenant, campaign).await?;
            if plan.mailing(slug).is_some() {
                return Err(MailingRefusal::Begun);
            }
            match plan.turn(&today, now) {
                Turn::Goes => {}
                Turn::Held(why) => return Err(MailingRefusal::Held(why.to_string())),
                Turn::TooLate(why) => return Err(MailingRefusal::Held(why.to_string())),
                Turn::Waits(_) => {
                    return Err(MailingRefusal::Held(
                        "It is a quiet hour or a holiday: no emails go now.".to_owned(),
                    ));
                }
            }
            if let Some(why) = crowded(email, now, &plan.before(email, now), tenant.zone) {
                return Err(MailingRefusal::Held(why.to_string()));
            }
            if !self.begin_one(tenant, campaign, email, now).await? {
                return Err(MailingRefusal::Begun);
            }
        }
        let write = self.identity.write(tenant.id).await?;
        let key = key(campaign, slug);
        let found = write.take_mailing(&key).await?.map(|mailing| mailing.state);
        match (change, found) {
            (MailingChange::SendNow, _) => {}
            (_, Some(state)) if state.is_over() => return Err(MailingRefusal::Over),
            (MailingChange::Cancel, None) => {
                write.begin_mailing(&key, MailingState::Cancelled, now, "").await?;
            }
            (MailingChange::Cancel, Some(_)) => {
                write.empty_mailing(&key).await?;
                write.set_mailing(&key, MailingState::Cancelled, now, "").await?;
            }
            (_, None) => return Err(MailingRefusal::NotBegun),
            (MailingChange::Pause, Some(_)) => write.set_mailing(&key, MailingState::Paused, now, "").await?,
            (MailingChange::Resume, Some(_)) => {
                write.set_mailing(&key, MailingState::Going, now, LET_GO_ON).await?;
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
}
