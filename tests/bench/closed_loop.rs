//! As many clients as there are connections, each asking again as soon as it has its answer.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::process;
use crate::stage::Server;
use crate::wire::Connection;

/// What clients do before anything is counted.
const WARM_UP: Duration = Duration::from_millis(300);

/// One run.
#[derive(Clone, Copy)]
pub struct Run {
    /// Answers a second.
    pub rate: f64,
    /// Half of the answers came within, and 99 of 100.
    pub median: Duration,
    pub p99: Duration,
    /// Processor time for each answer: the server's, and that of PostgreSQL's processes.
    pub server: Duration,
    pub database: Duration,
    /// Processors that this generator kept busy, and all others on the machine.
    pub generator: f64,
    pub others: f64,
    /// The server's memory at the end, bytes.
    pub memory: u64,
}

/// What is asked, and how it must be answered.
pub struct Load<Next> {
    pub connections: usize,
    pub lasting: Duration,
    pub status: u16,
    /// Writes the next request.
    pub next: Next,
}

impl<Next: Fn(&mut StdRng) -> Vec<u8>> Load<Next> {
    /// Runs it. Any other answer than the one it must be is an error: a fast refusal is no speed.
    pub async fn run(&self, server: &Server) -> Result<Run> {
        let connections = (0..self.connections).map(|_| Connection::open(server.site.address));
        let mut clients: Vec<(Connection, StdRng)> = try_join_all(connections)
            .await?
            .into_iter()
            .enumerate()
            .map(|(number, connection)| (connection, StdRng::seed_from_u64(number as u64)))
            .collect();
        self.all(&mut clients, WARM_UP).await?;
        let (before, begun) = (Usage::now(server)?, Instant::now());
        let mut waits = self.all(&mut clients, self.lasting).await?;
        let (took, used) = (begun.elapsed(), Usage::now(server)?.since(&before));
        waits.sort_unstable();
        let count = waits.len();
        ensure!(count > 0, "nothing was answered");
        let busy = |cpu: Duration| cpu.as_secs_f64() / took.as_secs_f64();
        Ok(Run {
            rate: count as f64 / took.as_secs_f64(),
            median: waits[count / 2],
            p99: waits[count * 99 / 100],
            server: used.server / count as u32,
            database: used.database / count as u32,
            generator: busy(used.generator),
            others: busy(used.machine.saturating_sub(used.server + used.database + used.generator)),
            memory: process::memory(server.pid())?,
        })
    }

    /// Every client until the time is over; how long each answer took.
    async fn all(&self, clients: &mut [(Connection, StdRng)], lasting: Duration) -> Result<Vec<Duration>> {
        let until = Instant::now() + lasting;
        let waits = clients.iter_mut().map(|(connection, chance)| self.one(connection, chance, until));
        Ok(try_join_all(waits).await?.concat())
    }

    async fn one(
        &self,
        connection: &mut Connection,
        chance: &mut StdRng,
        until: Instant,
    ) -> Result<Vec<Duration>> {
        let mut waits = Vec::with_capacity(1 << 14);
        let mut begun = Instant::now();
        while begun < until {
            let answer = connection.exchange(&(self.next)(chance)).await?;
            ensure!(answer.status == self.status, "{} came instead of {}", answer.status, self.status);
            let ended = Instant::now();
            waits.push(ended - begun);
            begun = ended;
        }
        Ok(waits)
    }
}

/// Processor time used so far.
struct Usage {
    server: Duration,
    database: Duration,
    generator: Duration,
    machine: Duration,
}

impl Usage {
    fn now(server: &Server) -> Result<Self> {
        let database = server.postmaster.map(process::cpu_of_children).transpose()?;
        Ok(Self {
            server: process::cpu(server.pid())?,
            database: database.unwrap_or_default(),
            generator: process::cpu(std::process::id())?,
            machine: process::machine_cpu()?,
        })
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
            generator: self.generator.saturating_sub(before.generator),
            machine: self.machine.saturating_sub(before.machine),
        }
    }
}
