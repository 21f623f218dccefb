//! Opening a database: one pool to read, one to write.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::Result;

/// Reading connections to SQLite; each has a thread.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL, for reading and as many for writing.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a writer waits for another process' write on SQLite, seconds.
const SQLITE_BUSY_SECONDS: u64 = 10;
/// How long a request waits for a free connection, seconds.
const ACQUIRE_SECONDS: u64 = 10;
/// Prepared statements kept for each connection; vote batches come in many sizes.
const PREPARED_STATEMENTS: usize = 600;

/// The two pools of one database.
#[derive(Clone)]
pub struct Pools {
    pub read: DatabaseConnection,
    pub write: DatabaseConnection,
}

impl Pools {
    /// Opens `url`, which must exist.
    pub async fn open(url: &str) -> Result<Self> {
        let sqlite = url.starts_with("sqlite:");
        let (readers, writers) =
            if sqlite { (SQLITE_READERS, 1) } else { (POSTGRES_CONNECTIONS, POSTGRES_CONNECTIONS) };
        Ok(Self { read: open(url, readers).await?, write: open(url, writers).await? })
    }

    /// SQLite: moves what the write-ahead log holds into the file and empties the log, as far as readers let it.
    pub async fn empty_log(&self) -> Result<()> {
        if self.backend() == DbBackend::Sqlite {
            self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// SQLite's own online copy.
    pub async fn copy_to(&self, path: &str) -> Result<()> {
        let statement = Statement::from_sql_and_values(self.backend(), "VACUUM INTO $1", [path.into()]);
        self.read.execute_raw(statement).await?;
        Ok(())
    }

    /// SQLite or PostgreSQL.
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }
}

async fn open(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(false)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // What is deleted is overwritten: words that were taken back must not lie in the file's free space.
                .pragma("secure_delete", "ON")
                // Else each group of votes makes a file of its own in the machine's temporary folder, where nobody deletes securely.
                .pragma("temp_store", "MEMORY")
                .busy_timeout(Duration::from_secs(SQLITE_BUSY_SECONDS))
                .statement_cache_capacity(PREPARED_STATEMENTS)
        })
        .map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(PREPARED_STATEMENTS));
    Ok(Database::connect(options).await?)
}
