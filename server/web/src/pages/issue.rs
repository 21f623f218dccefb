//! Signing what a device blinded. Asked by the join page's script, which may stand at another origin: the conversation side's, and no
//! other. Cookies play no part: who asks is shown by the ticket.
//!
//! Nothing about a request is logged, and no answer is kept by anybody on the way.

use std::sync::Arc;

use actions::{ActionError, SignRefusal};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Path;
use poem::{Body, IntoResponse, Request, Response, Result, handler};
use serde::{Deserialize, Serialize};

use super::onward::other_origin;
use crate::dress::Dressed;
use crate::edge::body::{BodyRefusal, read};
use crate::edge::csrf::check_origin;
use crate::edge::problem::Problem;
use crate::fault::PageError;
use crate::state::State;

/// The largest request, bytes: a ticket, a key's id and 256 blinded bytes have room twice.
const MAX_REQUEST_BYTES: usize = 4 * 1024;
/// For how long a browser may remember that it may ask, seconds.
const PREFLIGHT_SECONDS: u16 = 600;
/// When to try again after a refusal for want of time, seconds.
const RETRY_SECONDS: u16 = 3;

/// What is asked.
#[derive(Deserialize)]
struct Asked {
    ticket: String,
    key: String,
    /// Base64url without padding.
    blinded: String,
}

/// What is answered.
#[derive(Serialize)]
struct Signed {
    /// Base64url without padding.
    signature: String,
}

/// Why nothing was signed, for the script: it goes by `code`.
#[derive(Serialize)]
struct Refused {
    #[serde(flatten)]
    problem: Problem,
    code: &'static str,
}

#[handler]
pub(crate) async fn sign(request: &Request, Path(slug): Path<String>, body: Body) -> Result<Response> {
    let (state, dressed) = parts(request)?;
    let other = other_origin(state, &dressed.tenant);
    let answer = answer(state, dressed, request, other.as_deref(), &slug, body).await;
    let mut response = match answer {
        Ok(signature) => {
            let signed = Signed { signature: URL_SAFE_NO_PAD.encode(signature) };
            poem::web::Json(signed).into_response()
        }
        Err(refused) => refused.into_response(),
    };
    share(&mut response, other.as_deref());
    Ok(response)
}

/// A browser asks whether a page of another origin may ask (Fetch, 3.2.2).
#[handler]
pub(crate) async fn may_ask(request: &Request, Path(slug): Path<String>) -> Result<Response> {
    let (state, dressed) = parts(request)?;
    dressed.tenant.campaign(&slug).ok_or(PageError::NotFound)?;
    let other = other_origin(state, &dressed.tenant);
    let mut response = StatusCode::NO_CONTENT.into_response();
    if other.is_some() {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS.into());
    }
    share(&mut response, other.as_deref());
    Ok(response)
}

fn parts(request: &Request) -> Result<(&State, &Dressed), PageError> {
    let state = request.data::<Arc<State>>().ok_or(PageError::Fault("no state".into()))?;
    let dressed = request.data::<Arc<Dressed>>().ok_or(PageError::NotFound)?;
    Ok((state, dressed))
}

/// Lets pages of the other origin, and of no third one, read the answer; keeps it from every cache.
fn share(response: &mut Response, other: Option<&str>) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(origin) = other.and_then(|origin| HeaderValue::try_from(origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    }
}

async fn answer(
    state: &State,
    dressed: &Dressed,
    request: &Request,
    other: Option<&str>,
    slug: &str,
    body: Body,
) -> Result<Vec<u8>, Refused> {
    if !may_come_from(request, other) {
        let title = "This was asked by a page of another site.";
        return Err(Refused::new(StatusCode::FORBIDDEN, "other-origin", title));
    }
    let campaign = dressed.tenant.campaign(slug).ok_or_else(|| {
        Refused::new(StatusCode::NOT_FOUND, "not-found", "There is no such conversation here.")
    })?;
    if !is_json(request) {
        let title = "This address takes only JSON.";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", title));
    }
    let bytes = read(body, MAX_REQUEST_BYTES).await?;
    let asked: Asked = serde_json::from_slice(&bytes).map_err(|_| {
        Refused::new(StatusCode::BAD_REQUEST, "bad-request", "The request could not be read.")
    })?;
    let blinded = URL_SAFE_NO_PAD.decode(&asked.blinded).map_err(|_| {
        let title = "The blinded message is not written in base64url.";
        Refused::new(StatusCode::UNPROCESSABLE_ENTITY, "not-blinded", title)
    })?;
    let enrolment = state.enrolment();
    let signed =
        enrolment.sign_credential(&dressed.tenant, campaign, &asked.ticket, &asked.key, blinded).await;
    Ok(signed?)
}

