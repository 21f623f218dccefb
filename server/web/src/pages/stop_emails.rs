//! "Stop these emails". Opening the link does nothing but show a button: mail scanners open links. Whoever holds the link may press it, and so may
//! mail providers for them, without a cookie, an origin or a form's token (RFC 8058, 3.1): the link itself is the authority. So no cookie is looked
//! at here, and nothing leads anywhere that names the link.
//!
//! A press that changes something is never refused: a ward shares one network address. Those that change nothing are limited like any form (429, with
//! Retry-After); the page says all the same what is true, that the emails are stopped.

use std::sync::Arc;

use actions::StopRefusal;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::web::{Data, Html, Path};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::tries::{Try, try_again_in};
use crate::dress::Dressed;
use crate::edge::headers::NO_REFERRER;
use crate::fault::PageError;
use crate::state::State;
use crate::views::{StopEmails, StopState, Visit};

/// The limit's name for presses that change nothing.
const STOPPED: &str = "stop-emails";
/// For the links on the page, and for search engines that were handed one.
const KEPT_TO_OURSELVES: [(HeaderName, HeaderValue); 2] = [
    (header::REFERRER_POLICY, HeaderValue::from_static(NO_REFERRER)),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
];

#[handler]
pub(crate) fn show(
    Data(state): Data<&Arc<State>>,
    Data(dressed): Data<&Arc<Dressed>>,
    Path(token): Path<String>,
) -> Result<Response> {
    let ours = state.enrolment().is_stop_token(&dressed.tenant, &token);
    page(state, dressed, if ours { StopState::Ask } else { StopState::Unknown }, token)
}

#[handler]
pub(crate) async fn send(
    request: &Request,
    Data(state): Data<&Arc<State>>,
    Data(dressed): Data<&Arc<Dressed>>,
    Path(token): Path<String>,
) -> Result<Response> {
    let new = match state.enrolment().stop_emails(&dressed.tenant, &token).await {
        Ok(new) => new,
        Err(StopRefusal::Unknown) => return page(state, dressed, StopState::Unknown, String::new()),
        Err(StopRefusal::Action(fault)) => return Err(PageError::from(fault).into()),
    };
    let tried = if new { Ok(()) } else { Try::request(state, &dressed.tenant, request, STOPPED).map(drop) };
    let mut done = page(state, dressed, StopState::Done, String::new())?;
    let Err(wait) = tried else { return Ok(done) };
    done.set_status(StatusCode::TOO_MANY_REQUESTS);
    Ok(try_again_in(done, wait))
}

fn page(state: &State, dressed: &Dressed, stopped: StopState, token: String) -> Result<Response> {
    let status = if stopped == StopState::Unknown { StatusCode::NOT_FOUND } else { StatusCode::OK };
    // Only a link of ours stands on the page.
    let token = if stopped == StopState::Ask { token } else { String::new() };
    let view = StopEmails { site: dressed.chrome.clone(), visit: Visit::default(), state: stopped, token };
    let mut response = Html(state.renderer.render(&view).map_err(PageError::from)?).into_response();
    response.set_status(status);
    response.headers_mut().extend(KEPT_TO_OURSELVES);
    Ok(response)
}
