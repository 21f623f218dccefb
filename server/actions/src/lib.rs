//! What people and operators can do: one use case a file, named verb_noun. The folder listing is the feature list. [`Actions`] are the
//! conversation side's, [`Enrolment`] the identity side's: they share no database and no secret.
//!
//! Here: the order of things: begin, load, let `domain` decide, write, commit once. Not here: rules (domain's), SQL
//! (storage's), pages and JSON (web's). To add one: a file named after what it does with an `impl Actions`, listed below; it takes
//! a tenant, asks the clock once, and gives back an outcome, `None` for what is not there, or an [`ActionError`].

mod accounts;
mod actor;
mod add_comment;
mod admit_waiting;
mod apply_tenant_pack;
mod cast_vote;
mod change_dates;
mod change_policy;
mod change_settings;
mod change_standing;
mod check_draft;
mod check_health;
mod create_tenant;
mod draft_campaign;
mod edit_pack;
mod edit_post;
mod enrolment;
mod enter_with_code;
mod erase_mine;
mod erase_tenants;
mod error;
mod export_campaign;
mod export_mine;
mod find_person;
mod find_tenant;
mod follow_changes;
mod grouped;
mod handouts;
mod import_conversation;
mod import_polis;
mod import_roll;
mod issue_codes;
mod issue_logins;
mod join_by_single_sign_on;
mod join_with_login;
mod keep_act;
mod keep_house;
mod keep_smallest_groups;
mod launch_campaign;
mod launch_draft;
mod leave;
mod list_mine;
mod lock_post;
mod mailings;
mod moderation;
mod publish_figures;
mod put_away_refused;
mod read_audit;
mod register_credential;
mod resume_session;
pub mod round_types;
mod send_logins;
mod share_contribution;
mod show_calendar;
mod show_contribution;
mod show_conversation;
mod show_figures;
mod show_home;
mod show_keys;
mod show_report;
mod show_round;
mod show_sealed_codes;
mod sign_credential;
mod sign_up;
mod tenant;
mod withdraw_post;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use credentials::Pepper;
use domain::ids::CampaignId;
use domain::{Clock, Entropy};
use storage::conversation::{Conversation, Whose};

