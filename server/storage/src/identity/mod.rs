//! The identity side: tenants, their roll, login details, cohorts and the key log. No participant, no contribution, no vote.

mod accounts;
mod cohorts;
mod counts;
mod drafts;
mod jobs;
mod mailings;
mod people;
mod roll;
mod tenants;

use std::ops::Deref;

use domain::ids::TenantId;
use sea_orm::{ConnectionTrait, DbBackend};

pub use accounts::{Account, Means, NewSession, SignedInRow, StoredPasskey, StoredSession, SupportAccess};
pub use cohorts::{NewCohort, StoredCohort};
pub use counts::{DailyCount, JoinedCount, OrganisationCount};
pub use drafts::StoredDraft;
pub use jobs::{JobFile, JobKind, JobState, NewJob, StoredJob};
pub use mailings::{
    DueItem, MailingKey, NoEmail, REFERENCE_BYTES, Recipients, Settled, StoredMailing, UndeliveredCount,
};
pub use people::{NewPerson, Person, Requested};
pub use roll::HeldRow;
pub use tenants::CampaignRow;

use crate::audit::AuditTrail;
use crate::connection::Pools;
use crate::packs::{self, StoredTenant, TenantRow};
use crate::tenancy::Bound;
use crate::{Result, key_log};

/// The identity database.
#[derive(Clone)]
pub struct Identity {
    pools: Pools,
}

/// A reader of one tenant's identity side. Each statement sees what was committed when it began.
pub struct Reading(Bound);

/// A write transaction on one tenant's identity side; everything a reader can do, too.
pub struct Writing(Reading);

impl Deref for Writing {
    type Target = Reading;
    fn deref(&self) -> &Reading {
        &self.0
    }
}

impl Identity {
    /// Opens the database at `url`, which must exist and be up to date.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self { pools: Pools::open(url).await? })
    }

    /// Reads `tenant`'s rows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self, tenant: TenantId) -> Result<Reading> {
        Ok(Reading(Bound::reading(&self.pools, tenant).await?))
    }

    /// Begins a write of `tenant`'s rows.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn write(&self, tenant: TenantId) -> Result<Writing> {
        Ok(Writing(Reading(Bound::writing(&self.pools, tenant).await?)))
    }

    /// Every tenant with its version.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenants(&self) -> Result<Vec<TenantRow>> {
        packs::list(&self.pools).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.pools.read.ping().await?)
    }

    /// Undoes what the database remembers of the order in which people joined: rows are rewritten in the order of their random ids
    /// (within a page of SQLite they lie as they were last written), and SQLite's log is emptied.
    ///
    /// # Errors
    /// Database faults.
    pub async fn forget_order(&self) -> Result<()> {
        match self.pools.backend() {
            DbBackend::Postgres => {
                self.pools.write.execute_unprepared("SELECT shuffle_people()").await?;
                Ok(())
            }
            _ => {
                self.pools.write.execute_unprepared("VACUUM").await?;
                self.pools.empty_log().await
            }
        }
    }

    /// SQLite only: writes a consistent copy of the database, made while it is in use, to `path`, which must not exist.
    ///
    /// # Errors
    /// On PostgreSQL (its own tools do this), or when the copy could not be written.
    pub async fn copy_to(&self, path: &str) -> Result<()> {
        self.pools.copy_to(path).await
    }
}

impl Reading {
    /// This transaction's tenant.
    ///
    /// # Errors
    /// Database faults.
    pub async fn tenant(&self) -> Result<Option<StoredTenant>> {
        packs::load(&self.0).await
    }

    /// The key log's entries, JSON, in order.
    ///
    /// # Errors
    /// Database faults.
    pub async fn key_log(&self) -> Result<Vec<String>> {
        key_log::entries(&self.0).await
    }

    /// How many entries the key log has.
    ///
    /// # Errors
    /// Database faults.
    pub async fn key_log_length(&self) -> Result<i64> {
        key_log::length(&self.0).await
    }

    /// The audit log.
    pub fn audit_trail(&self) -> AuditTrail<'_> {
        AuditTrail(&self.0)
    }
}

impl Writing {
    /// Writes the key log's entry `number`.
    ///
    /// # Errors
    /// Database faults; also when there is one of this number.
    pub async fn add_key_log_entry(&self, number: i64, entry: &str) -> Result<()> {
        key_log::add(&self.0.0, number, entry).await
    }

    /// Makes the changes last.
    ///
    /// # Errors
    /// When the database could not.
    pub async fn commit(self) -> Result<()> {
        self.0.0.commit().await
    }
}
