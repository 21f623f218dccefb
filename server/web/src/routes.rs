//! The whole URL map. A route exists by standing in this table, and the tests try every one of them.

mod console;

use std::sync::{Arc, LazyLock};

use actions::policy::{Action, Kind};
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::middleware::AddData;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Route, RouteMethod};

use crate::console::NoteCrossSite;
use crate::edge::body::{CapBodies, MAX_FORM_BYTES};
use crate::edge::compress::Compress;
use crate::edge::csrf::CheckOrigin;
use crate::edge::errors::DrawErrors;
use crate::edge::headers::SecurityHeaders;
use crate::edge::log::Observe;
use crate::fault::Drawing;
use crate::pages::{
    activity, begin, come_back, confirm, contribution, conversation, countdown, dates, email_reports, enter,
    files, home, information, issue, join, keys, leave, login, mailbox, mine, mine_moderation, posts,
    published_report, report, share, sign_up, single_sign_on, stop_emails, votes,
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
    /// What a named person must be allowed to do, for routes of the console that have a guard.
    pub need: Option<(Kind, Action)>,
}

struct Entry {
    path: &'static str,
    method: Method,
    endpoint: BoxEndpoint<'static>,
    need: Option<(Kind, Action)>,
}

fn get<E: IntoEndpoint + 'static>(path: &'static str, endpoint: E) -> Entry
where
    E::Endpoint: 'static,
{
    Entry {
        path,
        method: Method::GET,
        endpoint: endpoint.into_endpoint().map_to_response().boxed(),
        need: None,
    }
}

fn post<E: IntoEndpoint + 'static>(path: &'static str, endpoint: E) -> Entry
where
    E::Endpoint: 'static,
{
    Entry {
        path,
        method: Method::POST,
        endpoint: endpoint.into_endpoint().map_to_response().boxed(),
        need: None,
    }
}

/// What both sides serve.
fn shared_table() -> Vec<Entry> {
    vec![
        get("/anonymity", information::anonymity),
        get("/privacy", information::privacy),
        get("/cookies", information::cookies),
        get("/accessibility", information::accessibility),
        get("/pages/:slug", information::page),
        get("/countdown/:campaign", countdown::show),
        get("/keys", keys::show),
        get("/keys.json", keys::log),
        get("/assets/:file", files::asset),
        get("/branding/:file", files::branding),
        get("/robots.txt", files::robots),
    ]
}

/// What the identity side serves: how people come in.
fn identity_table() -> Vec<Entry> {
    vec![
        get("/join/:campaign", begin::show),
        get("/join/:campaign/login", login::show),
        post("/join/:campaign/login", login::send),
        get("/join/:campaign/sign-up", sign_up::show),
        post("/join/:campaign/sign-up", sign_up::send),
        get("/join/:campaign/confirm", confirm::show),
        post("/join/:campaign/confirm", confirm::send),
        get("/join/:campaign/single-sign-on/:organisation", single_sign_on::begin),
        get("/sign-on", single_sign_on::finish),
        post("/issue/:campaign", issue::sign),
        Entry { method: Method::OPTIONS, ..post("/issue/:campaign", issue::may_ask) },
        get("/emails/stop/:token", stop_emails::show),
        post("/emails/stop/:token", stop_emails::send),
        post("/emails/reports", email_reports::take),
        get("/dev/mail", mailbox::show),
    ]
}

/// What the conversation side serves.
fn conversation_table() -> Vec<Entry> {
    vec![
        get("/", home::show),
        get("/reports/:report", published_report::show),
        get("/enter", enter::show),
        post("/enter", enter::send),
        get("/leave", leave::show),
        post("/leave", leave::send),
        get("/conversations/:campaign", conversation::show),
        get("/conversations/:campaign/activity", activity::show),
        post("/conversations/:campaign/activity", activity::send),
        get("/conversations/:campaign/activity/*page", activity::show_below),
        post("/conversations/:campaign/activity/*page", activity::send_below),
        get("/conversations/:campaign/results", activity::results),
        get("/conversations/:campaign/dates.ics", dates::calendar),
        get("/conversations/:campaign/join", join::show),
        post("/conversations/:campaign/join", join::send),
        get("/conversations/:campaign/return", come_back::show),
        post("/conversations/:campaign/return", come_back::send),
        get("/conversations/:campaign/share", share::show),
        post("/conversations/:campaign/share", share::send),
        get("/conversations/:campaign/mine", mine::show),
        post("/conversations/:campaign/mine/kept", mine::drop_kept),
        post("/conversations/:campaign/mine/not-done", mine::put_away),
        post("/conversations/:campaign/mine/answer", mine_moderation::answer),
        post("/conversations/:campaign/mine/appeal", mine_moderation::appeal),
        get("/conversations/:campaign/mine/export", mine::export),
        get("/conversations/:campaign/mine/erase", mine::show_erase),
        post("/conversations/:campaign/mine/erase", mine::erase),
        get("/conversations/:campaign/contributions/:id", contribution::show),
        post("/conversations/:campaign/contributions/:id/comments", contribution::add_comment),
        post("/conversations/:campaign/votes", votes::send),
        get("/conversations/:campaign/posts/:id/edit", posts::show_edit),
        post("/conversations/:campaign/posts/:id/edit", posts::edit),
        get("/conversations/:campaign/posts/:id/withdraw", posts::show_withdraw),
        post("/conversations/:campaign/posts/:id/withdraw", posts::withdraw),
        get("/conversations/:campaign/posts/:id/report", report::show),
        post("/conversations/:campaign/posts/:id/report", report::send),
        get("/conversations/:campaign/moderation", report::ledger),
        get("/conversations/:campaign/live", live::follow),
        get("/conversations/:campaign/changes", live::poll),
    ]
}

