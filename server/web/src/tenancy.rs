//! Which tenant a request is for: by its host; for local use by `<slug>.localhost` or the first part of the path.

use std::sync::Arc;

use domain::tenant_pack::{Flag, Standing};
use poem::http::Uri;
use poem::http::uri::PathAndQuery;
use poem::web::Html;
use poem::{Endpoint, Error, IntoResponse, Middleware, Request, Response, Result};

use crate::dress::{Addressed, Dressed};
use crate::edge::cookies::CookieName;
use crate::edge::headers::Transport;
use crate::edge::host::host;
use crate::fault::PageError;
use crate::state::State;
use crate::text_html::escaped;

/// What a request's cookies say. Enough for the header of an error page: nobody asks whether the session is still good.
#[derive(Clone)]
pub(crate) struct CameIn {
    /// The session's token, if it brought one.
    pub token: Option<String>,
    /// Whether others use the device.
    pub shared: bool,
}

/// Finds the tenant, takes its name off the path if it stood there, and puts the tenant into the request, or into the error.
pub(crate) struct Tenancy(pub Arc<State>);

impl<E: Endpoint> Middleware<E> for Tenancy {
    type Output = TenantFound<E>;

    fn transform(&self, inner: E) -> Self::Output {
        TenantFound { inner, state: Arc::clone(&self.0) }
    }
}

/// The endpoint that [`Tenancy`] makes.
pub(crate) struct TenantFound<E> {
    inner: E,
    state: Arc<State>,
}

impl<E: Endpoint> Endpoint for TenantFound<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        // Assets are the same for all.
        if request.uri().path().starts_with("/assets/") {
            return self.inner.call(request).await.map(IntoResponse::into_response);
        }
        let Some(dressed) = self.find(&mut request).await? else {
            return self.front(&request).await;
        };
        let came_in = CameIn {
            token: dressed.cookie.read(request.headers()).map(str::to_owned),
            shared: CookieName::shared().read(request.headers()).is_some(),
        };
        request.set_data(Arc::clone(&dressed));
        request.set_data(Arc::clone(&dressed.tenant));
        let answer = match closed_to(&dressed.tenant, request.uri().path()) {
            Some(why) => Err(why.into()),
            None => self.inner.call(request).await,
        };
        match answer {
            Ok(response) => Ok(response.into_response()),
            Err(mut error) => {
                error.set_data(dressed);
                error.set_data(came_in);
                Err(error)
            }
        }
    }
}

impl<E> TenantFound<E> {
    async fn find(&self, request: &mut Request) -> Result<Option<Arc<Dressed>>, Error> {
        let tenants = self.state.sides.tenants();
        let name = host(request).map(|host| bare_host(host).to_ascii_lowercase());
        let by_host = match &name {
            Some(name) => tenants.by_host(name).await.map_err(PageError::from)?,
            None => None,
        };
        if let Some(tenant) = by_host {
            return self.dress(&tenant, false);
        }
        let path = request.uri().path();
        let slug = path.split('/').nth(1).unwrap_or_default();
        let Some(tenant) = tenants.by_slug(slug).await.map_err(PageError::from)? else {
            return Ok(None);
        };
        // A tenant with a name of its own is not served under another tenant's or any stranger's.
        let here =
            self.state.settings.transport == Transport::Loopback && name.as_deref().is_some_and(is_local);
        if !here {
            return Ok(None);
        }
        let Some(uri) = without_first_part(request.uri(), slug) else { return Ok(None) };
        *request.uri_mut() = uri;
        self.dress(&tenant, true)
    }

    /// On this machine itself, the address without a tenant's name lists the tenants. Anywhere else there is nothing.
    async fn front(&self, request: &Request) -> Result<Response> {
        let name = host(request).map(bare_host);
        let local = self.state.settings.transport == Transport::Loopback && name.is_some_and(is_local);
        if !local || request.uri().path() != "/" {
            return Err(PageError::NotFound.into());
        }
        let tenants = self.state.sides.tenants().all().await.map_err(PageError::from)?;
        let links: String = tenants
            .iter()
            .map(|t| format!("<li><a href=\"/{}/\">{}</a></li>", t.slug, escaped(&t.name)))
            .collect();
        Ok(Html(format!(
            "<!DOCTYPE html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>Conversations here</title>\
             <meta name=\"viewport\" content=\"width=device-width\"></head>\
             <body><main><h1>Conversations on this machine</h1><ul>{links}</ul></main></body></html>"
        ))
        .into_response())
    }

    fn dress(&self, tenant: &Arc<actions::Tenant>, by_path: bool) -> Result<Option<Arc<Dressed>>, Error> {
        let settings = &self.state.settings;
        let talk = self.state.sides.conversation.is_none().then(|| settings.addresses.conversation(tenant));
        let roll = self.state.sides.identity.is_none().then(|| settings.addresses.identity(tenant));
        let bare = |address: String| address.trim_end_matches('/').to_owned();
        let addressed = Addressed { by_path, talk: talk.map(bare), roll: roll.map(bare) };
        let note = settings.demo_note.as_ref().map(|note| note.of(&tenant.slug));
        let (renderer, now) = (&self.state.renderer, self.state.now());
        let whom = (tenant, tenant.campaign_at(now));
        Ok(Some(self.state.wardrobe.dress(renderer, whom, addressed, note.as_deref(), now)?))
    }
}

/// Why `path` is not served for `tenant`, if an operator closed it: its site, but for the console, what its pages are drawn with and the link in
/// emails that stops them; or a part of the service.
fn closed_to(tenant: &actions::Tenant, path: &str) -> Option<PageError> {
    let serves =
        |part: &str| path == part || path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'));
    let stays = ["/console", "/branding", "/emails"].into_iter().any(serves);
    match &tenant.standing {
        Standing::Suspended { reason } if !stays => {
            return Some(PageError::Suspended { reason: reason.clone() });
        }
        Standing::Leaving { .. } if !stays => return Some(PageError::Left),
        _ => {}
    }
    let off = |flag| tenant.switched_off.contains(&flag);
    let live = path.starts_with("/conversations/") && (path.ends_with("/live") || path.ends_with("/changes"));
    let signing_up = path.starts_with("/join/") && path.ends_with("/sign-up");
    let switched_off =
        off(Flag::Api) && serves("/api") || off(Flag::LiveUpdates) && live || off(Flag::SignUp) && signing_up;
    switched_off.then_some(PageError::SwitchedOff)
}

/// A host without its port.
fn bare_host(host: &str) -> &str {
    match host.rfind(':') {
        Some(colon) if host[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &host[..colon],
        _ => host,
    }
}

/// Names of this machine itself, where tenants may be told apart by path.
fn is_local(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

fn without_first_part(uri: &Uri, slug: &str) -> Option<Uri> {
    let rest = uri.path().strip_prefix('/')?.strip_prefix(slug)?;
    let path = if rest.is_empty() { "/" } else { rest };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths() {
        assert_eq!(bare_host("bsol.localhost:8080"), "bsol.localhost");
        assert_eq!(bare_host("[::1]:8080"), "[::1]");
        assert_eq!(bare_host("bsol.example"), "bsol.example");
        let cut = |uri: &str| without_first_part(&uri.parse().unwrap(), "bsol").unwrap().to_string();
        assert_eq!(cut("/bsol"), "/");
        assert_eq!(cut("/bsol/enter?code=1"), "/enter?code=1");
    }
}
