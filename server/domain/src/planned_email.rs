//! Emails that a campaign plans to send, and which of them its dates have overtaken. Such an email is held: nobody gets a "last day" email on
//! a day that is not the last.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::tenant_pack::{CampaignFile, RoundFile};
use crate::time_zone::{Ambiguous, in_words, local_date, to_instant};

/// Most emails of one campaign.
pub const MAX_EMAILS: usize = 50;

/// What an email is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EmailKind {
    /// The conversation has opened.
    Launch,
    /// It is open: come in.
    Reminder,
    /// Today is the last day.
    LastDay,
    /// It is over: thank you.
    Closed,
}

impl EmailKind {
    /// Every kind, in the order of a campaign.
    pub const ALL: [Self; 4] = [Self::Launch, Self::Reminder, Self::LastDay, Self::Closed];

    /// Its name in files and forms.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Reminder => "reminder",
            Self::LastDay => "last-day",
            Self::Closed => "closed",
        }
    }

    /// The kind called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Launch => "It has opened",
            Self::Reminder => "Reminder",
            Self::LastDay => "Last day",
            Self::Closed => "It has closed",
        }
    }
}

/// `[[emails]]`: an email that is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailFile {
    /// Short name.
    pub slug: String,
    /// What it is called in the console.
    pub title: String,
    /// What it is about.
    pub kind: EmailKind,
    /// Local time in the tenant's zone at which it is to go.
    pub send_at: NaiveDateTime,
}

/// Why an email is held.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Held {
    /// Its day is not the last.
    #[error("It says that this is the last day. The last day is now {last_day}.")]
    NotTheLastDay {
        /// In words.
        last_day: String,
    },
    /// It asks people in before there is anything to come into.
    #[error("The conversation only opens on {opens}.")]
    NotOpenYet {
        /// In words.
        opens: String,
    },
    /// It asks people in after the close.
    #[error("The conversation has closed by then, on {closes}.")]
    ClosedByThen {
        /// In words.
        closes: String,
    },
    /// It says that all is over, and it is not.
    #[error("The conversation is still open then, until {closes}.")]
    StillOpen {
        /// In words.
        closes: String,
    },
    /// It asks people in, and nothing is taken.
    #[error("The conversation is paused.")]
    Paused,
    /// The clocks skip its time.
    #[error("{0}")]
    Time(String),
}

/// Why `email` is held, if it is, by the dates as they stand at its time: by today's for what is still to be sent, and by those of then for
/// what has been.
pub fn held(email: &EmailFile, campaign: &CampaignFile, zone: Tz) -> Option<Held> {
    let at = match to_instant(email.send_at, zone, Ambiguous::Earliest) {
        Ok(at) => at,
        Err(refusal) => return Some(Held::Time(refusal.to_string())),
    };
    let closing = |round: &RoundFile| to_instant(round.closing_as_of(at), zone, Ambiguous::Latest).ok();
    let closes = campaign.rounds.iter().filter_map(closing).max()?;
    let opening = |round: &RoundFile| to_instant(round.opens, zone, Ambiguous::Earliest).ok();
    let opens = campaign.rounds.iter().filter_map(opening).min()?;
    if email.kind == EmailKind::Closed {
        return (at < closes).then(|| Held::StillOpen { closes: in_words(closes, zone) });
    }
    if at < opens {
        return Some(Held::NotOpenYet { opens: in_words(opens, zone) });
    }
    if at >= closes {
        return Some(Held::ClosedByThen { closes: in_words(closes, zone) });
    }
    let last_day = local_date(last_instant(closes), zone);
    if email.kind == EmailKind::LastDay && local_date(at, zone) != last_day {
        return Some(Held::NotTheLastDay { last_day: last_day.format("%A %-d %B").to_string() });
    }
    campaign
        .rounds
        .iter()
        .any(|round| is_paused(round, at, opening(round), closing(round)))
        .then_some(Held::Paused)
}

/// A round that closes at midnight has its last day before it.
fn last_instant(closes: DateTime<Utc>) -> DateTime<Utc> {
    closes - TimeDelta::seconds(1)
}

