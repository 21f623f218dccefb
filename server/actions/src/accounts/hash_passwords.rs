//! Hashes passwords off the threads that serve requests, a few at a time: each takes tens of milliseconds and 19 MiB.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use credentials::{DerivedKey, Password, PasswordHash, Pepper, labels};
use tokio::sync::Semaphore;

use crate::ActionError;

/// Passwords that are hashed at once: 76 MiB.
const AT_ONCE: usize = 4;
/// Passwords that may wait to be hashed; with more, whoever comes is asked to try again.
const MAX_WAITING: usize = 60;

/// Where passwords are hashed.
pub struct Hashing {
    key: DerivedKey,
    places: Semaphore,
    lines: Arc<Semaphore>,
    count: AtomicU64,
}

impl Hashing {
    pub fn new(secret: &Pepper) -> Self {
        Self {
            key: secret.derive(labels::PASSWORDS),
            places: Semaphore::new(AT_ONCE + MAX_WAITING),
            lines: Arc::new(Semaphore::new(AT_ONCE)),
            count: AtomicU64::default(),
        }
    }

    /// How many were hashed or compared so far.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash, ActionError> {
        self.work(move |key| password.hash(key, salt)).await
    }

    /// Whether `stored` is the hash of `password`; the same work where nothing is stored.
    pub async fn fits(&self, password: Password, stored: Option<PasswordHash>) -> Result<bool, ActionError> {
        let compare = move |key: &DerivedKey| match stored {
            Some(stored) => stored.fits(&password, key),
            None => {
                password.fits_nobody(key);
                false
            }
        };
        self.work(compare).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&DerivedKey) -> T + Send + 'static,
    ) -> Result<T, ActionError> {
        let _place = self.places.try_acquire().map_err(|_| ActionError::Busy)?;
        let fault = |_| ActionError::Fault("hashing stopped".to_owned());
        let line = Arc::clone(&self.lines).acquire_owned().await.map_err(fault)?;
        self.count.fetch_add(1, Ordering::Relaxed);
        let key = self.key.clone();
        // The line goes with the work: whoever goes away does not free it before it is done.
        let done = tokio::task::spawn_blocking(move || {
            let _line = line;
            work(&key)
        });
        done.await.map_err(|error| ActionError::Fault(error.to_string()))
    }
}
