//! Forms that another site sends to the console in somebody's name are refused before any handler; here that goes on record.

use std::sync::Arc;

use domain::account::Misuse;
use poem::{Endpoint, Middleware, Request, Result};

use crate::dress::Dressed;
use crate::edge::cookies::CookieName;
use crate::edge::csrf::CsrfRefusal;
use crate::state::State;

/// Records refusals of [`crate::edge::csrf::CheckOrigin`], which stands inside, where a session of the console came along.
pub(crate) struct NoteCrossSite(pub Arc<State>);

impl<E: Endpoint> Middleware<E> for NoteCrossSite {
    type Output = CrossSiteNoted<E>;

    fn transform(&self, inner: E) -> Self::Output {
        CrossSiteNoted { inner, state: Arc::clone(&self.0) }
    }
}

/// The endpoint that [`NoteCrossSite`] makes.
pub(crate) struct CrossSiteNoted<E> {
    inner: E,
    state: Arc<State>,
}

impl<E: Endpoint> Endpoint for CrossSiteNoted<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<Self::Output> {
        let session = self.session(&request);
        let answer = self.inner.call(request).await;
        let error = answer.as_ref().err();
        let refused = error.and_then(|error| error.downcast_ref()) == Some(&CsrfRefusal::CrossSite);
        if let Some((dressed, token)) = session.filter(|_| refused)
            && let Err(fault) =
                self.state.accounts().note_misuse(&dressed.tenant, &token, Misuse::CrossSite).await
        {
            tracing::warn!(%fault, "a form from another site could not be put on record");
        }
        answer
    }
}

impl<E> CrossSiteNoted<E> {
    /// The session that a form for the console brought, whether it is good or not.
    fn session(&self, request: &Request) -> Option<(Arc<Dressed>, String)> {
        self.state.sides.accounts.as_ref()?;
        let asks = request.method().is_safe() || !request.uri().path().starts_with("/console/");
        let dressed = request.data::<Arc<Dressed>>().filter(|_| !asks)?;
        let token = CookieName::console(&dressed.tenant.slug).ok()?.read(request.headers())?.to_owned();
        Some((Arc::clone(dressed), token))
    }
}
