//! Asks that arrive while the database is busy with others of their kind are settled together, next: writes in one transaction, each decided on
//! its own, in the order of arrival, and answered after the commit, which serves everybody in it; reads in one statement.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use domain::Clock;
use domain::ids::TenantId;
use storage::StorageError;
use storage::conversation::Conversation;
use tokio::sync::{mpsc, oneshot};

use crate::ActionError;

/// Asks settled together at most.
const MAX_BATCH: usize = 256;
/// Asks that may wait; beyond it the server says that it is busy.
const MAX_WAITING: usize = 20_000;

/// Something that is to be written or read.
pub(crate) trait Ask: Send + Sync + Sized + 'static {
    /// What becomes of it.
    type Outcome: Send + 'static;

    /// Settles all of `asks`, which are of one tenant, at once. Gives what became of each, in their order.
    fn settle(
        asks: &[&Self],
        conversation: &Conversation,
        clock: &dyn Clock,
        tenant: TenantId,
    ) -> impl Future<Output = Result<Vec<Self::Outcome>, StorageError>> + Send;
}

struct Waiting<A: Ask> {
    tenant: TenantId,
    ask: A,
    answer: oneshot::Sender<Result<A::Outcome, ActionError>>,
}

/// The asks of one kind that wait.
pub(crate) struct Grouped<A: Ask>(mpsc::Sender<Waiting<A>>);

impl<A: Ask> Clone for Grouped<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Ask> Grouped<A> {
    /// Starts the task that settles them, which ends when the last handle is dropped. Call it inside a tokio runtime.
    pub(crate) fn start(conversation: Conversation, clock: Arc<dyn Clock>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Waiting<A>>(MAX_WAITING);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(MAX_BATCH);
            while receiver.recv_many(&mut batch, MAX_BATCH).await > 0 {
                // Whoever is about to ask as well comes along: each group costs as much as the next, however many it settles.
                one_turn().await;
                while batch.len() < MAX_BATCH
                    && let Ok(next) = receiver.try_recv()
                {
                    batch.push(next);
                }
                let mut by_tenant: BTreeMap<TenantId, Vec<Waiting<A>>> = BTreeMap::new();
                for waiting in batch.drain(..) {
                    by_tenant.entry(waiting.tenant).or_default().push(waiting);
                }
                for (tenant, waiting) in by_tenant {
                    settle_batch(&conversation, &*clock, tenant, waiting).await;
                }
            }
        });
        Self(sender)
    }

    /// Settles `ask`; returns when what is to be written is on disk, or refused.
    pub(crate) async fn settle(&self, tenant: TenantId, ask: A) -> Result<A::Outcome, ActionError> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Waiting { tenant, ask, answer }).map_err(|_| ActionError::Busy)?;
        answered
            .await
            .unwrap_or_else(|_| Err(ActionError::Fault("the task that settles asks stopped".into())))
    }
}

/// Lets every task go first that is ready now. Not tokio's `yield_now`, which also waits until nothing is ready any more.
async fn one_turn() {
    let mut is_over = false;
    poll_fn(|context| {
        if std::mem::replace(&mut is_over, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn settle_batch<A: Ask>(
    conversation: &Conversation,
    clock: &dyn Clock,
    tenant: TenantId,
    waiting: Vec<Waiting<A>>,
) {
    let asks: Vec<&A> = waiting.iter().map(|waiting| &waiting.ask).collect();
    match A::settle(&asks, conversation, clock, tenant).await {
        Ok(outcomes) => {
            for (waiting, outcome) in waiting.into_iter().zip(outcomes) {
                // Who has gone away needs no answer.
                let _ = waiting.answer.send(Ok(outcome));
            }
        }
        // One that cannot be settled, such as that of somebody who erased themselves meanwhile, must not take the others with it.
        Err(_) if waiting.len() > 1 => {
            for waiting in waiting {
                Box::pin(settle_batch(conversation, clock, tenant, vec![waiting])).await;
            }
        }
        Err(fault) => {
            for waiting in waiting {
                let _ = waiting.answer.send(Err(ActionError::Fault(fault.to_string())));
            }
        }
    }
}
