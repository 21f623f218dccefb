//! Bodies are read as bounded streams: no header is believed about their length.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use futures_util::{StreamExt, pin_mut};
use http::header;
use poem::{
    Body, Endpoint, IntoResponse, Middleware, Request, Response, Result, error::ResponseError,
    http::StatusCode,
};
use thiserror::Error;

use super::problem::Problem;

/// The largest form, bytes.
pub const MAX_FORM_BYTES: usize = 64 * 1024;
/// The largest form with a file, bytes: a roll of some hundred thousand people. Larger ones come in by `candour roll import`.
pub const MAX_UPLOAD_BYTES: usize = 16 << 20;
/// The largest JSON body, bytes.
pub const MAX_JSON_BYTES: usize = 64 * 1024;

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BodyRefusal {
    /// It is longer than it may be, whatever `Content-Length` said.
    #[error("what was sent is larger than {max_bytes} bytes")]
    TooLarge {
        /// What it may be.
        max_bytes: usize,
    },
    /// It did not arrive in time.
    #[error("what was sent arrived too slowly")]
    TooSlow,
    /// The connection broke, or the framing is wrong.
    #[error("what was sent broke off")]
    Broken,
    /// It is of another kind than the address takes.
    #[error("this address takes only forms (application/x-www-form-urlencoded)")]
    NotAForm,
    /// Its text is not UTF-8.
    #[error("the text is not valid UTF-8")]
    NotUtf8,
    /// Its text has a NUL character, which no keyboard types and databases choke on.
    #[error("the text contains a NUL character")]
    ContainsNul,
    /// The form has more fields than any of ours.
    #[error("the form has more than {max} fields")]
    TooManyFields {
        /// What it may have.
        max: usize,
    },
}

impl ResponseError for BodyRefusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Broken | Self::NotUtf8 | Self::ContainsNul | Self::TooManyFields { .. } => {
                StatusCode::BAD_REQUEST
            }
        }
    }

    fn as_response(&self) -> Response {
        let slug = match self {
            Self::TooLarge { .. } => "body-too-large",
            Self::TooSlow => "body-too-slow",
            Self::Broken => "body-broken",
            Self::NotAForm => "not-a-form",
            Self::NotUtf8 => "not-utf-8",
            Self::ContainsNul => "contains-nul",
            Self::TooManyFields { .. } => "too-many-fields",
        };
        Problem::new(self.status(), slug, self.to_string()).into_response()
    }
}

impl BodyRefusal {
    fn of(fault: &io::Error, max_bytes: usize) -> Self {
        match fault.kind() {
            io::ErrorKind::TimedOut => Self::TooSlow,
            io::ErrorKind::FileTooLarge => Self::TooLarge { max_bytes },
            _ => Self::Broken,
        }
    }
}

/// Reads `body` whole, holding at most `max_bytes` and one chunk of it.
///
/// # Errors
/// [`BodyRefusal::TooLarge`], [`BodyRefusal::TooSlow`] or [`BodyRefusal::Broken`].
pub async fn read(body: Body, max_bytes: usize) -> Result<Vec<u8>, BodyRefusal> {
    let chunks = body.into_bytes_stream();
    pin_mut!(chunks);
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|fault| BodyRefusal::of(&fault, max_bytes))?;
        if bytes.len() + chunk.len() > max_bytes {
            return Err(BodyRefusal::TooLarge { max_bytes });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Caps every request's body, chunked ones included, so that no extractor behind it can read more; and answers for the
/// extractor when the cap or the time-out struck, because theirs would say "bad request".
#[derive(Debug, Clone, Copy)]
pub struct CapBodies {
    /// The most that any route behind this takes, bytes.
    pub max_bytes: usize,
    /// The last parts of paths that take [`MAX_UPLOAD_BYTES`] instead.
    pub uploads: &'static [&'static str],
}

impl<E: Endpoint> Middleware<E> for CapBodies {
    type Output = BodiesCapped<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodiesCapped { inner, cap: *self }
    }
}

/// The endpoint that [`CapBodies`] makes.
#[derive(Debug)]
pub struct BodiesCapped<E> {
    inner: E,
    cap: CapBodies,
}

