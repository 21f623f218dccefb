//! The queue in front of a mailer: a page hands its email over and answers at once, whether the address is known or not.
//!
//! The queue lives in memory only, by choice. What it carries in this release are confirmations: a person who gets none
//! can ask again, and in return no code lies readable in a database or its backups. Whoever must know what became of a
//! message follows it ([`Posted`]) and keeps that in rows: login details, nudges.
//!
//! Each message is a task of its own, so that one that waits for its next try holds up nobody; two semaphores bound how
//! many there are and how many talk to the server at once. Logs say the kind, the fault and a count: no address, no
//! subject.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use thiserror::Error;
use tokio::{
    runtime::Handle,
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{Mailer, Message, SendFault};

/// Messages that may wait or be under way at once, about 8 kB each.
pub const MAX_WAITING: usize = 10_000;
/// Conversations with the mail server at once.
pub const MAX_SENDING: usize = 8;

/// Emails on their way out. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    mailer: Mailer,
    schedule: RetrySchedule,
    runtime: Handle,
    /// One place a message, from being posted to being sent or given up.
    places: Arc<Semaphore>,
    /// Told whenever a place has become free.
    freed: Notify,
    /// One line a conversation.
    lines: Semaphore,
    phase: watch::Sender<Phase>,
    tally: Tally,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Nothing new is taken, and nobody waits any longer before the next try, which is the last.
    Draining,
    /// Whatever is still here is dropped.
    Stopped,
}

/// How long to wait before the second try, the third, and so on. After the last one a message is given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule(Vec<Duration>);

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PostRefusal {
    /// [`MAX_WAITING`] messages are waiting: the mail server is slow or down.
    #[error("We cannot send email just now. Try again in a few minutes.")]
    Busy,
    /// The server is about to stop.
    #[error("We cannot send email just now. Try again in a minute.")]
    Closed,
}

/// A message that was taken, to learn what becomes of it.
#[derive(Debug)]
pub struct Posted(JoinHandle<bool>);

impl Posted {
    /// Whether it was handed to the mail server, once that is known; if not, it was given up.
    pub async fn was_sent(self) -> bool {
        self.0.await.unwrap_or(false)
    }
}

/// How many messages drained away unsent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} emails were not sent in time")]
pub struct Unsent(pub u64);

#[derive(Default)]
struct Tally {
    posted: AtomicU64,
    sent: AtomicU64,
    retried: AtomicU64,
    given_up: AtomicU64,
}

/// Counts since the start, for metrics and the operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken.
    pub posted: u64,
    /// Handed to the mail server.
    pub sent: u64,
    /// Tries that came after a failed one.
    pub retried: u64,
    /// Given up: refused for good, or every try failed, or dropped at the end.
    pub given_up: u64,
}

impl Counts {
    /// Neither sent nor given up.
    pub fn waiting(&self) -> u64 {
        self.posted.saturating_sub(self.sent + self.given_up)
    }
}

impl RetrySchedule {
    /// Waits between tries; with none there is one try.
    pub fn new(waits: Vec<Duration>) -> Self {
        Self(waits)
    }
}

impl Default for RetrySchedule {
    /// 1 s, 5 s, 30 s, 2 min, 10 min: a code works for longer than most faults last, and no longer is of use after.
    fn default() -> Self {
        Self([1, 5, 30, 120, 600].map(Duration::from_secs).to_vec())
    }
}

impl Outbox {
    /// An empty queue before `mailer`. To be called within tokio's runtime, which its tasks then run on.
    pub fn start(mailer: Mailer, schedule: RetrySchedule) -> Self {
        Self(Arc::new(Inner {
            mailer,
            schedule,
            runtime: Handle::current(),
            places: Arc::new(Semaphore::new(MAX_WAITING)),
            freed: Notify::new(),
            lines: Semaphore::new(MAX_SENDING),
            phase: watch::Sender::new(Phase::Open),
            tally: Tally::default(),
        }))
    }

    /// Takes a message and returns at once.
    ///
    /// # Errors
    /// A [`PostRefusal`] when the queue is full or closed.
    pub fn post(&self, message: Message) -> Result<(), PostRefusal> {
        self.post_and_follow(message).map(drop)
    }

