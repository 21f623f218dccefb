//! Faults, and at level `debug` one line per page read. What may stand in it: an id, the method, the route's pattern, the status and the time
//! taken. Never a path with ids, a query, an address, a browser's name, a header or a body.

use std::{
    fmt,
    panic::{AssertUnwindSafe, PanicHookInfo},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use domain::{Entropy, clock::random_bytes};
use futures_util::FutureExt;
use hmac::Mac;
use poem::{
    Endpoint, Error, IntoResponse, Middleware, PathPattern, Request, Response, Result,
    error::ResponseError,
    http::{HeaderName, HeaderValue, Method, StatusCode},
};
use thiserror::Error;

use super::keyed_hash::keyed_hash;
use super::metrics::Metrics;

/// The header that tells the client the request's id, to quote when asking for help.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What stands for the route when none matched.
pub const UNMATCHED: &str = "unmatched";

/// A request's id, unlike any other of this process; in a request's data and in an error's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

impl RequestId {
    /// Puts the id on the answer.
    pub fn stamp(self, response: &mut Response) {
        let mut hexadecimal = [0; 16];
        for (at, digit) in hexadecimal.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(self.0 >> (60 - 4 * at)) as usize & 15];
        }
        if let Ok(value) = HeaderValue::from_bytes(&hexadecimal) {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Gives out request ids: a counter under a keyed hash, so that two ids do not tell how many requests lie between.
struct RequestIds {
    key: [u8; 32],
    counter: AtomicU64,
}

impl RequestIds {
    fn new(entropy: &dyn Entropy) -> Self {
        Self { key: random_bytes(entropy), counter: AtomicU64::new(0) }
    }

    fn next(&self) -> RequestId {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let mac = keyed_hash(&self.key).chain_update(number.to_le_bytes()).finalize().into_bytes();
        let mut id = [0; 8];
        id.copy_from_slice(&mac[..8]);
        RequestId(u64::from_le_bytes(id))
    }
}

impl fmt::Debug for RequestIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestIds")
    }
}

/// A handler panicked; where, [`log_panics_by_place`] tells.
#[derive(Debug, Clone, Copy, Error)]
#[error("a handler panicked")]
pub struct Panicked;

impl ResponseError for Panicked {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// Logs and counts every request, gives it its id, and turns a panic into an error. A fault (a status of 500 and more)
/// is logged here with its words, once: so those words must hold nothing of any person.
#[derive(Debug, Clone)]
pub struct Observe {
    ids: Arc<RequestIds>,
    metrics: Metrics,
}

impl Observe {
    /// Ids start from `entropy`; counts go to `metrics`.
    pub fn new(entropy: &dyn Entropy, metrics: Metrics) -> Self {
        Self { ids: Arc::new(RequestIds::new(entropy)), metrics }
    }
}

impl<E: Endpoint> Middleware<E> for Observe {
    type Output = Observed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Observed { inner, ids: self.ids.clone(), metrics: self.metrics.clone() }
    }
}

/// The endpoint that [`Observe`] makes.
#[derive(Debug)]
pub struct Observed<E> {
    inner: E,
    ids: Arc<RequestIds>,
    metrics: Metrics,
}

impl<E: Endpoint> Endpoint for Observed<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let begun = Instant::now();
        let id = self.ids.next();
        let method = method_name(request.method());
        request.set_data(id);
        let outcome = AssertUnwindSafe(self.inner.call(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Panicked.into()))
            .map(IntoResponse::into_response);
        let (status, route) = match &outcome {
            Ok(response) => (response.status(), response.data::<PathPattern>()),
            Err(error) => (error.status(), error.data::<PathPattern>()),
        };
        let route = route.map_or(UNMATCHED, |pattern| &pattern.0);
        let took = begun.elapsed();
        self.metrics.answered(route, status, took);
        let micros = took.as_micros() as u64;
        // What people do is counted and, unless somebody looks for a fault, not logged line by line: the time of a line would be the
        // time of a post, and so would that of the page which a browser asks for next. What is sent is never logged.
        if method == "GET" || method == "HEAD" {
            tracing::debug!(target: "candour::request", request = %id, method, route, status = status.as_u16(), micros);
        }
        if let Err(fault) = &outcome
            && status.is_server_error()
            // Busy, suspended, switched off: nothing is broken, and whoever asked is told. The metrics count them.
            && status != StatusCode::SERVICE_UNAVAILABLE
        {
            tracing::error!(target: "candour::fault", request = %id, route, fault = %fault);
        }
        match outcome {
            Ok(mut response) => {
                id.stamp(&mut response);
                Ok(response)
            }
            Err(error) => Err(with_id(error, id)),
        }
    }
}

fn with_id(mut error: Error, id: RequestId) -> Error {
    error.set_data(id);
    error
}

/// A method is the client's own text; only the known ones are logged.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// From now on a panic is logged by its place in the source and not by its message, which may quote what somebody wrote.
/// For the whole process: call it once, at the start.
pub fn log_panics_by_place() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| match panic.location() {
        Some(place) => {
            tracing::error!(target: "candour::fault", file = place.file(), line = place.line(), "panicked");
        }
        None => tracing::error!(target: "candour::fault", "panicked"),
    }));
}
