//! Who a device's session stands for.

use credentials::SessionToken;
use domain::time_zone::local_date;

use crate::{ActionError, Actions, Session, Tenant};

impl Actions {
    /// The session that `token` stands for in `tenant`, unless it is unknown or has expired.
    ///
    /// # Errors
    /// Database faults.
    pub async fn resume_session(&self, tenant: &Tenant, token: &str) -> Result<Option<Session>, ActionError> {
        let Ok(token) = SessionToken::parse(token) else { return Ok(None) };
        let session = self.conversation.session(tenant.id, token.hash(&self.pepper).0).await?;
        let today = local_date(self.clock.now(), tenant.zone);
        Ok(session.filter(|session| today <= session.expires_on))
    }
}
