//! What providers publish about themselves: addresses and keys, fetched by discovery and kept for ten minutes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{DiscoveryError, core::CoreProviderMetadata};

use crate::{
    http::{Http, HttpFault},
    provider::Provider,
    refusal::SignOnRefusal,
};

/// How long a provider's addresses and keys are believed, in minutes.
pub const KEEP_MINUTES: i64 = 10;
/// How old keys must be before one that is missing makes us fetch them again, in minutes.
pub const REFRESH_MINUTES: i64 = 1;
/// Providers remembered at once, about 10 kB each. Beyond it all are forgotten and fetched as they are needed.
pub const MAX_REMEMBERED: usize = 1_000;

/// Fetched documents by issuer.
#[derive(Default)]
pub(crate) struct Directory(Mutex<HashMap<String, Entry>>);

/// A provider's documents, with its keys, and when they were fetched.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) metadata: Arc<CoreProviderMetadata>,
    fetched_at: DateTime<Utc>,
}

impl Entry {
    /// A clock that was set back makes an entry old, not young for ever.
    fn is_younger_than(&self, minutes: i64, now: DateTime<Utc>) -> bool {
        let age = now.signed_duration_since(self.fetched_at);
        age >= TimeDelta::zero() && age < TimeDelta::minutes(minutes)
    }
}

impl Directory {
    /// From memory, or fetched.
    pub(crate) async fn entry(
        &self,
        http: &Http,
        provider: &Provider,
        now: DateTime<Utc>,
    ) -> Result<Entry, SignOnRefusal> {
        let remembered = self.lock().get(provider.issuer()).cloned();
        match remembered.filter(|entry| entry.is_younger_than(KEEP_MINUTES, now)) {
            Some(entry) => Ok(entry),
            None => self.fetch(http, provider, now).await,
        }
    }

    /// Fetched again because a key was missing: providers change keys when they like. `None` if that was just done, so
    /// that made-up tokens cannot make us ask without end.
    pub(crate) async fn refreshed(
        &self,
        http: &Http,
        provider: &Provider,
        known: &Entry,
        now: DateTime<Utc>,
    ) -> Result<Option<Entry>, SignOnRefusal> {
        if known.is_younger_than(REFRESH_MINUTES, now) {
            return Ok(None);
        }
        self.fetch(http, provider, now).await.map(Some)
    }

    async fn fetch(
        &self,
        http: &Http,
        provider: &Provider,
        now: DateTime<Utc>,
    ) -> Result<Entry, SignOnRefusal> {
        let issuer = provider.issuer_url().clone();
        let metadata = CoreProviderMetadata::discover_async(issuer, http).await.map_err(|e| refusal(&e))?;
        let entry = Entry { metadata: Arc::new(metadata), fetched_at: now };
        let mut entries = self.lock();
        if entries.len() >= MAX_REMEMBERED && !entries.contains_key(provider.issuer()) {
            entries.clear();
        }
        entries.insert(provider.issuer().to_owned(), entry.clone());
        Ok(entry)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refusal(error: &DiscoveryError<HttpFault>) -> SignOnRefusal {
    match error {
        DiscoveryError::Request(HttpFault::NotSafe) => {
            SignOnRefusal::not_trusted(HttpFault::NotSafe.to_string())
        }
        DiscoveryError::Request(fault) => SignOnRefusal::not_reachable(fault.to_string()),
        DiscoveryError::Response(status, ..) => {
            SignOnRefusal::not_reachable(format!("discovery was answered with status {}", status.as_u16()))
        }
        DiscoveryError::Validation(_) => {
            SignOnRefusal::not_trusted("the discovery document is of another issuer")
        }
        _ => SignOnRefusal::not_trusted("the discovery document cannot be read"),
    }
}
