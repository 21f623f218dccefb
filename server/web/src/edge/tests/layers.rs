//! The layers in their order, as the site puts them together.

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use domain::Entropy;
use poem::{
    Endpoint, EndpointExt, Error, IntoResponse, Request, Response, Route,
    endpoint::{make, make_sync},
    http::{Method, StatusCode, Uri},
};
use tracing::{Event, Metadata, Subscriber, field::Field, span};

use super::super::{
    body::{CapBodies, MAX_FORM_BYTES},
    csrf::CheckOrigin,
    errors::{DrawErrors, ErrorDrawing},
    form::Form,
    headers::{SecurityHeaders, Transport},
    log::{Observe, RequestId},
    metrics::Metrics,
};

struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Draws each error as its status and the path that was asked for.
struct Plain;

impl ErrorDrawing for Plain {
    type Context = String;

    fn remember(&self, request: &Request) -> String {
        request.uri().path().to_owned()
    }

    fn draw(&self, path: String, error: Error) -> Response {
        let id = error.data::<RequestId>().unwrap();
        format!("{path} {} {id}", error.status().as_u16()).with_status(error.status()).into_response()
    }
}

#[poem::handler]
async fn share(form: Form) -> String {
    form.get("text").unwrap_or_default().to_owned()
}

fn site(metrics: &Metrics) -> impl Endpoint<Output = Response> + use<> {
    Route::new()
        .at("/share", poem::post(share))
        .nest("/c", Route::new().at("/:id", make_sync(|_| "one")))
        .at("/panic", make_sync(|_| -> &'static str { panic!("the secret words of a person") }))
        .at(
            "/fault",
            make(|_| async {
                Err::<(), _>(Error::from_string("disk full", StatusCode::INTERNAL_SERVER_ERROR))
            }),
        )
        .with(CheckOrigin::default())
        .with(CapBodies { max_bytes: MAX_FORM_BYTES, uploads: &[] })
        .with(Observe::new(&Sevens, metrics.clone()))
        .with(DrawErrors(Arc::new(Plain)))
        .with(SecurityHeaders(Transport::Https))
}

async fn ask(
    site: &impl Endpoint<Output = Response>,
    method: Method,
    path: &'static str,
    body: &str,
) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(Uri::from_static(path))
        .header("host", "bsol.example")
        .header("user-agent", "NetscapeNavigator")
        .content_type("application/x-www-form-urlencoded")
        .body(body.to_owned());
    site.get_response(request).await
}

#[tokio::test]
async fn every_answer_is_dressed_and_has_an_id_of_its_own() {
    let site = site(&Metrics::new().unwrap());
    let mut ids = Vec::new();
    for (method, path, body, status) in [
        (Method::GET, "/c/81", "", 200),
        (Method::POST, "/share", "text=hello", 200),
        (Method::POST, "/share", "text=%ff", 400),
        (Method::GET, "/nowhere", "", 404),
        (Method::GET, "/share", "", 405),
        (Method::GET, "/fault", "", 500),
        (Method::GET, "/panic", "", 500),
    ] {
        let response = ask(&site, method, path, body).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert!(response.header("content-security-policy").is_some(), "{path}");
        let id = response.header("x-request-id").unwrap().to_owned();
        assert_eq!(id.len(), 16);
        if status >= 400 {
            assert_eq!(response.into_body().into_string().await.unwrap(), format!("{path} {status} {id}"));
        }
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

#[tokio::test]
async fn errors_count_under_the_route_they_came_from() {
    let metrics = Metrics::new().unwrap();
    let site = site(&metrics);
    ask(&site, Method::GET, "/c/81", "").await;
    ask(&site, Method::POST, "/share", "text=%00").await;
    ask(&site, Method::GET, "/nowhere", "").await;
    let text = metrics.text().unwrap();
    for line in [
        r#"candour_requests_total{route="/c/:id",status="2xx"} 1"#,
        r#"candour_requests_total{route="/share",status="4xx"} 1"#,
        r#"candour_requests_total{route="unmatched",status="4xx"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// Writes down every event's fields.
#[derive(Clone, Default)]
struct Notebook(Arc<Mutex<String>>);

impl Subscriber for Notebook {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("candour::")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = self.0.lock().unwrap();
        write!(text, "{}", event.metadata().target()).unwrap();
        event.record(&mut |field: &Field, value: &dyn Debug| {
            write!(text, " {}={value:?}", field.name()).unwrap()
        });
        text.push('\n');
    }
}

#[tokio::test]
async fn the_log_names_routes_and_nothing_of_a_person() {
    let notebook = Notebook::default();
    let _guard = tracing::subscriber::set_default(notebook.clone());
    let site = site(&Metrics::new().unwrap());
    ask(&site, Method::GET, "/c/81?word=hush", "").await;
    ask(&site, Method::POST, "/share", "text=hush").await;
    ask(&site, Method::from_bytes(b"HUSH").unwrap(), "/hush/81", "").await;
    ask(&site, Method::GET, "/fault", "").await;
    ask(&site, Method::GET, "/panic", "").await;
    let text = notebook.0.lock().unwrap().clone();
    let lines: Vec<_> = text.lines().collect();
    // No line for what was sent by POST, or by a method that nobody knows.
    assert!(lines.iter().all(|line| !line.contains("POST") && !line.contains("/share")), "{text}");
    assert!(lines[0].contains(r#"method="GET" route="/c/:id" status=200 micros="#), "{text}");
    assert!(lines[2].starts_with("candour::fault") && lines[2].contains("disk full"), "{text}");
    for secret in ["hush", "HUSH", "81", "word", "Netscape", "bsol", "secret"] {
        let told = lines.iter().any(|line| {
            line.split(' ').any(|part| {
                part.contains(secret) && !part.starts_with("request=") && !part.starts_with("micros=")
            })
        });
        assert!(!told, "{secret} is in\n{text}");
    }
}
