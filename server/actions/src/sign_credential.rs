//! Signs what somebody eligible cannot be traced by: a blinded message, once for each person and campaign.

use credentials::{BlindRefusal, KeyId, Ticket, TicketRefusal, labels, request_digest};
use domain::ids::PersonId;
use storage::identity::Requested;
use thiserror::Error;

use crate::{ActionError, Campaign, Enrolment, Tenant};

/// How often one ticket may ask in an hour: each time costs a signature.
const MAX_REQUESTS_PER_TICKET: u32 = 100;

/// Why nothing is signed.
#[derive(Debug, Error)]
pub enum SignRefusal {
    /// The device has not shown who it stands for, or too long ago.
    #[error(transparent)]
    Ticket(#[from] TicketRefusal),
    /// Another message was signed for this person.
    #[error("You have joined already, with other words. Go on with those: nobody can make you new ones.")]
    AlreadyIssued,
    /// The key that the device chose is not the one of its cohort.
    #[error(
        "Your device asked for a signature with another key than yours. Go back to your link and begin again."
    )]
    WrongKey,
    /// It is no blinded message.
    #[error("{0}")]
    Blind(BlindRefusal),
    /// Cohorts and keys are not made yet.
    #[error("Joining has not begun yet.")]
    NotLaunched,
    /// It is over.
    #[error("The conversation has closed, so nobody can join it any more.")]
    Closed,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for SignRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl From<BlindRefusal> for SignRefusal {
    fn from(refusal: BlindRefusal) -> Self {
        match refusal {
            BlindRefusal::WrongLength { .. } | BlindRefusal::TooLarge => Self::Blind(refusal),
            ours => Self::Action(ActionError::Fault(ours.to_string())),
        }
    }
}

impl SignRefusal {
    /// Its name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ticket(TicketRefusal::Expired) => "ticket-expired",
            Self::Ticket(TicketRefusal::Malformed) => "ticket-unknown",
            Self::AlreadyIssued => "already-issued",
            Self::WrongKey => "wrong-key",
            Self::Blind(_) => "not-blinded",
            Self::NotLaunched => "not-launched",
            Self::Closed => "closed",
            Self::Action(ActionError::Busy) => "busy",
            Self::Action(_) => "fault",
        }
    }
}

impl Enrolment {
    /// The signature of the cohort's key over `blinded`. The same request gets the same answer, so a lost one costs nothing; another of
    /// the same person is refused.
    ///
    /// # Errors
    /// A [`SignRefusal`].
    pub async fn sign_credential(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        ticket: &str,
        key: &str,
        blinded: Vec<u8>,
    ) -> Result<Vec<u8>, SignRefusal> {
        let now = self.clock.now();
        let asked = self.counters.count(self.counted("ticket", ticket.as_bytes()), now.timestamp() / 3_600);
        if asked > MAX_REQUESTS_PER_TICKET {
            return Err(ActionError::Busy.into());
        }
        let ticket = Ticket::open(&self.secret.derive(labels::TICKETS), ticket, now.timestamp())?;
        if ticket.tenant != tenant.id || ticket.campaign != campaign.id {
            return Err(TicketRefusal::Malformed.into());
        }
        let reading = self.identity.read(tenant.id).await?;
        let row = reading.campaign(campaign.id).await?.filter(|row| row.launched_on.is_some());
        let row = row.ok_or(SignRefusal::NotLaunched)?;
        if now >= row.closes_at {
            return Err(SignRefusal::Closed);
        }
        let person = reading.person(PersonId(ticket.person)).await?.ok_or(TicketRefusal::Malformed)?;
        let cohort =
            reading.cohort(campaign.id, person.organisation).await?.ok_or(SignRefusal::NotLaunched)?;
        let id = KeyId(cohort.key_id);
        if key != id.to_string() {
            return Err(SignRefusal::WrongKey);
        }
        // Not held while writing: rewriting the roll waits for readers, and writers wait for the rewriting.
        drop(reading);
        let private = self.cohort_key(campaign.id, id, &cohort.sealed_key)?;
        let request = request_digest(&blinded);
        // Before it is recorded: what cannot be signed must not cost somebody their one request.
        let signature = tokio::task::spawn_blocking(move || private.blind_sign(&blinded))
            .await
            .map_err(|fault| ActionError::Fault(fault.to_string()))??;
        let write = self.identity.write(tenant.id).await?;
        match write.request_signature(person.id, request).await? {
            Requested::Granted => {
                write.commit().await?;
                self.order_was_left();
            }
            Requested::Again => {}
            Requested::Another => return Err(SignRefusal::AlreadyIssued),
            Requested::Unknown => return Err(TicketRefusal::Malformed.into()),
        }
        Ok(signature)
    }
}
