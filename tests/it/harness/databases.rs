//! A fresh pair of databases for each test, one a side: identity and conversation.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

use super::required_env;

/// Names an administrator's address in the PostgreSQL cluster of the tests, as `postgres://user:password@host:port/db`.
/// The roles [`OWNER`] and [`APP`] exist there with the same password.
const POSTGRES: &str = "CANDOUR_TEST_POSTGRES";

/// Owns the schema and migrates it.
const OWNER: &str = "candour_owner";

/// The server's role: neither owner nor able to pass by row-level security.
const APP: &str = "candour_app";

/// Tells apart the pairs of one process; the process id tells apart processes.
static PAIRS: AtomicU32 = AtomicU32::new(0);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Two files in a temporary folder.
    Sqlite,
    /// Two databases in the cluster that `bash tests/run` made.
    Postgres,
}

/// The connection addresses of one side's database.
#[derive(Clone, Debug)]
pub struct Side {
    /// For migrating.
    pub owner: String,
    /// For serving. On SQLite the same as the owner's.
    pub app: String,
}

/// Two empty databases and a folder, all gone when the test is over.
pub struct TestDatabases {
    /// Which database these are.
    pub kind: Kind,
    /// Who took part: accounts, the roll.
    pub identity: Side,
    /// What was said and voted.
    pub conversation: Side,
    folder: TempDir,
    postgres: Option<Postgres>,
}

/// The databases to drop, and the connection to drop them by.
struct Postgres {
    admin: DatabaseConnection,
    names: Vec<String>,
}

impl TestDatabases {
    /// Makes a fresh pair.
    ///
    /// # Panics
    /// When PostgreSQL is asked for and `CANDOUR_TEST_POSTGRES` is not set or does not answer.
    pub async fn create(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match kind {
            Kind::Sqlite => Self {
                kind,
                identity: sqlite(folder.path(), "identity"),
                conversation: sqlite(folder.path(), "conversation"),
                folder,
                postgres: None,
            },
            Kind::Postgres => Self::create_postgres(folder).await,
        }
    }

    async fn create_postgres(folder: TempDir) -> Self {
        let address = required_env(POSTGRES, "this test needs PostgreSQL");
        let admin = Database::connect(&address).await;
        let admin = admin.unwrap_or_else(|error| panic!("PostgreSQL of {POSTGRES} does not answer: {error}"));
        let pair = format!("candour_{}_{}", std::process::id(), PAIRS.fetch_add(1, Ordering::Relaxed));
        let names = ["identity", "conversation"].map(|side| format!("{pair}_{side}"));
        for name in &names {
            drop_database(&admin, name).await;
            run(&admin, &format!("CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0")).await;
            run(&admin, &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC")).await;
            run(&admin, &format!("GRANT CONNECT ON DATABASE {name} TO {APP}")).await;
        }
        let [identity, conversation] = names.each_ref().map(|name| postgres(&address, name));
        let postgres = Some(Postgres { admin, names: names.into() });
        Self { kind: Kind::Postgres, identity, conversation, folder, postgres }
    }

    /// A folder of this test's own, for backups, exports and the like. SQLite's files lie in it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn remove(self) {
        let Some(Postgres { admin, names }) = self.postgres else { return };
        for name in &names {
            drop_database(&admin, name).await;
        }
        admin.close().await.expect("the administrator's connection closes");
    }
}

/// Runs one test body on a fresh pair and removes the pair afterwards, whether the body held or panicked.
pub fn with_databases<Body>(kind: Kind, body: Body)
where
    Body: for<'a> FnOnce(&'a TestDatabases) -> Pin<Box<dyn Future<Output = ()> + 'a>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(async {
        let databases = TestDatabases::create(kind).await;
        let outcome = AssertUnwindSafe(body(&databases)).catch_unwind().await;
        databases.remove().await;
        outcome
    });
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Makes of one async body two tests, `<name>::sqlite` and `<name>::postgres`.
///
/// ```ignore
/// both_databases! {
///     async fn a_vote_counts_once(databases: &TestDatabases) { … }
/// }
/// ```
macro_rules! both_databases {
    ($(async fn $name:ident($databases:ident: &TestDatabases) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::harness::databases::{Kind, TestDatabases, with_databases};

            async fn body($databases: &TestDatabases) $body

            #[test]
            fn sqlite() {
                with_databases(Kind::Sqlite, |databases| Box::pin(body(databases)));
            }

            #[test]
            fn postgres() {
                with_databases(Kind::Postgres, |databases| Box::pin(body(databases)));
            }
        }
    )+};
}
pub(crate) use both_databases;

fn sqlite(folder: &Path, side: &str) -> Side {
    let address = format!("sqlite://{}?mode=rwc", folder.join(format!("{side}.sqlite")).display());
    Side { owner: address.clone(), app: address }
}

/// The addresses of both roles in database `name` of the cluster that `admin` is an address of.
fn postgres(admin: &str, name: &str) -> Side {
    let (credentials, place) = admin
        .strip_prefix("postgres://")
        .and_then(|rest| rest.split_once('@'))
        .unwrap_or_else(|| panic!("{POSTGRES} is no postgres://user:password@host:port/db"));
    let password = credentials.split_once(':').map_or("", |(_, password)| password);
    let host = place.split('/').next().unwrap_or_default();
    let address = |role: &str| format!("postgres://{role}:{password}@{host}/{name}");
    Side { owner: address(OWNER), app: address(APP) }
}

async fn drop_database(admin: &DatabaseConnection, name: &str) {
    // FORCE: a server under test may still hold connections.
    run(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

async fn run(database: &DatabaseConnection, sql: &str) {
    database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
