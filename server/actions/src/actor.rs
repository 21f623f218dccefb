//! A named person at work in one request: who they are, and what they may do here. Who may do what was decided before a use case begins (by
//! the route's own guard); a use case takes an [`Actor`] so that what it does is on record under a name.

use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::{COMMAND_LINE, Deed, MAX_DETAIL_CHARACTERS};
use domain::ids::{AccountId, ItemId, TenantId};
use policy::{Permissions, Role};
use storage::identity::Identity;
use storage::{AuditEntry, AuditTrail};

use crate::ActionError;

/// For how long somebody who has just shown who they are need not do so again, minutes.
pub const PROOF_MINUTES: i64 = 10;

/// Who works in a tenant.
#[derive(Clone, Debug)]
pub struct Actor {
    /// In which tenant.
    pub tenant: TenantId,
    /// Which account; nobody's for a command typed at the server itself.
    pub account: Option<AccountId>,
    /// The account's name.
    pub name: String,
    /// The roles that it holds now.
    pub roles: Vec<Role>,
    /// What those may do here.
    pub may: Permissions,
    /// When they last showed who they are.
    pub proved_at: Option<DateTime<Utc>>,
}

/// An actor who came with a console session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub actor: Actor,
    /// The session's id, for the list of sessions. Not its token.
    pub session: ItemId,
    /// The session's token, which forms are bound to.
    pub token: String,
}

impl Actor {
    /// Whoever types commands at the server itself: they hold the databases already.
    pub fn command_line(tenant: TenantId) -> Self {
        Self {
            tenant,
            account: None,
            name: COMMAND_LINE.to_owned(),
            roles: Vec::new(),
            may: Permissions::all(),
            proved_at: None,
        }
    }

    /// Whether they showed who they are within the last [`PROOF_MINUTES`].
    pub fn has_just_proved(&self, now: DateTime<Utc>) -> bool {
        self.proved_at.is_some_and(|at| now - at < TimeDelta::minutes(PROOF_MINUTES))
    }
}

/// Writes into the audit log, in the transaction of `trail`, that `actor` did `what` (`campaign.extend`) to `subject`.
pub(crate) async fn record(
    trail: AuditTrail<'_>,
    actor: &Actor,
    at: DateTime<Utc>,
    what: &str,
    subject: &str,
    detail: &str,
) -> Result<(), ActionError> {
    let head = trail.take_head().await?;
    let deed = Deed {
        number: head.as_ref().map_or(0, |head| head.number + 1),
        at,
        by: actor.account,
        by_name: actor.name.clone(),
        what: what.to_owned(),
        subject: subject.to_owned(),
        detail: detail.chars().take(MAX_DETAIL_CHARACTERS).collect(),
    };
    let entry = serde_json::to_string(&deed).map_err(|error| ActionError::Fault(error.to_string()))?;
    let digest = credentials::audit_chain::link(head.as_ref().map(|head| head.digest.as_str()), &entry);
    Ok(trail.add(&AuditEntry { number: deed.number, entry, digest }).await?)
}

/// Writes a deed into the identity side's record of `actor`'s tenant, in a transaction of its own.
pub(crate) async fn record_alone(
    identity: &Identity,
    actor: &Actor,
    at: DateTime<Utc>,
    what: &str,
    subject: &str,
    detail: &str,
) -> Result<(), ActionError> {
    let write = identity.write(actor.tenant).await?;
    record(write.audit_trail(), actor, at, what, subject, detail).await?;
    Ok(write.commit().await?)
}
