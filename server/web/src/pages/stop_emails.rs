//! "Stop these emails". Opening the link does nothing but show a button: mail scanners open links. Whoever holds the link may press it, and so may
//! mail providers for them, without a cookie, an origin or a form's token (RFC 8058, 3.1): the link itself is the authority. So no cookie is looked
//! at here, and nothing leads anywhere that names the link.

use std::sync::Arc;

use actions::StopRefusal;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::web::{Data, Html, Path};
use poem::{IntoResponse, Response, Result, handler};

use crate::dress::Dressed;
use crate::edge::headers::NO_REFERRER;
use crate::fault::PageError;
use crate::state::State;
use crate::views::{StopEmails, StopState, Visit};

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
    Data(state): Data<&Arc<State>>,
    Data(dressed): Data<&Arc<Dressed>>,
    Path(token): Path<String>,
) -> Result<Response> {
    let stopped = match state.enrolment().stop_emails(&dressed.tenant, &token).await {
        Ok(()) => StopState::Done,
        Err(StopRefusal::Unknown) => StopState::Unknown,
        Err(StopRefusal::Action(fault)) => return Err(PageError::from(fault).into()),
    };
    page(state, dressed, stopped, String::new())
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
