//! A subject access request: what the identity side holds of somebody, which is their row on the roll and nothing else.

use domain::roll::{EmailAddress, person_key};
use storage::identity::Person;

use crate::{ActionError, Campaign, Enrolment, Tenant};

impl Enrolment {
    /// The row of whoever has this address; nothing if nobody has.
    ///
    /// # Errors
    /// Database faults.
    pub async fn find_person(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        email: &EmailAddress,
    ) -> Result<Option<Person>, ActionError> {
        let key = person_key(email, tenant.joining.plus_addressing);
        Ok(self.identity.read(tenant.id).await?.person_by_key(campaign.id, &key).await?)
    }
}
