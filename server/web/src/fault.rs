//! Why a page was not shown, and the page that says so.

use std::sync::Arc;

use actions::ActionError;
use actions::policy::{Action, Kind};
use domain::clock::random_bytes;
use domain::round::RoundRefusal;
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{Error, IntoResponse, Request, Response};
use thiserror::Error as ThisError;

use crate::dress::Dressed;
use crate::edge::body::BodyRefusal;
use crate::edge::csrf::CsrfRefusal;
use crate::edge::errors::ErrorDrawing;
use crate::edge::log::RequestId;
use crate::edge::problem::Problem;
use crate::render::RenderError;
use crate::state::State;
use crate::tenancy::CameIn;
use crate::views::{Message, MessageKind, Visit};
use crate::visitor::bound_to;

/// Why a page was not shown. None of its words hold anything of a person, but `kept`, which goes back to who typed it and is
/// never logged.
#[derive(Debug, ThisError)]
pub(crate) enum PageError {
    #[error("not found")]
    NotFound,
    #[error("refused")]
    Refused { why: String, kept: Option<String> },
    #[error("the form is too old or came from elsewhere")]
    StaleForm { kept: Option<String> },
    #[error("this needs a code first")]
    EnterFirst { kept: Option<String> },
    #[error("the tenant is suspended")]
    Suspended { reason: String },
    #[error("the tenant has left")]
    Left,
    #[error("switched off for this tenant")]
    SwitchedOff,
    #[error("not allowed: {kind}.{action}")]
    NotAllowed { kind: Kind, action: Action },
    #[error("{0}")]
    Busy(String),
    #[error("not open yet")]
    NotOpenYet,
    #[error("closed")]
    Closed { kept: Option<String> },
    #[error("{0}")]
    Fault(String),
}

