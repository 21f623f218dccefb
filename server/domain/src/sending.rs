//! When planned emails may leave: quiet hours, holidays, how late is too late, and how many nudges anybody gets.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::planned_email::{Audience, EmailFile, EmailKind, Held, held};
use crate::tenant_pack::CampaignFile;
use crate::time_zone::{Ambiguous, in_words, local_date, local_time, to_instant};

/// Most nudges that a campaign sends to one organisation's people.
pub const MAX_NUDGES: usize = 4;
/// Least time between two nudges to the same organisation's people, hours.
pub const NUDGES_APART_HOURS: i64 = 72;
/// How late an email that asks people in may still begin to go, hours: a stopped server's mornings are not sent the day after next.
pub const NUDGE_LATE_HOURS: i64 = 24;
/// The same for an email that tells of something, hours.
pub const NEWS_LATE_HOURS: i64 = 7 * 24;
/// Most holidays of a tenant.
pub const MAX_HOLIDAYS: usize = 100;
/// Days that are looked through for one on which emails go.
const DAYS_AHEAD: u64 = 2 * MAX_HOLIDAYS as u64;
/// The hour that a clock change skips is at most so long, minutes.
const SKIPPED_MINUTES: i64 = 180;

const FIRST: NaiveTime = NaiveTime::from_hms_opt(7, 0, 0).expect("seven in the morning");
const LAST: NaiveTime = NaiveTime::from_hms_opt(21, 0, 0).expect("nine in the evening");

/// `[sending]`: at which hours emails of a campaign may go. What a pack leaves out has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SendingFile {
    /// Local time in the tenant's zone from which emails go: `07:00`.
    pub from: NaiveTime,
    /// Local time at which the quiet hours begin: `21:00`.
    pub until: NaiveTime,
    /// Days on which none go, such as bank holidays: `2024-05-06`.
    pub holidays: Vec<NaiveDate>,
}

impl Default for SendingFile {
    fn default() -> Self {
        Self { from: FIRST, until: LAST, holidays: Vec::new() }
    }
}

impl SendingFile {
    /// Whether a pack leaves everything as it is.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.from >= self.until {
            problems.push("sending: `from` must be earlier in the day than `until`".to_owned());
        }
        if self.holidays.len() > MAX_HOLIDAYS {
            problems.push(format!("sending: has more than {MAX_HOLIDAYS} holidays"));
        }
        problems
    }

    /// The first moment at or after `at` at which emails may go; none if there is no such day soon.
    pub fn first_moment(&self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let today = local_date(at, zone);
        let free = |day: &NaiveDate| !self.holidays.contains(day);
        if free(&today) && (self.from..self.until).contains(&local_time(at, zone)) {
            return Some(at);
        }
        let days = (0..DAYS_AHEAD).filter_map(|days| today.checked_add_days(Days::new(days)));
        // An hour that autumn repeats begins twice.
        let mornings = days.filter(free).flat_map(|day| {
            let from = day.and_time(self.from);
            [Some(local_moment(from, zone)), to_instant(from, zone, Ambiguous::Latest).ok()]
        });
        mornings.flatten().find(|morning| *morning >= at)
    }
}

/// The instant that `local` means; of two the first, and where the clocks skip it the moment at which they go forward.
pub fn local_moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let later = |minutes| to_instant(local + TimeDelta::minutes(minutes), zone, Ambiguous::Earliest).ok();
    // A gap begins at a whole minute, so the first minute after it that exists is its end.
    (0..=SKIPPED_MINUTES).find_map(later).unwrap_or_else(|| local.and_utc())
}

/// What is to become of a planned email at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Its time is still to come, or quiet hours are: wait until then.
    Waits(DateTime<Utc>),
    /// It may go now.
    Goes,
    /// The dates say no.
    Held(Held),
    /// Its time has passed, and it makes no sense any more.
    TooLate(TooLate),
}

/// Why it is too late for an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLate {
    /// The day until which it was to be sent is over, or its last day.
    Until,
    /// It should have gone long ago.
    Hours(i64),
}

impl std::fmt::Display for TooLate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Until => f.write_str("The time until which it was to be sent has passed."),
            Self::Hours(hours) => write!(f, "It should have gone more than {hours} hours ago."),
        }
    }
}

/// When `email` goes if nothing stands against it: its time, moved behind quiet hours and holidays.
pub fn planned_for(email: &EmailFile, sending: &SendingFile, zone: Tz) -> Option<DateTime<Utc>> {
    sending.first_moment(local_moment(email.send_at, zone), zone)
}

