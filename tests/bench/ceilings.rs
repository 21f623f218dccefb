//! What the same machine does without the server, in the same minutes: the statements of the hot paths through a driver in a loop,
//! and the disk alone.

pub mod postgres;
pub mod sqlite;

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::stage::{Databases, Stage};

/// Votes written by one transaction.
pub const BATCH: usize = 64;
/// Contributions on a page.
pub const PAGE: usize = 20;
/// What the disk is asked for, at most.
const DISK: Duration = Duration::from_secs(1);

/// How often a second, one run.
pub struct Ceilings {
    /// Name of the driver and how it was used, and the page's one statement through it.
    pub moments: Vec<(&'static str, f64)>,
    /// Votes in batches of [`BATCH`], each batch one transaction on disk.
    pub votes: Vec<(&'static str, f64)>,
    /// 4 KB appended and on disk.
    pub syncs: f64,
}

/// One run of each.
pub async fn measure(stage: &Stage, lasting: Duration) -> Result<Ceilings> {
    let syncs = syncs(lasting.min(DISK))?;
    let (moments, votes) = match &stage.databases {
        Databases::Sqlite { file, copy } => (
            vec![
                ("SQLite, one thread", sqlite::moments(file, lasting)?),
                ("sqlx, 4 connections", sqlite::moments_through_sqlx(file, lasting).await?),
            ],
            vec![("SQLite, one thread", sqlite::votes(copy, lasting)?)],
        ),
        Databases::Postgres(cluster) => (
            vec![("sqlx, 16 connections", cluster.moments(lasting).await?)],
            vec![("sqlx, one connection", cluster.votes(lasting).await?)],
        ),
    };
    Ok(Ceilings { moments, votes, syncs })
}

fn syncs(lasting: Duration) -> Result<f64> {
    let mut file = tempfile::tempfile()?;
    rate(lasting, 1, || {
        file.write_all(&[7; 4096])?;
        Ok(file.sync_data()?)
    })
}

/// How much a second, if each call of `work` does `amount`.
fn rate(lasting: Duration, amount: usize, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < lasting {
        work()?;
        count += amount;
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// The page's statement; see storage's `Reading::moment`.
fn moment_sql() -> String {
    let places: Vec<String> = (4..4 + PAGE).map(|place| format!("${place}")).collect();
    format!(
        "SELECT r.campaign_id, r.opens_at, r.closes_at, r.revision, v.post_id, v.value FROM round r
         LEFT JOIN vote v ON v.tenant_id = r.tenant_id AND v.participant_id = $3 AND v.post_id IN ({})
         WHERE r.tenant_id = $1 AND r.id = $2",
        places.join(", ")
    )
}

/// The vote's statement; see storage's `Writing::put_votes`.
fn votes_sql() -> String {
    let rows: Vec<String> =
        (0..BATCH).map(|row| format!("($1, ${}, ${}, ${})", row * 3 + 2, row * 3 + 3, row * 3 + 4)).collect();
    format!(
        "INSERT INTO vote (tenant_id, post_id, participant_id, value) VALUES {}
         ON CONFLICT (tenant_id, post_id, participant_id) DO UPDATE SET value = excluded.value",
        rows.join(", ")
    )
}

/// Rounds with contributions, and the people who came in, as (tenant, round, participant).
const READERS: &str = "SELECT r.tenant_id, r.id, p.id FROM round r
    JOIN participant p ON p.tenant_id = r.tenant_id AND p.campaign_id = r.campaign_id
    JOIN session s ON s.tenant_id = p.tenant_id AND s.participant_id = p.id
    WHERE EXISTS (SELECT 1 FROM post WHERE post.tenant_id = r.tenant_id AND post.round_id = r.id)";

/// Those who voted in the original, for the copy, where nobody has come in.
const VOTERS: &str = "SELECT id FROM participant ORDER BY id LIMIT 64";

/// Contributions.
const POSTS: &str = "SELECT tenant_id, id FROM post WHERE contribution_id IS NULL ORDER BY id";

/// How many posts have counts that are not those of their votes.
const WRONG_COUNTS: &str = "SELECT COUNT(*) FROM post p
    LEFT JOIN (SELECT tenant_id, post_id, SUM(CASE WHEN value = 1 THEN 1 ELSE 0 END) AS agrees,
                      SUM(CASE WHEN value = -1 THEN 1 ELSE 0 END) AS disagrees,
                      SUM(CASE WHEN value = 0 THEN 1 ELSE 0 END) AS passes
               FROM vote GROUP BY tenant_id, post_id) v ON v.tenant_id = p.tenant_id AND v.post_id = p.id
    WHERE p.agrees <> COALESCE(v.agrees, 0) OR p.disagrees <> COALESCE(v.disagrees, 0)
       OR p.passes <> COALESCE(v.passes, 0)";
