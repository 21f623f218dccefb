//! Changing a round's dates while people take part: longer, shorter, paused, resumed, opened again. Every change has a reason that
//! everybody can read, and stays in the round's history. Nothing here touches what people wrote or who is in.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::round::RoundState;
use crate::tenant_pack::{CampaignFile, RoundFile, round_times};
use crate::text::Body;
use crate::time_zone::{Ambiguous, LocalTimeRefusal, in_words, to_instant};

/// Fewest characters of a stated reason.
pub const MIN_REASON_CHARACTERS: usize = 10;
/// Most characters of a stated reason.
pub const MAX_REASON_CHARACTERS: usize = 500;
/// Most characters of an announcement.
pub const MAX_ANNOUNCEMENT_CHARACTERS: usize = 1_000;
/// How long after a round was first planned to close it may close at the latest, days. Devices remember who is in for two days more than
/// that, so nobody is put out by an extension.
pub const LONGEST_EXTENSION_DAYS: i64 = 28;
/// How long after it closed a round may be opened again, days.
pub const REOPEN_WITHIN_DAYS: i64 = 14;
/// Least time between shortening a round and its new close, hours: nobody who meant to write tomorrow finds it shut today.
pub const SHORTENING_NOTICE_HOURS: i64 = 24;
/// Most changes of one round's dates.
pub const MAX_CHANGES: usize = 100;

/// What became of a round's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It closes later.
    Extended,
    /// It closes earlier.
    Shortened,
    /// It takes nothing for a while.
    Paused,
    /// It goes on after a pause.
    Resumed,
    /// It had closed, and is open again.
    Reopened,
}

impl ChangeKind {
    /// Its name in files and the audit log.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Extended => "extended",
            Self::Shortened => "shortened",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Reopened => "reopened",
        }
    }
}

/// `[[rounds.changes]]`: one change of a round's dates, for everybody to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatesChanged {
    /// What was done.
    pub what: ChangeKind,
    /// When it was done, UTC.
    pub at: DateTime<Utc>,
    /// The closing before, local time; none for a pause.
    pub from: Option<NaiveDateTime>,
    /// The closing after, local time; none for a pause.
    pub to: Option<NaiveDateTime>,
    /// Why, 10 to 500 characters.
    pub reason: String,
    /// What is told to those who take part, at most 1,000 characters.
    pub announcement: Option<String>,
}

/// What is wanted of a round's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateWish {
    /// Another closing, local time: later, earlier, or after it had closed.
    Close(NaiveDateTime),
    /// Take nothing until resumed.
    Pause,
    /// Go on.
    Resume,
}

/// A change as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateChange {
    /// What is wanted.
    pub wish: DateWish,
    /// Why.
    pub reason: String,
    /// What those who take part are told; empty for nothing.
    pub announcement: String,
}

/// Why the dates stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DateRefusal {
    /// The campaign has no such round.
    #[error("This campaign has no such round.")]
    NoSuchRound,
    /// No reason, or too long a one.
    #[error(
        "Give a reason of {MIN_REASON_CHARACTERS} to {MAX_REASON_CHARACTERS} characters. Everybody can read it."
    )]
    Reason,
    /// Too long an announcement.
    #[error("Make the announcement shorter: at most {MAX_ANNOUNCEMENT_CHARACTERS} characters.")]
    Announcement,
    /// A time that the clocks skip.
    #[error(transparent)]
    Time(#[from] LocalTimeRefusal),
    /// Nothing would change.
    #[error("It closes then already. Choose another time.")]
    SameClosing,
    /// Not even opened by then.
    #[error("Choose a time after it opens, on {opens}.")]
    BeforeOpening {
        /// In words.
        opens: String,
    },
    /// The new close is past.
    #[error("Choose a time that is still to come.")]
    InThePast,
    /// Too short a notice.
    #[error("Give people at least {SHORTENING_NOTICE_HOURS} hours: choose a time on or after {earliest}.")]
    TooSoon {
        /// In words.
        earliest: String,
    },
    /// Beyond what an extension may be.
    #[error(
        "A round can close at most {LONGEST_EXTENSION_DAYS} days later than first planned: choose a time on or before {latest}."
    )]
    TooLong {
        /// In words.
        latest: String,
    },
    /// Into the next round.
    #[error("The round “{next}” opens on {opens}. Choose a time before that.")]
    IntoNextRound {
        /// Its title.
        next: String,
        /// In words.
        opens: String,
    },
    /// Too long closed.
    #[error(
        "It closed more than {REOPEN_WITHIN_DAYS} days ago, so it cannot be opened again. Start a new campaign instead."
    )]
    TooLateToReopen,
    /// Only what is open can be paused.
    #[error("Only a round that is open can be paused.")]
    NotOpen,
    /// Only what is paused can go on.
    #[error("This round is not paused.")]
    NotPaused,
    /// Enough is enough.
    #[error("The dates of this round have changed {MAX_CHANGES} times. They cannot change again.")]
    TooMany,
    /// The pack itself is broken.
    #[error("{0}")]
    Broken(String),
}

