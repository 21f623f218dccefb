//! Finds a tenant by host name or slug. Each process remembers the tenants and looks every few seconds whether a pack was applied.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use storage::conversation::Conversation;
use storage::identity::Identity;
use storage::{StorageError, StoredTenant, TenantRow};
use tokio::sync::RwLock;
use tokio::time::Instant;

use crate::tenant::StoredPack;
use crate::{ActionError, Tenant};

/// How old what a process knows of the tenants may be.
const REFRESH: Duration = Duration::from_secs(2);

/// The tenants that this process knows, from whichever side it serves.
pub struct Tenants {
    source: Source,
    known: RwLock<Known>,
}

enum Source {
    Identity(Identity),
    Conversation(Conversation),
}

#[derive(Default)]
struct Known {
    tenants: Arc<Vec<Arc<Tenant>>>,
    looked: Option<Instant>,
}

impl Tenants {
    /// The tenants as the conversation side has them.
    pub fn of_conversation(conversation: Conversation) -> Arc<Self> {
        Arc::new(Self { source: Source::Conversation(conversation), known: RwLock::default() })
    }

    /// The tenants as the identity side has them.
    pub fn of_identity(identity: Identity) -> Arc<Self> {
        Arc::new(Self { source: Source::Identity(identity), known: RwLock::default() })
    }

    /// The tenant served at `host` (no port), or whose slug is the first label of a `*.localhost` host.
    ///
    /// # Errors
    /// Database faults.
    pub async fn by_host(&self, host: &str) -> Result<Option<Arc<Tenant>>, ActionError> {
        let tenants = self.all().await?;
        let local = host.strip_suffix(".localhost");
        let found = tenants.iter().find(|t| t.is_served_at(host) || local == Some(&t.slug));
        Ok(found.cloned())
    }

    /// The tenant called `slug`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Arc<Tenant>>, ActionError> {
        Ok(self.all().await?.iter().find(|tenant| tenant.slug == slug).cloned())
    }

    /// Every tenant, by slug.
    ///
    /// # Errors
    /// Database faults.
    pub async fn all(&self) -> Result<Arc<Vec<Arc<Tenant>>>, ActionError> {
        let fresh = |known: &Known| known.looked.is_some_and(|looked| looked.elapsed() < REFRESH);
        {
            let known = self.known.read().await;
            if fresh(&known) {
                return Ok(Arc::clone(&known.tenants));
            }
        }
        let mut known = self.known.write().await;
        if !fresh(&known) {
            known.tenants = Arc::new(self.load_all(&known.tenants).await?);
            known.looked = Some(Instant::now());
        }
        Ok(Arc::clone(&known.tenants))
    }

    /// Which of `hosts` another tenant than the one called `slug` is served at already, and that tenant's name.
    ///
    /// # Errors
    /// Database faults.
    pub(crate) async fn taken<'a>(
        &self,
        slug: &str,
        hosts: impl Iterator<Item = &'a String>,
    ) -> Result<Option<(String, String)>, ActionError> {
        let tenants = self.all().await?;
        let local = format!("{slug}.localhost");
        let others = || tenants.iter().filter(|tenant| tenant.slug != slug);
        for host in hosts.cloned().chain([local]) {
            let is_theirs = |tenant: &&Arc<Tenant>| {
                tenant.is_served_at(&host) || host.strip_suffix(".localhost") == Some(&tenant.slug)
            };
            if let Some(tenant) = others().find(is_theirs) {
                return Ok(Some((host, tenant.name.clone())));
            }
        }
        Ok(None)
    }

    /// Makes the next look-up ask the database.
    pub(crate) async fn forget(&self) {
        self.known.write().await.looked = None;
    }

    async fn load_all(&self, known: &[Arc<Tenant>]) -> Result<Vec<Arc<Tenant>>, ActionError> {
        let mut tenants = Vec::new();
        for row in self.rows().await? {
            let unchanged = known.iter().find(|tenant| tenant.id == row.id && tenant.digest == row.digest);
            match unchanged {
                Some(tenant) => tenants.push(Arc::clone(tenant)),
                None => tenants.extend(self.load(row.id).await?.map(Arc::new)),
            }
        }
        Ok(tenants)
    }

    async fn rows(&self) -> Result<Vec<TenantRow>, StorageError> {
        match &self.source {
            Source::Identity(identity) => identity.tenants().await,
            Source::Conversation(conversation) => conversation.tenants().await,
        }
    }

    async fn stored(&self, id: TenantId) -> Result<Option<StoredTenant>, StorageError> {
        match &self.source {
            Source::Identity(identity) => identity.read(id).await?.tenant().await,
            Source::Conversation(conversation) => conversation.read(id).await?.tenant().await,
        }
    }

    async fn load(&self, id: TenantId) -> Result<Option<Tenant>, ActionError> {
        let Some(stored) = self.stored(id).await? else { return Ok(None) };
        let fault = |error: String| ActionError::Fault(format!("stored tenant pack: {error}"));
        let pack: StoredPack =
            serde_json::from_str(&stored.pack).map_err(|error| fault(error.to_string()))?;
        Tenant::from_pack(pack, stored.logo, stored.favicon, stored.digest).map(Some).map_err(fault)
    }
}
