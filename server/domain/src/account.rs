//! Accounts of named people: what state one is in, for how long a sign-in lasts, and how long guessing locks one.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// The most accounts of one tenant.
pub const MAX_ACCOUNTS: usize = 500;
/// The most characters of somebody's name.
pub const MAX_NAME_CHARACTERS: usize = 100;
/// The most passkeys of one account.
pub const MAX_PASSKEYS: usize = 20;
/// The most sessions of one account; beyond it the oldest ends.
pub const MAX_SESSIONS: usize = 20;
/// For how long an invitation is good, days.
pub const INVITATION_DAYS: i64 = 7;
/// After how long without a request a session ends, minutes (NIST SP 800-63B-4, 2.2.3: an hour at most).
pub const IDLE_MINUTES: i64 = 60;
/// How long a session lasts at most, hours: a working day (NIST SP 800-63B-4, 2.2.3: 24 hours at most).
pub const SESSION_HOURS: i64 = 12;
/// How stale "last seen" may be, minutes: so that not every request writes.
pub const SEEN_MINUTES: i64 = 5;
/// How many wrong tries at one address lock it.
pub const TRIES_BEFORE_LOCK: i64 = 5;
/// The longest that wrong tries lock an address, minutes.
pub const LONGEST_LOCK_MINUTES: i64 = 60;
/// After how long wrong tries are forgotten, hours.
pub const TRIES_KEPT_HOURS: i64 = 24;

/// What state an account is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It has an invitation, and no way to sign in yet.
    Invited,
    /// Its person can sign in.
    Active,
    /// Its person cannot, until somebody lets them again.
    Suspended,
}

impl AccountState {
    /// Its name in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The state with this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Suspended].into_iter().find(|state| state.slug() == slug)
    }
}

/// How somebody else's session was misused, as far as can be seen. Each is recorded once for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misuse {
    /// Its token came after its owner had signed out.
    Replayed = 1,
    /// Another site sent a form in its name.
    CrossSite = 2,
}

/// Why a name is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameRefusal {
    /// Nothing.
    #[error("Write the person's name.")]
    Empty,
    /// Too much.
    #[error("Write a shorter name: {MAX_NAME_CHARACTERS} characters at most.")]
    TooLong,
    /// Line breaks and the like.
    #[error("Take out line breaks and invisible characters. A name has none.")]
    Unfit,
}

/// Somebody's name as it is kept: trimmed, on one line.
///
/// # Errors
/// A [`NameRefusal`].
pub fn name(typed: &str) -> Result<String, NameRefusal> {
    let name = typed.trim();
    match name.chars().count() {
        0 => Err(NameRefusal::Empty),
        1..=MAX_NAME_CHARACTERS if name.chars().any(char::is_control) => Err(NameRefusal::Unfit),
        1..=MAX_NAME_CHARACTERS => Ok(name.to_owned()),
        _ => Err(NameRefusal::TooLong),
    }
}

/// How long the `failed`th wrong try in a row locks the address, if it does: each [`TRIES_BEFORE_LOCK`] tries, twice as long as the last
/// time, from a minute on.
pub fn lock_after(failed: i64) -> Option<TimeDelta> {
    let locks = failed / TRIES_BEFORE_LOCK;
    if failed <= 0 || failed % TRIES_BEFORE_LOCK != 0 {
        return None;
    }
    let doubled =
        u32::try_from(locks - 1).ok().and_then(|power| 1_i64.checked_shl(power)).unwrap_or(i64::MAX);
    let minutes = if locks > 32 { LONGEST_LOCK_MINUTES } else { doubled.min(LONGEST_LOCK_MINUTES) };
    Some(TimeDelta::minutes(minutes))
}

/// From when on a session must have begun, and been seen, to be good at `now`.
pub fn session_limits(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (now - TimeDelta::hours(SESSION_HOURS), now - TimeDelta::minutes(IDLE_MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lock_is_twice_as_long_up_to_an_hour() {
        let minutes: Vec<_> = (0..=40).filter_map(lock_after).map(|lock| lock.num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(lock_after(4), None);
        assert_eq!(lock_after(5_000_000), Some(TimeDelta::minutes(60)));
    }

    #[test]
    fn names_are_one_line_of_something() {
        assert_eq!(name("  Alex Rowan "), Ok("Alex Rowan".to_owned()));
        assert_eq!(name(" "), Err(NameRefusal::Empty));
        assert_eq!(name("a\nb"), Err(NameRefusal::Unfit));
        assert_eq!(name(&"a".repeat(MAX_NAME_CHARACTERS + 1)), Err(NameRefusal::TooLong));
    }

    #[test]
    fn states_come_back() {
        for state in [AccountState::Invited, AccountState::Active, AccountState::Suspended] {
            assert_eq!(AccountState::from_slug(state.slug()), Some(state));
        }
        assert_eq!(AccountState::from_slug(""), None);
    }
}
