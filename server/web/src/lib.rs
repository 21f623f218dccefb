//! The web: pages, the JSON API and live updates, over the same actions.
//!
//! Here: everything that speaks HTTP. `routes.rs` is the whole URL map; `pages/` answers it with HTML, `api/` with JSON; `edge/`
//! stands between the socket and them; `views/` and `templates/` are what people see. Not here: rules, SQL, time and chance. To
//! add a page: a view with samples, a template, a handler in `pages/`, a line in `routes.rs`.

pub mod api;
pub mod assets;
mod charts;
mod console;
mod cursor;
mod dress;
pub mod edge;
mod fault;
mod live;
mod pages;
mod posted;
pub mod previewer;
pub mod render;
mod routes;
mod state;
mod tenancy;
mod text_html;
pub mod views;
mod visitor;

use std::sync::Arc;

use actions::{Sides, Tenant};
use domain::Entropy;
use edge::address::TrustedProxies;
use edge::headers::Transport;
use edge::metrics::Metrics;
use edge::operations::Readiness;
use edge::shutdown::ShutdownSignal;
use poem::Endpoint;
use thiserror::Error;

pub use routes::{RouteInfo, all_routes};
use state::State;

/// The OpenAPI description of the JSON API, as `docs/openapi.json` has it.
pub use api::openapi_json;

/// What is said on every page of a demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoNote {
    /// In every tenant.
    pub words: String,
    /// In one tenant besides: its short name, and what is said there.
    pub of_one: (String, String),
}

impl DemoNote {
    /// The words for the tenant called `slug`.
    fn of(&self, slug: &str) -> String {
        let (one, more) = &self.of_one;
        if one == slug { format!("{} {more}", self.words) } else { self.words.clone() }
    }
}

/// What a deployment decides about its web side.
#[derive(Clone)]
pub struct Settings {
    /// Keys the tokens of forms; 32 random bytes that stay the same across restarts and processes.
    pub csrf_key: [u8; 32],
    /// Whether people reach it by HTTPS.
    pub transport: Transport,
    /// The proxies whose word about their client is taken.
    pub trusted_proxies: TrustedProxies,
    /// Said on every page of a demonstration.
    pub demo_note: Option<DemoNote>,
    /// Under which addresses people find both sides of a tenant.
    pub addresses: Arc<dyn Addresses>,
    /// Who runs the other side, where somebody else does.
    pub other_side_owner: Option<String>,
    /// A demonstration's mailbox, which a page shows to anybody.
    pub mailbox: Option<Arc<dyn MailboxPage>>,
}

/// Under which addresses people find a tenant. Each ends with a slash.
pub trait Addresses: Send + Sync {
    /// Where people come in.
    fn identity(&self, tenant: &Tenant) -> String;
    /// Where they talk.
    fn conversation(&self, tenant: &Tenant) -> String;
    /// Whether the two are the same place.
    fn together(&self) -> bool;
}

/// What a demonstration's mailbox holds, newest first.
pub trait MailboxPage: Send + Sync {
    /// Every message: recipient, subject, text.
    fn messages(&self) -> Vec<ShownEmail>;
}

/// An email of a demonstration.
#[derive(Clone, Debug)]
pub struct ShownEmail {
    /// Whom it went to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
}

/// Why the web side cannot start.
#[derive(Debug, Error)]
pub enum StartRefusal {
    /// A template is broken.
    #[error(transparent)]
    Template(#[from] render::RenderError),
    /// The CSRF key is all zeros.
    #[error(transparent)]
    Key(#[from] edge::csrf::ZeroKey),
    /// Metrics cannot be registered.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}

/// The web side, ready to be served.
#[derive(Clone)]
pub struct Web {
    state: Arc<State>,
}

impl Web {
    /// Prepares templates, limits and live updates over what this process serves.
    ///
    /// # Errors
    /// A [`StartRefusal`].
    pub fn new(
        sides: Sides,
        settings: Settings,
        entropy: Arc<dyn Entropy>,
        shutdown: ShutdownSignal,
    ) -> Result<Self, StartRefusal> {
        let state = Arc::new(State::new(sides, settings, entropy, shutdown)?);
        if state.sides.conversation.is_some() {
            live::Hub::follow(&state);
        }
        Ok(Self { state })
    }

    /// Everything that the public sees.
    pub fn site(&self) -> impl Endpoint + 'static {
        routes::site(&self.state)
    }

    /// Health, readiness and metrics: for the operator's own port.
    pub fn operations(&self) -> impl Endpoint + 'static {
        let state = Arc::clone(&self.state);
        edge::operations::operations(self.state.metrics.clone(), move || {
            let state = Arc::clone(&state);
            async move {
                match state.sides.check_databases().await {
                    Ok(()) => Readiness::Ready,
                    Err(error) => Readiness::NotReady(vec![error.to_string()]),
                }
            }
        })
    }

    /// The counts that [`operations`](Self::operations) shows.
    pub fn metrics(&self) -> &Metrics {
        &self.state.metrics
    }
}
