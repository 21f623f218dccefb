//! The limit on tries from one network address, a bucket for each thing that can be tried.

use std::net::IpAddr;
use std::time::Duration;

use actions::Tenant;
use chrono::{DateTime, Utc};
use poem::http::header;
use poem::{Request, Response};

use crate::edge::guessing::{GuessLimit, Outcome};
use crate::state::State;
use crate::visitor::Visitor;

/// What can be tried with a sealed code or with words, at pages and at the API alike: the tenant's own bucket.
pub(super) const SEALED: &str = "";

/// One try, or one request, that was taken.
pub(super) struct Try<'a> {
    guessing: &'a GuessLimit,
    address: IpAddr,
    bucket: Vec<u8>,
    now: DateTime<Utc>,
    give_back: fn(&GuessLimit, IpAddr, &[u8], DateTime<Utc>),
}

impl<'a> Try<'a> {
    /// Takes a try at `what`; else says how long until there is one.
    pub fn take(visitor: &'a Visitor, request: &Request, what: &str) -> Result<Self, Duration> {
        let new = Self::new(&visitor.state, visitor.tenant(), request, what, GuessLimit::give_back);
        let outcome = new.guessing.take(new.address, &new.bucket, new.now);
        new.unless(outcome)
    }

    /// Takes a request to do `what`; else says how long until there is one.
    pub fn request(
        state: &'a State,
        tenant: &Tenant,
        request: &Request,
        what: &str,
    ) -> Result<Self, Duration> {
        let new = Self::new(state, tenant, request, what, GuessLimit::give_back_request);
        let outcome = new.guessing.take_request(new.address, &new.bucket, new.now);
        new.unless(outcome)
    }

    fn new(
        state: &'a State,
        tenant: &Tenant,
        request: &Request,
        what: &str,
        give_back: fn(&GuessLimit, IpAddr, &[u8], DateTime<Utc>),
    ) -> Self {
        let address = state.settings.trusted_proxies.client(request);
        let bucket = [tenant.id.0.as_bytes(), what.as_bytes()].concat();
        Self { guessing: &state.guessing, address, bucket, now: state.now(), give_back }
    }

    fn unless(self, outcome: Outcome) -> Result<Self, Duration> {
        match outcome {
            Outcome::Allowed => Ok(self),
            Outcome::TryAgainIn(wait) => Err(wait),
        }
    }

    /// It was no guess: a ward shares one address. Or a request of those that may come as often as they like.
    pub fn give_back(self) {
        (self.give_back)(self.guessing, self.address, &self.bucket, self.now);
    }
}

/// `response` that says when to try again.
pub(super) fn try_again_in(mut response: Response, wait: Duration) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, (wait.as_secs() + 1).into());
    response
}