impl RoundFile {
    /// Since when it is paused, if it is.
    pub fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.paused_as_of(DateTime::<Utc>::MAX_UTC)
    }

    /// Since when it was paused at the instant `then`, by what has been changed since.
    pub fn paused_as_of(&self, then: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut pauses = self.changes.iter().filter(|change| {
            change.at <= then && !matches!(change.what, ChangeKind::Extended | ChangeKind::Shortened)
        });
        pauses.next_back().filter(|change| change.what == ChangeKind::Paused).map(|change| change.at)
    }

    /// The closing, local time, as it stood at the instant `then`.
    pub fn closing_as_of(&self, then: DateTime<Utc>) -> NaiveDateTime {
        let later = self.changes.iter().find(|change| change.at > then && change.from.is_some());
        later.and_then(|change| change.from).unwrap_or(self.closes)
    }

    /// The closing, local time, as it was first planned.
    pub fn planned_closing(&self) -> NaiveDateTime {
        self.closing_as_of(DateTime::<Utc>::MIN_UTC)
    }

    /// The state at `now`.
    ///
    /// # Errors
    /// A pack whose times cannot be read, in words.
    pub fn state(&self, zone: Tz, now: DateTime<Utc>) -> Result<RoundState, String> {
        let (opens, closes) = round_times(self, zone)?;
        Ok(RoundState::at(now, opens, closes, self.paused_at()))
    }
}

/// The round called `slug` of `campaign`, changed as `change` asks at `now`.
///
/// # Errors
/// A [`DateRefusal`]; nothing changes then.
pub fn change_dates(
    campaign: &CampaignFile,
    slug: &str,
    change: &DateChange,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<RoundFile, DateRefusal> {
    let place = campaign.rounds.iter().position(|round| round.slug == slug);
    let place = place.ok_or(DateRefusal::NoSuchRound)?;
    let round = &campaign.rounds[place];
    let reason = Body::parse(&change.reason).map_or_else(|_| String::new(), Body::into_string);
    if !(MIN_REASON_CHARACTERS..=MAX_REASON_CHARACTERS).contains(&reason.chars().count()) {
        return Err(DateRefusal::Reason);
    }
    let announcement = match change.announcement.trim() {
        "" => None,
        text => Some(Body::parse(text).map_err(|_| DateRefusal::Announcement)?.into_string()),
    };
    if announcement.as_ref().is_some_and(|text| text.chars().count() > MAX_ANNOUNCEMENT_CHARACTERS) {
        return Err(DateRefusal::Announcement);
    }
    if round.changes.len() >= MAX_CHANGES {
        return Err(DateRefusal::TooMany);
    }
    let state = round.state(zone, now).map_err(DateRefusal::Broken)?;
    let (what, closes) = match change.wish {
        DateWish::Pause if state == RoundState::Open => (ChangeKind::Paused, None),
        DateWish::Pause => return Err(DateRefusal::NotOpen),
        DateWish::Resume if state == RoundState::Paused => (ChangeKind::Resumed, None),
        DateWish::Resume => return Err(DateRefusal::NotPaused),
        DateWish::Close(closes) => {
            let what = moved(round, campaign.rounds.get(place + 1), closes, zone, now)?;
            (what, Some(closes))
        }
    };
    let mut changed = round.clone();
    changed.changes.push(DatesChanged {
        what,
        // Whole seconds, as everything that is stored.
        at: DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now),
        from: closes.map(|_| round.closes),
        to: closes,
        reason,
        announcement,
    });
    changed.closes = closes.unwrap_or(round.closes);
    Ok(changed)
}

