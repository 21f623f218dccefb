//! `candour serve`.

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::config::Config;
use crate::{OsRandom, SystemClock, logs, start};

/// Serves until SIGINT or SIGTERM.
pub async fn run(config: Config) -> Result<()> {
    logs::begin(&config.logs)?;
    raise_file_limit();
    let stop = stop_signal()?;
    let running = start(config, Arc::new(SystemClock), Arc::new(OsRandom)).await?;
    tracing::info!(site = %running.site, operations = %running.operations, "serving");
    running.until(stop).await.context("the server stopped by itself")?;
    tracing::info!("stopped");
    Ok(())
}

/// Every open page holds a connection for its live updates, and systems begin with as few as 1,024 files for a process: takes as
/// many as the system lets this one have. Where it gives no more, the accept loop waits for free ones.
pub fn raise_file_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

/// SIGINT or SIGTERM, from this call on. A second one ends the process at once.
#[cfg(unix)]
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            std::process::exit(1);
        });
    })
}

/// Ctrl+C, from this call on.
#[cfg(not(unix))]
pub fn stop_signal() -> Result<impl Future<Output = ()>> {
    Ok(async {
        // A console that cannot signal leaves us serving until the process is ended.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
