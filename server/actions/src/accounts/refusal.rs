//! Why something about an account is not done.

use credentials::totp::TotpRefusal;
use credentials::{PasskeyRefusal, PasswordRefusal};
use domain::account::{MAX_ACCOUNTS, MAX_PASSKEYS, NameRefusal, TRIES_BEFORE_LOCK};
use domain::roll::EmailRefusal;
use mail::address::AddressRefusal;
use policy::RolesClash;
use thiserror::Error;

use crate::{ActionError, PROOF_MINUTES};

/// Why something about an account is not done. Each says what to do.
#[derive(Debug, Error)]
pub enum AccountRefusal {
    /// One answer for everything that can be wrong when somebody signs in, so that it says nothing about who has an account.
    #[error(
        "We cannot sign you in with these details. Check the address, the password and the code. After {TRIES_BEFORE_LOCK} wrong tries you must wait: a minute at first, then longer. A passkey works without waiting."
    )]
    SignIn,
    /// Another name.
    #[error(transparent)]
    Name(#[from] NameRefusal),
    /// Another address.
    #[error(transparent)]
    Email(#[from] EmailRefusal),
    /// An address that email cannot go to.
    #[error(transparent)]
    Address(#[from] AddressRefusal),
    /// Another password.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// Another code.
    #[error(transparent)]
    Code(#[from] TotpRefusal),
    /// What came from the passkey does not fit.
    #[error(transparent)]
    Passkey(#[from] PasskeyRefusal),
    /// An old page.
    #[error("This page is too old. Try again on this one.")]
    Stale,
    /// The tenant has an account with this address.
    #[error("There is an account with this address already.")]
    Known,
    /// As many accounts as there may be.
    #[error("There are {MAX_ACCOUNTS} accounts, which is as many as there can be. Ask your operator.")]
    TooMany,
    /// As many passkeys as there may be.
    #[error("You have {MAX_PASSKEYS} passkeys, which is as many as there can be. Remove one first.")]
    TooManyPasskeys,
    /// No role.
    #[error("Choose at least one role.")]
    NoRole,
    /// Two roles that do not go together.
    #[error(transparent)]
    Clash(#[from] RolesClash),
    /// The operator's role in a tenant, or another one in the platform's.
    #[error("Operators have their accounts in the platform's own tenant, and nobody else has one there.")]
    OperatorsApart,
    /// Not a good invitation.
    #[error(
        "This invitation has run out, or was used already. Ask whoever invited you for a new one. If you used it yourself, sign in."
    )]
    Invitation,
    /// Nobody has this account.
    #[error("There is no such account here any more.")]
    Unknown,
    /// Operators invite nobody else.
    #[error("This tenant has a comms lead already. They invite everybody else.")]
    LeadThere,
    /// Another operator invites at the same time, or somebody was invited since the page was made.
    #[error("Somebody else was invited meanwhile. Look at who it is, then decide.")]
    LeadMeanwhile,
    /// Only somebody else can do this.
    #[error("You cannot do this to your own account. Ask somebody else who looks after accounts.")]
    Yourself,
    /// Their own last power to give roles.
    #[error(
        "You would lose the power to give roles yourself. Give it to somebody else first, and have them do this."
    )]
    LastGrant,
    /// They are not who they were a moment ago.
    #[error("You may not do this any more.")]
    NotAllowed,
    /// No way to sign in would be left.
    #[error("This is your only way to sign in. Add another one first.")]
    LastMeans,
    /// Not in the state for this.
    #[error("This account is not in a state for that. Look at what it says now.")]
    State,
    /// They have to show again who they are.
    #[error("Show again who you are first. It counts for {PROOF_MINUTES} minutes.")]
    ProveFirst,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for AccountRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}
