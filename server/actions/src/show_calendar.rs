//! A campaign's dates as a calendar file.

use chrono::{DateTime, Utc};
use documents::calendar::{CalendarRound, calendar};

use crate::{ActionError, Campaign, RoundInfo};

/// Its media type.
pub use documents::calendar::MEDIA_TYPE as CALENDAR_TYPE;

impl Campaign {
    /// When its first round opens and its last one closes; none without rounds.
    pub fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let opens = self.rounds.iter().map(|round| round.opens_at).min()?;
        Some((opens, self.rounds.iter().map(|round| round.closes_at).max()?))
    }

    /// The same, for what makes no sense without rounds.
    ///
    /// # Errors
    /// A fault where it has none.
    pub(crate) fn must_have_span(&self) -> Result<(DateTime<Utc>, DateTime<Utc>), ActionError> {
        self.span().ok_or_else(|| ActionError::Fault("the campaign has no rounds".to_owned()))
    }

    /// The calendar file of its rounds; `address` is where people find it.
    pub fn calendar(&self, address: &str) -> String {
        let rounds: Vec<CalendarRound> = self.rounds.iter().map(entry).collect();
        calendar(&self.title, address, &rounds)
    }
}

pub(crate) fn entry(round: &RoundInfo) -> CalendarRound {
    let last = round.changes.last();
    CalendarRound {
        uid: round.id.to_string(),
        title: round.title.clone(),
        opens_at: round.opens_at,
        closes_at: round.closes_at,
        changes: u32::try_from(round.changes.len()).unwrap_or(u32::MAX),
        changed_at: last.map_or(round.opens_at, |change| change.at),
        note: last.map(|change| match round.paused_at {
            Some(_) => format!("Paused: {}", change.reason),
            None => change.reason.clone(),
        }),
    }
}
