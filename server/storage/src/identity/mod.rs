//! The identity side: tenants, organisations and what was handed out. No participant, no contribution, no vote.

mod code_batches;
mod tenants;

pub use code_batches::CodeBatch;

use domain::ids::TenantId;

use crate::Result;
use crate::connection::Pools;
use crate::tenancy::Bound;

/// The identity database.
#[derive(Clone)]
pub struct Identity {
    pools: Pools,
}

/// A write transaction on one tenant's identity side.
pub struct Writing(Bound);

impl Identity {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        Ok(Self { pools: Pools::open(url).await? })
    }

    /// Begins a write of `tenant`'s rows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn write(&self, tenant: TenantId) -> Result<Writing> {
        Ok(Writing(Bound::writing(&self.pools, tenant).await?))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.pools.read.ping().await?)
    }

    /// SQLite only: writes a consistent copy of the database, made while it is in use, to `path`, which must not exist.
    ///
    /// # Errors
    /// On PostgreSQL (its own tools do this), or when the copy could not be written.
    pub async fn copy_to(&self, path: &str) -> Result<()> {
        self.pools.copy_to(path).await
    }
}

impl Writing {
    /// Makes the changes last.
    ///
    /// # Errors
    /// When the database could not.
    pub async fn commit(self) -> Result<()> {
        self.0.commit().await
    }
}