    /// The same, for whoever must know what becomes of it.
    ///
    /// # Errors
    /// A [`PostRefusal`] when the queue is full or closed.
    pub fn post_and_follow(&self, message: Message) -> Result<Posted, PostRefusal> {
        if *self.0.phase.borrow() != Phase::Open {
            return Err(PostRefusal::Closed);
        }
        let place = Arc::clone(&self.0.places).try_acquire_owned().map_err(|_| PostRefusal::Busy)?;
        self.0.tally.posted.fetch_add(1, Relaxed);
        Ok(Posted(self.0.runtime.spawn(Arc::clone(&self.0).deliver(message, place))))
    }

    /// Returns once nothing waits or is under way.
    pub async fn idle(&self) {
        // Not by taking all places: whoever waits for them would be given each that becomes free, and posting refused.
        loop {
            let freed = self.0.freed.notified();
            if self.0.places.available_permits() == MAX_WAITING {
                return;
            }
            freed.await;
        }
    }

    /// Takes nothing more, tries what waits once more, and drops what is not sent by the deadline.
    ///
    /// # Errors
    /// [`Unsent`]: how many were given up since the draining began.
    pub async fn drain(&self, deadline: Duration) -> Result<(), Unsent> {
        let before = self.counts().given_up;
        self.0.phase.send_replace(Phase::Draining);
        if timeout(deadline, self.idle()).await.is_err() {
            self.0.phase.send_replace(Phase::Stopped);
            self.idle().await;
        }
        self.0.mailer.close().await;
        match self.counts().given_up - before {
            0 => Ok(()),
            unsent => Err(Unsent(unsent)),
        }
    }

    /// Counts since the start.
    pub fn counts(&self) -> Counts {
        let Tally { posted, sent, retried, given_up } = &self.0.tally;
        // `posted` last: a message may be posted and sent in between, and `waiting` never goes below nothing.
        Counts {
            sent: sent.load(Relaxed),
            retried: retried.load(Relaxed),
            given_up: given_up.load(Relaxed),
            posted: posted.load(Relaxed),
        }
    }
}

impl Inner {
    /// Gives whether it was handed over.
    async fn deliver(self: Arc<Self>, message: Message, place: OwnedSemaphorePermit) -> bool {
        let mut phase = self.phase.subscribe();
        let outcome = tokio::select! {
            outcome = self.try_by_schedule(&message) => outcome.map_err(|fault| fault.to_string()),
            _ = phase.wait_for(|phase| *phase == Phase::Stopped) => Err("the server stopped".to_owned()),
        };
        let sent = outcome.is_ok();
        match outcome {
            Ok(()) => {
                self.tally.sent.fetch_add(1, Relaxed);
            }
            Err(reason) => {
                let given_up = self.tally.given_up.fetch_add(1, Relaxed) + 1;
                tracing::warn!(kind = message.kind(), reason, given_up, "an email was given up");
            }
        }
        drop(place);
        self.freed.notify_waiters();
        sent
    }

    async fn try_by_schedule(&self, message: &Message) -> Result<(), SendFault> {
        let mut waits = self.schedule.0.iter();
        loop {
            let last = *self.phase.borrow() != Phase::Open;
            let fault = match self.try_once(message).await {
                Ok(()) => return Ok(()),
                Err(fault) => fault,
            };
            let Some(wait) = waits.next().filter(|_| fault.may_pass() && !last) else {
                return Err(fault);
            };
            self.wait(*wait).await;
            self.tally.retried.fetch_add(1, Relaxed);
        }
    }

    async fn try_once(&self, message: &Message) -> Result<(), SendFault> {
        // The semaphore is never closed.
        let _line = self.lines.acquire().await;
        self.mailer.send(message).await
    }

    /// As long as `wait`, or until draining begins.
    async fn wait(&self, wait: Duration) {
        let mut phase = self.phase.subscribe();
        tokio::select! {
            () = sleep(wait) => {}
            _ = phase.wait_for(|phase| *phase != Phase::Open) => {}
        }
    }
}
