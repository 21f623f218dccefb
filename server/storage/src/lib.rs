//! The two databases, and the only room that speaks SQL.
//!
//! Here: connections, transactions bound to one tenant, a file of queries for each subject, the cached boards and the feed of
//! changes. Not here: rules (domain's), the schema (migrations'), who may do what (policy's). To add a query: a method on
//! [`conversation::Reading`] or [`conversation::Writing`] (or identity's) in the file of its subject; `$1` is always the
//! tenant, and there is no way to run a query without one.

mod connection;
pub mod conversation;
mod error;
pub mod feed;
pub mod identity;
mod tenancy;

pub use error::StorageError;

/// Shorthand for what storage gives back.
pub type Result<T> = std::result::Result<T, StorageError>;

/// Where the databases are.
#[derive(Clone, Debug)]
pub struct Databases {
    /// `sqlite://…` or `postgres://…` of the identity side.
    pub identity_url: String,
    /// `sqlite://…` or `postgres://…` of the conversation side; never the same database.
    pub conversation_url: String,
}

/// Both sides, opened.
#[derive(Clone)]
pub struct Storage {
    /// Who is eligible and what was handed out.
    pub identity: identity::Identity,
    /// Everything a participant does.
    pub conversation: conversation::Conversation,
}

impl Storage {
    /// Opens both databases. Neither is created nor migrated here.
    ///
    /// # Errors
    /// When a database cannot be reached.
    pub async fn open(databases: &Databases) -> Result<Self> {
        Ok(Self {
            identity: identity::Identity::open(&databases.identity_url).await?,
            conversation: conversation::Conversation::open(&databases.conversation_url).await?,
        })
    }
}
