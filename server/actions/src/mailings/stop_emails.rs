//! "Stop these emails": whoever holds the link of an email says that its address is to get no more. And what mail servers say of addresses that do not
//! exist, and of people who call an email spam.

use chrono::{DateTime, Days, Utc};
use credentials::{StopToken, is_reference_for};
use domain::reputation::{RATE_DAYS, Reputation};
use domain::time_zone::local_date;
use mail::bounce::{read_receipt, read_report};
use mail::{Bounce, BounceKind, Receipt};
use storage::identity::{NoEmail, Reading};
use thiserror::Error;

use crate::{ActionError, Enrolment, Tenant};

/// The longest report that is read, bytes.
pub const MAX_REPORT_BYTES: usize = mail::bounce::MAX_REPORT_BYTES;

/// In which form a report of an email comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportForm {
    /// As the mail server got it: an email (RFC 3464, RFC 5965).
    Email,
    /// As GOV.UK Notify sends it: JSON.
    Receipt,
}

impl ReportForm {
    /// The form of a body of this media type, whatever else stands behind it.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        match media_type.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "message/rfc822" => Some(Self::Email),
            "application/json" => Some(Self::Receipt),
            _ => None,
        }
    }
}

/// Why emails go on.
#[derive(Debug, Error)]
pub enum StopRefusal {
    /// No link of ours.
    #[error("This link is not complete. Open it from the email again, or copy all of it.")]
    Unknown,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl Enrolment {
    /// Whether `token` is one of ours. Nothing is written: scanners open links.
    pub fn is_stop_token(&self, tenant: &Tenant, token: &str) -> bool {
        StopToken::parse(&self.secret, tenant.id, token).is_some()
    }

    /// Sends no more emails to the address that `token` was sent to. Twice is as good as once; gives whether it is the first time.
    ///
    /// # Errors
    /// A [`StopRefusal`].
    pub async fn stop_emails(&self, tenant: &Tenant, token: &str) -> Result<bool, StopRefusal> {
        let token = StopToken::parse(&self.secret, tenant.id, token).ok_or(StopRefusal::Unknown)?;
        Ok(self.note_no_email(tenant, token, NoEmail::Stopped).await?)
    }

    /// Takes whatever mail servers say of our emails into account. What it says is a claim: it counts only if it names an email of ours and the
    /// address that it went to; what is no report, or says of no email that it came back, changes nothing. Gives whether it is about an email of
    /// ours and does not say again what is known: for us alone, whoever reports is not told.
    ///
    /// Where too many say that an address does not exist, or that an email is spam, all that the tenant has on its way rests until somebody has
    /// looked.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_report(
        &self,
        tenant: &Tenant,
        form: ReportForm,
        report: &[u8],
    ) -> Result<bool, ActionError> {
        let said = match form {
            ReportForm::Email => read_report(report).map(|bounce| {
                let Bounce { reference, recipient, kind } = bounce;
                (reference, recipient, Some(kind))
            }),
            // Most tell that an email has arrived.
            ReportForm::Receipt => read_receipt(report).map(|receipt| {
                let Receipt { reference, recipient, delivery } = receipt;
                (reference, recipient, delivery.bounce())
            }),
        };
        let Ok((Some(reference), Some(address), kind)) = said else { return Ok(false) };
        if !is_reference_for(&self.secret, tenant.id, address.as_str(), &reference) {
            return Ok(false);
        }
        let why = match kind {
            Some(BounceKind::Hard) => NoEmail::Bounced,
            Some(BounceKind::Complaint) => NoEmail::Complained,
            Some(BounceKind::Soft) | None => return Ok(true),
        };
        let token = StopToken::of_address(&self.secret, tenant.id, address.as_str());
        let new = self.note_no_email(tenant, token, why).await?;
        if new {
            self.rest_if_too_many(tenant).await?;
        }
        Ok(new)
    }

    /// Lets all of the tenant's emails to many rest if too many people or servers turn them away. Doing it again changes nothing, so it may come after what
    /// it looks at is kept: a report that gets no further is made up for by the next about another address.
    async fn rest_if_too_many(&self, tenant: &Tenant) -> Result<(), ActionError> {
        let write = self.identity.write(tenant.id).await?;
        if let Some(why) = reputation(&write, tenant, self.clock.now()).await?.too_many() {
            write.pause_mailings(&why.to_string()).await?;
            write.commit().await?;
        }
        Ok(())
    }

    /// Gives whether it is new. Anybody may say it again and again, so what is known costs no write.
    async fn note_no_email(
        &self,
        tenant: &Tenant,
        token: StopToken,
        why: NoEmail,
    ) -> Result<bool, ActionError> {
        let (address, today) = (token.address_hash(), local_date(self.clock.now(), tenant.zone));
        let known = self.identity.read(tenant.id).await?.wanting_none(&[address]).await?;
        if !known.is_empty() {
            return Ok(false);
        }
        let write = self.identity.write(tenant.id).await?;
        let new = write.stop_email(address, why, today).await?;
        write.commit().await?;
        Ok(new)
    }
}

/// What was said of the tenant's emails lately.
pub(super) async fn reputation(
    reading: &Reading,
    tenant: &Tenant,
    now: DateTime<Utc>,
) -> Result<Reputation, ActionError> {
    let begun = now - Days::new(RATE_DAYS);
    Ok(reading.reputation(begun, local_date(begun, tenant.zone)).await?)
}
