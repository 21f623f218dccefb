//! The feed: what changed, as ids only, to every process that serves the same database.
//!
//! On SQLite there is one process and a commit tells its own subscribers. On PostgreSQL the commit itself notifies (`NOTIFY`),
//! and a listener in each process tells that process' subscribers.

use domain::ids::{RoundId, TenantId};
use sea_orm::sqlx::postgres::PgListener;
use tokio::sync::broadcast;
use uuid::Uuid;

/// The PostgreSQL notification channel.
pub(crate) const CHANNEL: &str = "candour";
/// Changes that a slow subscriber may fall behind before it is told to look at everything again.
const BACKLOG: usize = 4_096;

/// Something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something in a round; ask what, since the revision that you know.
    Round(TenantId, RoundId),
    /// A session ended; its keyed hash.
    SessionEnded([u8; 32]),
    /// Changes may have been missed: look at everything again.
    Missed,
}

/// Publishes and hands out changes within this process.
#[derive(Clone)]
pub struct Feed(broadcast::Sender<Change>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Feed {
    /// Follows the changes from now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }

    /// Tells this process' subscribers.
    pub(crate) fn publish(&self, change: Change) {
        // No subscriber is no fault.
        let _ = self.0.send(change);
    }

    /// Publishes what other processes (and this one) commit to the PostgreSQL at `url`, for as long as the process lives.
    pub(crate) async fn listen(&self, url: &str) -> crate::Result<()> {
        let mut listener = PgListener::connect(url).await?;
        listener.listen(CHANNEL).await?;
        let feed = self.clone();
        tokio::spawn(async move {
            loop {
                match listener.try_recv().await {
                    Ok(Some(notification)) => {
                        feed.publish(decode(notification.payload()).unwrap_or(Change::Missed));
                    }
                    Ok(None) => feed.publish(Change::Missed),
                    Err(error) => {
                        tracing::warn!(%error, "listening for changes failed; trying again");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        });
        Ok(())
    }
}

/// Pause before listening again after a fault.
const RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// A place in the feed.
pub struct Subscription(broadcast::Receiver<Change>);

impl Subscription {
    /// The next change; `None` when the feed has ended.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Change::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// A change as the payload of a notification.
pub(crate) fn encode(change: Change) -> String {
    match change {
        Change::Round(tenant, round) => format!("round {tenant} {round}"),
        Change::SessionEnded(hash) => {
            let (high, low) = hash.split_at(16);
            let half = |bytes: &[u8]| Uuid::from_slice(bytes).unwrap_or_default();
            format!("session {} {}", half(high), half(low))
        }
        Change::Missed => "missed".to_owned(),
    }
}

fn decode(payload: &str) -> Option<Change> {
    let mut words = payload.split(' ');
    let kind = words.next()?;
    let mut id = || words.next().and_then(|word| Uuid::parse_str(word).ok());
    match kind {
        "round" => Some(Change::Round(TenantId(id()?), RoundId(id()?))),
        "session" => {
            let (high, low) = (id()?.into_bytes(), id()?.into_bytes());
            let mut hash = [0; 32];
            hash[..16].copy_from_slice(&high);
            hash[16..].copy_from_slice(&low);
            Some(Change::SessionEnded(hash))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_come_back() {
        let changes =
            [Change::Round(TenantId::named(&["t"]), RoundId::named(&["r"])), Change::SessionEnded([7; 32])];
        for change in changes {
            assert_eq!(decode(&encode(change)), Some(change));
        }
        assert_eq!(decode("nonsense"), None);
    }
}
