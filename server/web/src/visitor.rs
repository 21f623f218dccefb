//! Who a request comes from: the tenant it is for, the session its device holds, and what its forms must bring back.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use actions::{Campaign, RoundInfo, Session, Tenant};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{NaiveTime, Timelike};
use domain::clock::random_bytes;
use domain::time_zone::local_time;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::{Html, Redirect};
use poem::{Error, FromRequest, IntoResponse, Request, RequestBody, Response, Result};

use crate::dress::Dressed;
use crate::edge::cookies::CookieName;
use crate::edge::form::Form;
use crate::fault::PageError;
use crate::pages::onward;
use crate::state::State;
use crate::views::{View, Visit};

/// For how long a visit's cookie is kept: long enough to fill in the form.
const VISIT_LIFE: Duration = Duration::from_secs(12 * 3_600);

/// Who a request comes from.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub state: Arc<State>,
    pub dressed: Arc<Dressed>,
    pub session: Option<Session>,
    /// The session's token, if the session is good.
    pub token: Option<String>,
    /// The cookie of a visit before entering.
    pub visit: Option<String>,
    /// Whether others use this device too, as they said when they came in.
    pub shared: bool,
    /// The query's fields.
    pub query: Form,
    /// The path, without the tenant's base.
    pub path: String,
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let state = request.data::<Arc<State>>().ok_or(PageError::Fault("no state".into()))?;
        let dressed = request.data::<Arc<Dressed>>().ok_or(PageError::NotFound)?;
        let token = dressed.cookie.read(request.headers());
        // The identity side knows no participant, whatever the device holds.
        let session = match (token, &state.sides.conversation) {
            (Some(token), Some(actions)) => {
                actions.resume_session(&dressed.tenant, token).await.map_err(PageError::from)?
            }
            _ => None,
        };
        let dressed = dressed_for(state, dressed, session.as_ref())?;
        Ok(Self {
            state: Arc::clone(state),
            dressed,
            token: token.filter(|_| session.is_some()).map(str::to_owned),
            session,
            visit: CookieName::visit().read(request.headers()).map(str::to_owned),
            shared: CookieName::shared().read(request.headers()).is_some(),
            query: Form::parse(request.uri().query().unwrap_or_default().as_bytes())?,
            path: request.uri().path().to_owned(),
        })
    }
}

/// The same tenant with a menu that leads to the conversation that the session is of.
fn dressed_for(
    state: &State,
    dressed: &Arc<Dressed>,
    session: Option<&Session>,
) -> Result<Arc<Dressed>, PageError> {
    let own = session
        .and_then(|session| dressed.tenant.campaigns.iter().find(|campaign| campaign.id == session.campaign));
    match own {
        Some(own) if dressed.campaign != Some(own.id) => {
            let note = state.settings.demo_note.as_ref().map(|note| note.of(&dressed.tenant.slug));
            let whom = (&dressed.tenant, Some(own));
            state.wardrobe.dress(
                &state.renderer,
                whom,
                dressed.addressed.clone(),
                note.as_deref(),
                state.now(),
            )
        }
        _ => Ok(Arc::clone(dressed)),
    }
}

/// A participant of the campaign that the address names, and its current round.
pub(crate) struct Participant {
    pub visitor: Visitor,
    pub session: Session,
    pub campaign: Campaign,
    pub round: RoundInfo,
}

