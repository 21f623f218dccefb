//! The invited route: unique login details find somebody on the roll.

use credentials::LoginCode;

use crate::{Campaign, Enrolment, JoinRefusal, Recognised, Tenant};

impl Enrolment {
    /// Recognises whoever holds these login details.
    ///
    /// # Errors
    /// A [`JoinRefusal`].
    pub async fn join_with_login(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        typed: &str,
    ) -> Result<Recognised, JoinRefusal> {
        let hash = LoginCode::parse(typed)?.hash(&self.secret, tenant.id, campaign.id).0;
        let person = self.identity.read(tenant.id).await?.person_by_login(hash).await?;
        let person = person.ok_or(JoinRefusal::UnknownLogin)?;
        self.recognise(tenant, campaign, &person).await
    }
}