/// Why `email` is held when its time comes, if it is, by the dates as they stand now.
pub fn held_at_its_time(
    email: &EmailFile,
    campaign: &CampaignFile,
    sending: &SendingFile,
    zone: Tz,
) -> Option<Held> {
    planned_for(email, sending, zone).and_then(|at| held(email, campaign, zone, at))
}

/// What is to become of `email` at `now`. It says nothing of other emails: see [`crowded`].
pub fn turn(
    email: &EmailFile,
    campaign: &CampaignFile,
    sending: &SendingFile,
    zone: Tz,
    now: DateTime<Utc>,
) -> Turn {
    let due = local_moment(email.send_at, zone);
    let until = deadline(email, zone);
    let Some(planned) = sending.first_moment(due.max(now), zone) else {
        return Turn::TooLate(TooLate::Until);
    };
    if let Some(held) = held(email, campaign, zone, planned) {
        return Turn::Held(held);
    }
    if until.is_some_and(|until| planned >= until) {
        return Turn::TooLate(TooLate::Until);
    }
    let most = match email.kind.audience() {
        Audience::NotJoined => NUDGE_LATE_HOURS,
        Audience::Everybody => NEWS_LATE_HOURS,
    };
    // Quiet hours and holidays between its time and the first moment at which it could go are no lateness.
    let first = sending.first_moment(due, zone).unwrap_or(due);
    // By the time at which it could go, it may have become too late.
    if planned - first > TimeDelta::hours(most) {
        return Turn::TooLate(TooLate::Hours(most));
    }
    if planned > now { Turn::Waits(planned) } else { Turn::Goes }
}

/// The first moment at which `email` must not go any more.
fn deadline(email: &EmailFile, zone: Tz) -> Option<DateTime<Utc>> {
    let until = email.send_until.map(|until| local_moment(until, zone));
    let end_of_day =
        (email.kind == EmailKind::LastDay).then(|| email.send_at.date().checked_add_days(Days::new(1)));
    let end_of_day = end_of_day.flatten().map(|day| local_moment(day.and_time(NaiveTime::MIN), zone));
    match (until, end_of_day) {
        (Some(until), Some(end)) => Some(until.min(end)),
        (one, other) => one.or(other),
    }
}

/// An email that has gone, or is planned to go before another.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// The email.
    pub email: &'a EmailFile,
    /// When it began to go, or is to.
    pub at: DateTime<Utc>,
    /// When the last of it left, or is to.
    pub until: DateTime<Utc>,
}

/// Why `email` must not go at `at` because of others. For a nudge: it is too soon after the last, or one too many. For what tells
/// of something: the same people have been told, such as by a "closed" that was held until the close.
pub fn crowded(email: &EmailFile, at: DateTime<Utc>, earlier: &[Earlier<'_>], zone: Tz) -> Option<Held> {
    if !email.kind.is_nudge() {
        let same = |other: &&Earlier<'_>| {
            other.email.kind == email.kind
                && other.email.slug != email.slug
                && meets(email, other.email)
                && other.at <= at
        };
        let before = earlier.iter().find(same)?;
        return Some(Held::SaidAlready { before: before.email.title.clone() });
    }
    let same = |other: &&Earlier<'_>| {
        other.email.kind.is_nudge()
            && other.email.slug != email.slug
            && meets(email, other.email)
            && other.at <= at
    };
    let apart = TimeDelta::hours(NUDGES_APART_HOURS);
    let last = earlier.iter().filter(same).max_by_key(|other| other.until);
    if let Some(last) = last.filter(|last| at - last.until < apart) {
        let from = last.until + apart;
        // To the minute, which is not before it.
        let seconds = (60 - from.timestamp().rem_euclid(60)) % 60;
        let from = in_words(from + TimeDelta::seconds(seconds), zone);
        return Some(Held::TooSoon { after: last.email.title.clone(), from });
    }
    let most = organisations_of(email, earlier).map(|organisation| {
        let reaches = |other: &&Earlier<'_>| match organisation {
            Some(slug) => other.email.reaches(slug),
            None => other.email.organisations.is_empty(),
        };
        earlier.iter().filter(same).filter(reaches).count()
    });
    (most.max().unwrap_or(0) >= MAX_NUDGES).then_some(Held::TooMany)
}

