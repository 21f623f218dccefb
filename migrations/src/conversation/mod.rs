//! The conversation side.

mod m0001_open_discussion;
mod m0002_credentials;
mod m0003_waiting_people;
mod m0004_moderation;
mod m0005_pauses;
mod m0006_round_types;
mod m0007_second_looks;

use sea_orm_migration::prelude::*;

/// Its changes, in order.
pub struct Conversation;

#[async_trait::async_trait]
impl MigratorTrait for Conversation {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_open_discussion::Migration),
            Box::new(m0002_credentials::Migration),
            Box::new(m0003_waiting_people::Migration),
            Box::new(m0004_moderation::Migration),
            Box::new(m0005_pauses::Migration),
            Box::new(m0006_round_types::Migration),
            Box::new(m0007_second_looks::Migration),
        ]
    }
}
