//! The conversation side.

mod m0001_open_discussion;

use sea_orm_migration::prelude::*;

/// Its changes, in order.
pub struct Conversation;

#[async_trait::async_trait]
impl MigratorTrait for Conversation {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_open_discussion::Migration)]
    }
}
