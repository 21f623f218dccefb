//! Answers that are text go out compressed, if the client takes gzip (RFC 9110, 8.4.1.3; RFC 1952).
//!
//! Only bodies that are there as a whole: live streams must not wait for a compressor's buffer. Tokens in pages change each time
//! (see [`super::csrf`]), so the length tells nothing of them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// Shorter bodies than this gain nothing, bytes.
const MIN_BYTES: usize = 1_024;
/// Level 1 of 9: three quarters of the gain for a quarter of the work.
const LEVEL: Compression = Compression::fast();
/// The beginnings of media types that are text.
const TEXT: [&str; 3] = ["text/html", "application/json", "application/problem+json"];

/// The layer that compresses.
#[derive(Debug, Clone, Copy)]
pub struct Compress;

impl<E: Endpoint> Middleware<E> for Compress {
    type Output = Compressed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Compressed { inner }
    }
}

/// The endpoint that [`Compress`] makes.
#[derive(Debug)]
pub struct Compressed<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for Compressed<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let takes_gzip = request.headers().get_all(ACCEPT_ENCODING).iter().any(takes_gzip);
        let response = self.inner.call(request).await?.into_response();
        if !is_text(&response) {
            return Ok(response);
        }
        Ok(compressed(response, takes_gzip).await)
    }
}

fn takes_gzip(accepted: &HeaderValue) -> bool {
    let Ok(accepted) = accepted.to_str() else { return false };
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn is_text(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    TEXT.iter().any(|text| kind.starts_with(text)) && !headers.contains_key(CONTENT_ENCODING)
}

async fn compressed(mut response: Response, takes_gzip: bool) -> Response {
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    if !takes_gzip {
        return response;
    }
    // A text that a handler made is in memory as a whole already, so there is nothing to bound and nothing to fail.
    let plain = response.take_body().into_bytes().await.unwrap_or_default();
    let packed = if plain.len() < MIN_BYTES { None } else { gzip(&plain) };
    match packed {
        Some(packed) => {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            weaken_etag(&mut response);
            response.set_body(Body::from(packed));
        }
        None => response.set_body(Body::from(plain)),
    }
    response
}

/// A strong ETag is for these very bytes (RFC 9110, 8.8.1), and these are others now.
fn weaken_etag(response: &mut Response) {
    let weak =
        response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).filter(|etag| etag.starts_with('"'));
    if let Some(Ok(weak)) = weak.map(|etag| HeaderValue::try_from(format!("W/{etag}"))) {
        response.headers_mut().insert(ETAG, weak);
    }
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), LEVEL);
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use poem::EndpointExt;
    use poem::endpoint::make_sync;
    use poem::web::Html;

    use super::*;

    async fn answer(accepted: &str, body: String) -> Response {
        let page = make_sync(move |_| Html(body.clone())).with(Compress);
        page.get_response(Request::builder().header("accept-encoding", accepted).finish()).await
    }

    #[tokio::test]
    async fn a_page_comes_back_whole() {
        let page = "words and words ".repeat(500);
        let response = answer("br, gzip", page.clone()).await;
        assert_eq!(response.header("content-encoding"), Some("gzip"));
        assert_eq!(response.header("vary"), Some("accept-encoding"));
        let packed = response.into_body().into_vec().await.unwrap();
        assert!(packed.len() < page.len() / 10);
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, page);
    }

    #[tokio::test]
    async fn who_does_not_take_it_does_not_get_it() {
        for accepted in ["", "br", "gzip;q=0", "identity"] {
            let response = answer(accepted, "x".repeat(5_000)).await;
            assert_eq!(response.header("content-encoding"), None, "{accepted}");
        }
        assert_eq!(answer("gzip", "short".into()).await.header("content-encoding"), None);
    }
}
