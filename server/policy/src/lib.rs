//! Who may do what: roles, and what each may do to which kind of thing in which tenant.
//!
//! Here: the model, the base lines that every tenant begins with, a tenant's own lines and the bounds that none of them can exceed, and one
//! [`TenantPolicy::check`]. The only room with casbin. Not here: whether something is possible now (domain's), who holds which role
//! (storage's), and whose rows they are (the transaction's). To add a power: a pair in [`acts`](Kind::actions), its line in `base.csv`,
//! and the route that needs it.

mod acts;
mod bounds;
mod lines;
mod permissions;
mod roles;
mod tenant_policy;

pub use acts::{Action, Kind, deeds};
pub use bounds::Bound;
pub use lines::{Effect, Line, MAX_LINES, MAX_TEXT_BYTES, PolicyProblem, TenantLines, Wrong};
pub use permissions::Permissions;
pub use roles::{Role, RolesClash, UnknownRole};
pub use tenant_policy::{Cell, MatrixRow, Source, TenantPolicy};
