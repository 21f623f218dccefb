//! Tenants whose days of grace are over: everything of theirs is deleted, on both sides.

use chrono::{DateTime, Utc};
use domain::tenant_pack::Standing;
use domain::time_zone::local_date;
use storage::StoredTenant;

use crate::actor::record_alone;
use crate::apply_tenant_pack::unpack;
use crate::{ActionError, Actions, Actor, Sides, Tenant};

impl Sides {
    /// Deletes everything of the tenants whose day has come. The platform's record keeps that they were here.
    ///
    /// # Errors
    /// Database faults.
    pub(crate) async fn erase_tenants(&self) -> Result<(), ActionError> {
        for tenant in self.tenants().all().await?.iter() {
            if matches!(tenant.standing, Standing::Leaving { .. }) {
                self.erase_if_due(tenant).await?;
            }
        }
        Ok(())
    }

    /// What a process remembers of a tenant may be old: the stored pack decides, held while everything is deleted.
    async fn erase_if_due(&self, tenant: &Tenant) -> Result<(), ActionError> {
        let Some(identity) = &self.identity else {
            return match &self.conversation {
                Some(conversation) => erase_conversation(conversation, tenant, true).await,
                None => Ok(()),
            };
        };
        let write = identity.identity.write(tenant.id).await?;
        if !is_due(write.take_tenant().await?, tenant, identity.now())? {
            return Ok(());
        }
        // First the conversation side: while the identity side still has the tenant, a fault between the two is made good next time.
        if let Some(conversation) = &self.conversation {
            erase_conversation(conversation, tenant, false).await?;
        }
        write.erase_tenant().await?;
        write.commit().await?;
        tenant.campaigns.iter().for_each(|campaign| identity.forget_cohort_keys(campaign.id));
        identity.identity.forget_order().await?;
        identity.tenants.forget().await;
        if let Some(platform) = identity.tenants.all().await?.iter().find(|tenant| tenant.is_platform()) {
            let nobody = Actor { name: "Candour".to_owned(), ..Actor::command_line(platform.id) };
            let (now, why) = (identity.now(), "its day had come");
            record_alone(&identity.identity, &nobody, now, "tenant.erase", &tenant.slug, why).await?;
        }
        Ok(())
    }
}

/// The conversation side's part; with `look`, only if its own pack says that the day has come.
async fn erase_conversation(side: &Actions, tenant: &Tenant, look: bool) -> Result<(), ActionError> {
    let write = side.conversation.write(tenant.id).await?;
    if look && !is_due(write.take_tenant().await?, tenant, side.now())? {
        return Ok(());
    }
    write.erase_tenant().await?;
    write.commit().await?;
    side.round_types.parts().forget_all();
    side.conversation.empty_log().await?;
    side.tenants.forget().await;
    Ok(())
}

fn is_due(stored: Option<StoredTenant>, tenant: &Tenant, now: DateTime<Utc>) -> Result<bool, ActionError> {
    let Some(stored) = stored else { return Ok(false) };
    let pack = unpack(&stored).map_err(|refusal| ActionError::Fault(refusal.to_string()))?;
    Ok(matches!(pack.tenant.standing, Standing::Leaving { on } if on <= local_date(now, tenant.zone)))
}
