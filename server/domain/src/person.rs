//! Somebody eligible, as the identity side knows them. The conversation side knows no person.

/// What somebody is to their organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonKind {
    /// Works there.
    Staff,
    /// Volunteers there.
    Volunteer,
}

impl PersonKind {
    /// Its name in forms and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Volunteer => "volunteer",
        }
    }

    /// The kind of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Staff, Self::Volunteer].into_iter().find(|kind| kind.slug() == slug)
    }
}

/// How somebody came onto the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonOrigin {
    /// Their organisation listed them.
    Roll,
    /// They confirmed their address.
    SignUp,
    /// Their organisation's identity provider vouched for them.
    SingleSignOn,
}

impl PersonOrigin {
    /// Its name in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Roll => "roll",
            Self::SignUp => "sign-up",
            Self::SingleSignOn => "single-sign-on",
        }
    }

    /// The origin of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Roll, Self::SignUp, Self::SingleSignOn].into_iter().find(|origin| origin.slug() == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for kind in [PersonKind::Staff, PersonKind::Volunteer] {
            assert_eq!(PersonKind::from_slug(kind.slug()), Some(kind));
        }
        for origin in [PersonOrigin::Roll, PersonOrigin::SignUp, PersonOrigin::SingleSignOn] {
            assert_eq!(PersonOrigin::from_slug(origin.slug()), Some(origin));
        }
        assert_eq!(PersonKind::from_slug("Staff"), None);
    }
}
