//! The cookies: a participant's session, a visit's (which forms are bound to before anyone has entered), the mark of a
//! shared device, and what somebody who signs up asked for.
//!
//! Built and read here by hand: poem's cookies are percent-encoded, unsigned and without `SameSite` unless told. The
//! `__Host-` prefix makes the browser itself refuse a cookie that lacks `Secure` or names a domain (RFC 6265bis, section
//! 4.1.3). Chromium takes such cookies over plain HTTP from loopback addresses too, so the demo needs no exception.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use thiserror::Error;

/// The longest cookie value, bytes: a sign-up with the longest address has room, sealed.
pub const MAX_COOKIE_BYTES: usize = 1_024;

/// The longest tenant part of a cookie's name, bytes.
pub const MAX_TENANT_BYTES: usize = 63;

/// Why a cookie cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CookieRefusal {
    /// The tenant's short name has other characters than `a-z`, `0-9` and hyphens, is `visit`, or has a wrong length.
    #[error("a tenant's cookie needs a short name of a-z, 0-9 and hyphens, other than visit")]
    Name,
    /// The value has other characters than URL-safe base64's, or has a wrong length.
    #[error("a cookie's value must be URL-safe base64 of 1 to {MAX_COOKIE_BYTES} bytes")]
    Value,
}

/// One of our cookies, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieName(String);

impl CookieName {
    /// The cookie of a participant's session with the tenant of this short name.
    ///
    /// # Errors
    /// [`CookieRefusal::Name`].
    pub fn participant(tenant: &str) -> Result<Self, CookieRefusal> {
        let fits = (1..=MAX_TENANT_BYTES).contains(&tenant.len())
            && tenant != "visit"
            && tenant.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !fits {
            return Err(CookieRefusal::Name);
        }
        Ok(Self(format!("__Host-candour-{tenant}")))
    }

    /// The cookie of a named person's session in the console of the tenant of this short name.
    ///
    /// # Errors
    /// [`CookieRefusal::Name`].
    pub fn console(tenant: &str) -> Result<Self, CookieRefusal> {
        Self::participant(tenant).map(|_| Self(format!("__Host-console-{tenant}")))
    }

    /// The cookie of a visit, before and after entering.
    pub fn visit() -> Self {
        Self("__Host-candour-visit".to_owned())
    }

    /// The cookie of what an activity says on the next page, for a minute.
    pub fn said() -> Self {
        Self("__Host-said".to_owned())
    }

    /// The cookie that says that others use the device too.
    pub fn shared() -> Self {
        Self("__Host-shared".to_owned())
    }

    /// The cookie of somebody who signs up: what they asked for, sealed, until they confirm that the address is theirs.
    pub fn sign_up() -> Self {
        Self("__Host-sign-up".to_owned())
    }

    /// The cookie of somebody who is away at their identity provider.
    pub fn sign_on() -> Self {
        Self("__Host-sign-on".to_owned())
    }

    /// The name as browsers see it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `Set-Cookie` value that gives the browser `value` for `max_age` (whole seconds).
    ///
    /// # Errors
    /// [`CookieRefusal::Value`].
    pub fn set(&self, value: &str, max_age: Duration) -> Result<HeaderValue, CookieRefusal> {
        if !is_value(value) {
            return Err(CookieRefusal::Value);
        }
        Ok(self.header(value, Some(max_age.as_secs())))
    }

    /// The `Set-Cookie` value that gives the browser `value` until it is closed.
    ///
    /// # Errors
    /// [`CookieRefusal::Value`].
    pub fn set_until_closed(&self, value: &str) -> Result<HeaderValue, CookieRefusal> {
        if !is_value(value) {
            return Err(CookieRefusal::Value);
        }
        Ok(self.header(value, None))
    }

    /// The `Set-Cookie` value that makes the browser forget it.
    pub fn clear(&self) -> HeaderValue {
        self.header("", Some(0))
    }

    fn header(&self, value: &str, max_age_seconds: Option<u64>) -> HeaderValue {
        let name = &self.0;
        let age = max_age_seconds.map(|seconds| format!(" Max-Age={seconds};")).unwrap_or_default();
        let text = format!("{name}={value}; Path=/;{age} Secure; HttpOnly; SameSite=Lax");
        // The name's and the value's characters were checked; were one wrong after all, the cookie stays unset.
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    /// The cookie's value, if the request has it once and well-formed. Twice means that somebody planted one: neither
    /// is believed.
    pub fn read<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut values = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
            .filter(|(name, _)| *name == self.0)
            .map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value).filter(|value| is_value(value)),
            _ => None,
        }
    }
}

fn is_value(value: &str) -> bool {
    (1..=MAX_COOKIE_BYTES).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_static(line))).collect()
    }

    #[test]
    fn a_cookie_has_every_flag() {
        let name = CookieName::participant("bsol").unwrap();
        let cookie = name.set("abc_-9", Duration::from_secs(3600)).unwrap();
        assert_eq!(
            cookie,
            "__Host-candour-bsol=abc_-9; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            CookieName::visit().clear(),
            "__Host-candour-visit=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            CookieName::shared().set_until_closed("1").unwrap(),
            "__Host-shared=1; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn odd_names_and_values_are_refused() {
        for tenant in ["", "visit", "Bsol", "a b", "a;b", "a=b", "é", &"a".repeat(MAX_TENANT_BYTES + 1)] {
            assert_eq!(CookieName::participant(tenant), Err(CookieRefusal::Name), "{tenant}");
        }
        let name = CookieName::visit();
        for value in ["", "a b", "a;Domain=x", "a\r\nX: y", "a\"", "é", &"a".repeat(MAX_COOKIE_BYTES + 1)] {
            assert_eq!(name.set(value, Duration::ZERO), Err(CookieRefusal::Value), "{value}");
        }
    }

    #[test]
    fn it_is_read_among_others() {
        let name = CookieName::participant("bsol").unwrap();
        assert_eq!(name.read(&headers(&["a=b; __Host-candour-bsol=tok; c=d"])), Some("tok"));
        assert_eq!(name.read(&headers(&["a=b", "__Host-candour-bsol=tok"])), Some("tok"));
        assert_eq!(name.read(&headers(&["__Host-candour-hhft=tok"])), None);
        assert_eq!(name.read(&headers(&["__host-candour-bsol=tok"])), None);
    }

    #[test]
    fn doubled_and_malformed_ones_are_not_believed() {
        let name = CookieName::participant("bsol").unwrap();
        for line in [
            "__Host-candour-bsol=a; __Host-candour-bsol=b",
            "__Host-candour-bsol=",
            "__Host-candour-bsol",
            "__Host-candour-bsol=\"a\"",
            "__Host-candour-bsol=a%20b",
            "__Host-candour-bsol =a",
        ] {
            assert_eq!(name.read(&headers(&[line])), None, "{line}");
        }
    }
}
