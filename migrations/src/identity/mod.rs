//! The identity side.

mod m0001_tenants_and_code_batches;

use sea_orm_migration::prelude::*;

/// Its changes, in order.
pub struct Identity;

#[async_trait::async_trait]
impl MigratorTrait for Identity {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_tenants_and_code_batches::Migration)]
    }
}
