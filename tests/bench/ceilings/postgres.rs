//! PostgreSQL through the server's driver, in the server's role, with a tenant announced in each transaction.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::prelude::Uuid;
use sea_orm::sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Row};

use super::{BATCH, PAGE, POSTS, READERS, VOTERS, WRONG_COUNTS, moment_sql, votes_sql};
use crate::process;

/// Names an administrator's address in the cluster that `tests/bench/run` made.
const ADDRESS: &str = "CANDOUR_TEST_POSTGRES";
/// Owns the schema.
const OWNER: &str = "candour_owner";
/// Serves.
const APP: &str = "candour_app";
/// The two sides, and a copy of the conversation that may be written to.
const IDENTITY: &str = "bench_identity";
const CONVERSATION: &str = "bench_conversation";
const COPY: &str = "bench_copy";
/// As many as the server has for reading.
const CONNECTIONS: u32 = 16;
/// Who ask at the same time.
const TASKS: usize = 32;

/// Databases of our own in the cluster.
pub struct Cluster {
    /// Its first process.
    pub postmaster: u32,
    admin: String,
}

impl Cluster {
    /// Makes both sides' databases, empty.
    pub async fn make_databases() -> Result<Self> {
        let admin =
            std::env::var(ADDRESS).with_context(|| format!("{ADDRESS}: `bash tests/bench/run` sets it"))?;
        let mut connection = PgConnection::connect(&admin).await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        let durable: String = sqlx::query_scalar("SHOW fsync").fetch_one(&mut connection).await?;
        ensure!(durable == "on", "fsync is {durable}: that is not how anybody should run it");
        let cluster = Self { postmaster: process::parent(backend.cast_unsigned())?, admin };
        for name in [IDENTITY, CONVERSATION] {
            cluster.make(name, "template0").await?;
        }
        Ok(cluster)
    }

    /// Copies the conversation, to which nobody must be connected.
    pub async fn copy(&self) -> Result<()> {
        self.make(COPY, CONVERSATION).await
    }

    async fn make(&self, name: &str, template: &str) -> Result<()> {
        let mut connection = PgConnection::connect(&self.admin).await?;
        for sql in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {name} TO {APP}"),
        ] {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await?;
        }
        Ok(())
    }

    /// What the server must be told.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CANDOUR__STORAGE__IDENTITY_URL", self.address(APP, IDENTITY)),
            ("CANDOUR__STORAGE__CONVERSATION_URL", self.address(APP, CONVERSATION)),
            ("CANDOUR__STORAGE__MIGRATE_IDENTITY_URL", self.address(OWNER, IDENTITY)),
            ("CANDOUR__STORAGE__MIGRATE_CONVERSATION_URL", self.address(OWNER, CONVERSATION)),
            ("CANDOUR__STORAGE__APP_ROLE", APP.to_owned()),
        ]
    }

    /// Posts whose counts are wrong.
    pub async fn wrong_counts(&self) -> Result<i64> {
        let mut connection = PgConnection::connect(&self.of_admin(CONVERSATION)).await?;
        Ok(sqlx::query_scalar(WRONG_COUNTS).fetch_one(&mut connection).await?)
    }

    /// What a query of the conversation side counts.
    pub async fn count(&self, sql: &'static str) -> Result<i64> {
        let mut connection = PgConnection::connect(&self.of_admin(CONVERSATION)).await?;
        Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?)
    }

    /// Pages' statements a second, each in a transaction that says whose rows it reads.
    pub async fn moments(&self, lasting: Duration) -> Result<f64> {
        let mut admin = PgConnection::connect(&self.of_admin(CONVERSATION)).await?;
        let readers: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(READERS).fetch_all(&mut admin).await?;
        let posts: Vec<(Uuid, Uuid)> = sqlx::query_as(POSTS).fetch_all(&mut admin).await?;
        let pool = self.pool(CONVERSATION, CONNECTIONS).await?;
        let sql = moment_sql();
        let until = Instant::now() + lasting;
        let asking = (0..TASKS).map(async |task| {
            let (mut chance, mut count) = (StdRng::seed_from_u64(task as u64), 0_u32);
            while Instant::now() < until {
                let (tenant, round, reader) = readers[chance.random_range(0..readers.len())];
                let first = chance.random_range(0..posts.len() - PAGE);
                let mut query =
                    sqlx::query(AssertSqlSafe(sql.as_str())).bind(tenant).bind(round).bind(reader);
                for (_, post) in &posts[first..first + PAGE] {
                    query = query.bind(post);
                }
                let mut transaction = pool.begin().await?;
                announce(&mut transaction, tenant).await?;
                for row in query.fetch_all(&mut *transaction).await? {
                    std::hint::black_box((row.try_get::<i64, _>(3)?, row.try_get::<Option<Uuid>, _>(4)?));
                }
                transaction.rollback().await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
        let count: u32 = try_join_all(asking).await?.iter().sum();
        Ok(f64::from(count) / lasting.as_secs_f64())
    }

    /// Votes a second, written to the copy.
    pub async fn votes(&self, lasting: Duration) -> Result<f64> {
        let mut admin = PgConnection::connect(&self.of_admin(COPY)).await?;
        let posts: Vec<(Uuid, Uuid)> = sqlx::query_as(POSTS).fetch_all(&mut admin).await?;
        let voters: Vec<(Uuid,)> = sqlx::query_as(VOTERS).fetch_all(&mut admin).await?;
        let tenant = posts[0].0;
        let pool = self.pool(COPY, 1).await?;
        let mut chance = StdRng::seed_from_u64(1);
        let sql = votes_sql();
        let (begun, mut count) = (Instant::now(), 0);
        while begun.elapsed() < lasting {
            let mut query = sqlx::query(AssertSqlSafe(sql.as_str())).bind(tenant);
            for (voter,) in &voters {
                let post = posts[chance.random_range(0..posts.len())].1;
                query = query.bind(post).bind(voter).bind(chance.random_range(-1_i16..=1));
            }
            let mut transaction = pool.begin().await?;
            announce(&mut transaction, tenant).await?;
            query.execute(&mut *transaction).await?;
            transaction.commit().await?;
            count += BATCH;
        }
        Ok(count as f64 / begun.elapsed().as_secs_f64())
    }

    async fn pool(&self, name: &str, connections: u32) -> Result<PgPool> {
        let pool = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
        Ok(pool.connect(&self.address(APP, name)).await?)
    }

    /// A database as the administrator reaches it.
    fn of_admin(&self, name: &str) -> String {
        let cluster = self.admin.rsplit_once('/').map_or(self.admin.as_str(), |(cluster, _)| cluster);
        format!("{cluster}/{name}")
    }

    /// A database as a role reaches it; all have the same password.
    fn address(&self, role: &str, name: &str) -> String {
        let of_admin = self.of_admin(name);
        let rest = of_admin.strip_prefix("postgres://").and_then(|rest| rest.split_once(':'));
        format!("postgres://{role}:{}", rest.map_or("", |(_, rest)| rest))
    }
}

async fn announce(connection: &mut PgConnection, tenant: Uuid) -> Result<()> {
    let sql = format!("SET LOCAL candour.tenant = '{tenant}'");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}
