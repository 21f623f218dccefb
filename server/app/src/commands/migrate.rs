//! `candour migrate`.

use anyhow::Result;

use crate::config::Config;
use crate::{OsRandom, databases};

/// Makes what is missing and brings the databases up to date.
pub async fn run(config: &Config) -> Result<()> {
    let reports = databases::prepare(config, &OsRandom).await?;
    for (side, report) in reports {
        match report.applied {
            0 => println!("{side}: up to date, {} change(s) in all", report.total),
            applied => println!("{side}: {applied} change(s) made, {} in all", report.total),
        }
    }
    Ok(())
}
