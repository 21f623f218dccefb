//! What a refusal or fault is called in the API, and how it leaves: as problem+json, whoever refused.
//!
//! The names in here are promises: clients switch on them.

use std::time::Duration;

use actions::{ActionError, EntryRefusal};
use domain::contribution::PostRefusal;
use domain::moderation::ModerationRefusal;
use domain::round::RoundRefusal;
use domain::text::TextRefusal;
use domain::vote::VoteRefusal;
use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Error, IntoResponse, PathPattern, Response};
use poem_openapi::error::{ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};
use thiserror::Error as ThisError;

use crate::edge::body::BodyRefusal;
use crate::edge::csrf::CsrfRefusal;
use crate::edge::problem::{PROBLEM_JSON, Problem};

/// After how long a client that found the server busy should come again.
const BUSY_WAIT: Duration = Duration::from_secs(1);
/// The most of a parser's words that is passed on, characters.
const MAX_REASON_CHARACTERS: usize = 200;

/// A problem on its way to the client. Displays as what the log may say.
#[derive(Debug, ThisError)]
#[error("{log}")]
pub(crate) struct Refused {
    problem: Box<Problem>,
    log: String,
    wait: Option<Duration>,
}

impl Refused {
    fn new(problem: Problem) -> Self {
        Self { log: problem.kind.clone(), problem: Box::new(problem), wait: None }
    }

    fn plain(status: StatusCode, slug: &str, title: &'static str) -> Self {
        Self::new(Problem::new(status, slug, title))
    }

    /// A refusal for one field, in the words that a person reads.
    fn field(slug: &str, title: &'static str, field: &'static str, detail: impl ToString) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, slug, title);
        Self::new(problem.with_field(field, detail.to_string()))
    }

    /// The one answer for what does not exist, is another tenant's or another campaign's.
    pub fn not_found() -> Self {
        Self::plain(StatusCode::NOT_FOUND, "not-found", "There is nothing here.")
    }

    /// No token, or one that is not good.
    pub fn not_signed_in() -> Self {
        Self::plain(StatusCode::UNAUTHORIZED, "not-signed-in", "This needs a session.")
    }

    /// A parameter that cannot be used.
    pub fn parameter(name: &'static str, detail: impl Into<String>) -> Self {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-parameter", "A parameter cannot be used.");
        Self::new(problem.with_field(name, detail))
    }

    /// Too many wrong codes.
    pub fn too_many_attempts(wait: Duration) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self {
            wait: Some(wait),
            ..Self::plain(status, "too-many-attempts", "Too many wrong codes were tried.")
        }
    }

    /// A fault of ours; `log` must hold nothing of any person.
    pub fn fault(log: impl ToString) -> Self {
        let problem =
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "Something went wrong on our side.");
        Self { log: log.to_string(), ..Self::new(problem) }
    }
}

impl ResponseError for Refused {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn as_response(&self) -> Response {
        let mut response = Problem::clone(&self.problem).into_response();
        if let Some(wait) = self.wait {
            let seconds = wait.as_millis().div_ceil(1_000);
            let seconds = HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, const { HeaderValue::from_static("Bearer") });
        }
        response
    }
}

impl From<ActionError> for Refused {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Post(refusal) => refusal.into(),
            ActionError::Vote(VoteRefusal::Round(refusal)) => refusal.into(),
            ActionError::Vote(VoteRefusal::PostGone) => gone(),
            ActionError::Moderation(refusal) => refusal.into(),
            ActionError::Busy => busy(),
            ActionError::Fault(words) => Self::fault(words),
        }
    }
}

impl From<RoundRefusal> for Refused {
    fn from(refusal: RoundRefusal) -> Self {
        match refusal {
            RoundRefusal::NotOpenYet => not_open_yet(),
            RoundRefusal::Paused => conflict("paused", "The campaign is paused.", refusal),
            RoundRefusal::Closed => closed(),
        }
    }
}

