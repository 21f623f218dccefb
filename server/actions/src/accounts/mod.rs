//! Named people who work in the open: how they sign in, what they hold. The identity side's, beside [`crate::Enrolment`].

mod accept_invitation;
mod begin_session;
mod change_own_means;
mod check_password;
mod hash_passwords;
mod invite_account;
mod invite_first_lead;
mod keep_house;
mod list_accounts;
mod note_misuse;
mod open_support;
mod passkey_questions;
mod prove_again;
mod refusal;
mod set_roles;
mod sign_in_by_single_sign_on;
mod sign_in_with_passkey;
mod sign_in_with_password;
mod sign_out;
mod suspend_account;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use chrono::{DateTime, TimeDelta, Utc};
use credentials::{ConsoleToken, Pepper, TokenPurpose};
use domain::account::{AccountState, Misuse, SEEN_MINUTES, session_limits};
use domain::roll::{EmailAddress, PlusAddressing, person_key};
use domain::{Clock, Entropy};
use policy::{Permissions, Role};
use storage::identity::{Account, Identity};

pub use accept_invitation::{Accepted, NewAuthenticator, Welcome, WithPassword};
pub use begin_session::BegunSession;
pub use change_own_means::{NewMeans, OwnAccount};
pub use invite_account::{Invited, NewAccount};
pub use list_accounts::ListedAccount;
pub use open_support::{ARRIVAL_MINUTES, MAX_SUPPORT_HOURS, SHOWN_ACCESSES, SupportForm, SupportRefusal};
pub use passkey_questions::{PasskeyAnswer, PasskeyQuestion, PasskeySite, QUESTION_MINUTES};
pub use prove_again::Provable;
pub use refusal::AccountRefusal;
pub use sign_in_with_password::PasswordForm;

use self::hash_passwords::Hashing;
use crate::{ActionError, Actor, EmailPost, SignOn, SignedIn, Tenant, Tenants};

/// Every use case of named people, with what they need.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) identity: Identity,
    pub(crate) tenants: Arc<Tenants>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The identity side's secret.
    pub(crate) secret: Pepper,
    pub(crate) post: EmailPost,
    sign_on: Option<SignOn>,
    hashing: Arc<Hashing>,
    /// The hour since 1970 in which house was kept last.
    swept: Arc<AtomicI64>,
}

impl Accounts {
    /// Every use case of named people over `identity`.
    pub fn new(
        identity: Identity,
        tenants: Arc<Tenants>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        secret: Pepper,
        post: EmailPost,
        sign_on: Option<SignOn>,
    ) -> Self {
        let hashing = Arc::new(Hashing::new(&secret));
        Self { identity, tenants, clock, entropy, secret, post, sign_on, hashing, swept: Arc::default() }
    }

    /// The present instant by this server's clock, UTC.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// How many passwords this process has hashed or compared: what its processors are busy with.
    pub fn passwords_hashed(&self) -> u64 {
        self.hashing.count()
    }

    /// Who came with a console session's token, and what they may do now; none if the session is not good. Roles are read with each
    /// request, so that a change of them counts from the next one, on every process.
    ///
    /// # Errors
    /// Database faults.
    pub async fn actor(&self, tenant: &Tenant, token: &str) -> Result<Option<SignedIn>, ActionError> {
        let Ok(parsed) = ConsoleToken::parse(token) else { return Ok(None) };
        let (now, hash) = (self.clock.now(), parsed.hash(&self.secret, TokenPurpose::Session).0);
        let reading = self.identity.read(tenant.id).await?;
        let Some(row) = reading.signed_in(hash, session_limits(now), now).await? else {
            if reading.was_signed_out(hash).await? {
                drop(reading);
                self.note_misuse(tenant, token, Misuse::Replayed).await?;
            }
            return Ok(None);
        };
        drop(reading);
        if now - row.seen_at >= TimeDelta::minutes(SEEN_MINUTES) {
            let write = self.identity.write(tenant.id).await?;
            write.see_session(row.session, now).await?;
            write.commit().await?;
        }
        let roles = roles_of(&row.roles);
        let actor = Actor {
            tenant: tenant.id,
            account: Some(row.account),
            name: row.name,
            may: tenant.policy().permissions(&roles),
            roles,
            proved_at: Some(row.proved_at),
        };
        Ok(Some(SignedIn { actor, session: row.session, token: token.to_owned() }))
    }
}

/// Roles by their stored names. One that this version does not know gives nothing.
fn roles_of(slugs: &[String]) -> Vec<Role> {
    let mut roles: Vec<Role> = slugs.iter().filter_map(|slug| slug.parse().ok()).collect();
    roles.sort_unstable();
    roles
}

/// What tells two spellings of one address from two people.
fn email_key(email: &EmailAddress) -> String {
    // Not as the tenant's joining has it: that can change, and accounts stay.
    person_key(email, PlusAddressing::Different)
}

/// Somebody who has shown who they are, for the record.
fn person(tenant: &Tenant, account: &Account) -> Actor {
    Actor {
        tenant: tenant.id,
        account: Some(account.id),
        name: account.name.clone(),
        roles: Vec::new(),
        may: Permissions::default(),
        proved_at: None,
    }
}

/// Somebody who has not, for the record.
fn somebody(tenant: &Tenant) -> Actor {
    Actor { account: None, name: "somebody at the sign-in page".to_owned(), ..Actor::command_line(tenant.id) }
}

/// Whether its person can sign in.
fn is_active(account: &Account) -> bool {
    account.state == AccountState::Active
}
