//! The databases as they are, past the server: what is in which table.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, Statement,
    TransactionTrait,
};

use super::databases::{Kind, TestDatabases};
use super::required_env;

/// A database as its administrator sees it: row-level security does not hold for them.
pub struct Tables(DatabaseConnection);

/// Every row of every table, in an order of its own.
pub type Dump = BTreeMap<String, Vec<String>>;

impl Tables {
    /// The conversation side.
    pub async fn of_conversation(databases: &TestDatabases) -> Self {
        Self::open(databases.kind, &databases.conversation.owner).await
    }

    /// The identity side.
    pub async fn of_identity(databases: &TestDatabases) -> Self {
        Self::open(databases.kind, &databases.identity.owner).await
    }

    /// The cluster of the tests, not any database of theirs (PostgreSQL).
    pub async fn of_cluster() -> Self {
        Self::at(&required_env("CANDOUR_TEST_POSTGRES", "this test needs PostgreSQL")).await
    }

    async fn open(kind: Kind, owner: &str) -> Self {
        let address = match kind {
            Kind::Sqlite => owner.to_owned(),
            Kind::Postgres => {
                let administrator = required_env("CANDOUR_TEST_POSTGRES", "this test needs PostgreSQL");
                let (cluster, _) = administrator.rsplit_once('/').expect("an address names a database");
                let (_, name) = owner.rsplit_once('/').expect("an address names a database");
                format!("{cluster}/{name}")
            }
        };
        Self::at(&address).await
    }

    /// A database as the role in its address sees it.
    pub async fn at(address: &str) -> Self {
        Self(Database::connect(address).await.expect("the database answers"))
    }

    /// The one number that a query gives in a transaction made for a tenant (PostgreSQL).
    pub async fn number_for(&self, tenant: &str, sql: &str) -> i64 {
        let transaction = self.bound(tenant).await;
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = transaction.query_one_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        row.and_then(|row| row.try_get_by_index(0).ok()).unwrap_or_else(|| panic!("{sql} gives no number"))
    }

    /// What the database says to a change in a transaction made for a tenant, which is rolled back (PostgreSQL).
    pub async fn try_for(&self, tenant: &str, sql: &str) -> Result<(), String> {
        let outcome = self.bound(tenant).await.execute_unprepared(sql).await;
        outcome.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn bound(&self, tenant: &str) -> DatabaseTransaction {
        let transaction = self.0.begin().await.expect("a transaction begins");
        let announce = format!("SET LOCAL candour.tenant = '{tenant}'");
        transaction.execute_unprepared(&announce).await.expect("the tenant is announced");
        transaction
    }

    /// The rows of a query.
    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        self.0.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0].try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The texts of a query's first column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let text =
            |row: &QueryResult| row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"));
        self.rows(sql).await.iter().map(text).collect()
    }

    /// Every post's counts are the sums over its vote rows, and its comments those that can be read.
    ///
    /// # Panics
    /// When they are not, or there is no post.
    pub async fn assert_counts_are_the_votes(&self) {
        let drifted = "SELECT count(*) FROM post WHERE
            agrees <> (SELECT count(*) FROM vote WHERE vote.post_id = post.id AND value = 1)
            OR disagrees <> (SELECT count(*) FROM vote WHERE vote.post_id = post.id AND value = -1)
            OR passes <> (SELECT count(*) FROM vote WHERE vote.post_id = post.id AND value = 0)
            OR comments <> (SELECT count(*) FROM post c WHERE c.contribution_id = post.id AND c.state = 'visible')";
        assert_eq!(self.number(drifted).await, 0, "posts whose counts are not their votes");
        assert!(self.number("SELECT count(*) FROM post").await > 0);
    }

    /// Changes something past the server.
    pub async fn change(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Does something in a transaction that goes on until what this gives is rolled back: locks last as long.
    pub async fn holds(&self, sql: &str) -> DatabaseTransaction {
        let transaction = self.0.begin().await.expect("a transaction begins");
        transaction.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        transaction
    }

    /// A UUID column as text, in SQL.
    pub fn uuid(&self, column: &str) -> String {
        match self.0.get_database_backend() {
            DbBackend::Sqlite => format!("lower(hex({column}))"),
            _ => format!("replace({column}::text, '-', '')"),
        }
    }

    /// The condition that a UUID column is this one, in SQL.
    pub fn is(&self, column: &str, uuid: &str) -> String {
        format!("{} = '{}'", self.uuid(column), uuid.replace('-', ""))
    }

    /// A column of bytes in hexadecimal, in SQL.
    pub fn bytes(&self, column: &str) -> String {
        match self.0.get_database_backend() {
            DbBackend::Sqlite => format!("lower(hex({column}))"),
            _ => format!("encode({column}, 'hex')"),
        }
    }

    /// Every column's name.
    pub async fn columns(&self) -> Vec<String> {
        match self.0.get_database_backend() {
            DbBackend::Sqlite => {
                let of_tables = "SELECT c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'";
                self.texts(of_tables).await
            }
            _ => {
                let of_tables =
                    "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public'";
                self.texts(of_tables).await
            }
        }
    }

    /// Every table's name.
    pub async fn names(&self) -> Vec<String> {
        let sql = match self.0.get_database_backend() {
            DbBackend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            _ => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
        };
        self.texts(sql).await
    }

    /// Every row of every table.
    pub async fn dump(&self) -> Dump {
        let mut dump = Dump::new();
        for name in self.names().await {
            let sql = match self.0.get_database_backend() {
                DbBackend::Sqlite => format!("SELECT {} FROM \"{name}\"", self.sqlite_row(&name).await),
                _ => format!("SELECT t::text FROM \"{name}\" t"),
            };
            let mut rows = self.texts(&sql).await;
            rows.sort();
            dump.insert(name, rows);
        }
        assert!(dump.len() > 3, "a migrated database has tables");
        dump
    }

    async fn sqlite_row(&self, table: &str) -> String {
        let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        quoted.join(" || ',' || ")
    }
}
