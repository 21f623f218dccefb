//! The operations port: for the operator's probes and dashboards, never for the public.

use std::{sync::Arc, time::Duration};

use poem::{
    IntoResponse, Response, Route,
    endpoint::{make, make_sync},
    get,
    http::StatusCode,
    web::Json,
};
use serde_json::json;
use tokio::time::timeout;

use super::metrics::Metrics;

/// How long the readiness check may take before the answer is "not ready".
pub const READY_CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether this process can serve people now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// It cannot, for these reasons, in words for the operator.
    NotReady(Vec<String>),
}

/// `/healthz` (the process is alive), `/readyz` (what `check` says) and `/metrics`.
pub fn operations<C, F>(metrics: Metrics, check: C) -> Route
where
    C: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Readiness> + Send + 'static,
{
    let check = Arc::new(check);
    let ready = make(move |_| {
        let check = check.clone();
        async move { readiness(timeout(READY_CHECK_TIMEOUT, check()).await.ok()) }
    });
    Route::new()
        .at("/healthz", get(make_sync(|_| Json(json!({ "status": "alive" })))))
        .at("/readyz", get(ready))
        .at("/metrics", get(make_sync(move |_| exposition(&metrics))))
}

fn readiness(checked: Option<Readiness>) -> Response {
    let reasons = match checked {
        Some(Readiness::Ready) => return Json(json!({ "status": "ready" })).into_response(),
        Some(Readiness::NotReady(reasons)) => reasons,
        None => vec![format!("the check took longer than {} s", READY_CHECK_TIMEOUT.as_secs())],
    };
    let body = Json(json!({ "status": "not ready", "reasons": reasons }));
    body.with_status(StatusCode::SERVICE_UNAVAILABLE).into_response()
}

fn exposition(metrics: &Metrics) -> Response {
    match metrics.text() {
        Ok(text) => text.with_content_type(prometheus::TEXT_FORMAT).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::{Endpoint, Request, http::Uri};

    use super::*;

    async fn ask(path: &'static str, readiness: Readiness) -> (StatusCode, String) {
        let port = operations(Metrics::new().unwrap(), move || {
            let readiness = readiness.clone();
            async move { readiness }
        });
        let response = port.get_response(Request::builder().uri(Uri::from_static(path)).finish()).await;
        (response.status(), response.into_body().into_string().await.unwrap())
    }

    #[tokio::test]
    async fn alive_is_not_the_same_as_ready() {
        let unready = Readiness::NotReady(vec!["conversation database: locked".to_owned()]);
        assert_eq!(
            ask("/healthz", unready.clone()).await,
            (StatusCode::OK, r#"{"status":"alive"}"#.to_owned())
        );
        let (status, body) = ask("/readyz", unready).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("conversation database: locked"));
        assert_eq!(ask("/readyz", Readiness::Ready).await.0, StatusCode::OK);
    }

    #[tokio::test]
    async fn metrics_are_text() {
        let (status, body) = ask("/metrics", Readiness::Ready).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("candour_open_connections 0"));
    }
}
