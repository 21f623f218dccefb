//! Messages kept in memory: for the demo's mailbox page and for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{Address, Message};

/// How many messages are kept, about 8 kB each; the oldest make room.
pub const MEMORY_MESSAGES: usize = 500;

/// The messages that went into memory. Cheap to clone; all clones show the same.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Mutex<VecDeque<Arc<Message>>>>);

impl Mailbox {
    /// Newest first.
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.lock().iter().rev().cloned().collect()
    }

    /// Those to one address, newest first.
    pub fn to(&self, address: &Address) -> Vec<Arc<Message>> {
        self.lock().iter().rev().filter(|message| message.to() == address).cloned().collect()
    }

    pub(crate) fn put(&self, message: Message) {
        let mut messages = self.lock();
        if messages.len() == MEMORY_MESSAGES {
            messages.pop_front();
        }
        messages.push_back(Arc::new(message));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Message>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mailbox({} messages)", self.lock().len())
    }
}
