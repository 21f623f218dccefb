//! What every role may do in one tenant: casbin is asked once for each cell, and the answers are kept as bits.
//!
//! Roles, kinds and actions are closed enums, so a policy *is* a table, of 9 roles and 44 deeds. To have casbin go through all lines
//! for one cell takes some 60 µs, and every request asks; to look a cell up takes a nanosecond, at any number of tenants. What the pages show
//! ([`TenantPolicy::matrix`]) is the same table that requests are checked against.

use std::sync::LazyLock;

use casbin::{CoreApi, DefaultModel, Enforcer, StringAdapter};
use domain::ids::TenantId;
use futures_util::FutureExt;

use crate::lines::read;
use crate::{Action, Bound, Effect, Kind, Line, Permissions, Role, TenantLines, deeds};

/// What casbin is told about requests and lines.
const MODEL: &str = include_str!("model.conf");
/// What each role may do in every tenant.
const BASE: &str = include_str!("base.csv");
/// The domain of the base's lines: every tenant.
const EVERY_TENANT: &str = "*";
const ROLES: usize = Role::ALL.len();

/// The base alone; most tenants have nothing of their own.
static ONLY_BASE: LazyLock<TenantPolicy> =
    LazyLock::new(|| TenantPolicy(Role::ALL.map(|role| powers(&enforcer(&[], role), EVERY_TENANT, role))));

/// What every role may do in one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantPolicy([Permissions; ROLES]);

/// Where a cell's answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is as in every tenant.
    Base,
    /// A line of the tenant's own changed it.
    Tenant,
}

/// What one role may do to one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whose power it is.
    pub role: Role,
    /// What the enforcer said.
    pub allowed: bool,
    /// Why it said so.
    pub source: Source,
    /// Why no line of the tenant can turn it round, if none can.
    pub bound: Option<Bound>,
}

/// What each role may do to one kind, in the order of [`Role::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// To what.
    pub kind: Kind,
    /// What is done.
    pub action: Action,
    /// One a role.
    pub cells: [Cell; ROLES],
}

impl TenantPolicy {
    /// What every tenant begins with.
    pub fn base() -> Self {
        ONLY_BASE.clone()
    }

    /// The base, and the tenant's own lines over it. Asks casbin for every cell: some 4 ms of computing, so keep
    /// it for as long as the lines stay the same.
    ///
    /// Not async, though casbin's functions are: they wait for adapters that read files, and ours reads memory.
    pub fn with(tenant: TenantId, lines: &TenantLines) -> Self {
        if lines.lines().is_empty() {
            return Self::base();
        }
        let domain = tenant.to_string();
        let own: Vec<(&str, Line)> = lines.lines().iter().map(|line| (domain.as_str(), *line)).collect();
        Self(Role::ALL.map(|role| powers(&enforcer(&own, role), &domain, role)))
    }

    /// Whether `role` may do `action` to `kind`.
    pub fn check(&self, role: Role, kind: Kind, action: Action) -> bool {
        self.0[role as usize].may(kind, action)
    }

    /// What somebody with all of `roles` may: whatever one of them may. A line that denies takes from the role that it names, not from the
    /// person.
    pub fn permissions(&self, roles: &[Role]) -> Permissions {
        roles.iter().fold(Permissions::default(), |all, role| all.or(self.0[*role as usize]))
    }

    /// Who may do what, for a page: a row for everything that can be done.
    pub fn matrix(&self) -> Vec<MatrixRow> {
        let row = |(kind, action)| {
            let cells = Role::ALL.map(|role| self.cell(role, kind, action));
            MatrixRow { kind, action, cells }
        };
        deeds().map(row).collect()
    }

    fn cell(&self, role: Role, kind: Kind, action: Action) -> Cell {
        let allowed = self.check(role, kind, action);
        let source = match ONLY_BASE.check(role, kind, action) == allowed {
            true => Source::Base,
            false => Source::Tenant,
        };
        let effect = if allowed { Effect::Deny } else { Effect::Allow };
        let bound = Bound::on(&Line { effect, role, kind, action });
        Cell { role, allowed, source, bound }
    }
}

/// What casbin says of each thing that can be done, by `role` in `domain`.
fn powers(enforcer: &Enforcer, domain: &str, role: Role) -> Permissions {
    let mut powers = Permissions::default();
    for (kind, action) in deeds() {
        let asked = (role.slug(), domain, kind.slug(), action.slug());
        if enforcer.enforce(asked).expect("the model takes four texts") {
            powers.add(kind, action);
        }
    }
    powers
}

/// casbin with the base's lines and `own` ones, each in its domain, as far as they are about `role`: the matcher compares each line it has,
/// and none of another role's fits.
fn enforcer(own: &[(&str, Line)], role: Role) -> Enforcer {
    let (base, _) = read(BASE);
    let base = base.iter().map(|(_, line)| (EVERY_TENANT, *line));
    let text: String = base
        .chain(own.iter().copied())
        .filter(|(_, line)| line.role == role)
        .map(|(domain, line)| as_casbin(domain, line))
        .collect();
    let built = async {
        let model = DefaultModel::from_str(MODEL).await?;
        Enforcer::new(model, StringAdapter::new(text)).await
    };
    let built = built.now_or_never().expect("casbin reads memory, and does not wait");
    built.expect("model and lines are ones that casbin can read: lines are made of closed enums")
}

fn as_casbin(domain: &str, line: Line) -> String {
    let Line { effect, role, kind, action } = line;
    format!("p, {role}, {domain}, {kind}, {action}, {effect}\n")
}

#[cfg(test)]
mod tests;