/// Every page, form and file of the sides that are served.
fn table(identity: bool, conversation: bool) -> Vec<Entry> {
    let mut table = shared_table();
    if identity {
        table.extend(console::identity_table());
    }
    if identity {
        table.extend(identity_table());
    }
    // Whoever works there has their account on the identity side.
    if identity && conversation {
        table.extend(console::conversation_table());
    }
    if conversation {
        table.extend(conversation_table());
    } else {
        table.push(get("/", begin::front));
    }
    table
}

/// Every route of the site with both sides, the API's included, in order.
pub fn all_routes() -> Vec<RouteInfo> {
    let mut routes: Vec<RouteInfo> = table(true, true)
        .into_iter()
        .map(|entry| RouteInfo {
            method: entry.method.to_string(),
            path: entry.path.to_owned(),
            need: entry.need,
        })
        .chain(api::operations().into_iter().map(|(method, path)| RouteInfo {
            method: method.to_string(),
            path: format!("{API}{path}"),
            need: None,
        }))
        .collect();
    routes.sort();
    routes
}

/// Whether `path` is the address of one of the console's forms that have a guard.
pub(crate) fn is_console_form(path: &str) -> bool {
    static FORMS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let forms = table(true, true).into_iter();
        let forms = forms.filter(|entry| entry.method == Method::POST && entry.need.is_some());
        forms.map(|entry| entry.path).collect()
    });
    // Short names and ids: nothing that leads out of its place.
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let fits = |form: &str| {
        let mut parts = form.split('/').zip(path.split('/'));
        form.split('/').count() == path.split('/').count()
            && parts.all(|(known, part)| known == part || known.starts_with(':') && plain(part))
    };
    FORMS.iter().any(|form| fits(form))
}

/// The site, with everything that stands before it; see [`crate::edge`] for the order of the layers.
pub(crate) fn site(state: &Arc<State>) -> impl Endpoint + use<> {
    let mut methods: Vec<(&'static str, RouteMethod)> = Vec::new();
    let sides = &state.sides;
    for Entry { path, method, endpoint, .. } in table(sides.identity.is_some(), sides.conversation.is_some())
    {
        let at = methods.iter().position(|(known, _)| *known == path);
        let route = at.map_or_else(RouteMethod::new, |at| methods.swap_remove(at).1);
        methods.push((path, route.method(method, endpoint)));
    }
    let mut routes = methods.into_iter().fold(Route::new(), |route, (path, methods)| route.at(path, methods));
    if let Some(actions) = &sides.conversation {
        let proxies = state.settings.trusted_proxies.clone();
        routes = routes.nest(API, api::service(actions.clone(), Arc::clone(&state.guessing), proxies));
    }
    routes
        .with(AddData::new(Arc::clone(state)))
        .with(CheckOrigin { exempt: &["/api/", "/issue/", "/emails/"] })
        .with(NoteCrossSite(Arc::clone(state)))
        .with(CapBodies { max_bytes: MAX_FORM_BYTES, uploads: &["roll", "logo", "reports"] })
        // Outside of the cap, so that its refusal is drawn as the tenant's page. Reads no body.
        .with(Tenancy(Arc::clone(state)))
        .with(Observe::new(&*state.entropy, state.metrics.clone()))
        .with(DrawErrors(Arc::new(Drawing(Arc::clone(state)))))
        .with(Compress)
        .with(SecurityHeaders(state.settings.transport))
}
