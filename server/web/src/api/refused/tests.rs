use serde_json::Value;

use super::*;

async fn answered(error: impl Into<Error>) -> (StatusCode, Value, Response) {
    let mut response = as_problem(error.into()).into_response();
    assert_eq!(response.content_type(), Some(PROBLEM_JSON));
    let body = response.take_body().into_json().await.unwrap();
    (response.status(), body, response)
}

async fn kind(error: impl Into<Error>) -> (u16, String) {
    let (status, body, _) = answered(error).await;
    assert_eq!(body["status"], status.as_u16());
    let kind = body["type"].as_str().unwrap().strip_prefix("urn:candour:problem:").unwrap().to_owned();
    (status.as_u16(), kind)
}

#[tokio::test]
async fn refusals_have_steady_names() {
    let refused = |error: ActionError| Refused::from(error);
    let post = |refusal: PostRefusal| Refused::from(ActionError::Post(refusal));
    for (error, status, slug) in [
        (post(RoundRefusal::NotOpenYet.into()), 409, "not-open-yet"),
        (post(RoundRefusal::Paused.into()), 409, "paused"),
        (post(RoundRefusal::Closed.into()), 409, "closed"),
        (post(TextRefusal::Empty.into()), 422, "text-empty"),
        (post(TextRefusal::TooLong { characters: 3_001 }.into()), 422, "text-too-long"),
        (post(TextRefusal::StackedMarks.into()), 422, "text-stacked-marks"),
        (post(TextRefusal::Unstorable.into()), 422, "text-unstorable"),
        (post(PostRefusal::UnknownPrompt), 422, "unknown-prompt"),
        (post(PostRefusal::UnknownTheme), 422, "unknown-theme"),
        (post(PostRefusal::UnknownFeeling), 422, "unknown-feeling"),
        (post(PostRefusal::TooMany), 409, "too-many-posts"),
        (post(PostRefusal::RoundFull), 409, "round-full"),
        (post(PostRefusal::NotYours), 403, "not-yours"),
        (post(PostRefusal::Gone), 410, "gone"),
        (refused(VoteRefusal::PostGone.into()), 410, "gone"),
        (refused(VoteRefusal::Round(RoundRefusal::Closed).into()), 409, "closed"),
        (refused(ModerationRefusal::Words("x".into()).into()), 422, "text-unusable"),
        (refused(ModerationRefusal::ReportedAlready.into()), 409, "reported-already"),
        (refused(ModerationRefusal::TooManyReports.into()), 409, "too-many-reports"),
        (refused(ModerationRefusal::AppealedAlready.into()), 409, "appealed-already"),
        (refused(ModerationRefusal::NotNow.into()), 409, "not-now"),
        (refused(ActionError::Busy), 503, "busy"),
        (refused(ActionError::Fault("disk".into())), 500, "fault"),
        (EntryRefusal::Unknown.into(), 422, "code-unknown"),
        (EntryRefusal::Spent.into(), 409, "code-spent"),
        (EntryRefusal::Closed.into(), 409, "closed"),
        (EntryRefusal::NotOpenYet { opens_at: chrono::DateTime::UNIX_EPOCH }.into(), 409, "not-open-yet"),
        (EntryRefusal::Action(ActionError::Busy).into(), 503, "busy"),
        (Refused::not_found(), 404, "not-found"),
        (Refused::not_signed_in(), 401, "not-signed-in"),
    ] {
        assert_eq!(kind(error).await, (status, slug.to_owned()));
    }
}

#[tokio::test]
async fn others_errors_become_problems() {
    use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError};
    let name = "after";
    for (error, status, slug) in [
        (Error::from(NotFoundError), 404, "not-found"),
        (ParsePathError { name: "id", reason: String::new() }.into(), 404, "not-found"),
        (MethodNotAllowedError.into(), 405, "method-not-allowed"),
        (ParseParamError { name, reason: String::new() }.into(), 400, "bad-parameter"),
        (ParseRequestPayloadError { reason: String::new() }.into(), 400, "bad-body"),
        (ContentTypeError::ExpectContentType.into(), 415, "not-json"),
        (poem_openapi::error::AuthorizationError.into(), 401, "not-signed-in"),
        (ReadBodyError::BodyHasBeenTaken.into(), 500, "fault"),
        (BodyRefusal::TooLarge { max_bytes: 1 }.into(), 413, "body-too-large"),
        (CsrfRefusal::CrossSite.into(), 403, "cross-site"),
        (Error::from_status(StatusCode::INTERNAL_SERVER_ERROR), 500, "fault"),
        (Error::from_status(StatusCode::SERVICE_UNAVAILABLE), 503, "busy"),
        (as_problem(NotFoundError.into()), 404, "not-found"),
    ] {
        assert_eq!(kind(error).await, (status, slug.to_owned()));
    }
}

#[tokio::test]
async fn waits_and_challenges_are_headers() {
    let (_, _, response) = answered(Refused::too_many_attempts(Duration::from_millis(9_001))).await;
    assert_eq!(response.header("retry-after"), Some("10"));
    let (_, _, response) = answered(Refused::from(ActionError::Busy)).await;
    assert_eq!(response.header("retry-after"), Some("1"));
    let (_, _, response) = answered(Refused::not_signed_in()).await;
    assert_eq!(response.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn a_fault_tells_the_log_and_not_the_client() {
    let error = as_problem(Refused::fault("the disk is full").into());
    assert_eq!(error.to_string(), "the disk is full");
    let (_, body, _) = answered(error).await;
    assert!(!body.to_string().contains("disk"));
}

#[tokio::test]
async fn refusals_are_answered_here_and_faults_travel_on() {
    assert_eq!(super::answer(poem::error::NotFoundError.into()).unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(
        super::answer(Refused::from(ActionError::Busy).into()).unwrap().header("retry-after"),
        Some("1")
    );
    assert!(super::answer(Refused::fault("the disk is full").into()).is_err());
}

#[tokio::test]
async fn the_route_stays_with_the_error() {
    let mut error = Error::from(poem::error::NotFoundError);
    error.set_data(PathPattern("/sessions".into()));
    let response = super::answer(error).unwrap();
    assert_eq!(response.data::<PathPattern>().map(|pattern| &*pattern.0), Some("/sessions"));
}

#[tokio::test]
async fn what_somebody_wrote_is_not_repeated() {
    let reason =
        "Expected input type \"string\", found [\"my boss\"]. (occurred while parsing \"Entry\")".to_owned();
    let (_, body, _) = answered(ParseRequestPayloadError { reason }).await;
    assert_eq!(body["detail"], "Expected input type \"string\"");
    let reason = format!("unknown field `{}`", "x".repeat(60_000));
    let (_, body, _) = answered(ParseRequestPayloadError { reason }).await;
    assert!(body.to_string().len() < 500);
}
