//! Tenants whose days of grace are over: everything of theirs is deleted, on both sides.

use domain::tenant_pack::Standing;
use domain::time_zone::local_date;

use crate::actor::record;
use crate::{ActionError, Actor, Sides, Tenant};

impl Sides {
    /// Deletes everything of the tenants whose day has come. The platform's record keeps that they were here.
    ///
    /// # Errors
    /// Database faults.
    pub(crate) async fn erase_tenants(&self) -> Result<(), ActionError> {
        for tenant in self.tenants().all().await?.iter().filter(|tenant| self.is_due(tenant)) {
            self.erase_tenant(tenant).await?;
        }
        Ok(())
    }

    fn is_due(&self, tenant: &Tenant) -> bool {
        let now = match (&self.identity, &self.conversation) {
            (Some(identity), _) => identity.now(),
            (None, Some(conversation)) => conversation.now(),
            (None, None) => return false,
        };
        matches!(tenant.standing, Standing::Leaving { on } if on <= local_date(now, tenant.zone))
    }

    async fn erase_tenant(&self, tenant: &Tenant) -> Result<(), ActionError> {
        // First the conversation side: while the identity side still has the tenant, a fault between the two is made good next time.
        if let Some(conversation) = &self.conversation {
            let write = conversation.conversation.write(tenant.id).await?;
            write.erase_tenant().await?;
            write.commit().await?;
            conversation.conversation.empty_log().await?;
            conversation.tenants.forget().await;
        }
        if let Some(identity) = &self.identity {
            let write = identity.identity.write(tenant.id).await?;
            write.erase_tenant().await?;
            write.commit().await?;
            identity.identity.forget_order().await?;
            identity.tenants.forget().await;
            if let Some(platform) = identity.tenants.all().await?.iter().find(|tenant| tenant.is_platform()) {
                let write = identity.identity.write(platform.id).await?;
                let nobody = Actor { name: "Candour".to_owned(), ..Actor::command_line(platform.id) };
                record(
                    write.audit_trail(),
                    &nobody,
                    identity.now(),
                    "tenant.erase",
                    &tenant.slug,
                    "its day had come",
                )
                .await?;
                write.commit().await?;
            }
        }
        Ok(())
    }
}
