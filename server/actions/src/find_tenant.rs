//! Finds a tenant by host name or slug. Each process remembers the tenants and looks every few seconds whether a pack was applied.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use tokio::sync::RwLock;
use tokio::time::Instant;

use crate::tenant::StoredPack;
use crate::{ActionError, Actions, Tenant};

/// How old what a process knows of the tenants may be.
const REFRESH: Duration = Duration::from_secs(2);

/// The tenants that this process knows.
#[derive(Default)]
pub(crate) struct Directory(RwLock<Known>);

#[derive(Default)]
struct Known {
    tenants: Arc<Vec<Arc<Tenant>>>,
    looked: Option<Instant>,
}

impl Actions {
    /// The tenant served at `host` (no port), or whose slug is the first label of a `*.localhost` host.
    ///
    /// # Errors
    /// Database faults.
    pub async fn find_tenant_by_host(&self, host: &str) -> Result<Option<Arc<Tenant>>, ActionError> {
        let tenants = self.tenants().await?;
        let local = host.strip_suffix(".localhost");
        let found =
            tenants.iter().find(|t| t.hosts.iter().any(|name| name == host) || local == Some(&t.slug));
        Ok(found.cloned())
    }

    /// The tenant called `slug`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn find_tenant_by_slug(&self, slug: &str) -> Result<Option<Arc<Tenant>>, ActionError> {
        Ok(self.tenants().await?.iter().find(|tenant| tenant.slug == slug).cloned())
    }

    /// Every tenant, by slug.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenants(&self) -> Result<Arc<Vec<Arc<Tenant>>>, ActionError> {
        let fresh = |known: &Known| known.looked.is_some_and(|looked| looked.elapsed() < REFRESH);
        {
            let known = self.directory.0.read().await;
            if fresh(&known) {
                return Ok(Arc::clone(&known.tenants));
            }
        }
        let mut known = self.directory.0.write().await;
        if !fresh(&known) {
            known.tenants = Arc::new(self.load_tenants(&known.tenants).await?);
            known.looked = Some(Instant::now());
        }
        Ok(Arc::clone(&known.tenants))
    }

    /// Makes the next look-up ask the database.
    pub(crate) async fn forget_tenants(&self) {
        self.directory.0.write().await.looked = None;
    }

    async fn load_tenants(&self, known: &[Arc<Tenant>]) -> Result<Vec<Arc<Tenant>>, ActionError> {
        let mut tenants = Vec::new();
        for row in self.storage.conversation.tenants().await? {
            let unchanged = known.iter().find(|tenant| tenant.id == row.id && tenant.digest == row.digest);
            match unchanged {
                Some(tenant) => tenants.push(Arc::clone(tenant)),
                None => tenants.extend(self.load_tenant(row.id).await?.map(Arc::new)),
            }
        }
        Ok(tenants)
    }

    async fn load_tenant(&self, id: TenantId) -> Result<Option<Tenant>, ActionError> {
        let Some(stored) = self.storage.conversation.read(id).await?.tenant().await? else { return Ok(None) };
        let fault = |error: String| ActionError::Fault(format!("stored tenant pack: {error}"));
        let pack: StoredPack =
            serde_json::from_str(&stored.pack).map_err(|error| fault(error.to_string()))?;
        Tenant::from_pack(pack, stored.logo, stored.favicon, stored.digest).map(Some).map_err(fault)
    }
}
