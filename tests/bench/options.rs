//! What was typed.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::stage::Kind;

/// How long a run takes if not said otherwise.
const RUN: Duration = Duration::from_secs(4);
/// From how many runs a figure comes if not said otherwise.
const ROUNDS: usize = 5;
/// Live streams opened at once if not said otherwise.
const STREAMS: usize = 10_000;

/// What to measure, and how long.
pub struct Options {
    pub databases: Vec<Kind>,
    pub run: Duration,
    pub rounds: usize,
    pub streams: usize,
    /// How people come in is measured, and nothing else.
    pub joins: bool,
}

impl Options {
    /// Reads the arguments of this process; `tests/bench/run` says what they are.
    pub fn read() -> Result<Self> {
        let databases = vec![Kind::Sqlite];
        let mut options = Self { databases, run: RUN, rounds: ROUNDS, streams: STREAMS, joins: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || -> Result<usize> {
                let typed = arguments.next().with_context(|| format!("{argument} needs a number"))?;
                typed.parse().with_context(|| format!("{argument} {typed}"))
            };
            match argument.as_str() {
                "sqlite" => options.databases = vec![Kind::Sqlite],
                "postgres" => options.databases = vec![Kind::Postgres],
                "all" => options.databases = vec![Kind::Sqlite, Kind::Postgres],
                "joins" => options.joins = true,
                "--seconds" => options.run = Duration::from_secs(number()? as u64),
                "--rounds" => options.rounds = number()?,
                "--streams" => options.streams = number()?,
                // `cargo bench` says so to every benchmark.
                "--bench" => {}
                _ => bail!("`{argument}` is not known here: see tests/bench/run"),
            }
        }
        Ok(options)
    }
}