/// What it is to close at `closes` instead.
fn moved(
    round: &RoundFile,
    next: Option<&RoundFile>,
    closes: NaiveDateTime,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<ChangeKind, DateRefusal> {
    let (opens_at, closes_at) = round_times(round, zone).map_err(DateRefusal::Broken)?;
    let wanted = to_instant(closes, zone, Ambiguous::Latest)?;
    let first_planned = to_instant(round.planned_closing(), zone, Ambiguous::Latest)?;
    let latest = first_planned + TimeDelta::days(LONGEST_EXTENSION_DAYS);
    let words = |at| in_words(at, zone);
    if wanted == closes_at {
        return Err(DateRefusal::SameClosing);
    }
    if wanted <= opens_at {
        return Err(DateRefusal::BeforeOpening { opens: words(opens_at) });
    }
    if wanted <= now {
        return Err(DateRefusal::InThePast);
    }
    if wanted > latest {
        return Err(DateRefusal::TooLong { latest: words(latest) });
    }
    if let Some(next) = next {
        let (opens, _) = round_times(next, zone).map_err(DateRefusal::Broken)?;
        if wanted > opens {
            return Err(DateRefusal::IntoNextRound { next: next.title.clone(), opens: words(opens) });
        }
    }
    if now >= closes_at {
        let last_day = closes_at + TimeDelta::days(REOPEN_WITHIN_DAYS);
        return if now <= last_day { Ok(ChangeKind::Reopened) } else { Err(DateRefusal::TooLateToReopen) };
    }
    if wanted > closes_at {
        return Ok(ChangeKind::Extended);
    }
    let earliest = now + TimeDelta::hours(SHORTENING_NOTICE_HOURS);
    if wanted < earliest {
        return Err(DateRefusal::TooSoon { earliest: words(earliest) });
    }
    Ok(ChangeKind::Shortened)
}

/// What is wrong with a round's history, in words: a pack written by hand may have anything.
pub(crate) fn problems(round: &RoundFile) -> Vec<String> {
    let mut reasons = Vec::new();
    if round.changes.len() > MAX_CHANGES {
        reasons.push(format!("has more than {MAX_CHANGES} changes"));
    }
    if !round.changes.is_sorted_by_key(|change| change.at) {
        reasons.push("changes: write them in the order of `at`".to_owned());
    }
    let mut stands = None;
    for change in &round.changes {
        let moves = !matches!(change.what, ChangeKind::Paused | ChangeKind::Resumed);
        if moves != change.from.is_some() || moves != change.to.is_some() {
            reasons.push(format!(
                "changes: `from` and `to` belong to extended, shortened and reopened, and to nothing else; see {}",
                change.at
            ));
        }
        if !(MIN_REASON_CHARACTERS..=MAX_REASON_CHARACTERS).contains(&change.reason.chars().count()) {
            reasons.push(format!(
                "changes: give a reason of {MIN_REASON_CHARACTERS} to {MAX_REASON_CHARACTERS} characters"
            ));
        }
        if stands.is_some() && change.from.is_some() && change.from != stands {
            reasons.push(format!("changes: `from` of {} is not the `to` before it", change.at));
        }
        stands = change.to.or(stands);
    }
    if stands.is_some_and(|closes| closes != round.closes) {
        reasons.push("closes is not what the last change says".to_owned());
    }
    reasons
}

#[cfg(test)]
pub(crate) mod tests;