impl From<PostRefusal> for Refused {
    fn from(refusal: PostRefusal) -> Self {
        match refusal {
            PostRefusal::Round(refusal) => refusal.into(),
            PostRefusal::Text(refusal) => refusal.into(),
            PostRefusal::UnknownPrompt => {
                Self::field("unknown-prompt", "The campaign has no such prompt.", "prompt", refusal)
            }
            PostRefusal::UnknownTheme => {
                Self::field("unknown-theme", "The campaign has no such theme.", "theme", refusal)
            }
            PostRefusal::UnknownFeeling => {
                Self::field("unknown-feeling", "There is no such feeling.", "feeling", refusal)
            }
            PostRefusal::TooMany => conflict("too-many-posts", "One person can post no more here.", refusal),
            PostRefusal::TooManyEdits => {
                conflict("too-many-edits", "A post can be changed no more.", refusal)
            }
            PostRefusal::RoundFull => conflict("round-full", "The conversation is full.", refusal),
            PostRefusal::NotYours => Self::plain(
                StatusCode::FORBIDDEN,
                "not-yours",
                "Only the person who wrote this can change it.",
            ),
            PostRefusal::Gone => gone(),
            PostRefusal::Locked => conflict("comments-closed", "Comments here are closed.", refusal),
            PostRefusal::Suspended => Self::plain(
                StatusCode::FORBIDDEN,
                "suspended",
                "A moderator has stopped this participant from writing for now.",
            ),
        }
    }
}

impl From<ModerationRefusal> for Refused {
    fn from(refusal: ModerationRefusal) -> Self {
        match refusal {
            ModerationRefusal::Words(words) => {
                Self::field("text-unusable", "These words cannot be taken.", "note", words)
            }
            ModerationRefusal::ReportedAlready => {
                conflict("reported-already", "The caller has reported this.", refusal)
            }
            ModerationRefusal::TooManyReports => {
                conflict("too-many-reports", "The caller's reports wait for a moderator.", refusal)
            }
            ModerationRefusal::AppealedAlready => {
                conflict("appealed-already", "The caller has asked for another look.", refusal)
            }
            refusal => conflict("not-now", "This cannot be done now.", refusal),
        }
    }
}

impl From<TextRefusal> for Refused {
    fn from(refusal: TextRefusal) -> Self {
        let (slug, title) = match refusal {
            TextRefusal::Empty => ("text-empty", "The text is empty."),
            TextRefusal::TooLong { .. } => ("text-too-long", "The text is too long."),
            TextRefusal::StackedMarks => ("text-stacked-marks", "The text has stacked accents."),
            TextRefusal::Unstorable => {
                ("text-unstorable", "The text holds a character that cannot be stored.")
            }
        };
        Self::field(slug, title, "body", refusal)
    }
}

impl From<EntryRefusal> for Refused {
    fn from(refusal: EntryRefusal) -> Self {
        match refusal {
            EntryRefusal::Malformed(refusal) => {
                Self::field("code-malformed", "This cannot be a code.", "code", refusal)
            }
            EntryRefusal::Unknown => {
                Self::field("code-unknown", "No conversation here knows this code.", "code", refusal)
            }
            EntryRefusal::Spent => conflict("code-spent", "This code has been used.", refusal),
            EntryRefusal::NotOpenYet { opens_at } => {
                let opens_at = opens_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                Self::new(not_open_yet().problem.with_detail(format!("It opens at {opens_at}.")))
            }
            EntryRefusal::Closed => closed(),
            EntryRefusal::Action(error) => error.into(),
        }
    }
}

fn conflict(slug: &str, title: &'static str, detail: impl ToString) -> Refused {
    Refused::new(Problem::new(StatusCode::CONFLICT, slug, title).with_detail(detail.to_string()))
}

fn not_open_yet() -> Refused {
    Refused::plain(StatusCode::CONFLICT, "not-open-yet", "The conversation is not open yet.")
}

fn closed() -> Refused {
    Refused::plain(StatusCode::CONFLICT, "closed", "The conversation has closed.")
}