/// Every organisation that the plan tells apart, and none for all that it does not name.
fn organisations_of<'a>(
    email: &'a EmailFile,
    earlier: &'a [Earlier<'a>],
) -> impl Iterator<Item = Option<&'a str>> {
    let named = earlier.iter().flat_map(|other| &other.email.organisations).chain(&email.organisations);
    let named = named.map(String::as_str).filter(|slug| email.reaches(slug)).map(Some);
    named.chain(email.organisations.is_empty().then_some(None))
}

/// Whether two emails reach an organisation in common.
fn meets(one: &EmailFile, other: &EmailFile) -> bool {
    one.organisations.is_empty()
        || other.organisations.is_empty()
        || one.organisations.iter().any(|slug| other.organisations.contains(slug))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timetable::tests::{bsol_second, local};
    use chrono_tz::Europe::London;

    fn email(kind: EmailKind, send_at: &str) -> EmailFile {
        EmailFile::new("e", "E", kind, local(send_at))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn goes(email: &EmailFile, sending: &SendingFile, now: &str) -> Turn {
        turn(email, &bsol_second(), sending, London, at(now))
    }

    #[test]
    fn quiet_hours_and_holidays_move_an_email_to_the_next_morning() {
        let mut sending = SendingFile::default();
        let planned =
            |sending: &SendingFile, text| planned_for(&email(EmailKind::Reminder, text), sending, London);
        assert_eq!(planned(&sending, "2024-04-30T21:00:00"), Some(at("2024-05-01T06:00:00Z")));
        assert_eq!(planned(&sending, "2024-04-30T20:59:59"), Some(at("2024-04-30T19:59:59Z")));
        assert_eq!(planned(&sending, "2024-04-30T03:00:00"), Some(at("2024-04-30T06:00:00Z")));
        sending.holidays = vec!["2024-05-05".parse().unwrap(), "2024-05-06".parse().unwrap()];
        assert_eq!(planned(&sending, "2024-05-05T10:00:00"), Some(at("2024-05-07T06:00:00Z")));
        sending.holidays = local("2024-05-01T00:00:00").date().iter_days().take(300).collect();
        assert_eq!(planned(&sending, "2024-05-05T10:00:00"), None);
    }

    #[test]
    fn both_clock_changes_and_the_leap_day() {
        let night = SendingFile { from: NaiveTime::MIN, until: LAST, holidays: Vec::new() };
        let planned = |text| planned_for(&email(EmailKind::Reminder, text), &night, London).unwrap();
        // In spring 01:30 does not exist: it goes when the clocks have gone forward. In autumn it is there twice: it goes the first time.
        assert_eq!(planned("2024-03-31T01:30:00"), at("2024-03-31T01:00:00Z"));
        assert_eq!(planned("2024-10-27T01:30:00"), at("2024-10-27T00:30:00Z"));
        assert_eq!(planned("2024-02-29T09:00:00"), at("2024-02-29T09:00:00Z"));
        // Where the quiet hours end in the hour that is there twice, what was too early the second time need not wait for tomorrow.
        let half_past = SendingFile { from: NaiveTime::from_hms_opt(1, 30, 0).unwrap(), ..night.clone() };
        for (at_night, first) in
            [("00:15:00", "00:30:00"), ("01:15:00", "01:30:00"), ("01:45:00", "01:45:00")]
        {
            let [at_night, first] = [at_night, first].map(|time| at(&format!("2024-10-27T{time}Z")));
            assert_eq!(half_past.first_moment(at_night, London), Some(first));
        }
        // The quiet hours end by the clock on the wall.
        let usual = SendingFile::default();
        assert_eq!(usual.first_moment(at("2024-03-30T23:00:00Z"), London), Some(at("2024-03-31T06:00:00Z")));
        assert_eq!(usual.first_moment(at("2024-10-26T22:00:00Z"), London), Some(at("2024-10-27T07:00:00Z")));
        assert_eq!(usual.first_moment(at("2024-02-28T22:00:00Z"), London), Some(at("2024-02-29T07:00:00Z")));
    }

    #[test]
    fn what_was_missed_goes_late_only_while_it_makes_sense() {
        let usual = SendingFile::default();
        let reminder = email(EmailKind::Reminder, "2024-04-30T09:00:00");
        assert_eq!(goes(&reminder, &usual, "2024-04-30T07:59:59Z"), Turn::Waits(at("2024-04-30T08:00:00Z")));
        assert_eq!(goes(&reminder, &usual, "2024-04-30T08:00:00Z"), Turn::Goes);
        assert_eq!(goes(&reminder, &usual, "2024-04-30T22:00:00Z"), Turn::Waits(at("2024-05-01T06:00:00Z")));
        assert_eq!(goes(&reminder, &usual, "2024-05-01T08:00:00Z"), Turn::Goes);
        // In the night before the third day nothing is promised that the morning will not keep.
        assert_eq!(
            goes(&reminder, &usual, "2024-05-01T22:00:00Z"),
            Turn::TooLate(TooLate::Hours(NUDGE_LATE_HOURS))
        );
        assert_eq!(
            goes(&reminder, &usual, "2024-05-01T08:00:01Z"),
            Turn::TooLate(TooLate::Hours(NUDGE_LATE_HOURS))
        );
        let until = EmailFile { send_until: Some(local("2024-04-30T12:00:00")), ..reminder };
        assert_eq!(goes(&until, &usual, "2024-04-30T10:59:59Z"), Turn::Goes);
        assert_eq!(goes(&until, &usual, "2024-04-30T11:00:00Z"), Turn::TooLate(TooLate::Until));
        let last = email(EmailKind::LastDay, "2024-05-07T20:30:00");
        assert_eq!(goes(&last, &usual, "2024-05-07T19:45:00Z"), Turn::Goes);
        assert!(
            matches!(goes(&last, &usual, "2024-05-07T20:15:00Z"), Turn::Held(_)),
            "the next morning is not the last day"
        );
        let closed = email(EmailKind::Closed, "2024-05-08T09:00:00");
        assert_eq!(goes(&closed, &usual, "2024-05-14T09:00:00Z"), Turn::Goes);
        assert_eq!(
            goes(&closed, &usual, "2024-05-16T09:00:00Z"),
            Turn::TooLate(TooLate::Hours(NEWS_LATE_HOURS))
        );
    }

    #[test]
    fn nudges_keep_apart_and_are_few_for_each_organisation() {
        let to = |slug: &str, day: u32, organisations: &[&str]| EmailFile {
            slug: slug.into(),
            title: slug.into(),
            organisations: organisations.iter().map(|slug| (*slug).to_owned()).collect(),
            ..email(EmailKind::Reminder, &format!("2024-04-{day:02}T09:00:00"))
        };
        let when = |email: &EmailFile| local_moment(email.send_at, London);
        let first = to("first", 2, &["a", "b"]);
        let soon = to("soon", 5, &["b"]);
        let earlier = [Earlier { email: &first, at: when(&first), until: when(&first) }];
        assert_eq!(crowded(&soon, when(&soon), &earlier, London), None, "72 hours are enough");
        let held = crowded(&soon, when(&soon) - TimeDelta::seconds(1), &earlier, London).unwrap().to_string();
        assert!(
            held.contains("too soon after “first”") && held.contains("Friday 5 April 2024 at 9:00am"),
            "{held}"
        );
        let slow = [Earlier { until: when(&first) + TimeDelta::hours(2), ..earlier[0] }];
        assert!(
            crowded(&soon, when(&soon) + TimeDelta::hours(1), &slow, London).is_some(),
            "the last of it counts"
        );
        let launch = EmailFile { kind: EmailKind::Launch, ..first.clone() };
        let launched = [Earlier { email: &launch, ..earlier[0] }];
        assert!(
            crowded(&soon, when(&soon) - TimeDelta::seconds(1), &launched, London).is_some(),
            "it asks people in"
        );
        let others = to("others", 3, &["c"]);
        assert_eq!(crowded(&others, when(&others), &earlier, London), None, "other people");
        let all: Vec<EmailFile> = [1, 5, 9, 13].map(|day| to(&format!("n{day}"), day, &["a"])).into();
        let earlier: Vec<_> =
            all.iter().map(|email| Earlier { email, at: when(email), until: when(email) }).collect();
        let fifth = to("fifth", 20, &[]);
        assert_eq!(crowded(&fifth, when(&fifth), &earlier, London), Some(Held::TooMany), "a has had four");
        assert_eq!(crowded(&to("b", 20, &["b"]), when(&fifth), &earlier, London), None);
        let news = EmailFile { kind: EmailKind::Closed, ..fifth };
        assert_eq!(crowded(&news, when(&news), &earlier, London), None, "news is no nudge");
        let again = EmailFile { slug: "again".into(), ..news.clone() };
        let told = [Earlier { email: &news, at: when(&news), until: when(&news) }];
        assert_eq!(
            crowded(&again, when(&news), &told, London),
            Some(Held::SaidAlready { before: "fifth".into() })
        );
    }
}
