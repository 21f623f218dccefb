//! A server that has just started, and does nothing.

use std::time::Duration;

use anyhow::Result;

use crate::process;
use crate::stage::Stage;

/// For how long it does nothing before its memory is read.
const IDLE: Duration = Duration::from_secs(1);

/// One start.
pub struct Start {
    pub ready_after: Duration,
    /// Memory when idle, bytes.
    pub memory: u64,
}

/// Starts it that often.
pub async fn measure(stage: &Stage, times: usize) -> Result<Vec<Start>> {
    let mut starts = Vec::with_capacity(times);
    for _ in 0..times {
        let server = stage.serve().await?;
        tokio::time::sleep(IDLE).await;
        starts.push(Start { ready_after: server.ready_after, memory: process::memory(server.pid())? });
    }
    Ok(starts)
}
