//! The host that a request is for, as one answer for HTTP/1 and HTTP/2.

use http::header;
use poem::Request;

/// The host and port that the client asked for: HTTP/2's `:authority` or an absolute target if there is one, else the
/// one `Host` header (RFC 9110, section 7.2; RFC 9112, section 3.2). `None` when there is none, or more than one, which
/// two readers would take differently.
///
/// A proxy in front must pass the host on as it came.
pub fn host(request: &Request) -> Option<&str> {
    if let Some(authority) = request.original_uri().authority() {
        return Some(authority.as_str());
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().filter(|host| !host.is_empty()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::Uri;

    use super::*;

    #[test]
    fn the_target_wins_over_the_header() {
        let request = Request::builder()
            .uri(Uri::from_static("http://bsol.example/share"))
            .header("host", "other.example")
            .finish();
        // Only a request from the wire has an original target; a built one has its header alone.
        assert_eq!(host(&request), Some("other.example"));
    }

    #[test]
    fn two_hosts_are_none() {
        let request = Request::builder().header("host", "a.example").header("host", "b.example").finish();
        assert_eq!(host(&request), None);
        assert_eq!(host(&Request::builder().finish()), None);
    }
}
