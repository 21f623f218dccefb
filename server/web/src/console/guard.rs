//! Lets a request through to a page of the console if whoever sent it may do what the route needs.

use std::sync::Arc;

use actions::policy::{Action, Kind};
use poem::http::Method;
use poem::web::Redirect;
use poem::{Endpoint, Error, IntoResponse, Request, Response, Result};

use crate::dress::Dressed;
use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::state::State;
use crate::visitor::encoded;

/// Where people sign in.
const SIGN_IN: &str = "/console/sign-in";

/// A page of the console behind its guard.
pub(crate) struct Guarded<E> {
    pub inner: E,
    pub need: (Kind, Action),
}

impl<E: Endpoint<Output = Response>> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let state = request.data::<Arc<State>>().cloned().ok_or(PageError::Fault("no state".into()))?;
        let dressed = request.data::<Arc<Dressed>>().cloned().ok_or(PageError::NotFound)?;
        let cookie =
            CookieName::console(&dressed.tenant.slug).map_err(|error| PageError::Fault(error.to_string()))?;
        let signed_in = match cookie.read(request.headers()) {
            Some(token) => state.accounts().actor(&dressed.tenant, token).await.map_err(PageError::from)?,
            None => None,
        };
        let Some(signed_in) = signed_in else { return Err(sign_in_first(&request, &dressed)) };
        let (kind, action) = self.need;
        if !signed_in.actor.may.may(kind, action) {
            return Err(PageError::NotAllowed { kind, action }.into());
        }
        request.set_data(signed_in);
        self.inner.call(request).await
    }
}

/// To the sign-in page, and back here afterwards if this is a page that can be come back to.
fn sign_in_first(request: &Request, dressed: &Dressed) -> Error {
    let back = match (request.method(), request.uri().path_and_query()) {
        (&Method::GET, Some(here)) => format!("?next={}", encoded(here.as_str())),
        _ => String::new(),
    };
    Error::from_response(Redirect::see_other(format!("{}{SIGN_IN}{back}", dressed.base)).into_response())
}
