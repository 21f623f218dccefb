//! The API's way of saying no: problem+json (RFC 9457).

use std::borrow::Cow;

use poem::{
    IntoResponse, Response,
    http::{HeaderValue, StatusCode, header},
};
use serde::Serialize;

/// The media type of [`Problem`] (RFC 9457, section 6.1).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal or fault as a machine reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Names the kind of problem; the same kind always has the same one.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words, the same each time.
    pub title: Cow<'static, str>,
    /// The HTTP status, repeated for those who store only the body.
    pub status: u16,
    /// What is wrong this time. Never repeats what a person wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One field's problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field's name as sent.
    pub field: Cow<'static, str>,
    /// What to change, in plain words.
    pub detail: String,
}

impl Problem {
    /// A problem of the kind `slug` (lower case, hyphens), in the words of `title`.
    pub fn new(status: StatusCode, slug: &str, title: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: format!("urn:candour:problem:{slug}"),
            title: title.into(),
            status: status.as_u16(),
            detail: None,
            errors: Vec::new(),
        }
    }

    /// With what is wrong this time.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With one more field's problem.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldProblem { field: field.into(), detail: detail.into() });
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Strings and numbers only: serialising them cannot fail, and an empty body would still carry the status.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::builder().status(status).body(body);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_reads_as_rfc_9457_wants() {
        let problem =
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-fields", "Some fields need changing")
                .with_field("text", "Write something");
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(response.content_type(), Some(PROBLEM_JSON));
        let body: serde_json::Value = response.into_body().into_json().await.unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "urn:candour:problem:bad-fields",
                "title": "Some fields need changing",
                "status": 422,
                "errors": [{"field": "text", "detail": "Write something"}],
            })
        );
    }
}
