//! Why a post is hidden or reported: a short list, the same for everybody, so that a ledger can count it.

/// Why a post is hidden or reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It names a person.
    NamesAPerson,
    /// It names nobody, but one can tell who is meant, or who wrote it.
    Identifies,
    /// It insults, threatens or belittles somebody.
    Abuse,
    /// It has nothing to do with the conversation.
    OffTopic,
    /// The same has been said by the same words.
    Duplicate,
    /// It says what belongs to a patient's, a colleague's or the organisation's confidence.
    Confidential,
    /// Somebody may be in danger: it needs people, not a web page.
    Safeguarding,
    /// It advertises something, or floods the conversation.
    Spam,
    /// Anything else; the moderator says what.
    Other,
}

impl Reason {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 9] = [
        Self::NamesAPerson,
        Self::Identifies,
        Self::Abuse,
        Self::OffTopic,
        Self::Duplicate,
        Self::Confidential,
        Self::Safeguarding,
        Self::Spam,
        Self::Other,
    ];

    /// Its name in forms and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NamesAPerson => "names-a-person",
            Self::Identifies => "identifies-someone",
            Self::Abuse => "abuse",
            Self::OffTopic => "off-topic",
            Self::Duplicate => "duplicate",
            Self::Confidential => "confidential",
            Self::Safeguarding => "safeguarding",
            Self::Spam => "spam",
            Self::Other => "other",
        }
    }

    /// The reason called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.slug() == slug)
    }

    /// What everybody reads in lists.
    pub fn label(self) -> &'static str {
        match self {
            Self::NamesAPerson => "It names a person",
            Self::Identifies => "You can tell who is meant",
            Self::Abuse => "It is abusive",
            Self::OffTopic => "It is off topic",
            Self::Duplicate => "It has been said already",
            Self::Confidential => "It is confidential",
            Self::Safeguarding => "Somebody may not be safe",
            Self::Spam => "It is spam",
            Self::Other => "Something else",
        }
    }

    /// What the author reads when their post is hidden for it.
    pub fn to_author(self) -> &'static str {
        match self {
            Self::NamesAPerson => {
                "It names a person. People who are named here cannot answer for themselves. You can share it again without the name."
            }
            Self::Identifies => {
                "People could tell who is meant, or who you are, from what it says. You can share it again without those details."
            }
            Self::Abuse => {
                "It could hurt somebody. You can be angry here, but not at a person. You can share it again in other words."
            }
            Self::OffTopic => "It is not about what this conversation asks.",
            Self::Duplicate => "The same has been said already. You can agree with it there.",
            Self::Confidential => {
                "It says something that was told in confidence, about a patient or somebody you work with."
            }
            Self::Safeguarding => {
                "It says that somebody may not be safe. This page cannot help them quickly enough. Tell your safeguarding team now. If somebody is in danger, call 999."
            }
            Self::Spam => "It looks like an advert, or it was sent many times.",
            Self::Other => "The moderator has written the reason below.",
        }
    }
}
