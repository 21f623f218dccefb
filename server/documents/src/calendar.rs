//! A conversation's dates as a calendar file (iCalendar, RFC 5545): for each round when it opens and when it closes.

use chrono::{DateTime, Duration, Utc};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, EventStatus, Property};

/// The media type.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// One round's dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarRound {
    /// What makes its entries the same ones after a change of dates: an id, unique in the world.
    pub uid: String,
    /// What it is called.
    pub title: String,
    /// When it opens.
    pub opens_at: DateTime<Utc>,
    /// When it closes.
    pub closes_at: DateTime<Utc>,
    /// How often its dates have changed: a calendar takes the entry with the higher number (RFC 5545, 3.8.7.4).
    pub changes: u32,
    /// When they last changed; the opening if never.
    pub changed_at: DateTime<Utc>,
    /// What else there is to know, such as that it is paused and why.
    pub note: Option<String>,
}

/// Reminders before a closing: a name, and how long before it, as RFC 5545, 3.3.6 writes durations.
const BEFORE_CLOSING: [(&str, &str); 2] = [("two-days", "-P2D"), ("three-hours", "-PT3H")];
/// The reminder of an opening.
const AT_OPENING: [(&str, &str); 1] = [("now", "PT0S")];

/// The calendar file of a conversation; the same dates make the same bytes.
pub fn calendar(name: &str, address: &str, rounds: &[CalendarRound]) -> String {
    file(name, address, rounds, |event, _, _| event)
}

/// The same with reminders (RFC 5545, 3.6.6): when a round opens, two days before it closes, and three hours before.
pub fn calendar_with_reminders(name: &str, address: &str, rounds: &[CalendarRound]) -> String {
    file(name, address, rounds, |event, round, reminders| {
        reminders.iter().fold(event, |mut event, (which, before)| {
            let uid = format!("{}-{which}", event.get_uid().unwrap_or_default());
            let mut alarm = Alarm::display(event.get_summary().unwrap_or(name), Duration::zero());
            // Else the crate takes a random name and the present time.
            alarm.uid(&uid).timestamp(round.changed_at).add_property("TRIGGER", *before);
            event.alarm(alarm.done()).done()
        })
    })
}

/// `reminded` is given each entry, its round, and the reminders that are due.
fn file(
    name: &str,
    address: &str,
    rounds: &[CalendarRound],
    reminded: impl Fn(Event, &CalendarRound, &[(&str, &str)]) -> Event,
) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    for round in rounds {
        let titles = if round.title == name { name.to_owned() } else { format!("{name}: {}", round.title) };
        let opens = entry(round, "opens", format!("{titles} opens"), round.opens_at, address);
        let closes = entry(round, "closes", format!("{titles} closes"), round.closes_at, address);
        calendar.push(reminded(opens, round, &AT_OPENING)).push(reminded(closes, round, &BEFORE_CLOSING));
    }
    calendar.done().to_string()
}

fn entry(round: &CalendarRound, which: &str, summary: String, at: DateTime<Utc>, address: &str) -> Event {
    let mut event = Event::new();
    event
        .uid(&format!("{}-{which}", round.uid))
        .summary(&summary)
        .starts(at)
        .timestamp(round.changed_at)
        .last_modified(round.changed_at)
        .sequence(round.changes)
        .status(EventStatus::Confirmed)
        .url(address)
        // Nobody is busy because a conversation is open.
        .append_property(Property::new("TRANSP", "TRANSPARENT"));
    if let Some(note) = &round.note {
        event.description(note);
    }
    event.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round() -> CalendarRound {
        CalendarRound {
            uid: "7f3c".into(),
            title: "Pledges, strong or wrong; say it".into(),
            opens_at: "2024-04-23T08:00:00Z".parse().unwrap(),
            closes_at: "2024-05-07T22:59:00Z".parse().unwrap(),
            changes: 0,
            changed_at: "2024-04-23T08:00:00Z".parse().unwrap(),
            note: None,
        }
    }

    #[test]
    fn an_extension_moves_the_same_entry() {
        let before = calendar("Second conversation", "https://bsol.example/", &[round()]);
        assert!(before.contains("DTSTART:20240507T225900Z") && before.contains("SEQUENCE:0"), "{before}");
        let extended = CalendarRound {
            closes_at: "2024-05-09T22:59:00Z".parse().unwrap(),
            changes: 1,
            changed_at: "2024-05-06T10:00:00Z".parse().unwrap(),
            note: Some("Paused: a\nreason".into()),
            ..round()
        };
        let after = calendar("Second conversation", "https://bsol.example/", std::slice::from_ref(&extended));
        assert!(after.contains("DTSTART:20240509T225900Z") && !after.contains("20240507T"), "{after}");
        for line in ["UID:7f3c-closes", "SEQUENCE:1", "DTSTAMP:20240506T100000Z", "TRANSP:TRANSPARENT"] {
            assert!(after.contains(line), "{line} in {after}");
        }
        assert!(after.contains("DESCRIPTION:Paused: a\\nreason"), "{after}");
        assert!(after.contains("Pledges\\, strong or wrong\\; say it"), "{after}");
        assert_eq!(after, calendar("Second conversation", "https://bsol.example/", &[extended]));
        assert!(after.lines().all(|line| line.len() <= 75) && after.contains("\r\n"), "{after}");
    }
}
