//! An email on its way to many: how far it is, and when a failed attempt is made again.

use chrono::TimeDelta;

/// Attempts for one recipient; after the last they are given up.
pub const MAX_ATTEMPTS: i64 = 10;
/// Rest after the first failed attempt, minutes; doubled with each.
const FIRST_REST_MINUTES: i64 = 2;
/// Longest rest, minutes.
const LONGEST_REST_MINUTES: i64 = 120;
/// Rest of an email to many while the mail server cannot be reached at all, which is no recipient's attempt, minutes.
pub const SERVER_REST_MINUTES: i64 = 1;
/// For how long a claim holds, minutes: longer than any attempt can take.
pub const LEASE_MINUTES: i64 = 10;

/// How far an email to many is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailingState {
    /// It goes out.
    Going,
    /// It rests until somebody lets it go on.
    Paused,
    /// Everybody who was to get it has been tried.
    Done,
    /// Somebody took it off the plan, or stopped it half way.
    Cancelled,
    /// It was too late when its turn came, or became so half way.
    Missed,
}

impl MailingState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Going, Self::Paused, Self::Done, Self::Cancelled, Self::Missed];

    /// Its name in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Going => "going",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Missed => "missed",
        }
    }

    /// The state called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == slug)
    }

    /// Whether nothing more will be sent.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Missed)
    }
}

/// How long it is known how many emails did not arrive, days, today included.
pub const UNDELIVERED_DAYS: u64 = 30;

/// Why an email did not arrive, or perhaps did not, as its operator is told: classes, and never whose email it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undelivered {
    /// The mail server says that nobody is at the address.
    NoSuchAddress,
    /// The mail server refused it for good, and not because of the address.
    Refused,
    /// [`MAX_ATTEMPTS`] were made.
    GivenUp,
    /// No email could be made for this person.
    Unwritten,
    /// The connection broke when the mail server may have had it already.
    BrokeOff,
    /// The process that had claimed it stopped before it wrote down what became of it.
    Stopped,
}

impl Undelivered {
    /// Every reason, in the order of pages.
    pub const ALL: [Self; 6] =
        [Self::NoSuchAddress, Self::Refused, Self::GivenUp, Self::Unwritten, Self::BrokeOff, Self::Stopped];

    /// Its name in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NoSuchAddress => "no-such-address",
            Self::Refused => "refused",
            Self::GivenUp => "given-up",
            Self::Unwritten => "unwritten",
            Self::BrokeOff => "broke-off",
            Self::Stopped => "stopped",
        }
    }

    /// The reason called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.slug() == slug)
    }

    /// Whether it may have arrived all the same.
    pub fn perhaps_sent(self) -> bool {
        matches!(self, Self::BrokeOff | Self::Stopped)
    }
}

/// What became of an email to many, in people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailingCounts {
    /// Were to get it when its turn came.
    pub addressed: i64,
    /// Got it, as far as the mail server says.
    pub sent: i64,
    /// Needed none any more when theirs was to leave: they had joined, wanted none, or it had become too late.
    pub left_out: i64,
    /// Could not be reached: their address was refused, or every attempt failed.
    pub refused: i64,
    /// The connection broke when the mail server may have had it already. Not sent again, so that nobody gets two.
    pub unsure: i64,
}

impl MailingCounts {
    /// Still to be tried.
    pub fn waiting(&self) -> i64 {
        self.addressed - self.sent - self.left_out - self.refused - self.unsure
    }
}

/// How long to rest after `attempts` failed attempts for one recipient; none when that was the last.
pub fn rest_after(attempts: i64) -> Option<TimeDelta> {
    let doubled = u32::try_from(attempts - 1).ok().and_then(|times| 2_i64.checked_pow(times));
    let minutes =
        doubled.and_then(|factor| FIRST_REST_MINUTES.checked_mul(factor)).unwrap_or(LONGEST_REST_MINUTES);
    (attempts < MAX_ATTEMPTS).then(|| TimeDelta::minutes(minutes.min(LONGEST_REST_MINUTES)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_and_end() {
        let rests: Vec<_> =
            (1..=MAX_ATTEMPTS).map(|attempts| rest_after(attempts).map(|rest| rest.num_minutes())).collect();
        let expected = [2, 4, 8, 16, 32, 64, 120, 120, 120].map(Some);
        assert_eq!(rests[..9], expected);
        assert_eq!(rests[9], None);
    }

    #[test]
    fn states_and_reasons_by_name() {
        for state in MailingState::ALL {
            assert_eq!(MailingState::from_slug(state.slug()), Some(state));
        }
        for why in Undelivered::ALL {
            assert_eq!(Undelivered::from_slug(why.slug()), Some(why));
        }
    }
}
