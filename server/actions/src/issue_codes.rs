//! Sealed codes for an organisation to hand out: their hashes are stored, in an order that tells nothing; the codes themselves leave
//! here once and are nowhere afterwards.

use credentials::SealedCode;
use domain::clock::random_bytes;
use thiserror::Error;

use crate::{ActionError, Actions, Campaign, Organisation, Tenant};

/// Codes issued at once, at most: what one printed sheet holds.
pub const MAX_CODES_PER_BATCH: usize = documents::code_sheet::MAX_SLIPS;

/// Why no codes are issued.
#[derive(Debug, Error)]
pub enum IssueRefusal {
    /// None, or too many.
    #[error("ask for 1 to {MAX_CODES_PER_BATCH} codes at once")]
    Count,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for IssueRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Actions {
    /// Issues `count` codes for `organisation`'s people to come into `campaign`. Each is drawn at random, so any order is a shuffled
    /// one; the hashes are stored in the order of the hashes.
    ///
    /// # Errors
    /// An [`IssueRefusal`].
    pub async fn issue_codes(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        count: usize,
    ) -> Result<Vec<SealedCode>, IssueRefusal> {
        if !(1..=MAX_CODES_PER_BATCH).contains(&count) {
            return Err(IssueRefusal::Count);
        }
        let codes: Vec<SealedCode> =
            (0..count).map(|_| SealedCode::from_bytes(random_bytes(&*self.entropy))).collect();
        let mut hashes: Vec<[u8; 32]> =
            codes.iter().map(|code| code.hash(&self.pepper, tenant.id, campaign.id).0).collect();
        hashes.sort_unstable();
        let write = self.conversation.write(tenant.id).await?;
        write.add_codes(campaign.id, organisation.id, &hashes).await?;
        write.commit().await?;
        Ok(codes)
    }
}