impl<E: Endpoint> Endpoint for BodiesCapped<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<Self::Output> {
        let last = request.uri().path().rsplit('/').next().unwrap_or_default();
        let max_bytes = if self.cap.uploads.contains(&last) { MAX_UPLOAD_BYTES } else { self.cap.max_bytes };
        let body = request.take_body();
        if body.is_empty() {
            return self.inner.call(request).await;
        }
        // Believed only when it says too much: that saves reading what will be refused anyway.
        if declared_length(&request).is_some_and(|length| length > max_bytes as u64) {
            return Err(BodyRefusal::TooLarge { max_bytes }.into());
        }
        let struck = Arc::new(Struck::default());
        request.set_body(capped(body, max_bytes, struck.clone()));
        let outcome = self.inner.call(request).await;
        match struck.refusal(max_bytes) {
            Some(refusal) => Err(refusal.into()),
            None => outcome,
        }
    }
}

fn declared_length(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Which limit ended a body early, told by the body's stream to the layer.
#[derive(Debug, Default)]
struct Struck(AtomicU8);

impl Struck {
    const LARGE: u8 = 1;
    const SLOW: u8 = 2;

    fn note(&self, fault: &io::Error) {
        match fault.kind() {
            io::ErrorKind::FileTooLarge => self.0.store(Self::LARGE, Ordering::Relaxed),
            io::ErrorKind::TimedOut => self.0.store(Self::SLOW, Ordering::Relaxed),
            _ => {}
        }
    }

    fn refusal(&self, max_bytes: usize) -> Option<BodyRefusal> {
        match self.0.load(Ordering::Relaxed) {
            Self::LARGE => Some(BodyRefusal::TooLarge { max_bytes }),
            Self::SLOW => Some(BodyRefusal::TooSlow),
            _ => None,
        }
    }
}

/// `body`, ended by an error where it exceeds `max_bytes`.
fn capped(body: Body, max_bytes: usize, struck: Arc<Struck>) -> Body {
    let mut left = max_bytes;
    let chunks = body.into_bytes_stream().map(move |chunk| {
        let chunk = chunk.and_then(|chunk| match left.checked_sub(chunk.len()) {
            Some(rest) => {
                left = rest;
                Ok(chunk)
            }
            None => Err(io::ErrorKind::FileTooLarge.into()),
        });
        chunk.inspect_err(|fault| struck.note(fault))
    });
    Body::from_bytes_stream(chunks)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use poem::{EndpointExt, endpoint::make};

    use super::*;

    fn chunks(count: usize, bytes: usize) -> Body {
        Body::from_bytes_stream(stream::iter((0..count).map(move |_| Ok::<_, io::Error>(vec![b'a'; bytes]))))
    }

    #[tokio::test]
    async fn a_body_is_read_to_its_bound_and_no_further() {
        assert_eq!(read(chunks(4, 25), 100).await.map(|bytes| bytes.len()), Ok(100));
        assert_eq!(read(chunks(4, 26), 100).await, Err(BodyRefusal::TooLarge { max_bytes: 100 }));
        // An endless body ends at the bound.
        let endless = Body::from_bytes_stream(stream::repeat_with(|| Ok::<_, io::Error>(vec![b'a'; 1_000])));
        assert_eq!(read(endless, 100_000).await, Err(BodyRefusal::TooLarge { max_bytes: 100_000 }));
    }

    #[tokio::test]
    async fn poems_own_extractors_cannot_read_more() {
        let greedy = make(|mut request: Request| async move {
            request.take_body().into_vec().await.map(|bytes| bytes.len().to_string())
        })
        .with(CapBodies { max_bytes: 100, uploads: &[] });
        for (body, status) in [(chunks(4, 25), 200), (chunks(4, 26), 413), (chunks(1_000_000, 1_000), 413)] {
            let response = greedy.get_response(Request::builder().body(body)).await;
            assert_eq!(response.status().as_u16(), status);
        }
        let declared = Request::builder().header("content-length", "101").body(chunks(1, 1));
        assert_eq!(greedy.get_response(declared).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let late: io::Result<Vec<u8>> = Err(io::ErrorKind::TimedOut.into());
        let slow = Body::from_bytes_stream(stream::iter([late]));
        let response = greedy.get_response(Request::builder().body(slow)).await;
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    }
}
