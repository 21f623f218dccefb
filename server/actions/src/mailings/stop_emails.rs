//! "Stop these emails": whoever holds the link of an email says that its address is to get no more. And what mail servers say of addresses that do not
//! exist, and of people who call an email spam.

use credentials::{StopToken, is_reference_for};
use domain::time_zone::local_date;
use mail::bounce::{read_receipt, read_report};
use mail::{Bounce, BounceKind, NoBounce, Receipt};
use storage::identity::NoEmail;
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

    /// Sends no more emails to the address that `token` was sent to. Twice is as good as once.
    ///
    /// # Errors
    /// A [`StopRefusal`].
    pub async fn stop_emails(&self, tenant: &Tenant, token: &str) -> Result<(), StopRefusal> {
        let token = StopToken::parse(&self.secret, tenant.id, token).ok_or(StopRefusal::Unknown)?;
        Ok(self.note_no_email(tenant, token, NoEmail::Stopped).await?)
    }

    /// Takes whatever mail servers say of our emails into account, as far as [`note_bounce`](Self::note_bounce) does. What is no report, or says of no
    /// email that it came back, changes nothing. Gives whether anything was changed: for us alone, whoever reports is not told.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_report(
        &self,
        tenant: &Tenant,
        form: ReportForm,
        report: &[u8],
    ) -> Result<bool, ActionError> {
        let bounce = match form {
            ReportForm::Email => read_report(report),
            ReportForm::Receipt => read_receipt(report)
                .and_then(|receipt| Receipt::bounce(receipt).ok_or(NoBounce::NothingFailed)),
        };
        match bounce {
            Ok(bounce) => self.note_bounce(tenant, &bounce).await,
            Err(_) => Ok(false),
        }
    }

    /// Takes a report of an email that came back into account. What it says is a claim: it counts only if it names an email of ours and the
    /// address that it went to. A soft bounce changes nothing. Gives whether anything was changed.
    ///
    /// # Errors
    /// Database faults.
    pub async fn note_bounce(&self, tenant: &Tenant, bounce: &Bounce) -> Result<bool, ActionError> {
        let why = match bounce.kind {
            BounceKind::Hard => NoEmail::Bounced,
            BounceKind::Complaint => NoEmail::Complained,
            BounceKind::Soft => return Ok(false),
        };
        let (Some(reference), Some(address)) = (&bounce.reference, &bounce.recipient) else {
            return Ok(false);
        };
        if !is_reference_for(&self.secret, tenant.id, address.as_str(), reference) {
            return Ok(false);
        }
        self.note_no_email(tenant, StopToken::of_address(&self.secret, tenant.id, address.as_str()), why)
            .await?;
        Ok(true)
    }

    async fn note_no_email(
        &self,
        tenant: &Tenant,
        token: StopToken,
        why: NoEmail,
    ) -> Result<(), ActionError> {
        let today = local_date(self.clock.now(), tenant.zone);
        let write = self.identity.write(tenant.id).await?;
        write.stop_email(token.address_hash(), why, today).await?;
        Ok(write.commit().await?)
    }
}
