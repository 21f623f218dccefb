//! What people and operators can do: one use case a file, named verb_noun. The folder listing is the feature list.
//!
//! Here: the order of things: begin, load, let `domain` decide, write, commit once. Not here: rules (domain's), SQL
//! (storage's), pages and JSON (web's). To add one: a file named after what it does with an `impl Actions`, listed below; it takes
//! a tenant, asks the clock once, and gives back an outcome, `None` for what is not there, or an [`ActionError`].

mod add_comment;
mod apply_tenant_pack;
mod cast_vote;
mod edit_post;
mod enter_with_code;
mod error;
mod export_campaign;
mod find_tenant;
mod follow_changes;
mod import_conversation;
mod import_polis;
mod issue_codes;
mod leave;
mod list_mine;
mod lock_post;
mod resume_session;
mod share_contribution;
mod show_contribution;
mod show_conversation;
mod show_home;
mod show_round;
mod tenant;
mod withdraw_post;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use credentials::Pepper;
use domain::ids::CampaignId;
use domain::{Clock, Entropy};
use storage::Storage;

pub use add_comment::CommentForm;
pub use apply_tenant_pack::{Applied, ApplyRefusal};
pub use enter_with_code::{Entered, EntryRefusal};
pub use error::ActionError;
pub use export_campaign::Exported;
pub use follow_changes::{ChangedPost, Changes, Followed, MAX_CHANGES};
pub use import_conversation::Imported;
pub use import_polis::ImportRefusal;
pub use issue_codes::{IssueRefusal, MAX_CODES_PER_BATCH};
pub use list_mine::{MAX_MINE, Mine};
pub use show_contribution::{COMMENTS_PER_PAGE, ContributionView};
pub use show_conversation::ConversationView;
pub use show_home::CampaignView;
pub use storage::conversation::{OwnVote, Post, Session, ThreadPost};
pub use tenant::{Campaign, Organisation, Page, RoundInfo, Tenant};

/// Every use case, with what they need.
#[derive(Clone)]
pub struct Actions {
    storage: Storage,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pepper: Pepper,
    directory: Arc<find_tenant::Directory>,
    votes: cast_vote::VoteQueue,
    joined: Arc<Mutex<JoinedFigures>>,
}

/// How many came into each campaign, and the day on which they were counted.
type JoinedFigures = HashMap<CampaignId, (NaiveDate, i64)>;

impl Actions {
    /// Every use case over `storage`. Starts the task that writes votes; call it inside a tokio runtime.
    pub fn new(storage: Storage, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, pepper: Pepper) -> Self {
        let votes = cast_vote::VoteQueue::start(storage.conversation.clone(), Arc::clone(&clock));
        Self { storage, clock, entropy, pepper, directory: Arc::default(), votes, joined: Arc::default() }
    }

    /// The present instant by this server's clock, UTC.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    fn joined_figures(&self) -> MutexGuard<'_, JoinedFigures> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether both databases answer.
    ///
    /// # Errors
    /// The one that does not.
    pub async fn check_databases(&self) -> Result<(), ActionError> {
        self.storage.identity.ping().await?;
        Ok(self.storage.conversation.ping().await?)
    }
}
