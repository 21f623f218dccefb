//! Candour under load: the release binary in a process of its own, filled with the real conversation, asked over loopback by
//! this one thread.
//!
//! `bash tests/bench/run` builds both, brings PostgreSQL, and runs this. [`stage`] fills the databases and starts the server,
//! [`people`] come in with codes, [`closed_loop`], [`live`], [`start`] and [`weight`] measure, [`ceilings`] are what the same
//! machine does without the server, and [`report`] prints. Three parts are on their own: [`joins`], how people come in,
//! [`pace`], how long one of them takes, and [`policy`], who may do what. To measure one more request: a line in [`hot_paths`].

mod ceilings;
mod closed_loop;
mod hot_paths;
mod joins;
mod live;
mod nudges;
mod options;
mod pace;
mod people;
mod policy;
mod process;
mod report;
mod stage;
mod start;
mod weight;
mod wire;

use anyhow::Result;
use options::{Options, Part};
use stage::{Kind, Stage};

/// People who come in with a code and then vote and read.
const PEOPLE: usize = 64;
/// People who review pledges: many more than connections, as nobody sends two forms at the same moment.
const REVIEWERS: usize = 1_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::read()?;
    // A stream is an open file here, too.
    rlimit::increase_nofile_limit(u64::MAX)?;
    match options.part {
        Part::Joins => return joins::measure(&options).await,
        Part::Guesses => return joins::measure_guesses(&options).await,
        Part::Nudges => return nudges::measure(&options).await,
        Part::Pace => return pace::measure().await,
        Part::Policy => return policy::measure(&options),
        Part::Load => {}
    }
    for kind in &options.databases {
        measure(*kind, &options).await?;
    }
    Ok(())
}

async fn measure(kind: Kind, options: &Options) -> Result<()> {
    let stage = Stage::fill(kind, PEOPLE + live::readers(options.streams)).await?;
    report::begin(kind)?;
    process::wait_for_quiet().await?;
    report::starts(&start::measure(&stage, options.rounds).await?);

    let server = stage.serve().await?;
    let (codes, of_readers) = stage.codes.split_at(PEOPLE);
    let people = people::enter(&server.site, codes).await?;
    let reviewers = people::review(&server.site, &stage.review_codes(REVIEWERS)?).await?;
    report::weight(&weight::measure(&server.site, &people[0]).await?);

    // Each round runs everything once, so that a noisy minute touches all figures alike.
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        process::wait_for_quiet().await?;
        eprintln!("{kind}: round {round} of {}", options.rounds);
        let paths = hot_paths::measure(&server, (&people, &reviewers), options.run).await?;
        let ceilings = ceilings::measure(&stage, options.run).await?;
        rounds.push((paths, ceilings));
    }
    report::hot_paths(&rounds);
    report::check(stage.wrong_counts().await?);

    eprintln!("{kind}: {} live streams", options.streams);
    let readers = people::come_in(&server.site, of_readers).await?;
    process::wait_for_quiet().await?;
    report::live(&live::measure(&server, &people[0], &readers, options.streams).await?);
    Ok(())
}