fn busy() -> Refused {
    let refused = Refused::plain(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server is very busy.");
    Refused { wait: Some(BUSY_WAIT), ..refused }
}

fn gone() -> Refused {
    Refused::plain(StatusCode::GONE, "gone", "This has been taken down.")
}

/// Answers `error` with problem+json, whoever raised it. A fault travels on, as an error whose answer is the same, to be logged.
///
/// # Errors
/// The fault.
pub(super) fn answer(error: Error) -> poem::Result<Response> {
    let problem = as_problem(error);
    match problem.status() {
        StatusCode::INTERNAL_SERVER_ERROR => Err(problem),
        _ => Ok(problem.into_response()),
    }
}

/// `error` as one whose answer is problem+json. Twice is as once.
fn as_problem(error: Error) -> Error {
    if error.is::<Refused>() || error.is::<BodyRefusal>() || error.is::<CsrfRefusal>() {
        return error;
    }
    let mut named = Error::from(name(&error));
    // The log and the metrics know the route by it.
    if let Some(pattern) = error.data::<PathPattern>() {
        named.set_data(pattern.clone());
    }
    named
}

/// What others' errors are called here.
fn name(error: &Error) -> Refused {
    if error.is::<ParsePathError>() {
        // What cannot be an id is no id of anything.
        return Refused::not_found();
    }
    if let Some(refusal) = error.downcast_ref::<ParseParamError>() {
        return Refused::parameter(refusal.name, reason(&refusal.reason));
    }
    if let Some(refusal) = error.downcast_ref::<ParseRequestPayloadError>() {
        let problem =
            Problem::new(StatusCode::BAD_REQUEST, "bad-body", "The body is not the JSON that was expected.");
        return Refused::new(problem.with_detail(reason(&refusal.reason)));
    }
    if error.is::<ContentTypeError>() {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Refused::plain(status, "not-json", "The body must be application/json.");
    }
    match error.status() {
        StatusCode::UNAUTHORIZED => Refused::not_signed_in(),
        StatusCode::NOT_FOUND => Refused::not_found(),
        status @ StatusCode::METHOD_NOT_ALLOWED => {
            Refused::plain(status, "method-not-allowed", "This address does not do that.")
        }
        status if status.is_client_error() => {
            Refused::plain(status, "bad-request", "The request could not be read.")
        }
        StatusCode::SERVICE_UNAVAILABLE => busy(),
        _ => Refused::fault(error),
    }
}

/// A parser's reason without the value that it found, which is what a person wrote.
fn reason(words: &str) -> String {
    let words = words.split_once(", found ").map_or(words, |(before, _)| before);
    words.chars().take(MAX_REASON_CHARACTERS).collect()
}

/// Why something was not done (RFC 9457).
#[derive(Object)]
#[oai(rename = "Problem")]
struct Described {
    /// The kind of problem, `urn:candour:problem:` and a name; the same kind always has the same.
    #[oai(rename = "type")]
    kind: String,
    /// The kind in words.
    title: String,
    /// The HTTP status again.
    status: u16,
    /// What is wrong this time.
    detail: Option<String>,
    /// What is wrong with which field or parameter.
    errors: Option<Vec<DescribedField>>,
}

/// What is wrong with a field or parameter.
#[derive(Object)]
#[oai(rename = "FieldProblem")]
struct DescribedField {
    /// Its name.
    field: String,
    /// What to change, in plain words.
    detail: String,
}

impl Payload for Described {
    const CONTENT_TYPE: &'static str = PROBLEM_JSON;

    fn check_content_type(content_type: &str) -> bool {
        content_type == PROBLEM_JSON
    }

    fn schema_ref() -> MetaSchemaRef {
        <Self as Type>::schema_ref()
    }
}

impl ApiResponse for Refused {
    fn meta() -> MetaResponses {
        let response = |status_range: &str, description| MetaResponse {
            description,
            status: None,
            status_range: Some(status_range.to_owned()),
            content: vec![MetaMediaType {
                content_type: PROBLEM_JSON,
                schema: <Described as Type>::schema_ref(),
            }],
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![
                response("4XX", "It was refused; `type` says why."),
                response("5XX", "A fault of ours, or too much to do (503, with Retry-After)."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        <Described as Type>::register(registry);
    }
}

#[cfg(test)]
mod tests;
