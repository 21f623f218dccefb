//! The limit on tries from one network address, a bucket for each thing that can be tried.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use poem::http::header;
use poem::{Request, Response};

use crate::edge::guessing::{GuessLimit, Outcome};
use crate::visitor::Visitor;

/// What can be tried with a sealed code or with words, at pages and at the API alike: the tenant's own bucket.
pub(super) const SEALED: &str = "";

/// One try that was taken.
pub(super) struct Try<'a> {
    guessing: &'a GuessLimit,
    address: IpAddr,
    bucket: Vec<u8>,
    now: DateTime<Utc>,
}

impl<'a> Try<'a> {
    /// Takes a try at `what`; else says how long until there is one.
    pub fn take(visitor: &'a Visitor, request: &Request, what: &str) -> Result<Self, Duration> {
        let (guessing, now) = (&*visitor.state.guessing, visitor.state.now());
        let address = visitor.state.settings.trusted_proxies.client(request);
        let bucket = [visitor.tenant().id.0.as_bytes(), what.as_bytes()].concat();
        match guessing.take(address, &bucket, now) {
            Outcome::Allowed => Ok(Self { guessing, address, bucket, now }),
            Outcome::TryAgainIn(wait) => Err(wait),
        }
    }

    /// Takes a request to do `what`, which is not given back; else says how long until there is one.
    pub fn request(visitor: &Visitor, request: &Request, what: &str) -> Result<(), Duration> {
        let address = visitor.state.settings.trusted_proxies.client(request);
        let bucket = [visitor.tenant().id.0.as_bytes(), what.as_bytes()].concat();
        match visitor.state.guessing.take_request(address, &bucket, visitor.state.now()) {
            Outcome::Allowed => Ok(()),
            Outcome::TryAgainIn(wait) => Err(wait),
        }
    }

    /// It was no guess: a ward shares one address.
    pub fn give_back(self) {
        self.guessing.give_back(self.address, &self.bucket, self.now);
    }
}

/// `response` that says when to try again.
pub(super) fn try_again_in(mut response: Response, wait: Duration) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, (wait.as_secs() + 1).into());
    response
}
