//! What has run out is deleted: sessions, invitations, tries, roles that were lent.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use domain::account::{TRIES_KEPT_HOURS, session_limits};

use super::Accounts;
use crate::ActionError;

impl Accounts {
    /// Deletes what has run out, once an hour. It was worth nothing before that: whoever reads it looks at the time.
    ///
    /// # Errors
    /// Database faults.
    pub async fn keep_house(&self) -> Result<(), ActionError> {
        let now = self.clock.now();
        let hour = now.timestamp() / 3_600;
        if self.swept.swap(hour, Ordering::Relaxed) == hour {
            return Ok(());
        }
        for tenant in self.tenants.all().await?.iter() {
            let write = self.identity.write(tenant.id).await?;
            write.sweep_accounts(session_limits(now), now - TimeDelta::hours(TRIES_KEPT_HOURS), now).await?;
            write.commit().await?;
        }
        Ok(())
    }
}
