//! The previewer of `candour plugin dev`: a round of a round type that is being written, in the browser of whoever writes it.
//!
//! Here: its pages, drawn as participants get them, with what stands behind them beside it. Not here: the round itself, which is a [`Rehearsal`] that
//! `app` brings: the same host as in a server, with a state in memory. It serves this machine alone: whoever asks under another name than the
//! machine's own, or sends a form from elsewhere, is refused.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actions::round_types::{Node, Page, Problem, SentForm};
use domain::branding::{Colour, Palette};
use futures_util::future::BoxFuture;
use poem::http::{StatusCode, header};
use poem::web::{Data, Html, Path, Redirect};
use poem::{
    Endpoint, EndpointExt, Error, IntoResponse, Request, Response, Result, Route, get, handler, post,
};
use prometheus::IntGauge;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::assets;
use crate::edge::csrf::CSRF_FIELD;
use crate::edge::form::Form;
use crate::edge::serve::{Limits, serve};
use crate::edge::shutdown::ShutdownSignal;
use crate::pages::files;
use crate::render::{RenderError, Renderer, branding_css};
use crate::views::blocks::{self, BUTTON_FIELD, FORM_FIELD, Place, Refused, ThreadBox};
use crate::views::{Preview, PreviewPerson};

/// Colours that no tenant has.
const BRAND: Colour = Colour(0x42, 0x55, 0x63);

/// Who looks at the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Onlooker {
    /// A participant.
    A,
    /// Another one.
    B,
    /// A third, in another group.
    C,
    /// Somebody who reads and does not take part.
    Reader,
}

impl Onlooker {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::Reader];

    /// As it stands in addresses, and as the participant's token.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::Reader => "reader",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::A => "Participant A",
            Self::B => "Participant B",
            Self::C => "Participant C",
            Self::Reader => "Somebody who only reads",
        }
    }
}

/// What the author does with the round itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It has not opened yet.
    Before,
    /// It is open.
    Open,
    /// It has closed.
    Closed,
    /// Everything that it keeps is forgotten.
    Empty,
}

/// A page of the round, with what stands behind it.
#[derive(Clone, Debug)]
pub struct Look {
    /// The page, or why there is none.
    pub page: Result<Page, String>,
    /// What stands behind it.
    pub behind: Behind,
}

/// What a participant never sees.
#[derive(Clone, Debug)]
pub struct Behind {
    /// Which component it is, in words.
    pub component: String,
    /// Whether the round is open, in words.
    pub phase: String,
    /// Why what was written last is not what runs, if it is not.
    pub stale: Option<String>,
    /// What came of the last form: names and values.
    pub came: Vec<(String, String)>,
    /// What the round keeps: places and values.
    pub state: Vec<(String, String)>,
    /// What it comes to: subject, measure, group, people and value of each figure; or why it comes to nothing.
    pub tally: Result<Vec<[String; 5]>, String>,
    /// What the round type says to its author.
    pub log: Vec<String>,
}

impl Default for Behind {
    fn default() -> Self {
        Self {
            component: String::new(),
            phase: String::new(),
            stale: None,
            came: Vec::new(),
            state: Vec::new(),
            tally: Ok(Vec::new()),
            log: Vec::new(),
        }
    }
}

/// What became of a form.
#[derive(Clone, Debug)]
pub enum Taken {
    /// It was taken: the page to go to.
    Done(String),
    /// Some answers cannot be taken.
    Invalid(Vec<Problem>),
    /// It was not taken, for a reason that stands behind the page.
    Refused,
}

/// The round that is previewed.
pub trait Rehearsal: Send + Sync {
    /// Draws `page` for `who`.
    fn look<'a>(&'a self, who: Onlooker, page: &'a str) -> BoxFuture<'a, Look>;
    /// Takes what `who` sent.
    fn send<'a>(&'a self, who: Onlooker, sent: &'a SentForm) -> BoxFuture<'a, Taken>;
    /// Does something with the round itself.
    fn turn(&self, turn: Turn);
}

/// Everything that the handlers need.
struct Previewer {
    rehearsal: Arc<dyn Rehearsal>,
    renderer: Renderer,
    /// Every form sends it back; nobody else's page knows it.
    token: String,
    address: SocketAddr,
}

type Shared = Arc<Previewer>;

/// Serves the previewer on `listener` until `shutdown`; `token` is chance, new each time.
///
/// # Errors
/// A template is broken, or the listener fails.
pub async fn preview(
    listener: TcpListener,
    rehearsal: Arc<dyn Rehearsal>,
    token: String,
    shutdown: ShutdownSignal,
) -> io::Result<()> {
    let renderer = Renderer::new().map_err(io::Error::other)?;
    let previewer = Previewer { rehearsal, renderer, token, address: listener.local_addr()? };
    let uncounted = IntGauge::new("previewer_connections", "not shown").map_err(io::Error::other)?;
    serve(listener, routes(Arc::new(previewer)), Limits::default(), uncounted, shutdown).await
}

fn routes(previewer: Shared) -> impl Endpoint + 'static {
    Route::new()
        .at("/", get(begin))
        .at("/assets/:file", get(files::asset))
        .at("/colours.css", get(colours))
        .at("/turn/:who/:turn", post(turn))
        .at("/round/:who", get(first).post(send_first))
        .at("/round/:who/*page", get(other).post(send_other))
        .data(Arc::clone(&previewer))
        .around(move |endpoint, request| {
            let known = is_own_name(&request, previewer.address);
            async move {
                match known {
                    true => Ok(endpoint.call(request).await?.into_response()),
                    false => Err(Error::from_status(StatusCode::MISDIRECTED_REQUEST)),
                }
            }
        })
}

