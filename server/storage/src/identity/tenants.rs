//! Tenants and their organisations, as the tenant pack has them.

use domain::ids::OrganisationId;
use domain::tenant_pack::{OrganisationFile, TenantFile};

use super::Writing;
use crate::Result;

impl Writing {
    /// Writes the tenant, or brings it up to date.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_tenant(&self, tenant: &TenantFile) -> Result<()> {
        let sql = "INSERT INTO tenant (id, slug, name) VALUES ($1, $2, $3)
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name";
        self.0.execute(sql, vec![tenant.slug.clone().into(), tenant.name.clone().into()]).await?;
        Ok(())
    }

    /// Writes an organisation, or brings it up to date.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_organisation(&self, id: OrganisationId, organisation: &OrganisationFile) -> Result<()> {
        let sql = "INSERT INTO organisation (tenant_id, id, slug, name, entry_route) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, entry_route = excluded.entry_route";
        let values = vec![
            id.0.into(),
            organisation.slug.clone().into(),
            organisation.name.clone().into(),
            organisation.entry_route.slug().into(),
        ];
        self.0.execute(sql, values).await?;
        Ok(())
    }
}