fn is_paused(
    round: &RoundFile,
    at: DateTime<Utc>,
    opens: Option<DateTime<Utc>>,
    closes: Option<DateTime<Utc>>,
) -> bool {
    let running = opens.is_some_and(|opens| opens <= at) && closes.is_some_and(|closes| at < closes);
    running && round.paused_as_of(at).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timetable::{
        DateChange, DateWish, change_dates,
        tests::{bsol_second, local},
    };
    use chrono_tz::Europe::London;

    fn email(kind: EmailKind, send_at: &str) -> EmailFile {
        EmailFile { slug: "e".into(), title: "E".into(), kind, send_at: local(send_at) }
    }

    fn why(campaign: &CampaignFile, kind: EmailKind, send_at: &str) -> Option<String> {
        held(&email(kind, send_at), campaign, London).map(|held| held.to_string())
    }

    fn changed(campaign: &CampaignFile, wish: DateWish, now: &str) -> CampaignFile {
        let reason = "You asked for more time".into();
        let change = DateChange { wish, reason, announcement: String::new() };
        let mut campaign = campaign.clone();
        campaign.rounds[0] =
            change_dates(&campaign, "pledges", &change, London, now.parse().unwrap()).unwrap();
        campaign
    }

    #[test]
    fn the_last_day_email_is_held_when_its_day_is_no_longer_the_last() {
        let planned = bsol_second();
        assert_eq!(why(&planned, EmailKind::LastDay, "2024-05-07T08:00:00"), None);
        let extended =
            changed(&planned, DateWish::Close(local("2024-05-09T23:59:00")), "2024-05-06T10:00:00Z");
        let held = why(&extended, EmailKind::LastDay, "2024-05-07T08:00:00").unwrap();
        assert_eq!(held, "It says that this is the last day. The last day is now Thursday 9 May.");
        assert_eq!(why(&extended, EmailKind::LastDay, "2024-05-09T08:00:00"), None);
        assert!(why(&extended, EmailKind::Closed, "2024-05-08T09:00:00").unwrap().contains("still open"));
        assert_eq!(why(&extended, EmailKind::Reminder, "2024-05-08T09:00:00"), None);
    }

    #[test]
    fn what_was_right_when_it_went_is_not_held_afterwards() {
        let planned = bsol_second();
        let reopened =
            changed(&planned, DateWish::Close(local("2024-05-12T23:59:00")), "2024-05-09T10:00:00Z");
        assert_eq!(why(&reopened, EmailKind::LastDay, "2024-05-07T08:00:00"), None);
        assert_eq!(why(&reopened, EmailKind::Closed, "2024-05-08T09:00:00"), None);
    }

    #[test]
    fn whoever_is_asked_in_must_find_it_open() {
        let planned = bsol_second();
        assert!(why(&planned, EmailKind::Launch, "2024-04-22T09:00:00").unwrap().contains("only opens"));
        assert!(
            why(&planned, EmailKind::Reminder, "2024-05-08T09:00:00").unwrap().contains("closed by then")
        );
        let paused = changed(&planned, DateWish::Pause, "2024-04-30T10:00:00Z");
        assert_eq!(why(&paused, EmailKind::Reminder, "2024-05-02T09:00:00"), Some(Held::Paused.to_string()));
        assert_eq!(why(&paused, EmailKind::Reminder, "2024-04-29T09:00:00"), None);
        let resumed = changed(&paused, DateWish::Resume, "2024-05-01T10:00:00Z");
        assert_eq!(why(&resumed, EmailKind::Reminder, "2024-05-02T09:00:00"), None);
        assert_eq!(why(&resumed, EmailKind::Reminder, "2024-04-30T20:00:00"), Some(Held::Paused.to_string()));
    }

    #[test]
    fn a_round_that_closes_at_midnight_has_its_last_day_before() {
        let midnight =
            changed(&bsol_second(), DateWish::Close(local("2024-05-09T00:00:00")), "2024-05-06T10:00:00Z");
        assert_eq!(why(&midnight, EmailKind::LastDay, "2024-05-08T08:00:00"), None);
    }
}
