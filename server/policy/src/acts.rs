//! What can be done to what.

use std::fmt;

macro_rules! slugs {
    ($(#[$doc:meta])* $name:ident { $($(#[$line:meta])* $variant:ident = $slug:literal, $title:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$line])* $variant,)* }

        impl $name {
            /// All of them, in the order of pages.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in files and addresses.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }

            /// Its name on pages.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The one with this name in files.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.slug() == slug)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.slug())
            }
        }
    };
}

slugs! {
    /// What something is done to.
    Kind {
        /// The console itself: its first page and one's own account.
        Console = "console", "The console";
        /// Published figures.
        Figures = "figures", "Published figures";
        /// Conversations: making, launching, extending.
        Campaign = "campaign", "Conversations";
        /// Logo, colours, names, pages.
        Branding = "branding", "Branding";
        /// Employers and how their people come in.
        Organisation = "organisation", "Organisations";
        /// The people of a campaign, as a whole.
        Roll = "roll", "The roll";
        /// Whether one person of the roll has joined. Nobody may ever read it.
        RollJoined = "roll-joined", "Who on the roll has joined";
        /// What people wrote, through the moderators' queue: also what is held or hidden.
        Post = "post", "Ideas and comments in the queue";
        /// Whoever wrote it, known by what they wrote alone.
        Participant = "participant", "Whoever wrote something";
        /// Everything that was said, at once.
        Content = "content", "Everything that was said";
        /// Named people of the tenant.
        Account = "account", "Accounts";
        /// Which account has which role.
        Role = "role", "Roles";
        /// What each role may do.
        Policy = "policy", "Who may do what";
        /// The record of what named people did.
        Audit = "audit", "The record";
        /// The log of cohorts' public keys.
        Key = "key", "The key log";
        /// Systems and trusts on this platform.
        Tenant = "tenant", "Tenants";
        /// How the platform itself fares.
        Platform = "platform", "The platform";
        /// An operator's time-boxed access to a tenant.
        Support = "support", "Support access";
    }
}

slugs! {
    /// What is done.
    Action {
        /// To look at it.
        Read = "read", "See";
        /// To make one.
        Create = "create", "Add";
        /// To change it.
        Change = "change", "Change";
        /// To open a campaign to its people; makes the keys.
        Launch = "launch", "Launch";
        /// To move its dates, pause or reopen it.
        Extend = "extend", "Move dates, pause or reopen";
        /// To take it off, in a way that can be undone.
        Hide = "hide", "Hide or restore";
        /// To ask its author something.
        Ask = "ask", "Ask the author";
        /// To stop somebody or something for a time.
        Suspend = "suspend", "Suspend";
        /// To tell those who look after people's safety.
        Escalate = "escalate", "Pass on for somebody's safety";
        /// To carry it away as a file.
        Export = "export", "Take away as a file";
        /// To bring it in from a file.
        Import = "import", "Bring in from a file";
        /// To give it to somebody.
        Grant = "grant", "Give to somebody";
        /// To remove it for good.
        Delete = "delete", "Delete";
        /// To learn who somebody is. Nobody may ever.
        Unmask = "unmask", "Learn who it is";
    }
}

impl Kind {
    /// What can be done to this kind at all.
    pub fn actions(self) -> &'static [Action] {
        use Action::{
            Ask, Change, Create, Delete, Escalate, Export, Extend, Grant, Hide, Import, Launch, Read,
            Suspend, Unmask,
        };
        match self {
            Self::Console => &[Read],
            Self::Figures => &[Read, Export],
            Self::Campaign => &[Read, Create, Change, Launch, Extend],
            Self::Branding => &[Read, Change],
            Self::Organisation => &[Read, Change],
            Self::Roll => &[Read, Import, Delete],
            Self::RollJoined => &[Read],
            Self::Post => &[Read, Change, Hide, Ask],
            Self::Participant => &[Suspend, Escalate, Unmask],
            Self::Content => &[Read, Export],
            Self::Account => &[Read, Create, Suspend],
            Self::Role => &[Grant],
            Self::Policy => &[Read, Change],
            Self::Audit => &[Read, Export],
            Self::Key => &[Export],
            Self::Tenant => &[Read, Create, Suspend, Delete, Export],
            Self::Platform => &[Read, Change],
            Self::Support => &[Read, Grant, Suspend],
        }
    }
}

/// Everything that can be done to anything, in the order of pages.
pub fn deeds() -> impl Iterator<Item = (Kind, Action)> {
    Kind::ALL.iter().flat_map(|kind| kind.actions().iter().map(|action| (*kind, *action)))
}
