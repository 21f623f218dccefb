//! Why a message did not go out, and how sure that is.

use std::{fmt, io};

use thiserror::Error;

use crate::{delivery::BounceKind, message::ComposeFault};

/// What a mail server answered: the code, and RFC 3463's enhanced code if it gave one. Never its words, which may repeat an
/// address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// RFC 5321's code of three digits, or HTTP's.
    pub code: u16,
    /// RFC 3463: class, subject and detail, such as 5.1.1 for a mailbox that does not exist.
    pub enhanced: Option<EnhancedCode>,
}

/// RFC 3463's `class.subject.detail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedCode {
    /// 2 success, 4 for now, 5 for good.
    pub class: u8,
    /// What it is about: 1 the address, 2 the mailbox, 7 security and policy, and so on.
    pub subject: u16,
    /// Which of that.
    pub detail: u16,
}

/// Why a message did not go out this time. Never carries what the server said: servers repeat addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendFault {
    /// The server said no for good because of the address: nobody is there. Another message to it will fare no better.
    #[error("the mail server refused the address with code {0}")]
    AddressRefused(Reply),
    /// The server said no for good (5xx) to the message: trying again will not help.
    #[error("the mail server refused the message with code {0}")]
    Refused(Reply),
    /// The server said not now (4xx).
    #[error("the mail server put the message off with code {0}")]
    PutOff(Reply),
    /// The server takes nothing of ours now: it greets nobody, says good-bye (421), wants nothing from this sender, or (429) has had enough from us.
    /// That says nothing about the message or whom it goes to.
    #[error("the mail server takes no messages now, code {0}")]
    Closed(Reply),
    /// The server does not take our login (530, 534, 535, 538; of Notify 401, 403): the operator must act, the message is innocent.
    #[error("the mail server did not accept our login, code {0}")]
    Login(Reply),
    /// No connection, or it broke before the message was handed over.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// No encryption to be had, or a certificate that is not the server's.
    #[error("no safe connection to the mail server")]
    NotSafe,
    /// The server took longer than the time allowed, before the message was handed over.
    #[error("the mail server did not answer in time")]
    TooSlow,
    /// The message was handed over, perhaps whole, and no answer came that says what became of it.
    #[error("the mail server did not say whether it took the message")]
    Unanswered,
    /// A web service failed over the message (5xx): it may have it or not.
    #[error("the mail service failed with code {0}")]
    Faltered(u16),
    /// Only some ways can be asked what became of a message: [`crate::Mailer::can_be_asked`].
    #[error("this way of sending cannot be asked what became of a message")]
    CannotBeAsked,
    /// The folder could not be written.
    #[error("the folder for email cannot be written: {0}")]
    Folder(io::ErrorKind),
    /// The message could not be put together.
    #[error(transparent)]
    Compose(#[from] ComposeFault),
}

/// How sure it is, after a failed attempt, that nobody gets the message because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Certainly not accepted: the same message may be sent again without anybody getting two.
    NotAccepted,
    /// Perhaps accepted. Only a way that can be asked knows.
    Unknown,
}

impl SendFault {
    /// Whether the same message may get through later.
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::AddressRefused(_) | Self::Refused(_) | Self::CannotBeAsked | Self::Compose(_))
    }

    /// Whether the message may have been accepted all the same.
    pub fn certainty(self) -> Certainty {
        match self {
            Self::Unanswered | Self::Faltered(_) => Certainty::Unknown,
            Self::AddressRefused(_)
            | Self::Refused(_)
            | Self::PutOff(_)
            | Self::Closed(_)
            | Self::Login(_)
            | Self::Unreachable
            | Self::NotSafe
            | Self::TooSlow
            | Self::CannotBeAsked
            | Self::Folder(_)
            | Self::Compose(_) => Certainty::NotAccepted,
        }
    }

    /// What it says about the address.
    pub fn bounce(self) -> Option<BounceKind> {
        matches!(self, Self::AddressRefused(_)).then_some(BounceKind::Hard)
    }
}

impl EnhancedCode {
    /// `5.1.1`, and nothing after it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = |part: &str| {
            let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits)
        };
        let (class, rest) = text.split_once('.')?;
        let (subject, detail) = rest.split_once('.')?;
        let class = match class {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        Some(Self { class, subject: number(subject)?, detail: number(detail)? })
    }

    /// Whether it says, for good, that nobody can be reached at the recipient's address: RFC 3463, 3.2 (of X.1.x, 7 and 8 are about
    /// the sender's, and 9, of RFC 5321's null MX's sender, RFC 7505), and 3.3's disabled mailbox.
    pub(crate) fn is_of_the_address(self) -> bool {
        self.class == 5
            && (self.subject == 1 && !matches!(self.detail, 7..=9) || (self.subject, self.detail) == (2, 1))
    }

    /// Whether it says nothing that the plain code did not: X.0.0.
    pub(crate) fn is_empty(self) -> bool {
        (self.subject, self.detail) == (0, 0)
    }
}

impl Reply {
    /// A code and nothing else.
    pub fn plain(code: u16) -> Self {
        Self { code, enhanced: None }
    }

    /// A code and the words after it, of which only an enhanced code of the same class is kept.
    pub(crate) fn new(code: u16, words: &str) -> Self {
        let enhanced = words.split_whitespace().next().and_then(EnhancedCode::parse);
        Self { code, enhanced: enhanced.filter(|enhanced| u16::from(enhanced.class) == code / 100) }
    }

    /// Whether this answer, which a report quotes, says that nobody is there. Without an enhanced code, RFC 5321, 4.2.3 has to do: 550 no such
    /// mailbox, 551 moved away, 553 no name for a mailbox.
    pub(crate) fn is_of_the_address(self) -> bool {
        match self.enhanced.filter(|code| !code.is_empty()) {
            Some(code) => code.is_of_the_address(),
            None => matches!(self.code, 550 | 551 | 553),
        }
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.enhanced {
            Some(enhanced) => write!(f, "{} {enhanced}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_codes_are_read_and_the_words_dropped() {
        let reply = Reply::new(550, "5.1.1 <someone@example.org> unknown");
        assert_eq!(reply.to_string(), "550 5.1.1");
        for (code, words) in [
            (550, "someone@example.org unknown"),
            (550, "4.1.1 class of another kind"),
            (550, "5.1 short"),
            (550, "5.1111.1 long"),
            (550, "5.+1.1 signed"),
            (550, "5.1.1.1 an IP number"),
            (550, ""),
        ] {
            assert_eq!(Reply::new(code, words), Reply::plain(550), "{words}");
        }
    }

    #[test]
    fn an_address_is_told_from_a_policy() {
        for (code, words, address) in [
            (550, "5.1.1 unknown", true),
            (550, "5.1.10 null MX", true),
            (554, "5.2.1 disabled", true),
            (550, "unknown", true),
            (550, "5.0.0 unknown", true),
            (553, "", true),
            (550, "5.7.1 blocked", false),
            (552, "5.2.2 full", false),
            (550, "5.1.8 your sender's domain", false),
            (554, "no", false),
        ] {
            assert_eq!(Reply::new(code, words).is_of_the_address(), address, "{code} {words}");
        }
    }
}
