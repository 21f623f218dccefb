//! What an account can be in a tenant.

use std::fmt;
use std::str::FromStr;

/// What an account can be in a tenant. An account may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs the platform: makes tenants, sees no content by default.
    Operator,
    /// Launches campaigns; owns branding, emails and toolkit.
    CommsLead,
    /// Looks after what people write.
    Moderator,
    /// Reads everything that was said, never the roll; independent of the employer.
    Analyst,
    /// Runs the sessions of a listening series.
    Facilitator,
    /// A forum's member for the trade unions.
    StaffSide,
    /// A forum's member for management and HR.
    ManagementSide,
    /// Ratifies.
    Executive,
    /// Sees published figures.
    Viewer,
    /// An operator who helps a tenant, for some hours, seen by it. Nobody grants this role; support access does.
    Support,
}

/// A role's name that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no role called {0:?}")]
pub struct UnknownRole(pub String);

impl Role {
    /// Every role, in the order of pages.
    pub const ALL: [Self; 10] = [
        Self::Operator,
        Self::CommsLead,
        Self::Moderator,
        Self::Analyst,
        Self::Facilitator,
        Self::StaffSide,
        Self::ManagementSide,
        Self::Executive,
        Self::Viewer,
        Self::Support,
    ];

    /// Its name in files, addresses and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::CommsLead => "comms-lead",
            Self::Moderator => "moderator",
            Self::Analyst => "analyst",
            Self::Facilitator => "facilitator",
            Self::StaffSide => "staff-side",
            Self::ManagementSide => "management-side",
            Self::Executive => "executive",
            Self::Viewer => "viewer",
            Self::Support => "support",
        }
    }

    /// Its name on pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Operator => "Operator",
            Self::CommsLead => "Comms lead",
            Self::Moderator => "Moderator",
            Self::Analyst => "Independent analyst",
            Self::Facilitator => "Facilitator",
            Self::StaffSide => "Forum member, staff side",
            Self::ManagementSide => "Forum member, management side",
            Self::Executive => "Executive",
            Self::Viewer => "Viewer",
            Self::Support => "Platform support",
        }
    }
}

/// Two roles that one account may not hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Nobody can be {} and {} at once: the analyst is independent of those who are spoken about. Use another account.",
    .0.title(), .1.title()
)]
pub struct RolesClash(pub Role, pub Role);

impl Role {
    /// Whether it is held by named people of the employers, or of those who sit at the table with them. The moderator's is not among
    /// them, although an employer may provide the moderators: they see what they must act on, one piece at a time.
    pub fn is_of_the_organisations(self) -> bool {
        match self {
            Self::CommsLead
            | Self::Facilitator
            | Self::StaffSide
            | Self::ManagementSide
            | Self::Executive
            | Self::Viewer => true,
            Self::Operator | Self::Moderator | Self::Analyst | Self::Support => false,
        }
    }

    /// Whether one account may hold all of `roles`. An account may do what any of its roles may, so the analyst's independence would be
    /// worth nothing if the comms lead could be one.
    ///
    /// # Errors
    /// The first [`RolesClash`].
    pub fn together(roles: &[Self]) -> Result<(), RolesClash> {
        let is_apart =
            |role: &&Self| role.is_of_the_organisations() || matches!(role, Self::Operator | Self::Support);
        let other = roles.iter().find(is_apart);
        match other {
            Some(other) if roles.contains(&Self::Analyst) => Err(RolesClash(Self::Analyst, *other)),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.slug() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for role in Role::ALL {
            assert_eq!(role.slug().parse(), Ok(role));
        }
        assert_eq!("Operator".parse::<Role>(), Err(UnknownRole("Operator".to_owned())));
    }

    #[test]
    fn an_analyst_is_independent() {
        for role in Role::ALL {
            let alone = matches!(role, Role::Analyst | Role::Moderator);
            assert_eq!(Role::together(&[role, Role::Analyst]).is_ok(), alone, "{role}");
            assert_eq!(Role::together(&[role, Role::CommsLead]).is_ok(), role != Role::Analyst, "{role}");
        }
        let clash = Role::together(&[Role::Analyst, Role::Viewer]).unwrap_err();
        assert!(clash.to_string().starts_with("Nobody can be Independent analyst and Viewer at once"));
    }
}
