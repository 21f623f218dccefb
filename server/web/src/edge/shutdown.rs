//! One signal that says "we are closing", to which the accept loop and every live stream listen.

use futures_util::{Stream, StreamExt};
use tokio::sync::watch;

/// Begins the shutdown. Dropping it begins it too, so that a lost trigger cannot keep a process alive.
#[derive(Debug)]
pub struct ShutdownTrigger(watch::Sender<bool>);

/// Hears of the shutdown. Cheap to clone: one for each listener.
#[derive(Debug, Clone)]
pub struct ShutdownSignal(watch::Receiver<bool>);

/// A trigger and the signal that it raises.
pub fn shutdown() -> (ShutdownTrigger, ShutdownSignal) {
    let (trigger, signal) = watch::channel(false);
    (ShutdownTrigger(trigger), ShutdownSignal(signal))
}

impl ShutdownTrigger {
    /// Begins the shutdown; the second time it does nothing.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }
}

impl ShutdownSignal {
    /// Waits until the shutdown begins; returns at once if it has.
    pub async fn begun(mut self) {
        // An error means that the trigger is gone, which is a shutdown as well.
        let _ = self.0.wait_for(|begun| *begun).await;
    }

    /// `stream`, ended when the shutdown begins: for live streams, which would otherwise hold their connection open
    /// until the drain runs out.
    pub fn end<S: Stream>(&self, stream: S) -> impl Stream<Item = S::Item> + use<S> {
        stream.take_until(self.clone().begun())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_live_stream_ends_when_the_shutdown_begins() {
        let (trigger, signal) = shutdown();
        let mut endless = Box::pin(signal.end(stream::iter([1]).chain(stream::pending())));
        assert_eq!(endless.next().await, Some(1));
        trigger.begin();
        assert_eq!(endless.next().await, None);
    }

    #[tokio::test]
    async fn a_lost_trigger_is_a_shutdown() {
        let (trigger, signal) = shutdown();
        drop(trigger);
        signal.begun().await;
    }
}