impl ResponseError for PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::StaleForm { .. } | Self::EnterFirst { .. } | Self::NotAllowed { .. } => {
                StatusCode::FORBIDDEN
            }
            Self::Busy(_) | Self::Suspended { .. } | Self::SwitchedOff => StatusCode::SERVICE_UNAVAILABLE,
            Self::Left => StatusCode::GONE,
            Self::NotOpenYet | Self::Closed { .. } => StatusCode::CONFLICT,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<RenderError> for PageError {
    fn from(error: RenderError) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<ActionError> for PageError {
    fn from(error: ActionError) -> Self {
        use domain::contribution::PostRefusal;
        use domain::vote::VoteRefusal;
        match error {
            ActionError::Post(PostRefusal::Round(round)) | ActionError::Vote(VoteRefusal::Round(round)) => {
                round.into()
            }
            ActionError::Post(refusal) => Self::Refused { why: refusal.to_string(), kept: None },
            ActionError::Vote(refusal) => Self::Refused { why: refusal.to_string(), kept: None },
            ActionError::Moderation(refusal) => Self::Refused { why: refusal.to_string(), kept: None },
            ActionError::Busy => Self::Busy(error.to_string()),
            ActionError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<RoundRefusal> for PageError {
    fn from(refusal: RoundRefusal) -> Self {
        match refusal {
            RoundRefusal::Paused => Self::Refused { why: refusal.to_string(), kept: None },
            RoundRefusal::NotOpenYet => Self::NotOpenYet,
            RoundRefusal::Closed => Self::Closed { kept: None },
        }
    }
}

/// Draws errors as pages, or as problems for the API.
pub(crate) struct Drawing(pub Arc<State>);

impl ErrorDrawing for Drawing {
    /// Whether the request was the API's.
    type Context = bool;

    fn remember(&self, request: &Request) -> bool {
        let mut parts = request.uri().path().split('/').skip(1);
        let first = parts.next().unwrap_or_default();
        // On a tenant's own host it is the first part, else the one behind the tenant's name.
        first == "api"
            || (!matches!(first, "pages" | "conversations" | "branding" | "assets")
                && parts.next() == Some("api"))
    }

    fn draw(&self, api: bool, error: Error) -> Response {
        if error.is_from_response() {
            return error.into_response();
        }
        let status = error.status();
        if api {
            return problem(error);
        }
        let Some(dressed) = error.data::<Arc<Dressed>>().cloned() else {
            return plain(status);
        };
        let reference = error.data::<RequestId>().map(RequestId::to_string);
        let mut message = message(&dressed, &error, status, reference);
        if message.kind != MessageKind::EnterFirst
            && let Some(CameIn { token: Some(token), shared }) = error.data::<CameIn>()
        {
            let binding = bound_to(&dressed.tenant.slug, token);
            message.visit.signed_in = true;
            message.visit.shared = *shared;
            message.visit.csrf = self.0.csrf.token(&binding, random_bytes(&*self.0.entropy));
        }
        match self.0.renderer.render(&message) {
            Ok(html) => {
                let mut response = poem::web::Html(html).into_response();
                response.set_status(status);
                response
            }
            Err(_) => plain(status),
        }
    }
}

fn message(dressed: &Dressed, error: &Error, status: StatusCode, reference: Option<String>) -> Message {
    let (kind, detail, kept) = match error.downcast_ref::<PageError>() {
        Some(PageError::NotFound) => (MessageKind::NotFound, None, None),
        Some(PageError::Refused { why, kept }) => (MessageKind::Refused, Some(why.clone()), kept.clone()),
        Some(PageError::StaleForm { kept }) => (MessageKind::StaleForm, None, kept.clone()),
        Some(PageError::EnterFirst { kept }) => (MessageKind::EnterFirst, None, kept.clone()),
        Some(PageError::Suspended { reason }) => (MessageKind::SiteClosed, Some(reason.clone()), None),
        Some(PageError::Left) => (MessageKind::SiteClosed, None, None),
        Some(PageError::SwitchedOff) => (MessageKind::SwitchedOff, None, None),
        Some(PageError::NotAllowed { kind, action }) => {
            (MessageKind::NotAllowed, Some(format!("It needs: {} {}.", action, kind)), None)
        }
        Some(PageError::Busy(why)) => (MessageKind::Refused, Some(why.clone()), None),
        Some(PageError::NotOpenYet) => (MessageKind::NotOpenYet, None, None),
        Some(PageError::Closed { kept }) => (MessageKind::Closed, None, kept.clone()),
        Some(PageError::Fault(_)) => (MessageKind::ServerError, None, None),
        None => match (status, error.downcast_ref::<BodyRefusal>()) {
            (_, Some(refusal)) => (MessageKind::Refused, Some(body_advice(*refusal)), None),
            (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => {
                (MessageKind::NotFound, None, None)
            }
            _ if error.downcast_ref::<CsrfRefusal>().is_some() => (MessageKind::StaleForm, None, None),
            (StatusCode::TOO_MANY_REQUESTS, _) => (MessageKind::TooManyRequests, None, None),
            _ if status.is_client_error() => (MessageKind::Refused, None, None),
            _ => (MessageKind::ServerError, None, None),
        },
    };
    let reference = reference.filter(|_| kind == MessageKind::ServerError);
    Message {
        site: dressed.chrome.clone(),
        visit: Visit::default(),
        kind,
        detail,
        kept,
        reference,
        campaign: None,
    }
}

fn body_advice(refusal: BodyRefusal) -> String {
    match refusal {
        BodyRefusal::TooLarge { .. } => "What you sent is too long. Go back and make it shorter.",
        BodyRefusal::TooSlow | BodyRefusal::Broken => {
            "What you sent did not arrive. Go back and send it again."
        }
        BodyRefusal::NotUtf8 | BodyRefusal::ContainsNul => {
            "What you sent has characters that cannot be stored. Go back and type it again."
        }
        BodyRefusal::NotAForm | BodyRefusal::TooManyFields { .. } => {
            "What you sent did not come from our form."
        }
    }
    .to_owned()
}

fn problem(error: Error) -> Response {
    let status = error.status();
    if error.downcast_ref::<BodyRefusal>().is_some() || error.downcast_ref::<CsrfRefusal>().is_some() {
        return error.into_response();
    }
    let closed = |title: &'static str| Problem::new(status, "site-closed", title);
    match error.downcast_ref::<PageError>() {
        Some(PageError::Suspended { reason }) => {
            return closed("This site is closed for now.").with_detail(reason.as_str()).into_response();
        }
        Some(PageError::Left) => return closed("This site is closed.").into_response(),
        Some(PageError::SwitchedOff) => {
            let title = "This part is switched off for now.";
            return Problem::new(status, "switched-off", title).into_response();
        }
        _ => {}
    }
    let (slug, title) = match status {
        StatusCode::NOT_FOUND => ("not-found", "There is nothing here."),
        StatusCode::METHOD_NOT_ALLOWED => ("method-not-allowed", "This address does not do that."),
        status if status.is_client_error() => ("bad-request", "The request could not be read."),
        _ => ("fault", "Something went wrong on our side. Try again in a moment."),
    };
    Problem::new(status, slug, title).into_response()
}

/// For requests that belong to no tenant.
fn plain(status: StatusCode) -> Response {
    let words = match status {
        StatusCode::NOT_FOUND => "There is no conversation at this address.",
        status if status.is_client_error() => "This could not be done.",
        _ => "Something went wrong on our side. Try again in a moment.",
    };
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(format!("{words}\n"))
}
