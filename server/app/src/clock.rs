//! The machine's clock.

use chrono::{DateTime, Utc};
use domain::Clock;

/// Real time. Tests pass a clock of their own instead.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where time enters")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
