//! The identity side.

mod m0001_tenants_and_code_batches;
mod m0002_roll_and_keys;

use sea_orm_migration::prelude::*;

/// Its changes, in order.
pub struct Identity;

#[async_trait::async_trait]
impl MigratorTrait for Identity {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_tenants_and_code_batches::Migration), Box::new(m0002_roll_and_keys::Migration)]
    }
}
