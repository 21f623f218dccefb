//! Waiting for what must happen soon: as short as it takes, and never for ever.

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// How long anything may take before a test fails, however busy the machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked again.
const INTERVAL: Duration = Duration::from_millis(5);

/// Waits until `condition` holds.
///
/// # Panics
/// When it does not within [`PATIENCE`]; says `what` should have happened.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let holds = async {
        while !condition().await {
            sleep(INTERVAL).await;
        }
    };
    soon(what, holds).await;
}

/// What `future` comes to.
///
/// # Panics
/// When it takes longer than [`PATIENCE`]; says `what` should have happened.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("it did not happen that {what}"))
}