impl Deref for Participant {
    type Target = Visitor;
    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Visitor {
    pub fn tenant(&self) -> &Tenant {
        &self.dressed.tenant
    }

    /// What forms are bound to: the tenant, and what the device's cookie holds.
    pub fn form_binding(&self) -> Option<String> {
        let cookie = self.token.as_deref().or(self.visit.as_deref())?;
        Some(bound_to(&self.dressed.tenant.slug, cookie))
    }

    /// The campaign called `slug`, for somebody who came into it.
    pub fn participant(self, slug: &str) -> Result<Participant, PageError> {
        let campaign = self.tenant().campaign(slug).ok_or(PageError::NotFound)?.clone();
        let session = self.session.filter(|session| session.campaign == campaign.id);
        let session = session.ok_or(PageError::EnterFirst { kept: None })?;
        let round = campaign.round_at(self.state.now()).clone();
        Ok(Participant { session, campaign, round, visitor: self })
    }

    fn form_token(&self) -> String {
        let Some(binding) = self.form_binding() else { return String::new() };
        self.state.csrf.token(&binding, random_bytes(&*self.state.entropy))
    }

    /// The same for a page to read: whoever has not come in yet is sent to where all ways in stand.
    pub fn reader(self, slug: &str) -> Result<Participant, Error> {
        let way_in = onward::on_identity_side(&self, &format!("join/{}", encoded(slug)));
        let door = Redirect::see_other(way_in).into_response();
        self.participant(slug).map_err(|error| match error {
            PageError::EnterFirst { .. } => Error::from_response(door),
            error => error.into(),
        })
    }

    /// What pages say about this visit; `section` is the navigation's part that the page belongs to.
    pub fn to_visit(&self, section: &str) -> Visit {
        let query: Vec<String> = self
            .query
            .fields()
            .iter()
            .filter(|(name, _)| name != "done" && name != "by")
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let here =
            if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) };
        let by = self.latest_admission();
        let signed_in = self.session.is_some();
        Visit {
            csrf: self.form_token(),
            signed_in,
            shared: signed_in && self.shared,
            here,
            section: section.to_owned(),
            joined: signed_in && self.query.get("by") == Some("key"),
            success: self.query.get("done").and_then(|done| success(done, signed_in, &by)),
            waits_until: self.session.filter(|session| session.waiting).map(|_| by),
            preview: None,
        }
    }

    /// When whoever waits now is let in at the latest, in words: "6pm today".
    pub fn latest_admission(&self) -> String {
        let tenant = self.tenant();
        let hour = tenant.joining.latest_hour;
        let day = if local_time(self.state.now(), tenant.zone) < hour { "today" } else { "tomorrow" };
        format!("{} {day}", hour_in_words(hour))
    }

    /// Renders `view`.
    pub fn show<V: View>(&self, view: &V) -> Result<Response> {
        self.show_with(StatusCode::OK, view)
    }

    /// Renders `view` with a status.
    pub fn show_with<V: View>(&self, status: StatusCode, view: &V) -> Result<Response> {
        let html = self.state.renderer.render(view).map_err(PageError::from)?;
        let mut response = Html(html).into_response();
        response.set_status(status);
        Ok(response)
    }

    /// "See other" (RFC 9110, 15.4.4) to a path of this tenant.
    pub fn see_other(&self, path: &str) -> Response {
        Redirect::see_other(format!("{}{path}", self.dressed.base)).into_response()
    }

    /// Gives the device a visit cookie if it has none, and uses it from now on.
    pub fn with_visit_cookie(mut self) -> (Self, Option<HeaderValue>) {
        if self.form_binding().is_some() {
            return (self, None);
        }
        let value = URL_SAFE_NO_PAD.encode(random_bytes::<16>(&*self.state.entropy));
        let cookie = CookieName::visit().set(&value, VISIT_LIFE).ok();
        self.visit = Some(value);
        (self, cookie)
    }
}

/// What a form is bound to: the tenant called `slug`, and what the device's cookie holds.
pub(crate) fn bound_to(slug: &str, cookie: &str) -> String {
    format!("{slug}:{cookie}")
}

/// `response` that also sets `cookie`.
pub(crate) fn setting(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Percent-encoded for a query (WHATWG URL, 5.2).
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}

/// A time of day as people say it: "6pm", "6:30pm", "midday".
pub(crate) fn hour_in_words(time: NaiveTime) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => time.format("%-I%P").to_string(),
        _ => time.format("%-I:%M%P").to_string(),
    }
}

/// What is said once, after something worked; `by` is when whoever waits is let in at the latest.
fn success(done: &str, signed_in: bool, by: &str) -> Option<String> {
    let said = match done {
        "left" if !signed_in => "You have left. This device no longer knows you were here.",
        "erased" if !signed_in => {
            "Everything you wrote and answered is erased. This device no longer knows you were here."
        }
        _ if !signed_in => return None,
        "waiting" => {
            return Some(format!(
                "You are in. You can read, write and vote now. What you send appears with the next group of people, by {by} at the latest."
            ));
        }
        "early" => "You are in. The conversation is not open yet. Come back with this device when it opens.",
        "kept" => "We have kept it. It appears with the next group of people who are let in.",
        "dropped" => "You have taken it back. It will not appear.",
        "put-away" => "We have put it away. The words are gone.",
        "held" => {
            "We have kept it. A moderator looks at it before others see it. This page says how it goes on."
        }
        "reported" => "Thank you. A moderator will look at it. Nobody else knows that you asked.",
        "answered" => "Your answer is with the moderators. They do not know who you are.",
        "appealed" => "A moderator will look at it again.",
        "shared" => "Your idea is in the conversation.",
        "commented" => "Your comment is in the conversation.",
        "edited" => "Your change is saved.",
        "withdrawn" => "You have taken it back. The words are gone.",
        "entered" => "You are in. Your name is not on anything you share.",
        _ => return None,
    };
    Some(said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_as_people_say_them() {
        let said = |hour, minute| hour_in_words(NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
        assert_eq!([said(18, 0), said(6, 30), said(0, 5)], ["6pm", "6:30am", "12:05am"]);
        assert_eq!([said(12, 0), said(0, 0)], ["midday", "midnight"]);
    }

    #[test]
    fn what_is_said_fits_who_is_told() {
        let by = "6pm today";
        assert!(success("waiting", true, by).unwrap().contains(by));
        assert_eq!(success("waiting", false, by), None);
        assert!(success("erased", false, by).is_some() && success("erased", true, by).is_none());
        assert_eq!(success("<script>", true, by), None);
    }
}
