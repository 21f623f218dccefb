//! What no tenant can change, whatever its own lines say.
//!
//! A line beyond a bound is refused where it is written, with the reason; it never gets as far as the enforcer. To add one: a variant, its
//! reason, and the lines that it refuses.

use crate::lines::{Effect, Line};
use crate::{Action, Kind, Role};

/// What no tenant can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nobody reads who of the roll has joined.
    NobodySeesWhoJoined,
    /// Nobody learns who a participant is.
    NobodyIsUnmasked,
    /// Operators and the platform are the platform's.
    OperatorsArePlatforms,
    /// Everything that was said is the independent analyst's alone.
    ContentIsAnalysts,
    /// The analyst sees nothing about people.
    AnalystsKnowNobody,
    /// What is held or hidden is not for those who lead.
    HeldIsNotForLeaders,
    /// A comms lead can always undo what was done to the roles.
    TheWayBackIsOpen,
    /// A comms lead always sees what named people and operators did.
    TheRecordIsSeen,
}

impl Bound {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NobodySeesWhoJoined,
        Self::NobodyIsUnmasked,
        Self::OperatorsArePlatforms,
        Self::ContentIsAnalysts,
        Self::AnalystsKnowNobody,
        Self::HeldIsNotForLeaders,
        Self::TheWayBackIsOpen,
        Self::TheRecordIsSeen,
    ];

    /// Why it is one, for whoever wrote a line beyond it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NobodySeesWhoJoined => {
                "nobody may see who on the roll has joined: then taking part, or not, would have consequences"
            }
            Self::NobodyIsUnmasked => {
                "nobody may learn who wrote something: that is what people were promised"
            }
            Self::OperatorsArePlatforms => {
                "operators and the platform are not a tenant's to change: an operator who has to help is given support access, for a time \
                 and on record"
            }
            Self::ContentIsAnalysts => {
                "everything that was said, also what was hidden, goes to the independent analyst alone: the report is how others read it"
            }
            Self::AnalystsKnowNobody => {
                "the analyst must not see who could have written: no roll, no accounts, no roles"
            }
            Self::HeldIsNotForLeaders => {
                "what is held or hidden may say who wrote it, so forum members, executives and viewers never see the queue"
            }
            Self::TheWayBackIsOpen => {
                "a comms lead must be able to open the console, give roles and change this policy: otherwise nobody could undo a mistake"
            }
            Self::TheRecordIsSeen => {
                "a comms lead must see the record and every support access: otherwise nobody would know of them"
            }
        }
    }

    /// The bound that `line` is beyond.
    pub fn on(line: &Line) -> Option<Self> {
        Self::ALL.into_iter().find(|bound| bound.refuses(line))
    }

    fn refuses(self, line: &Line) -> bool {
        let Line { effect, role, kind, action } = *line;
        let allows = effect == Effect::Allow;
        let denies_lead = effect == Effect::Deny && role == Role::CommsLead;
        match self {
            Self::NobodySeesWhoJoined => allows && kind == Kind::RollJoined,
            Self::NobodyIsUnmasked => allows && action == Action::Unmask,
            Self::OperatorsArePlatforms => {
                let is_platforms = matches!(kind, Kind::Tenant | Kind::Platform)
                    || (kind, action) == (Kind::Support, Action::Grant);
                let theirs = role == Role::Operator || (role == Role::Support && allows);
                theirs || (allows && is_platforms)
            }
            Self::ContentIsAnalysts => allows && kind == Kind::Content && role != Role::Analyst,
            Self::AnalystsKnowNobody => {
                allows && role == Role::Analyst && matches!(kind, Kind::Roll | Kind::Account | Kind::Role)
            }
            Self::HeldIsNotForLeaders => {
                let leads =
                    matches!(role, Role::StaffSide | Role::ManagementSide | Role::Executive | Role::Viewer);
                allows && leads && matches!(kind, Kind::Post | Kind::Participant)
            }
            Self::TheWayBackIsOpen => {
                let way_back = matches!(
                    (kind, action),
                    (Kind::Console | Kind::Account, Action::Read)
                        | (Kind::Role, Action::Grant)
                        | (Kind::Policy, _)
                );
                denies_lead && way_back
            }
            Self::TheRecordIsSeen => {
                denies_lead && action == Action::Read && matches!(kind, Kind::Audit | Kind::Support)
            }
        }
    }
}

#[cfg(test)]
mod tests;