pub use ::policy;
pub use accounts::{
    ARRIVAL_MINUTES, Accepted, AccountRefusal, Accounts, BegunSession, Invited, ListedAccount,
    MAX_SUPPORT_HOURS, NewAccount, NewAuthenticator, NewMeans, OwnAccount, PasskeyAnswer, PasskeyQuestion,
    PasskeySite, PasswordForm, Provable, QUESTION_MINUTES, SHOWN_ACCESSES, SupportForm, SupportRefusal,
    Welcome, WithPassword,
};
pub use actor::{Actor, PROOF_MINUTES, SignedIn};
pub use add_comment::CommentForm;
pub use apply_tenant_pack::{Applied, ApplyRefusal};
pub use change_dates::{DatesPreview, DatesRefusal, RoundDates};
pub use change_policy::{PolicyRefusal, policy_text, policy_version};
pub use change_settings::{
    MAX_ORGANISATIONS, MAX_PAGE_CHARACTERS, MAX_PAGES, NewBranding, NewPage, branding_version, page_version,
};
pub use change_standing::{StandingChange, StandingRefusal};
pub use check_draft::{Blocker, Step};
pub use check_health::Health;
pub use create_tenant::{NewTenant, NewTenantRefusal};
pub use credentials::KeyLogEntry;
pub use credentials::audit_chain::{AuditBreak, AuditHead, Chain as AuditChain, ChainedEntry};
pub use documents::roll::RollKind;
pub use documents::sheet::SheetKind;
pub use documents::toolkit::{ToolkitFacts, ToolkitPiece};
pub use draft_campaign::{Draft, MAX_DRAFTS};
pub use edit_pack::EditRefusal;
pub use edit_post::Edited;
pub use enrolment::{Enrolment, JoinRefusal, Post as EmailPost, Recognised, TICKET_MINUTES, Way as EmailWay};
pub use enter_with_code::{Entered, EntryRefusal};
pub use error::ActionError;
pub use export_campaign::Exported;
pub use export_mine::{Kept, KeptAct, MineExport};
pub use find_tenant::Tenants;
pub use follow_changes::{ChangedPost, Changes, Followed, MAX_CHANGES};
pub use handouts::{FetchedFile, HandoutJob, HandoutRefusal, JobKind, JobState, KEPT_DAYS, Outdated};
pub use import_conversation::Imported;
pub use import_polis::ImportRefusal;
pub use import_roll::{HeldRoll, RollImportRefusal, RollProgress};
pub use issue_codes::{IssueRefusal, MAX_CODES_PER_BATCH, MAX_CODES_PER_SHEET, entry_link};
pub use issue_logins::IssuedLogin;
pub use join_by_single_sign_on::{AWAY_MINUTES, Away, SignOn, SingleSignOnRefusal};
pub use keep_act::{Act, MAX_KEPT_ACTS, Placed};
pub use keep_house::roll_ends;
pub use launch_campaign::LaunchRefusal;
pub use launch_draft::LaunchDraftRefusal;
pub use list_mine::{MAX_MINE, Mine};
pub use mailings::{
    EmailRules, EmailStanding, MAX_REPORT_BYTES, MailingChange, MailingRefusal, PlanChange, PlanRefusal,
    PlannedEmail, ReportForm, StopRefusal, UndeliveredEmails, UndeliveredView, email_version,
};
pub use moderation::{
    CaseView, Decision, LedgerCount, MAX_SUSPENSIONS, MyCase, MySuspension, QUEUE_PAGE, Queue, SimilarIdea,
    SuspensionForm,
};
pub use publish_figures::LIVE_SECONDS;
pub use put_away_refused::{NotDone, Refused};
pub use read_audit::{AuditPage, CheckedAudit, DEEDS_PER_PAGE, ENTRIES_PER_READ};
pub use register_credential::{Registration, RegistrationRefusal};
pub use send_logins::{LoginEmail, LoginsCount, SendLoginsRefusal, login_link};
pub use show_calendar::CALENDAR_TYPE;
pub use show_contribution::{COMMENTS_PER_PAGE, ContributionView};
pub use show_conversation::ConversationView;
pub use show_figures::{DayFigures, FiguresView, GroupFigures, Grouping, MAX_DAYS, Window};
pub use show_home::CampaignView;
pub use show_keys::{KeyLogRefusal, contains_head, key_fingerprint, printed_head};
pub use show_report::{ReportInfo, ReportView, ShownFigure};
pub use sign_credential::SignRefusal;
pub use sign_up::{CONFIRMATION_MINUTES, SignUpForm, SignUpLinks, SignUpRefusal};
pub use storage::conversation::{
    Case, CaseNote, ModeratedPost, OwnVote, Post, QueuedPost, Report, Session, StandingSuspension,
    Suspension, ThreadPost,
};
pub use storage::identity::{Account, DailyCount, Person, StoredPasskey, StoredSession, SupportAccess};
pub use tenant::{Campaign, Organisation, Page, RoundInfo, Tenant};

use grouped::Grouped;
use round_types::{RoundTypeSettings, RoundTypes};

/// Every use case of the conversation side, with what they need. Those of the identity side are [`Enrolment`]'s.
#[derive(Clone)]
pub struct Actions {
    conversation: Conversation,
    tenants: Arc<Tenants>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pepper: Pepper,
    votes: Grouped<cast_vote::Ask>,
    joined: Arc<Mutex<JoinedFigures>>,
    looks: Arc<publish_figures::Looks>,
    round_types: RoundTypes,
    answers: Grouped<round_types::Ask>,
    /// Whose part of a round is read for a page or a form.
    parts: Grouped<Whose>,
}

/// What a process serves: one side or both.
#[derive(Clone)]
pub struct Sides {
    /// The identity side, if it is served here.
    pub identity: Option<Enrolment>,
    /// Named people, where the identity side is served.
    pub accounts: Option<Accounts>,
    /// The conversation side, if it is served here.
    pub conversation: Option<Actions>,
}

