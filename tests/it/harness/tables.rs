//! The databases as they are, past the server: what is in which table.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};

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
        Self(Database::connect(address).await.expect("the database answers"))
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
        let text = |row: &QueryResult| row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"));
        self.rows(sql).await.iter().map(text).collect()
    }

    /// Changes something past the server.
    pub async fn change(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
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

    /// Every table's name.
    pub async fn names(&self) -> Vec<String> {
        let sql = match self.0.get_database_backend() {
            DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
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
