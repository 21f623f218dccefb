//! The days that are left, as a small page that anybody may show in a frame of a page of their own. It sets no cookie and reads none: whoever
//! looks at an intranet is not known here by that.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::round::RoundState;
use domain::time_zone::{in_words, local_date};
use poem::http::{HeaderName, HeaderValue, header};
use poem::web::{Data, Html, Path};
use poem::{IntoResponse, Response, Result, handler};

use crate::assets;
use crate::dress::Dressed;
use crate::fault::PageError;
use crate::state::State;
use crate::views::Countdown;

/// It loads its stylesheets, and may stand in everybody's page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *",
);
/// Asked for anew every ten minutes: a page that it stands in may be left open for days, and dates change.
const REFRESH: (HeaderName, HeaderValue) =
    (HeaderName::from_static("refresh"), HeaderValue::from_static("600"));

#[handler]
pub(crate) fn show(
    Data(state): Data<&Arc<State>>,
    Data(dressed): Data<&Arc<Dressed>>,
    Path(slug): Path<String>,
) -> Result<Response> {
    let tenant = &dressed.tenant;
    let campaign = tenant.campaign(&slug).ok_or(PageError::NotFound)?;
    let now = state.now();
    let round = campaign.round_at(now);
    let (state_now, opens_at) = (round.state(now), round.opens_at);
    // As on posters: until when anything of it is open.
    let closes_at = campaign.rounds.iter().map(|round| round.closes_at).fold(round.closes_at, Ord::max);
    let (said, more) = words(state_now, (opens_at, closes_at), tenant.zone, now);
    let addresses = &state.settings.addresses;
    let join = || format!("{}join/{slug}", addresses.identity(tenant));
    let (link_words, link) = match state_now {
        RoundState::Upcoming => ("Find out how to join", join()),
        RoundState::Open => ("Join the conversation", join()),
        RoundState::Paused => ("Find out more", addresses.conversation(tenant)),
        RoundState::Closed => ("What happens next", addresses.conversation(tenant)),
    };
    let view = Countdown {
        site: dressed.chrome.clone(),
        css: assets::url("countdown.css"),
        title: campaign.title.clone(),
        said,
        more,
        link_words: link_words.to_owned(),
        link,
    };
    let html = state.renderer.render(&view).map_err(PageError::from)?;
    let mut response = Html(html).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(REFRESH.0, REFRESH.1);
    Ok(response)
}

/// What stands in large letters, and the sentence below it. Days are those of the calendar in `zone`.
fn words(
    state: RoundState,
    (opens_at, closes_at): (DateTime<Utc>, DateTime<Utc>),
    zone: Tz,
    now: DateTime<Utc>,
) -> (String, String) {
    let days_until = |at| (local_date(at, zone) - local_date(now, zone)).num_days();
    match state {
        RoundState::Upcoming => {
            let said = match days_until(opens_at) {
                0 => "Opens today".to_owned(),
                1 => "Opens tomorrow".to_owned(),
                days => format!("Opens in {days} days"),
            };
            (said, format!("It opens on {}.", in_words(opens_at, zone)))
        }
        RoundState::Open => {
            // What closes at midnight has its last day before that.
            let said = match days_until(closes_at - TimeDelta::seconds(1)) {
                0 => "Last day".to_owned(),
                1 => "1 day left".to_owned(),
                days => format!("{days} days left"),
            };
            (said, format!("It is open until {}.", in_words(closes_at, zone)))
        }
        RoundState::Paused => {
            let more = "You can read everything. You can write again when it goes on.";
            ("Paused for now".to_owned(), more.to_owned())
        }
        RoundState::Closed => ("Closed".to_owned(), format!("It closed on {}.", in_words(closes_at, zone))),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::London;

    use super::*;

    fn said(state: RoundState, closes_at: &str, now: &str) -> String {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        words(state, (at("2024-04-23T08:00:00Z"), at(closes_at)), London, at(now)).0
    }

    #[test]
    fn days_are_those_of_the_calendar_where_people_are() {
        let before = |now| said(RoundState::Upcoming, "2024-05-09T22:59:00Z", now);
        assert_eq!(before("2024-04-20T22:59:59Z"), "Opens in 3 days");
        // A minute later, summer time: it is the 21st in London.
        assert_eq!(before("2024-04-20T23:00:59Z"), "Opens in 2 days");
        assert_eq!(before("2024-04-22T12:00:00Z"), "Opens tomorrow");
        assert_eq!(before("2024-04-22T23:00:00Z"), "Opens today");
        let during = |now| said(RoundState::Open, "2024-05-09T22:59:00Z", now);
        assert_eq!(during("2024-05-04T12:00:00Z"), "5 days left");
        assert_eq!(during("2024-05-08T22:59:59Z"), "1 day left");
        assert_eq!(during("2024-05-08T23:00:00Z"), "Last day");
        assert_eq!(during("2024-05-09T22:58:59Z"), "Last day");
        assert_eq!(said(RoundState::Closed, "2024-05-09T22:59:00Z", "2024-05-09T22:59:00Z"), "Closed");
    }

    #[test]
    fn what_closes_at_midnight_has_its_last_day_before() {
        let during = |now| said(RoundState::Open, "2024-05-09T23:00:00Z", now);
        assert_eq!(during("2024-05-09T12:00:00Z"), "Last day");
        assert_eq!(during("2024-05-08T12:00:00Z"), "1 day left");
    }

    #[test]
    fn the_sentence_names_the_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let dates = (at("2024-04-23T08:00:00Z"), at("2024-05-09T22:59:00Z"));
        let more = |state| words(state, dates, London, at("2024-05-04T12:00:00Z")).1;
        assert_eq!(more(RoundState::Open), "It is open until Thursday 9 May 2024 at 11:59pm.");
        assert_eq!(more(RoundState::Upcoming), "It opens on Tuesday 23 April 2024 at 9:00am.");
        assert_eq!(more(RoundState::Closed), "It closed on Thursday 9 May 2024 at 11:59pm.");
    }
}
