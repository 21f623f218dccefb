//! No other site acts in a person's name: a token in every form, and a look at where the request came from.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use http::{HeaderMap, Method, header};
use poem::{Endpoint, Middleware, Request, Response, Result, error::ResponseError, http::StatusCode};
use sha2::Sha256;
use thiserror::Error;

use super::{host::host, keyed_hash::keyed_hash, problem::Problem};

/// The name of the form field that carries the token.
pub const CSRF_FIELD: &str = "csrf";

/// What the token's key signs besides the cookie, so that no other use of the key can make a token.
const TOKEN_PURPOSE: &[u8] = b"candour csrf token 1\0";
/// Length of a token's nonce, bytes; fixed, so that nonce and cookie cannot run into each other.
pub const NONCE_BYTES: usize = 16;
/// Length of HMAC-SHA256, bytes.
const MAC_BYTES: usize = 32;

/// Why a request was not taken as the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CsrfRefusal {
    /// The browser has no cookie to bind a token to: it expired, or cookies are off.
    #[error("the request has no session or visit cookie")]
    CookieMissing,
    /// The form carries no token.
    #[error("the form has no token")]
    TokenMissing,
    /// The token belongs to another cookie or another key.
    #[error("the form's token is not this browser's")]
    TokenWrong,
    /// The browser says that another site made the request.
    #[error("the request was made by another site")]
    CrossSite,
}

impl ResponseError for CsrfRefusal {
    fn status(&self) -> StatusCode {
        StatusCode::FORBIDDEN
    }

    fn as_response(&self) -> Response {
        let slug = match self {
            Self::CookieMissing => "cookie-missing",
            Self::TokenMissing => "csrf-token-missing",
            Self::TokenWrong => "csrf-token-wrong",
            Self::CrossSite => "cross-site",
        };
        poem::IntoResponse::into_response(Problem::new(self.status(), slug, self.to_string()))
    }
}

/// A key that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the CSRF key is all zeros: give this deployment 32 random bytes")]
pub struct ZeroKey;

/// The deployment's key for form tokens.
#[derive(Clone)]
pub struct CsrfKey(Hmac<Sha256>);

impl CsrfKey {
    /// A key of these random bytes.
    ///
    /// # Errors
    /// [`ZeroKey`] if they are all zero, poem's default and anybody's guess.
    pub fn new(bytes: [u8; 32]) -> Result<Self, ZeroKey> {
        if bytes == [0; 32] {
            return Err(ZeroKey);
        }
        Ok(Self(keyed_hash(&bytes)))
    }

    /// The token for forms shown to the browser that holds `cookie` (a session or visit cookie's value): `nonce`, then
    /// HMAC-SHA256 of cookie and nonce; URL-safe base64 without padding. A fresh nonce for each page keeps a compressed
    /// page's length from telling anything of the token (the BREACH attack, 2013).
    pub fn token(&self, cookie: &str, nonce: [u8; NONCE_BYTES]) -> String {
        let mut token = [0; NONCE_BYTES + MAC_BYTES];
        token[..NONCE_BYTES].copy_from_slice(&nonce);
        token[NONCE_BYTES..].copy_from_slice(&self.mac(cookie, &nonce).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether `token` was made by [`token`](Self::token) for `cookie`; compared in constant time.
    ///
    /// # Errors
    /// The refusal that fits.
    pub fn verify(&self, cookie: &str, token: &str) -> Result<(), CsrfRefusal> {
        match (cookie, token) {
            ("", _) => Err(CsrfRefusal::CookieMissing),
            (_, "") => Err(CsrfRefusal::TokenMissing),
            _ => {
                let token = URL_SAFE_NO_PAD.decode(token).map_err(|_| CsrfRefusal::TokenWrong)?;
                let (nonce, mac) = token.split_at_checked(NONCE_BYTES).ok_or(CsrfRefusal::TokenWrong)?;
                self.mac(cookie, nonce).verify_slice(mac).map_err(|_| CsrfRefusal::TokenWrong)
            }
        }
    }

    fn mac(&self, cookie: &str, nonce: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(TOKEN_PURPOSE).chain_update(nonce).chain_update(cookie)
    }
}

impl std::fmt::Debug for CsrfKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CsrfKey")
    }
}

/// Whether the request may have come from our own pages, by what the browser says of itself.
///
/// - `Sec-Fetch-Site` (Fetch Metadata) must be `same-origin` or `none` (typed in, bookmarked). `same-site` is refused:
///   the next subdomain is another tenant.
/// - `Origin` must be the host asked for. `null` passes only together with `Sec-Fetch-Site: same-origin`: some privacy
///   settings blank the origin, and pages cannot forge a `Sec-` header.
/// - Without either header (old browsers, programs) the token alone decides, so a handler must verify it in any case.
///
/// # Errors
/// [`CsrfRefusal::CrossSite`].
pub fn check_origin(request: &Request) -> Result<(), CsrfRefusal> {
    let headers = request.headers();
    let fetch_site = only(headers, "sec-fetch-site")?;
    if !matches!(fetch_site, None | Some("same-origin" | "none")) {
        return Err(CsrfRefusal::CrossSite);
    }
    match only(headers, header::ORIGIN.as_str())? {
        None => Ok(()),
        Some("null") if fetch_site == Some("same-origin") => Ok(()),
        Some(origin) if host(request).is_some_and(|host| is_origin_of(origin, host)) => Ok(()),
        Some(_) => Err(CsrfRefusal::CrossSite),
    }
}

