//! What can go wrong in a database: always a fault, never a refusal.

use sea_orm::DbErr;
use thiserror::Error;

/// A fault of a database or of what is stored in it.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The database refused, failed or could not be reached.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The connection for notifications failed.
    #[error("database: {0}")]
    Listener(#[from] sea_orm::sqlx::Error),
    /// A stored value that no version of Candour wrote.
    #[error("stored value not understood: {0}")]
    Corrupt(String),
    /// The server has more to do than it may queue.
    #[error("too much to do")]
    Busy,
}
