//! The two databases, and the only room that speaks SQL.
//!
//! Here: connections, transactions bound to one tenant, a file of queries for each subject, the cached boards and the feed of
//! changes. Not here: rules (domain's), the schema (migrations'), who may do what (policy's). To add a query: a method on
//! [`conversation::Reading`] or [`conversation::Writing`] (or identity's) in the file of its subject; `$1` is always the
//! tenant, and there is no way to run a query without one.

mod audit;
mod connection;
pub mod conversation;
mod error;
pub mod feed;
mod figures;
pub mod identity;
mod key_log;
mod packs;
mod tenancy;

pub use audit::{AuditEntry, AuditTrail};
pub use error::StorageError;
pub use figures::FigureShelf;
pub use packs::{StoredTenant, TenantRow};

/// Shorthand for what storage gives back.
pub type Result<T> = std::result::Result<T, StorageError>;
