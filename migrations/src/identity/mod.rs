//! The identity side.

mod m0001_tenants_and_code_batches;
mod m0002_roll_and_keys;
mod m0003_accounts;
mod m0004_folders;
mod m0005_unsent_logins;
mod m0006_mailings;
mod m0007_jobs;
mod m0008_job_facts;
mod m0009_undelivered;

use sea_orm_migration::prelude::*;

/// Its changes, in order.
pub struct Identity;

#[async_trait::async_trait]
impl MigratorTrait for Identity {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_tenants_and_code_batches::Migration),
            Box::new(m0002_roll_and_keys::Migration),
            Box::new(m0003_accounts::Migration),
            Box::new(m0004_folders::Migration),
            Box::new(m0005_unsent_logins::Migration),
            Box::new(m0006_mailings::Migration),
            Box::new(m0007_jobs::Migration),
            Box::new(m0008_job_facts::Migration),
            Box::new(m0009_undelivered::Migration),
        ]
    }
}
