//! What somebody may do in a tenant, whatever roles it comes from.

use crate::{Action, Kind};

/// What somebody may do in a tenant: one bit for every kind and action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions([u32; Kind::ALL.len()]);

impl Permissions {
    /// Everything that anybody may ever do.
    pub fn all() -> Self {
        let mut all = Self::default();
        for kind in Kind::ALL {
            for action in kind.actions() {
                all.add(*kind, *action);
            }
        }
        all
    }

    /// Whether `action` may be done to `kind`.
    pub fn may(&self, kind: Kind, action: Action) -> bool {
        self.0[kind as usize] & (1 << action as u32) != 0
    }

    pub(crate) fn add(&mut self, kind: Kind, action: Action) {
        self.0[kind as usize] |= 1 << action as u32;
    }

    /// What either may.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
        self
    }
}