/// Whether the browser asked under a name that only this machine has: a page elsewhere may have its own name lead here.
fn is_own_name(request: &Request, address: SocketAddr) -> bool {
    let host = request.header(header::HOST).unwrap_or_default();
    host == address.to_string() || host == format!("localhost:{}", address.port())
}

#[handler]
fn begin() -> Redirect {
    Redirect::see_other("/round/a")
}

#[handler]
fn colours() -> Response {
    Response::builder()
        .content_type("text/css; charset=utf-8")
        .body(branding_css(&Palette::from_brand(BRAND, None, None)))
}

#[handler]
async fn first(Data(previewer): Data<&Shared>, Path(who): Path<Onlooker>) -> Result<Html<String>> {
    previewer.show(who, "", None).await
}

#[handler]
async fn other(
    Data(previewer): Data<&Shared>,
    Path((who, page)): Path<(Onlooker, String)>,
) -> Result<Html<String>> {
    previewer.show(who, &page, None).await
}

#[handler]
async fn send_first(
    Data(previewer): Data<&Shared>,
    Path(who): Path<Onlooker>,
    form: Form,
) -> Result<Response> {
    previewer.take(who, "", &form).await
}

#[handler]
async fn send_other(
    Data(previewer): Data<&Shared>,
    Path((who, page)): Path<(Onlooker, String)>,
    form: Form,
) -> Result<Response> {
    previewer.take(who, &page, &form).await
}

#[handler]
fn turn(
    Data(previewer): Data<&Shared>,
    Path((who, turn)): Path<(Onlooker, Turn)>,
    form: Form,
) -> Result<Redirect> {
    previewer.check(&form)?;
    previewer.rehearsal.turn(turn);
    Ok(Redirect::see_other(address_of(who)))
}

fn address_of(who: Onlooker) -> String {
    format!("/round/{}", who.name())
}

impl Previewer {
    fn check(&self, form: &Form) -> Result<()> {
        match form.get(CSRF_FIELD) == Some(self.token.as_str()) {
            true => Ok(()),
            false => Err(Error::from_string(
                "This form is from another run. Load the page again.",
                StatusCode::FORBIDDEN,
            )),
        }
    }

    async fn take(&self, who: Onlooker, page: &str, form: &Form) -> Result<Response> {
        self.check(form)?;
        let mut fields = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in form.fields() {
            if ![CSRF_FIELD, FORM_FIELD, BUTTON_FIELD].contains(&name.as_str()) {
                fields.entry(name.clone()).or_default().push(value.clone());
            }
        }
        let field = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let sent =
            SentForm { page: page.to_owned(), form: field(FORM_FIELD), pressed: field(BUTTON_FIELD), fields };
        Ok(match self.rehearsal.send(who, &sent).await {
            Taken::Done(page) => {
                let slash = if page.is_empty() { "" } else { "/" };
                Redirect::see_other(format!("{}{slash}{page}", address_of(who))).into_response()
            }
            Taken::Invalid(problems) => {
                let refused = Refused { form: &sent.form, problems: &problems, typed: &sent.fields };
                self.show(who, page, Some(&refused)).await?.into_response()
            }
            Taken::Refused => self.show(who, page, None).await?.into_response(),
        })
    }

    async fn show(&self, who: Onlooker, page: &str, refused: Option<&Refused<'_>>) -> Result<Html<String>> {
        let Look { page: drawn, behind } = self.rehearsal.look(who, page).await;
        let address = address_of(who);
        let place = Place { address: &address, page, base: "", csrf: &self.token };
        let (drawn, no_page) = match drawn {
            Ok(drawn) => (drawn, None),
            Err(why) => (Page::default(), Some(why)),
        };
        let mut threads = BTreeMap::new();
        empty_threads(&drawn.nodes, &mut threads);
        let (tally, no_tally) = match behind.tally {
            Ok(figures) => (figures, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let person =
            |one: Onlooker| PreviewPerson { label: one.label(), href: address_of(one), current: one == who };
        let view = Preview {
            css: assets::url("candour.css"),
            people: Onlooker::ALL.map(person).to_vec(),
            turns: format!("/turn/{}", who.name()),
            page: page.to_owned(),
            blocks: blocks::view(&drawn, &place, refused, &threads),
            no_page,
            component: behind.component,
            phase: behind.phase,
            stale: behind.stale,
            came: behind.came,
            state: behind.state,
            tally,
            no_tally,
            log: behind.log,
        };
        let html = self.renderer.render(&view);
        Ok(Html(html.map_err(|error: RenderError| {
            Error::from_string(error.to_string(), StatusCode::INTERNAL_SERVER_ERROR)
        })?))
    }
}

/// Comments are the host's: here there are none, but one sees where they would be.
fn empty_threads(nodes: &[Node], threads: &mut BTreeMap<String, ThreadBox>) {
    for node in nodes {
        if let Node::Thread(thread) = node {
            let none = ThreadBox { href: "#behind".to_owned(), count: 0, latest: Vec::new() };
            threads.insert(thread.subject.clone(), none);
        }
        empty_threads(node.children(), threads);
    }
}

#[cfg(test)]
mod tests;
