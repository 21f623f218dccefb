//! How a round type behaves: figures for operators, about calls, never about people.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::failure::{CallFailure, Cause};

/// Bounds of the classes that calls' times are counted in, microseconds; the last class has what is longer.
const BOUNDS: [u64; 12] = [10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000, 100_000, 1_000_000, u64::MAX];

/// What is counted of one component since it was loaded.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    refused: AtomicU64,
    traps: AtomicU64,
    time_outs: AtomicU64,
    overruns: AtomicU64,
    bad_outputs: AtomicU64,
    own_mistakes: AtomicU64,
    not_its_fault: AtomicU64,
    nanoseconds: AtomicU64,
    most_memory: AtomicU64,
    by_time: [AtomicU64; BOUNDS.len()],
}

/// How often a component was called, and what came of it, since it was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Calls, whatever came of them.
    pub calls: u64,
    /// Calls that ended in a sentence for the participant: what was given cannot be taken.
    pub refused: u64,
    /// Traps.
    pub traps: u64,
    /// Calls that took too long.
    pub time_outs: u64,
    /// Calls that called the host too often, or moved too much.
    pub overruns: u64,
    /// Results that break the contract.
    pub bad_outputs: u64,
    /// Mistakes that it told of itself.
    pub own_mistakes: u64,
    /// Calls that failed for want of state or room.
    pub not_its_fault: u64,
    /// Time of all calls together, microseconds.
    pub microseconds: u64,
    /// Half of the calls took no longer than this, microseconds: a bound of a class of times.
    pub microseconds_median: u64,
    /// 99 in 100 calls took no longer than this, microseconds: a bound of a class of times.
    pub microseconds_p99: u64,
    /// The most memory that one call had, bytes.
    pub most_memory: u64,
}

impl Counters {
    pub(crate) fn count<T>(&self, took: Duration, memory: usize, result: &Result<T, CallFailure>) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        add(&self.calls, 1);
        add(&self.nanoseconds, nanoseconds);
        self.most_memory.fetch_max(memory as u64, Ordering::Relaxed);
        let class = BOUNDS.partition_point(|bound| *bound < nanoseconds / 1_000);
        add(&self.by_time[class], 1);
        if let Err(failure) = result {
            self.count_failure(failure);
        }
    }

    pub(crate) fn count_failure(&self, failure: &CallFailure) {
        let counter = match failure {
            CallFailure::Invalid(_)
            | CallFailure::Refused(_)
            | CallFailure::NoSuchForm
            | CallFailure::NotOpen => &self.refused,
            CallFailure::Unavailable(cause) => match cause {
                Cause::Trap(_) => &self.traps,
                Cause::TimeOut => &self.time_outs,
                Cause::TooMuch(_) => &self.overruns,
                Cause::BadOutput(_) => &self.bad_outputs,
                Cause::Internal(_) => &self.own_mistakes,
                Cause::Busy | Cause::State(_) => &self.not_its_fault,
            },
        };
        add(counter, 1);
    }

    pub(crate) fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let times: Vec<u64> = self.by_time.iter().map(read).collect();
        Figures {
            calls: read(&self.calls),
            refused: read(&self.refused),
            traps: read(&self.traps),
            time_outs: read(&self.time_outs),
            overruns: read(&self.overruns),
            bad_outputs: read(&self.bad_outputs),
            own_mistakes: read(&self.own_mistakes),
            not_its_fault: read(&self.not_its_fault),
            microseconds: read(&self.nanoseconds) / 1_000,
            microseconds_median: bound_of(&times, 50),
            microseconds_p99: bound_of(&times, 99),
            most_memory: read(&self.most_memory),
        }
    }
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

/// The bound of the class in which `percent` of what `times` counts is reached; 0 where nothing was counted.
fn bound_of(times: &[u64], percent: u64) -> u64 {
    let all: u64 = times.iter().sum();
    let mut seen = 0;
    let reached = times.iter().position(|count| {
        seen += count;
        all > 0 && seen * 100 >= all * percent
    });
    reached.map_or(0, |class| BOUNDS[class])
}

#[test]
fn times_are_told_by_the_class_in_which_the_share_is_reached() {
    let counters = Counters::default();
    for microseconds in (0..98).map(|_| 12).chain([400, 2_000_000]) {
        counters.count(Duration::from_micros(microseconds), 7, &Ok(()));
    }
    let figures = counters.figures();
    assert_eq!((figures.calls, figures.most_memory), (100, 7));
    assert_eq!((figures.microseconds_median, figures.microseconds_p99), (20, 500));
    assert_eq!(figures.microseconds, 98 * 12 + 400 + 2_000_000);
    assert_eq!(bound_of(&[0; BOUNDS.len()], 99), 0);
}
