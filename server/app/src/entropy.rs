//! The operating system's randomness.

use domain::Entropy;

/// Random bytes fit for secrets. Tests pass a seeded source instead.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Entropy for OsRandom {
    /// # Panics
    /// When the operating system has no randomness to give: going on would hand out secrets that can be guessed.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where chance enters")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes)
            .unwrap_or_else(|error| panic!("no randomness from the operating system: {error}"));
    }
}