impl Sides {
    /// The tenants that this process knows.
    ///
    /// # Panics
    /// When it serves neither side.
    pub fn tenants(&self) -> &Tenants {
        let conversation = self.conversation.as_ref().map(Actions::tenants);
        conversation
            .or(self.identity.as_ref().map(Enrolment::tenants))
            .expect("a process serves one side at least")
    }

    /// Brings what is served to what a tenant pack says, unless it was changed by page since.
    ///
    /// # Errors
    /// An [`ApplyRefusal`].
    pub async fn apply_tenant_pack(
        &self,
        pack: &domain::tenant_pack::TenantPack,
    ) -> Result<Applied, ApplyRefusal> {
        self.apply(pack, false).await
    }

    /// The same, whatever was changed by page since.
    ///
    /// # Errors
    /// An [`ApplyRefusal`].
    pub async fn replace_tenant_pack(
        &self,
        pack: &domain::tenant_pack::TenantPack,
    ) -> Result<Applied, ApplyRefusal> {
        self.apply(pack, true).await
    }

    async fn apply(
        &self,
        pack: &domain::tenant_pack::TenantPack,
        replace: bool,
    ) -> Result<Applied, ApplyRefusal> {
        if let Some(conversation) = &self.conversation {
            conversation.would_keep_smallest_groups(pack).await?;
            conversation.check_round_types(pack).await?;
        }
        let mut applied = Applied::Unchanged;
        if let Some(identity) = &self.identity {
            applied = identity.apply_tenant_pack(pack, replace).await?;
        }
        if let Some(conversation) = &self.conversation {
            let here = conversation.apply_tenant_pack(pack).await?;
            applied = if here == Applied::Unchanged { applied } else { here };
        }
        Ok(applied)
    }

    /// Whether the databases answer.
    ///
    /// # Errors
    /// The one that does not.
    pub async fn check_databases(&self) -> Result<(), ActionError> {
        if let Some(identity) = &self.identity {
            identity.check_database().await?;
        }
        if let Some(conversation) = &self.conversation {
            conversation.check_database().await?;
        }
        Ok(())
    }

    /// Does what is due: lets people in, publishes counts, deletes rolls; and has the conversation side take over settings that it missed.
    ///
    /// # Errors
    /// Database faults.
    pub async fn keep_house(&self) -> Result<(), ActionError> {
        self.take_over_all().await?;
        let identity = match &self.identity {
            Some(identity) => identity.keep_house().await.map(|_| ()),
            None => Ok(()),
        };
        let accounts = match &self.accounts {
            Some(accounts) => accounts.keep_house().await,
            None => Ok(()),
        };
        // Whatever became of the first: the two sides do not wait for each other.
        if let Some(conversation) = &self.conversation {
            conversation.keep_house().await?;
        }
        identity.and(accounts)?;
        self.erase_tenants().await
    }
}

/// How many came into each campaign, and the day on which they were counted.
type JoinedFigures = HashMap<CampaignId, (NaiveDate, i64)>;

impl Actions {
    /// Every use case over `conversation`. Starts the tasks that write votes and answers; call it inside a tokio runtime.
    pub fn new(
        conversation: Conversation,
        tenants: Arc<Tenants>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        pepper: Pepper,
        round_types: RoundTypeSettings,
    ) -> Self {
        let votes = Grouped::start(conversation.clone(), Arc::clone(&clock));
        let answers = Grouped::start(conversation.clone(), Arc::clone(&clock));
        let parts = Grouped::start(conversation.clone(), Arc::clone(&clock));
        let round_types = RoundTypes::new(round_types, &pepper, conversation.clone());
        Self {
            conversation,
            tenants,
            clock,
            entropy,
            pepper,
            votes,
            joined: Arc::default(),
            looks: Arc::default(),
            round_types,
            answers,
            parts,
        }
    }

    /// The present instant by this server's clock, UTC.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// The tenants that this side knows.
    pub fn tenants(&self) -> &Tenants {
        &self.tenants
    }

    fn joined_figures(&self) -> MutexGuard<'_, JoinedFigures> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn check_database(&self) -> Result<(), ActionError> {
        Ok(self.conversation.ping().await?)
    }
}
