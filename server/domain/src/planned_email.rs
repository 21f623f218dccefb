//! Emails that a campaign plans to send, to whom, and which of them its dates have overtaken. Such an email is held: nobody gets a "last day"
//! email on a day that is not the last. When they may leave is [`sending`](crate::sending)'s; what they say [`email_words`](crate::email_words)'.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::sending::MAX_NUDGES;
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
    /// There is more time than was said.
    Extension,
    /// Today is the last day.
    LastDay,
    /// It is over: thank you.
    Closed,
    /// What people said: the report is there.
    YouSaid,
    /// What comes of it.
    Results,
}

/// Who of a roll an email goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever holds no credential yet. Decided when each email is claimed, so that one who joined a second ago gets none.
    NotJoined,
    /// Everybody, whether they have joined or not.
    Everybody,
}

impl EmailKind {
    /// Every kind, in the order of a campaign.
    pub const ALL: [Self; 7] = [
        Self::Launch,
        Self::Reminder,
        Self::Extension,
        Self::LastDay,
        Self::Closed,
        Self::YouSaid,
        Self::Results,
    ];

    /// Its name in files and forms.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Reminder => "reminder",
            Self::Extension => "extension",
            Self::LastDay => "last-day",
            Self::Closed => "closed",
            Self::YouSaid => "you-said",
            Self::Results => "results",
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
            Self::Extension => "More time",
            Self::LastDay => "Last day",
            Self::Closed => "It has closed",
            Self::YouSaid => "What people said",
            Self::Results => "What comes of it",
        }
    }

    /// To whom it goes.
    pub fn audience(self) -> Audience {
        match self {
            Self::Launch | Self::Reminder | Self::Extension | Self::LastDay => Audience::NotJoined,
            Self::Closed | Self::YouSaid | Self::Results => Audience::Everybody,
        }
    }

    /// Whether it is a nudge: it asks in who has not joined, the launch like the others. These are counted and kept apart.
    pub fn is_nudge(self) -> bool {
        self.audience() == Audience::NotJoined
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
    /// Local time in the tenant's zone at which it is to go; behind quiet hours and holidays if it falls into them.
    pub send_at: NaiveDateTime,
    /// Local time from which on it must not go any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_until: Option<NaiveDateTime>,
    /// Short names of the organisations whose people get it; all, if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organisations: Vec<String>,
    /// Its subject; the usual one of its kind if empty. Both may name what the campaign knows, such as `{closes}`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Its words, paragraphs with an empty line between; the usual ones of its kind if empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl EmailFile {
    /// An email to everybody's people with the usual words of its kind.
    pub fn new(slug: &str, title: &str, kind: EmailKind, send_at: NaiveDateTime) -> Self {
        Self {
            slug: slug.to_owned(),
            title: title.to_owned(),
            kind,
            send_at,
            send_until: None,
            organisations: Vec::new(),
            subject: String::new(),
            text: String::new(),
        }
    }

    /// The same email at another time.
    pub fn sent_at(&self, at: DateTime<Utc>, zone: Tz) -> Self {
        Self { send_at: at.with_timezone(&zone).naive_local(), ..self.clone() }
    }

    /// Whether it goes to the people of the organisation with this short name.
    pub fn reaches(&self, organisation: &str) -> bool {
        self.organisations.is_empty() || self.organisations.iter().any(|slug| slug == organisation)
    }
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
    /// People have had one only just now.
    #[error("It comes too soon after “{after}”. It can go from {from}.")]
    TooSoon {
        /// The other email's title.
        after: String,
        /// In words.
        from: String,
    },
    /// The same has been said.
    #[error("“{before}” has told the same people already.")]
    SaidAlready {
        /// The other email's title.
        before: String,
    },
    /// People have had enough.
    #[error("{MAX_NUDGES} emails have asked the same people in already. That is the most.")]
    TooMany,
}

/// Why `email` is held if it is to go at `at`, by the dates as they stand then: by today's for what is still to be sent, and by those of then
/// for what has been.
pub fn held(email: &EmailFile, campaign: &CampaignFile, zone: Tz, at: DateTime<Utc>) -> Option<Held> {
    let closing = |round: &RoundFile| to_instant(round.closing_as_of(at), zone, Ambiguous::Latest).ok();
    let closes = campaign.rounds.iter().filter_map(closing).max()?;
    let opening = |round: &RoundFile| to_instant(round.opens, zone, Ambiguous::Earliest).ok();
    let opens = campaign.rounds.iter().filter_map(opening).min()?;
    if email.kind.audience() == Audience::Everybody {
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
        EmailFile::new("e", "E", kind, local(send_at))
    }

    fn why(campaign: &CampaignFile, kind: EmailKind, send_at: &str) -> Option<String> {
        let at = to_instant(local(send_at), London, Ambiguous::Earliest).unwrap();
        held(&email(kind, send_at), campaign, London, at).map(|held| held.to_string())
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