/// The header's one value. A second one, or one that is not text, comes from no browser.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, CsrfRefusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| CsrfRefusal::CrossSite),
        (Some(_), Some(_)) => Err(CsrfRefusal::CrossSite),
    }
}

/// The scheme is not compared beyond its default port: TLS ends at the proxy, and we see plain HTTP.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let (authority, default_port) = match origin.split_once("://") {
        Some(("https", authority)) => (authority, ":443"),
        Some(("http", authority)) => (authority, ":80"),
        _ => return false,
    };
    let bare = |name: &str| name.strip_suffix(default_port).unwrap_or(name).to_ascii_lowercase();
    bare(authority) == bare(host)
}

/// Applies [`check_origin`] to every request that may change something.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOrigin {
    /// Paths that begin with one of these are let through: the API, which answers programs, and whose cookie is
    /// `SameSite=Lax`; and what looks at no cookie, such as the link that stops emails, which mail providers press.
    pub exempt: &'static [&'static str],
}

impl<E: Endpoint> Middleware<E> for CheckOrigin {
    type Output = OriginChecked<E>;

    fn transform(&self, inner: E) -> Self::Output {
        OriginChecked { inner, exempt: self.exempt }
    }
}

/// The endpoint that [`CheckOrigin`] makes.
#[derive(Debug)]
pub struct OriginChecked<E> {
    inner: E,
    exempt: &'static [&'static str],
}

impl<E: Endpoint> Endpoint for OriginChecked<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<Self::Output> {
        let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        if !safe && !self.exempt.iter().any(|prefix| request.uri().path().starts_with(prefix)) {
            check_origin(&request)?;
        }
        self.inner.call(request).await
    }
}

#[cfg(test)]
mod tests {
    use poem::{EndpointExt, Route, endpoint::make_sync, http::Uri};

    use super::*;

    fn key(byte: u8) -> CsrfKey {
        CsrfKey::new([byte; 32]).unwrap()
    }

    #[test]
    fn an_all_zero_key_is_refused() {
        assert_eq!(CsrfKey::new([0; 32]).unwrap_err(), ZeroKey);
    }

    #[test]
    fn a_token_is_for_one_cookie_and_one_key() {
        let token = key(7).token("session-a", [1; 16]);
        assert_eq!(token.len(), 64);
        assert_eq!(key(7).verify("session-a", &token), Ok(()));
        assert_eq!(key(7).verify("session-b", &token), Err(CsrfRefusal::TokenWrong));
        assert_eq!(key(8).verify("session-a", &token), Err(CsrfRefusal::TokenWrong));
    }

    #[test]
    fn no_two_pages_show_the_same_token() {
        let tokens = [1, 2].map(|nonce| key(7).token("c", [nonce; 16]));
        assert!(tokens.iter().all(|token| key(7).verify("c", token).is_ok()));
        assert_ne!(tokens[0], tokens[1]);
    }

    #[test]
    fn what_is_missing_or_malformed_is_refused() {
        let token = key(7).token("c", [1; 16]);
        assert_eq!(key(7).verify("", &key(7).token("", [1; 16])), Err(CsrfRefusal::CookieMissing));
        assert_eq!(key(7).verify("c", ""), Err(CsrfRefusal::TokenMissing));
        for wrong in [&token[..62], &token[..20], &format!("{token}="), &token.replace(&token[..1], "!"), "é"]
        {
            assert_eq!(key(7).verify("c", wrong), Err(CsrfRefusal::TokenWrong), "{wrong}");
        }
    }

    fn checked(headers: &[(&str, &str)]) -> Result<(), CsrfRefusal> {
        let mut builder = Request::builder().method(Method::POST).header("host", "bsol.example:8080");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        check_origin(&builder.finish())
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        for headers in [
            &[][..],
            &[("origin", "http://bsol.example:8080")],
            &[("origin", "https://BSOL.example:8080"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        ] {
            assert_eq!(checked(headers), Ok(()), "{headers:?}");
        }
    }

    #[test]
    fn other_sites_do_not() {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "something-new")],
            &[("origin", "https://evil.example")],
            &[("origin", "https://bsol.example")],
            &[("origin", "https://bsol.example:8080.evil.example")],
            &[("origin", "ftp://bsol.example:8080")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "http://bsol.example:8080"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
            &[("origin", "http://bsol.example:8080"), ("origin", "https://evil.example")],
        ] {
            assert_eq!(checked(headers), Err(CsrfRefusal::CrossSite), "{headers:?}");
        }
    }

    #[test]
    fn default_ports_are_the_same_host() {
        assert!(is_origin_of("https://a.example", "a.example:443"));
        assert!(is_origin_of("http://a.example", "a.example:80"));
        assert!(!is_origin_of("https://a.example", "a.example:80"));
        assert!(is_origin_of("http://[::1]:8080", "[::1]:8080"));
    }

    #[tokio::test]
    async fn the_layer_lets_reading_and_the_api_through() {
        let site = Route::new()
            .at("/share", make_sync(|_| "ok"))
            .at("/api/v1/votes", make_sync(|_| "ok"))
            .with(CheckOrigin { exempt: &["/api/"] });
        for (method, path, status) in [
            (Method::GET, "/share", 200),
            (Method::POST, "/share", 403),
            (Method::DELETE, "/share", 403),
            (Method::POST, "/api/v1/votes", 200),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(Uri::from_static(path))
                .header("host", "bsol.example")
                .header("origin", "https://evil.example")
                .finish();
            assert_eq!(site.get_response(request).await.status().as_u16(), status, "{path}");
        }
    }
}
