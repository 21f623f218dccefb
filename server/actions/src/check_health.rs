//! How the platform fares, for its operators: databases, emails on their way, tenants. Nothing of what people say.

use std::time::Duration;

use tokio::time::Instant;

use crate::Sides;

/// How the platform fares.
#[derive(Clone, Debug)]
pub struct Health {
    /// Each side that is served here: its name, and how long its database took to answer, or why it did not.
    pub databases: Vec<(&'static str, Result<Duration, String>)>,
    /// Emails that wait to be sent, where the identity side is served.
    pub emails_waiting: Option<u64>,
    /// Emails that were sent since the process began, and those that were given up.
    pub emails_sent: Option<(u64, u64)>,
}

impl Sides {
    /// Looks how the platform fares.
    pub async fn check_health(&self) -> Health {
        let mut databases = Vec::new();
        if let Some(identity) = &self.identity {
            let began = Instant::now();
            let answer = identity.check_database().await;
            databases.push(("Identity", answer.map(|()| began.elapsed()).map_err(|fault| fault.to_string())));
        }
        if let Some(conversation) = &self.conversation {
            let began = Instant::now();
            let answer = conversation.check_database().await;
            databases
                .push(("Conversation", answer.map(|()| began.elapsed()).map_err(|fault| fault.to_string())));
        }
        let counts = self.identity.as_ref().map(|identity| identity.post.usual.outbox.counts());
        Health {
            databases,
            emails_waiting: counts.as_ref().map(mail::Counts::waiting),
            emails_sent: counts.map(|counts| (counts.sent, counts.given_up)),
        }
    }
}
