//! Where time and chance come from: the traits only. `app` owns the real ones, tests own virtual ones.

use chrono::{DateTime, Utc};

/// Tells the time, in UTC.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// Gives random bytes fit for secrets.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random values.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes from `entropy`.
pub fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
