//! Local times of a tenant pack to instants, through both clock changes, and instants to words.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use thiserror::Error;

/// Which of two instants an ambiguous local time means (the hour that the autumn clock change repeats).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguous {
    /// The first of the two: an opening, so that nobody who reads "01:30" comes too early.
    Earliest,
    /// The second: a closing, so that nobody who reads "01:30" is cut off.
    Latest,
}

/// Why a local time names no instant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LocalTimeRefusal {
    /// The spring clock change skips it.
    #[error(
        "{} does not exist in {zone}: the clocks go forward over it. Choose a time an hour later or earlier.",
        local.format("%-d %B %Y, %H:%M")
    )]
    Skipped {
        /// The local time as written.
        local: NaiveDateTime,
        /// The tenant's zone.
        zone: Tz,
    },
}

/// The instant that `local` means in `zone`.
pub fn to_instant(
    local: NaiveDateTime,
    zone: Tz,
    ambiguous: Ambiguous,
) -> Result<DateTime<Utc>, LocalTimeRefusal> {
    match (zone.from_local_datetime(&local), ambiguous) {
        (LocalResult::Single(at), _)
        | (LocalResult::Ambiguous(at, _), Ambiguous::Earliest)
        | (LocalResult::Ambiguous(_, at), Ambiguous::Latest) => Ok(at.with_timezone(&Utc)),
        (LocalResult::None, _) => Err(LocalTimeRefusal::Skipped { local, zone }),
    }
}

/// The date in `zone` at `at`.
pub fn local_date(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The time of day in `zone` at `at`.
pub fn local_time(at: DateTime<Utc>, zone: Tz) -> NaiveTime {
    at.with_timezone(&zone).time()
}

/// "Thursday 30 November 2023 at 9:00am", in `zone`; noon and midnight in words, as the NHS style guide has it.
pub fn in_words(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let time = match local.format("%H:%M:%S").to_string().as_str() {
        "00:00:00" => "midnight".to_owned(),
        "12:00:00" => "midday".to_owned(),
        with_seconds if !with_seconds.ends_with(":00") => with_seconds.to_owned(),
        _ => local.format("%-I:%M%P").to_string(),
    };
    format!("{} at {time}", local.format("%A %-d %B %Y"))
}

/// "today", "yesterday", "3 days ago" or "30 November 2023": what readers see of a date.
pub fn day_in_words(day: NaiveDate, today: NaiveDate) -> String {
    match (today - day).num_days() {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days @ 2..=6 => format!("{days} days ago"),
        _ if day.year() == today.year() => day.format("%-d %B").to_string(),
        _ => day.format("%-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::London;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap()
    }

    #[test]
    fn winter_and_summer() {
        let winter = to_instant(local("2023-11-30T09:00:00"), London, Ambiguous::Earliest).unwrap();
        assert_eq!(winter.to_rfc3339(), "2023-11-30T09:00:00+00:00");
        let summer = to_instant(local("2024-05-09T23:59:00"), London, Ambiguous::Latest).unwrap();
        assert_eq!(summer.to_rfc3339(), "2024-05-09T22:59:00+00:00");
    }

    #[test]
    fn the_hour_that_spring_skips_is_refused() {
        let refusal = to_instant(local("2024-03-31T01:30:00"), London, Ambiguous::Earliest).unwrap_err();
        assert!(refusal.to_string().contains("clocks go forward"));
    }

    #[test]
    fn the_hour_that_autumn_repeats_favours_participants() {
        let at = |which| to_instant(local("2024-10-27T01:30:00"), London, which).unwrap().to_rfc3339();
        assert_eq!(at(Ambiguous::Earliest), "2024-10-27T00:30:00+00:00");
        assert_eq!(at(Ambiguous::Latest), "2024-10-27T01:30:00+00:00");
    }

    #[test]
    fn words() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(in_words(at("2024-05-09T22:59:00Z"), London), "Thursday 9 May 2024 at 11:59pm");
        assert_eq!(in_words(at("2023-12-14T23:59:59Z"), London), "Thursday 14 December 2023 at 23:59:59");
        assert_eq!(in_words(at("2023-11-30T00:00:00Z"), London), "Thursday 30 November 2023 at midnight");
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(day_in_words(day("2023-12-01"), day("2023-12-01")), "today");
        assert_eq!(day_in_words(day("2023-11-30"), day("2023-12-01")), "yesterday");
        assert_eq!(day_in_words(day("2023-11-01"), day("2023-12-01")), "1 November");
        assert_eq!(day_in_words(day("2022-11-01"), day("2023-12-01")), "1 November 2022");
        assert_eq!(day_in_words(day("2023-12-03"), day("2023-12-01")), "3 December");
        assert_eq!(day_in_words(day("2024-01-02"), day("2023-12-01")), "2 January 2024");
    }
}
