//! Coming in with a code, and leaving.

use actions::EntryRefusal;
use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::caller::{Participant, Site};
use super::refused::Refused;
use crate::edge::guessing::Outcome;

pub(super) struct Sessions;

/// A code to come in with.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Entry {
    /// As printed; case, spaces, hyphens and look-alike letters are forgiven. It works once.
    code: String,
}

/// A session.
#[derive(Object)]
struct Session {
    /// Send it as `Authorization: Bearer …`. Whoever holds it is the participant: nobody can give it out again.
    token: String,
    /// The short name of the campaign that the code was for.
    campaign: String,
    /// For how long the token is good, seconds.
    expires_in_seconds: i64,
    /// Whether the caller waits to be let in with others. Reading works at once; what they send is kept until then.
    waiting: bool,
}

#[derive(ApiResponse)]
enum Opened {
    /// The code is spent, and this is the session.
    #[oai(status = 201)]
    Session(Json<Session>),
}

#[derive(ApiResponse)]
enum Ended {
    /// The token is good no longer.
    #[oai(status = 204)]
    Gone,
}

#[OpenApi(tag = "Tag::Sessions")]
impl Sessions {
    /// Come in with a code
    ///
    /// Refusals: `code-malformed` and `code-unknown` (422), `code-spent`, `not-open-yet` and `closed` (409), `too-many-attempts`
    /// (429, with Retry-After). Only a good code is ever spent.
    #[oai(path = "/sessions", method = "post", operation_id = "openSession")]
    async fn open(&self, site: Site, request: &Request, entry: Json<Entry>) -> Result<Opened, Refused> {
        let (limit, actions) = (&site.shared.guessing, site.actions());
        let address = site.shared.proxies.client(request);
        // Codes are tried against every campaign of the tenant, so they are counted for the tenant.
        let counted = site.tenant.id.0.as_bytes();
        if let Outcome::TryAgainIn(wait) = limit.take(address, counted, actions.now()) {
            return Err(Refused::too_many_attempts(wait));
        }
        let entered = actions.enter_with_code(&site.tenant, &entry.code).await;
        if !matches!(entered, Err(EntryRefusal::Unknown | EntryRefusal::Spent)) {
            limit.give_back(address, counted, actions.now());
        }
        let entered = entered?;
        Ok(Opened::Session(Json(Session {
            token: entered.token,
            campaign: entered.campaign,
            expires_in_seconds: entered.keep_seconds,
            waiting: entered.waiting,
        })))
    }

    /// Leave
    ///
    /// What the participant wrote and voted stays. There is no way back into the same participant.
    #[oai(path = "/sessions/current", method = "delete", operation_id = "endSession")]
    async fn end(&self, caller: Participant) -> Result<Ended, Refused> {
        let caller = caller.0;
        caller.actions().leave(caller.tenant(), &caller.token).await?;
        Ok(Ended::Gone)
    }
}
