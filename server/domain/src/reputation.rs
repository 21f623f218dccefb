//! What mail servers and people say of a tenant's emails, and when that is so much that its emails rest until somebody has looked: whoever goes on
//! sending to addresses that do not exist, or to people who call it spam, is soon believed by no mail server.

use std::fmt;

/// What is said of this many days counts, today included.
pub const RATE_DAYS: u64 = 30;
/// Of a hundred emails that were tried, so many may be refused or come back.
pub const MOST_REFUSED_PERCENT: i64 = 5;
/// Fewer emails than these make no rate of refusals.
pub const LEAST_TRIED: i64 = 100;
/// Of a thousand emails that were sent, so many may be called spam: what large mail providers ask of whoever sends to many (0.3 %).
pub const MOST_COMPLAINTS_PER_1000: i64 = 3;
/// Fewer complaints than these make no rate of complaints.
pub const LEAST_COMPLAINTS: i64 = 5;

/// What was said of a tenant's emails to many in the last [`RATE_DAYS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reputation {
    /// Emails that a mail server took.
    pub sent: i64,
    /// Emails that it refused, for whatever reason.
    pub refused: i64,
    /// Addresses of which a mail server says, at once or in a report later, that nobody is there.
    pub gone: i64,
    /// Addresses whose owners called an email of the tenant's spam.
    pub complained: i64,
}

/// Why emails rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMany {
    /// Of one email, more were refused than may be.
    Refusals,
    /// Of all emails, more went to nobody than may be.
    GoneAddresses,
    /// More people called them spam than may be.
    Complaints,
}

impl Reputation {
    /// Why the tenant's emails are to rest, if they are.
    pub fn too_many(&self) -> Option<TooMany> {
        if self.complained >= LEAST_COMPLAINTS
            && self.complained * 1_000 > self.sent * MOST_COMPLAINTS_PER_1000
        {
            return Some(TooMany::Complaints);
        }
        too_many_refused(self.gone, self.sent + self.refused).then_some(TooMany::GoneAddresses)
    }
}

/// Whether so many refused of so many tried are too many.
pub fn too_many_refused(refused: i64, tried: i64) -> bool {
    tried >= LEAST_TRIED && refused * 100 > tried * MOST_REFUSED_PERCENT
}

/// As whoever leads the campaign reads it.
impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusals => write!(
                f,
                "More than {MOST_REFUSED_PERCENT} in 100 were refused by the mail server. Check the list before it goes on."
            ),
            Self::GoneAddresses => write!(
                f,
                "More than {MOST_REFUSED_PERCENT} in 100 of the emails of the last {RATE_DAYS} days went to addresses that do not exist. \
                 Check the list before it goes on."
            ),
            Self::Complaints => write!(
                f,
                "More than {MOST_COMPLAINTS_PER_1000} in 1,000 of the emails of the last {RATE_DAYS} days were called spam by the people who \
                 got them. Check whom it goes to and what it says before it goes on."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_rest_above_the_rates_and_not_at_them() {
        let of = |sent, gone, complained| Reputation { sent, refused: 0, gone, complained }.too_many();
        assert_eq!(of(10_000, 0, 30), None);
        assert_eq!(of(10_000, 0, 31), Some(TooMany::Complaints));
        assert_eq!(of(60, 0, 4), None, "four people are no rate");
        assert_eq!(of(60, 0, 5), Some(TooMany::Complaints));
        assert_eq!(of(1_000, 50, 0), None);
        assert_eq!(of(1_000, 51, 0), Some(TooMany::GoneAddresses));
        assert_eq!(of(99, 99, 0), None, "nor are so few emails");
        assert_eq!(Reputation { sent: 1_000, refused: 40, gone: 52, complained: 0 }.too_many(), None);
        assert_eq!(of(0, 0, 0), None);
        assert!(too_many_refused(6, 100) && !too_many_refused(5, 100) && !too_many_refused(99, 99));
    }
}
