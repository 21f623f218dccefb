//! How each route of the router is asked for: `:name` in the path and `{name}` in queries and bodies stand for what a test puts there.
//! A route that is not here fails every test that tries them all.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::{Method, RequestBuilder, header};
use web::RouteInfo;

use super::people::Device;

/// What stands in for a part of a request, by the part's name.
pub type Values = BTreeMap<&'static str, String>;

/// A request with parts left open.
pub struct Template {
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub path: String,
    /// Its body.
    pub body: Body,
    public: bool,
}

/// What is sent.
pub enum Body {
    /// Nothing.
    None,
    /// A form, to which the token is added.
    Form(&'static [(&'static str, &'static str)]),
    /// JSON.
    Json(&'static str),
}

/// Every part that a template may leave open.
const PARTS: &[&str] = &[
    ":campaign",
    ":id",
    ":slug",
    ":report",
    ":organisation",
    ":file",
    "{contribution}",
    "{comment}",
    "{code}",
];

/// How to ask for a route.
///
/// # Panics
/// When the route is not known here: write down how its parts are filled, so that it is tried like all others.
pub fn template(route: &RouteInfo) -> Template {
    let (path, body) = match (route.method.as_str(), route.path.as_str()) {
        // Behind a guard or a door of their own: with named people they are tried in access_matrix.rs.
        ("GET", path) if path.starts_with("/console") => (path, Body::None),
        ("POST", path) if path.starts_with("/console") => (path, Body::Form(&[])),
        ("GET", "/") => ("/", Body::None),
        ("GET", "/anonymity") => ("/anonymity", Body::None),
        ("GET", "/privacy") => ("/privacy", Body::None),
        ("GET", "/cookies") => ("/cookies", Body::None),
        ("GET", "/accessibility") => ("/accessibility", Body::None),
        ("GET", "/robots.txt") => ("/robots.txt", Body::None),
        ("GET", "/pages/:slug") => ("/pages/:slug", Body::None),
        ("GET", "/reports/:report") => ("/reports/:report", Body::None),
        ("GET", "/assets/:file") => ("/assets/:file", Body::None),
        ("GET", "/branding/:file") => ("/branding/:file", Body::None),
        ("GET", "/enter") => ("/enter", Body::None),
        ("POST", "/enter") => ("/enter", Body::Form(&[("code", "{code}"), ("shared", "no")])),
        ("GET", "/countdown/:campaign") => ("/countdown/:campaign", Body::None),
        ("GET", "/keys") => ("/keys", Body::None),
        ("GET", "/keys.json") => ("/keys.json", Body::None),
        ("GET", "/dev/mail") => ("/dev/mail", Body::None),
        ("GET", "/sign-on") => ("/sign-on?code=x&state=x", Body::None),
        // Nobody's link, and a report of nobody's email: emails_pages.rs tries those that are somebody's.
        ("GET" | "POST", "/emails/stop/:token") => ("/emails/stop/00", Body::None),
        ("POST", "/emails/reports") => {
            let receipt = r#"{"reference":"00","to":"a@example.org","status":"permanent-failure","notification_type":"email"}"#;
            ("/emails/reports", Body::Json(receipt))
        }
        ("GET", "/join/:campaign") => ("/join/:campaign", Body::None),
        ("GET", "/join/:campaign/login") => ("/join/:campaign/login?code={code}", Body::None),
        ("POST", "/join/:campaign/login") => ("/join/:campaign/login", Body::Form(&[("code", "{code}")])),
        ("GET", "/join/:campaign/sign-up") => ("/join/:campaign/sign-up", Body::None),
        ("POST", "/join/:campaign/sign-up") => {
            let fields = &[("organisation", "others"), ("kind", "staff"), ("email", "smuggled@example.org")];
            ("/join/:campaign/sign-up", Body::Form(fields))
        }
        ("GET", "/join/:campaign/confirm") => ("/join/:campaign/confirm", Body::None),
        ("POST", "/join/:campaign/confirm") => {
            ("/join/:campaign/confirm", Body::Form(&[("code", "1234 5678")]))
        }
        ("GET", "/join/:campaign/single-sign-on/:organisation") => {
            ("/join/:campaign/single-sign-on/:organisation", Body::None)
        }
        ("POST", "/issue/:campaign") => {
            ("/issue/:campaign", Body::Json(r#"{"ticket":"x","key":"x","blinded":"x"}"#))
        }
        ("OPTIONS", "/issue/:campaign") => ("/issue/:campaign", Body::None),
        ("GET", "/conversations/:campaign/join") => ("/conversations/:campaign/join", Body::None),
        ("POST", "/conversations/:campaign/join") => {
            let fields =
                &[("key", "x"), ("device_key", "x"), ("prefix", "x"), ("signature", "x"), ("proof", "x")];
            ("/conversations/:campaign/join", Body::Form(fields))
        }
        ("GET", "/conversations/:campaign/return") => ("/conversations/:campaign/return", Body::None),
        ("POST", "/conversations/:campaign/return") => {
            ("/conversations/:campaign/return", Body::Form(&[("device_key", "x"), ("proof", "x")]))
        }
        ("POST", "/conversations/:campaign/mine/kept") => {
            ("/conversations/:campaign/mine/kept", Body::Form(&[("place", "0")]))
        }
        ("POST", "/conversations/:campaign/mine/not-done") => {
            ("/conversations/:campaign/mine/not-done", Body::Form(&[]))
        }
        ("GET", "/conversations/:campaign/mine/export") => {
            ("/conversations/:campaign/mine/export", Body::None)
        }
        ("GET", "/conversations/:campaign/mine/erase") => ("/conversations/:campaign/mine/erase", Body::None),
        ("POST", "/conversations/:campaign/mine/erase") => {
            ("/conversations/:campaign/mine/erase", Body::Form(&[]))
        }
        ("GET", "/leave") => ("/leave", Body::None),
        ("POST", "/leave") => ("/leave", Body::Form(&[])),
        ("GET", "/conversations/:campaign") => ("/conversations/:campaign", Body::None),
        ("GET", "/conversations/:campaign/activity") => ("/conversations/:campaign/activity", Body::None),
        ("POST", "/conversations/:campaign/activity") => {
            ("/conversations/:campaign/activity", Body::Form(&[("_form", "x"), ("_pressed", "x")]))
        }
        ("GET", "/conversations/:campaign/activity/*page") => {
            ("/conversations/:campaign/activity/pledge/rotas", Body::None)
        }
        ("POST", "/conversations/:campaign/activity/*page") => {
            let fields =
                &[("_form", "verdict"), ("verdict", "strong"), ("comment", "Smuggled"), ("_pressed", "stay")];
            ("/conversations/:campaign/activity/pledge/rotas", Body::Form(fields))
        }
        ("GET", "/conversations/:campaign/results") => ("/conversations/:campaign/results", Body::None),
        ("GET", "/conversations/:campaign/share") => ("/conversations/:campaign/share", Body::None),
        ("POST", "/conversations/:campaign/share") => {
            let fields = &[("prompt", "frustrations"), ("body", "Smuggled"), ("theme", ""), ("feeling", "")];
            ("/conversations/:campaign/share", Body::Form(fields))
        }
        ("GET", "/conversations/:campaign/mine") => ("/conversations/:campaign/mine", Body::None),
        ("GET", "/conversations/:campaign/contributions/:id") => {
            ("/conversations/:campaign/contributions/:id?reply={comment}", Body::None)
        }
        ("POST", "/conversations/:campaign/contributions/:id/comments") => {
            let fields = &[("body", "Smuggled"), ("reply_to", "{comment}")];
            ("/conversations/:campaign/contributions/:id/comments", Body::Form(fields))
        }
        ("POST", "/conversations/:campaign/votes") => {
            let fields = &[("post", "{contribution}"), ("value", "disagree"), ("back", "")];
            ("/conversations/:campaign/votes", Body::Form(fields))
        }
        ("GET", "/conversations/:campaign/posts/:id/edit") => {
            ("/conversations/:campaign/posts/:id/edit", Body::None)
        }
        ("POST", "/conversations/:campaign/posts/:id/edit") => {
            ("/conversations/:campaign/posts/:id/edit", Body::Form(&[("body", "Smuggled")]))
        }
        ("GET", "/conversations/:campaign/posts/:id/withdraw") => {
            ("/conversations/:campaign/posts/:id/withdraw", Body::None)
        }
        ("POST", "/conversations/:campaign/posts/:id/withdraw") => {
            ("/conversations/:campaign/posts/:id/withdraw", Body::Form(&[]))
        }
        ("GET", "/conversations/:campaign/posts/:id/report") => {
            ("/conversations/:campaign/posts/:id/report", Body::None)
        }
        ("POST", "/conversations/:campaign/posts/:id/report") => {
            ("/conversations/:campaign/posts/:id/report", Body::Form(&[("reason", "spam"), ("note", "")]))
        }
        ("POST", "/conversations/:campaign/mine/answer") => (
            "/conversations/:campaign/mine/answer",
            Body::Form(&[("post", "{contribution}"), ("body", "Smuggled")]),
        ),
        ("POST", "/conversations/:campaign/mine/appeal") => (
            "/conversations/:campaign/mine/appeal",
            Body::Form(&[("post", "{contribution}"), ("body", "Smuggled")]),
        ),
        ("GET", "/conversations/:campaign/moderation") => ("/conversations/:campaign/moderation", Body::None),
        ("GET", "/conversations/:campaign/dates.ics") => ("/conversations/:campaign/dates.ics", Body::None),
        ("GET", "/conversations/:campaign/live") => ("/conversations/:campaign/live?since=0", Body::None),
        ("GET", "/conversations/:campaign/changes") => {
            ("/conversations/:campaign/changes?since=0", Body::None)
        }
        // Files of the documentation: nothing to fill in.
        ("GET", path) if path.starts_with("/api/docs") && !path.contains(':') => (path, Body::None),
        ("POST", "/api/v1/sessions") => ("/api/v1/sessions", Body::Json(r#"{"code":"{code}"}"#)),
        ("DELETE", "/api/v1/sessions/current") => ("/api/v1/sessions/current", Body::None),
        ("GET", "/api/v1/campaigns") => ("/api/v1/campaigns", Body::None),
        ("GET", "/api/v1/campaigns/:campaign") => ("/api/v1/campaigns/:campaign", Body::None),
        ("GET", "/api/v1/campaigns/:campaign/mine") => ("/api/v1/campaigns/:campaign/mine", Body::None),
        ("GET", "/api/v1/campaigns/:campaign/changes") => {
            ("/api/v1/campaigns/:campaign/changes?since=0", Body::None)
        }
        ("GET", "/api/v1/campaigns/:campaign/contributions") => {
            ("/api/v1/campaigns/:campaign/contributions", Body::None)
        }
        ("POST", "/api/v1/campaigns/:campaign/contributions") => {
            let json = r#"{"prompt":"frustrations","body":"Smuggled"}"#;
            ("/api/v1/campaigns/:campaign/contributions", Body::Json(json))
        }
        ("GET", "/api/v1/campaigns/:campaign/contributions/:id") => {
            ("/api/v1/campaigns/:campaign/contributions/:id", Body::None)
        }
        ("POST", "/api/v1/campaigns/:campaign/contributions/:id/comments") => {
            let json = r#"{"body":"Smuggled","reply_to":"{comment}"}"#;
            ("/api/v1/campaigns/:campaign/contributions/:id/comments", Body::Json(json))
        }
        ("PATCH", "/api/v1/campaigns/:campaign/posts/:id") => {
            ("/api/v1/campaigns/:campaign/posts/:id", Body::Json(r#"{"body":"Smuggled"}"#))
        }
        ("DELETE", "/api/v1/campaigns/:campaign/posts/:id") => {
            ("/api/v1/campaigns/:campaign/posts/:id", Body::None)
        }
        ("POST", "/api/v1/campaigns/:campaign/posts/:id/report") => {
            ("/api/v1/campaigns/:campaign/posts/:id/report", Body::Json(r#"{"reason":"spam"}"#))
        }
        ("POST", "/api/v1/campaigns/:campaign/posts/:id/appeal") => {
            ("/api/v1/campaigns/:campaign/posts/:id/appeal", Body::Json(r#"{"note":"Smuggled"}"#))
        }
        ("PUT", "/api/v1/campaigns/:campaign/posts/:id/vote") => {
            ("/api/v1/campaigns/:campaign/posts/:id/vote", Body::Json(r#"{"value":"disagree"}"#))
        }
        ("DELETE", "/api/v1/campaigns/:campaign/posts/:id/vote") => {
            ("/api/v1/campaigns/:campaign/posts/:id/vote", Body::None)
        }
        (method, path) => panic!(
            "{method} {path} is a route that the tests do not know: write in tests/it/harness/routes.rs how to ask for it"
        ),
    };
    let method = Method::from_bytes(route.method.as_bytes()).expect("routes have methods");
    Template { method, path: path.to_owned(), body, public: is_public(path) }
}

/// Whether everybody may see it, with a session or without: pages to read, pictures, doors.
fn is_public(path: &str) -> bool {
    let inside = ["/mine", "/changes", "/contributions", "/posts", "/sessions", "/share", "/votes", "/live"];
    let told = path.ends_with("/dates.ics") || path.ends_with("/moderation");
    let door = path.ends_with("/join") || path.ends_with("/return") || told;
    door || !path.starts_with("/conversations/") && !inside.iter().any(|part| path.contains(part))
}

impl Template {
    /// The request, with `values` in its open parts, from `device`; a form brings the token of the device's last page.
    pub fn filled(&self, device: &Device, values: &Values) -> RequestBuilder {
        let filled = |text: &str| {
            let fill = |text: String, (part, value): (&&str, &String)| text.replace(*part, value);
            values.iter().fold(text.to_owned(), fill)
        };
        let request = device.request(self.method.clone(), &filled(&self.path));
        match &self.body {
            Body::None => request,
            Body::Form(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, filled(value))).collect();
                let all: Vec<_> = std::iter::once(("csrf", device.csrf())).chain(fields).collect();
                request.header(header::ORIGIN, device.origin()).form(&all)
            }
            Body::Json(json) => request.header(header::CONTENT_TYPE, "application/json").body(filled(json)),
        }
    }

    /// A form's fields but the token.
    pub fn fields(&self) -> &'static [(&'static str, &'static str)] {
        match self.body {
            Body::Form(fields) => fields,
            Body::None | Body::Json(_) => &[],
        }
    }

    /// The parts that it leaves open.
    pub fn parts(&self) -> Vec<&'static str> {
        let in_body = |part: &str| match &self.body {
            Body::None => false,
            Body::Form(fields) => fields.iter().any(|(_, value)| *value == part),
            Body::Json(json) => json.contains(part),
        };
        PARTS.iter().copied().filter(|part| self.path.contains(part) || in_body(part)).collect()
    }

    /// Whether it asks for a change.
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether it is the API's.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// Whether everybody may see it.
    pub fn is_public(&self) -> bool {
        self.public
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
