//! The security headers of every answer.

use poem::{
    Endpoint, IntoResponse, Middleware, Request, Response, Result,
    http::{HeaderName, HeaderValue, header},
};

/// What a page may load and do. Everything is our own; the one hash is the inline script of the NHS.UK page template,
/// which marks the page as having JavaScript. A handler that needs another policy sets its own header.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
    script-src 'self' 'sha256-tDOvXJi1PXbg0CWjLCCYSNHRXtps26K4JXkE3M6u/c0='; img-src 'self'; connect-src 'self'; \
    manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The policy, with `origin` beside our own in one directive, such as `connect-src`.
pub fn policy_with(directive: &str, origin: &str) -> String {
    CONTENT_SECURITY_POLICY.replace(&format!("{directive} 'self'"), &format!("{directive} 'self' {origin}"))
}

/// For a year, only by HTTPS. Says nothing of subdomains: those are the operator's.
pub const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

/// None of the device's abilities is used, but passkeys, with which named people sign in.
pub const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), \
    display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
    payment=(), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), xr-spatial-tracking=()";

/// Set on every answer, whatever the handler says; but a handler whose own address is a secret may ask for a stricter referrer policy.
///
/// `same-origin` and not `no-referrer`: under the latter browsers send `Origin: null` with our own forms, and the check
/// of the origin would have nothing to go by. Other sites learn nothing under either.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS_POLICY)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The referrer policy of pages whose own address is a secret: not even our own pages are told it.
pub const NO_REFERRER: &str = "no-referrer";

/// Whether people reach this deployment by HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Behind a proxy that ends TLS.
    Https,
    /// Plain HTTP, on this machine only: the demo and the tests.
    Loopback,
}

/// Puts the security headers on every answer, errors included.
#[derive(Debug, Clone, Copy)]
pub struct SecurityHeaders(pub Transport);

impl<E: Endpoint> Middleware<E> for SecurityHeaders {
    type Output = WithSecurityHeaders<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithSecurityHeaders { inner, transport: self.0 }
    }
}

/// The endpoint that [`SecurityHeaders`] makes.
#[derive(Debug)]
pub struct WithSecurityHeaders<E> {
    inner: E,
    transport: Transport,
}

impl<E: Endpoint> Endpoint for WithSecurityHeaders<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let mut response = self
            .inner
            .call(request)
            .await
            .map_or_else(|error| error.into_response(), IntoResponse::into_response);
        dress(&mut response, self.transport);
        Ok(response)
    }
}

fn dress(response: &mut Response, transport: Transport) {
    let headers = response.headers_mut();
    headers.reserve(ALWAYS.len() + 3);
    let secret = headers.get(header::REFERRER_POLICY).is_some_and(|policy| policy == NO_REFERRER);
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if secret {
        headers.insert(header::REFERRER_POLICY, const { HeaderValue::from_static(NO_REFERRER) });
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(const { HeaderValue::from_static(CONTENT_SECURITY_POLICY) });
    if transport == Transport::Https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            const { HeaderValue::from_static(STRICT_TRANSPORT_SECURITY) },
        );
    }
    // A shared device must not show one person's page to the next: whoever wants caching says so.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, const { HeaderValue::from_static("no-store") });
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, Route, endpoint::make_sync, http::StatusCode};

    use super::*;

    fn site(transport: Transport) -> impl Endpoint<Output = Response> {
        Route::new()
            .at("/page", make_sync(|_| poem::web::Html("<p>hello</p>")))
            .at(
                "/asset",
                make_sync(|_| "x".with_header("cache-control", "public, max-age=31536000, immutable")),
            )
            .at("/docs", make_sync(|_| "x".with_header("content-security-policy", "default-src 'self'")))
            .with(SecurityHeaders(transport))
    }

    async fn get(transport: Transport, path: &'static str) -> Response {
        let request = Request::builder().uri(poem::http::Uri::from_static(path)).finish();
        site(transport).get_response(request).await
    }

    #[tokio::test]
    async fn every_answer_carries_them() {
        for path in ["/page", "/asset", "/nowhere"] {
            let response = get(Transport::Loopback, path).await;
            assert_eq!(response.header("content-security-policy"), Some(CONTENT_SECURITY_POLICY), "{path}");
            for (name, value) in ALWAYS {
                assert_eq!(response.headers().get(&name), Some(&value), "{path} {name}");
            }
        }
        assert_eq!(get(Transport::Loopback, "/nowhere").await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn nothing_loads_from_elsewhere_or_runs_inline() {
        for forbidden in ["unsafe-inline", "unsafe-eval", "http:", "https:", "data:", "*"] {
            assert!(!CONTENT_SECURITY_POLICY.contains(forbidden), "{forbidden}");
        }
    }

    #[tokio::test]
    async fn a_handler_may_set_caching_and_its_own_policy() {
        assert_eq!(get(Transport::Loopback, "/page").await.header("cache-control"), Some("no-store"));
        let asset = get(Transport::Loopback, "/asset").await;
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let docs = get(Transport::Loopback, "/docs").await;
        assert_eq!(docs.header("content-security-policy"), Some("default-src 'self'"));
    }

    #[tokio::test]
    async fn only_https_deployments_promise_https() {
        assert_eq!(get(Transport::Loopback, "/page").await.header("strict-transport-security"), None);
        let response = get(Transport::Https, "/page").await;
        assert_eq!(response.header("strict-transport-security"), Some(STRICT_TRANSPORT_SECURITY));
    }
}
