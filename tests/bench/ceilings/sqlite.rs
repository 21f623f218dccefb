//! SQLite in this thread, and through the server's driver.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::{Connection, OpenFlags, params_from_iter};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sea_orm::sqlx::{self, AssertSqlSafe, Row};

use super::{BATCH, PAGE, POSTS, READERS, VOTERS, WRONG_COUNTS, moment_sql, rate, votes_sql};

/// An id as it is stored.
type Id = [u8; 16];

/// As many as the server has for reading.
const CONNECTIONS: u32 = 4;
/// Who ask at the same time.
const TASKS: usize = 32;

/// Writes a copy of `file`.
pub fn copy(file: &Path, copy: &Path) -> Result<()> {
    let to = copy.to_str().unwrap_or_default();
    Connection::open(file)?.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// Posts whose counts are wrong.
pub fn wrong_counts(file: &Path) -> Result<i64> {
    Ok(open(file)?.query_row(WRONG_COUNTS, [], |row| row.get(0))?)
}

/// Pages' statements a second.
pub fn moments(file: &Path, lasting: Duration) -> Result<f64> {
    let connection = open(file)?;
    let (readers, posts) = readers_and_posts(&connection)?;
    let mut chance = StdRng::seed_from_u64(1);
    let mut statement = connection.prepare(&numbered(&moment_sql()))?;
    rate(lasting, 1, || {
        let values = page(&readers, &posts, &mut chance);
        let mut rows = statement.query(params_from_iter(values))?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            std::hint::black_box((
                row.get::<_, i64>(3)?,
                row.get::<_, Option<Id>>(4)?,
                row.get::<_, Option<i64>>(5)?,
            ));
            count += 1;
        }
        ensure!(count > 0, "the round is not there");
        Ok(())
    })
}

/// The same through sqlx, which gives each connection a thread.
pub async fn moments_through_sqlx(file: &Path, lasting: Duration) -> Result<f64> {
    let (readers, posts) = readers_and_posts(&open(file)?)?;
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    let sql = moment_sql();
    let until = Instant::now() + lasting;
    let asking = (0..TASKS).map(async |task| {
        let (mut chance, mut count) = (StdRng::seed_from_u64(task as u64), 0_u32);
        while Instant::now() < until {
            let mut query = sqlx::query(AssertSqlSafe(sql.as_str()));
            for value in page(&readers, &posts, &mut chance) {
                query = query.bind(value.to_vec());
            }
            for row in query.fetch_all(&pool).await? {
                std::hint::black_box((row.try_get::<i64, _>(3)?, row.try_get::<Option<Vec<u8>>, _>(4)?));
            }
            count += 1;
        }
        anyhow::Ok(count)
    });
    let count: u32 = try_join_all(asking).await?.iter().sum();
    Ok(f64::from(count) / lasting.as_secs_f64())
}

/// Votes a second, written to `file` with every commit on disk.
pub fn votes(file: &Path, lasting: Duration) -> Result<f64> {
    let mut connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let posts: Vec<(Id, Id)> = rows(&connection, POSTS, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let voters: Vec<Id> = rows(&connection, VOTERS, |row| row.get(0))?;
    let tenant = posts[0].0;
    let mut chance = StdRng::seed_from_u64(1);
    let sql = numbered(&votes_sql());
    rate(lasting, BATCH, || {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut statement = transaction.prepare_cached(&sql)?;
        statement.raw_bind_parameter(1, tenant)?;
        // Nobody twice in a batch: PostgreSQL would refuse it.
        for (row, voter) in voters.iter().enumerate() {
            let post = &posts[chance.random_range(0..posts.len())].1;
            statement.raw_bind_parameter(row * 3 + 2, post)?;
            statement.raw_bind_parameter(row * 3 + 3, voter)?;
            statement.raw_bind_parameter(row * 3 + 4, chance.random_range(-1..=1))?;
        }
        statement.raw_execute()?;
        drop(statement);
        Ok(transaction.commit()?)
    })
}

/// To SQLite itself `$1` is a name, numbered as it comes; `?1` is the first value.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn open(file: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

type Reader = (Id, Id, Id);

fn readers_and_posts(connection: &Connection) -> Result<(Vec<Reader>, Vec<Id>)> {
    let readers = rows(connection, READERS, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok((readers, rows(connection, POSTS, |row| row.get(1))?))
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    Ok(connection.prepare(sql)?.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// What the page's statement is asked with.
fn page(readers: &[Reader], posts: &[Id], chance: &mut StdRng) -> Vec<Id> {
    let (tenant, round, reader) = readers[chance.random_range(0..readers.len())];
    let first = chance.random_range(0..posts.len() - PAGE);
    [tenant, round, reader].into_iter().chain(posts[first..first + PAGE].iter().copied()).collect()
}