/// Whether the page that asks is ours: of this origin, or of `other`. Programs name no origin, and may ask.
fn may_come_from(request: &Request, other: Option<&str>) -> bool {
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return check_origin(request).is_ok();
    };
    other.is_some_and(|other| origin == other) || check_origin(request).is_ok()
}

fn is_json(request: &Request) -> bool {
    let kind = request.content_type().unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

impl Refused {
    fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { problem: Problem::new(status, code, title), code }
    }
}

impl From<BodyRefusal> for Refused {
    fn from(refusal: BodyRefusal) -> Self {
        use poem::error::ResponseError;
        let title = "The request did not arrive whole, or is too long.";
        let mut refused = Self::new(refusal.status(), "bad-request", title);
        refused.problem = refused.problem.with_detail(refusal.to_string());
        refused
    }
}

impl From<SignRefusal> for Refused {
    fn from(refusal: SignRefusal) -> Self {
        if let SignRefusal::Action(ActionError::Fault(fault)) = &refusal {
            // The words of a fault hold nothing of any person.
            tracing::error!(target: "candour::fault", route = "/issue/:campaign", fault = %fault);
            let title = "Something went wrong on our side. Try again in a moment.";
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, refusal.code(), title);
        }
        let code = refusal.code();
        let mut refused = Self::new(status_of(code), code, "Nothing was signed.");
        refused.problem = refused.problem.with_detail(refusal.to_string());
        refused
    }
}

/// The status for a refusal of [`SignRefusal::code`].
fn status_of(code: &str) -> StatusCode {
    match code {
        "ticket-expired" | "ticket-unknown" | "not-launched" => StatusCode::FORBIDDEN,
        "already-issued" => StatusCode::CONFLICT,
        "closed" => StatusCode::GONE,
        "busy" => StatusCode::SERVICE_UNAVAILABLE,
        "wrong-key" | "not-blinded" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = poem::web::Json(self).with_status(status).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(crate::edge::problem::PROBLEM_JSON));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_SECONDS.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALK: &str = "https://talk.example";

    fn from(origins: &[&str], other: Option<&str>) -> bool {
        let mut builder = Request::builder().method(poem::http::Method::POST).header("host", "join.example");
        for origin in origins {
            builder = builder.header("origin", *origin);
        }
        may_come_from(&builder.finish(), other)
    }

    #[test]
    fn our_own_pages_of_either_side_may_ask() {
        assert!(from(&[], Some(TALK)));
        assert!(from(&["https://join.example"], Some(TALK)));
        assert!(from(&[TALK], Some(TALK)));
        assert!(from(&["https://join.example"], None));
    }

    #[test]
    fn nobody_elses_page_may() {
        for origin in
            ["https://evil.example", "https://talk.example.evil.example", "http://talk.example", "null", ""]
        {
            assert!(!from(&[origin], Some(TALK)), "{origin}");
        }
        // Where both sides are one, the other origin is nobody's.
        assert!(!from(&[TALK], None));
        assert!(!from(&[TALK, "https://evil.example"], Some(TALK)));
    }

    #[test]
    fn answers_are_shared_with_one_origin_and_kept_nowhere() {
        let mut response = StatusCode::OK.into_response();
        share(&mut response, Some(TALK));
        assert_eq!(response.header("access-control-allow-origin"), Some(TALK));
        assert_eq!(response.header("access-control-allow-credentials"), None);
        assert_eq!(response.header("vary"), Some("origin"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        let mut alone = StatusCode::OK.into_response();
        share(&mut alone, None);
        assert_eq!(alone.header("access-control-allow-origin"), None);
    }

    #[tokio::test]
    async fn a_refusal_is_a_problem_with_a_code() {
        let response = Refused::from(SignRefusal::AlreadyIssued).into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.content_type(), Some("application/problem+json"));
        let body: serde_json::Value = response.into_body().into_json().await.unwrap();
        assert_eq!((&body["code"], &body["status"]), (&"already-issued".into(), &409.into()));
        assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("joined already")));
        let busy = Refused::from(SignRefusal::Action(ActionError::Busy)).into_response();
        assert_eq!((busy.status(), busy.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("3")));
    }
}
