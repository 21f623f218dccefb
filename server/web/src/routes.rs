//! The whole URL map. A route exists by standing in this table, and the tests try every one of them.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::middleware::AddData;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Route, RouteMethod};

use crate::edge::body::{CapBodies, MAX_FORM_BYTES};
use crate::edge::compress::Compress;
use crate::edge::csrf::CheckOrigin;
use crate::edge::errors::DrawErrors;
use crate::edge::headers::SecurityHeaders;
use crate::edge::log::Observe;
use crate::fault::Drawing;
use crate::pages::{
    contribution, conversation, enter, files, home, information, leave, mine, posts, share, votes,
};
use crate::state::State;
use crate::tenancy::Tenancy;
use crate::{api, live};

/// The JSON API's place.
const API: &str = "/api";

/// A route, for those who must know them all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteInfo {
    /// `GET`, `POST`, …
    pub method: String,
    /// With `:name` for each part that varies.
    pub path: String,
}

struct Entry {
    path: &'static str,
    method: Method,
    endpoint: BoxEndpoint<'static>,
}

fn get<E: IntoEndpoint + 'static>(path: &'static str, endpoint: E) -> Entry
where
    E::Endpoint: 'static,
{
    Entry { path, method: Method::GET, endpoint: endpoint.into_endpoint().map_to_response().boxed() }
}

fn post<E: IntoEndpoint + 'static>(path: &'static str, endpoint: E) -> Entry
where
    E::Endpoint: 'static,
{
    Entry { path, method: Method::POST, endpoint: endpoint.into_endpoint().map_to_response().boxed() }
}

/// Every page, form and file.
fn table() -> Vec<Entry> {
    vec![
        get("/", home::show),
        get("/anonymity", information::anonymity),
        get("/privacy", information::privacy),
        get("/cookies", information::cookies),
        get("/accessibility", information::accessibility),
        get("/pages/:slug", information::page),
        get("/enter", enter::show),
        post("/enter", enter::send),
        get("/leave", leave::show),
        post("/leave", leave::send),
        get("/conversations/:campaign", conversation::show),
        get("/conversations/:campaign/share", share::show),
        post("/conversations/:campaign/share", share::send),
        get("/conversations/:campaign/mine", mine::show),
        get("/conversations/:campaign/contributions/:id", contribution::show),
        post("/conversations/:campaign/contributions/:id/comments", contribution::add_comment),
        post("/conversations/:campaign/votes", votes::send),
        get("/conversations/:campaign/posts/:id/edit", posts::show_edit),
        post("/conversations/:campaign/posts/:id/edit", posts::edit),
        get("/conversations/:campaign/posts/:id/withdraw", posts::show_withdraw),
        post("/conversations/:campaign/posts/:id/withdraw", posts::withdraw),
        get("/conversations/:campaign/live", live::follow),
        get("/conversations/:campaign/changes", live::poll),
        get("/assets/:file", files::asset),
        get("/branding/:file", files::branding),
        get("/robots.txt", files::robots),
    ]
}

/// Every route of the site, the API's included, in order.
pub fn all_routes() -> Vec<RouteInfo> {
    let mut routes: Vec<RouteInfo> = table()
        .into_iter()
        .map(|entry| RouteInfo { method: entry.method.to_string(), path: entry.path.to_owned() })
        .chain(
            api::operations()
                .into_iter()
                .map(|(method, path)| RouteInfo { method: method.to_string(), path: format!("{API}{path}") }),
        )
        .collect();
    routes.sort();
    routes
}

/// The site, with everything that stands before it; see [`crate::edge`] for the order of the layers.
pub(crate) fn site(state: &Arc<State>) -> impl Endpoint + use<> {
    let mut methods: Vec<(&'static str, RouteMethod)> = Vec::new();
    for Entry { path, method, endpoint } in table() {
        let at = methods.iter().position(|(known, _)| *known == path);
        let route = at.map_or_else(RouteMethod::new, |at| methods.swap_remove(at).1);
        methods.push((path, route.method(method, endpoint)));
    }
    let routes = methods.into_iter().fold(Route::new(), |route, (path, methods)| route.at(path, methods));
    routes
        .nest(
            API,
            api::service(
                state.actions.clone(),
                Arc::clone(&state.guessing),
                state.settings.trusted_proxies.clone(),
            ),
        )
        .with(AddData::new(Arc::clone(state)))
        .with(CheckOrigin { exempt: &["/api/"] })
        .with(CapBodies { max_bytes: MAX_FORM_BYTES })
        // Outside of the cap, so that its refusal is drawn as the tenant's page. Reads no body.
        .with(Tenancy(Arc::clone(state)))
        .with(Observe::new(&*state.entropy, state.metrics.clone()))
        .with(DrawErrors(Arc::new(Drawing(Arc::clone(state)))))
        .with(Compress)
        .with(SecurityHeaders(state.settings.transport))
}
