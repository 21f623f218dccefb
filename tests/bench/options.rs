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
    /// What is measured.
    pub part: Part,
}

/// One of the parts of these benchmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What people ask for most, and live streams.
    Load,
    /// How people come in: signatures, rolls, thousands who join.
    Joins,
    /// How many wrong codes are tried, however many are sent.
    Guesses,
    /// How fast emails to many leave.
    Nudges,
    /// How long one of them takes.
    Pace,
    /// How long it takes to say who may do what.
    Policy,
}

impl Options {
    /// Reads the arguments of this process; `tests/bench/run` says what they are.
    pub fn read() -> Result<Self> {
        let databases = vec![Kind::Sqlite];
        let mut options = Self { databases, run: RUN, rounds: ROUNDS, streams: STREAMS, part: Part::Load };
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
                "joins" => options.part = Part::Joins,
                "guesses" => options.part = Part::Guesses,
                "nudges" => options.part = Part::Nudges,
                "pace" => options.part = Part::Pace,
                "policy" => options.part = Part::Policy,
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
