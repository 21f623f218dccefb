//! Coming in: the two operations of a signature on one core beside OpenSSL's own, a whole system's roll read and written, how long the
//! identity side takes to forget an order, and thousands who join by the pages that everybody uses. And how often those who guess codes get
//! to try one.

mod arriving;
mod guesses;
mod roll;
mod signing;

use anyhow::Result;

use crate::options::Options;
use crate::stage::Stage;
use crate::{process, report};

pub use arriving::Arrivals;
pub use guesses::Guesses;
pub use roll::Roll;
pub use signing::Signing;

/// The organisation that most of the roll is of.
const LARGE: &str = "uhb";
/// The organisation whose people join.
const JOINING: &str = "bwc";
/// People on the roll: a whole health and care system.
const PEOPLE: usize = 80_000;
/// Of whom so many join.
const JOINERS: usize = 5_000;

/// All of it.
pub async fn measure(options: &Options) -> Result<()> {
    report::begin_joins()?;
    process::wait_for_quiet().await?;
    eprintln!("signatures");
    report::signing(&signing::measure(options.rounds, options.run)?);
    for kind in &options.databases {
        let mut rounds = Vec::new();
        for round in 1..=options.rounds {
            eprintln!("{kind}: rolls, round {round} of {}", options.rounds);
            rounds.push(roll::measure(*kind).await?);
        }
        report::rolls(*kind, &rounds);
    }
    for kind in &options.databases {
        let stage = Stage::fill(*kind, 1).await?;
        report::arrivals(*kind, &arriving::measure(&stage, options.rounds).await?);
    }
    Ok(())
}

/// Wrong codes, and how many of them are tried.
pub async fn measure_guesses(options: &Options) -> Result<()> {
    report::begin_guesses()?;
    for kind in &options.databases {
        eprintln!("{kind}: guesses");
        report::guesses(*kind, &guesses::measure(*kind, options.run).await?);
    }
    Ok(())
}

/// A roll of `PEOPLE`, of whom the first `JOINERS` are of the organisation that joins.
fn rows() -> impl Iterator<Item = [String; 4]> {
    (0..PEOPLE).map(|number| {
        let organisation = if number < JOINERS { JOINING } else { LARGE };
        let email = format!("first.last.{number}@{organisation}.example");
        [email, organisation.to_owned(), format!("Group {}", number % 40), format!("R{number:06}")]
    })
}

/// The names of its columns.
const COLUMNS: [&str; 4] = ["email", "organisation", "staff group", "own reference"];

/// As CSV.
fn csv() -> String {
    let lines = rows().map(|row| format!("{}\n", row.join(",")));
    std::iter::once(format!("{}\n", COLUMNS.join(","))).chain(lines).collect()
}
