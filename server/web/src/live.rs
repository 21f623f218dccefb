//! Live updates: one watcher a round, however many look at it. It gathers what changed for a moment, asks once, and tells all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use actions::{Changes, Followed, Tenant};
use domain::ids::{ParticipantId, PostId, RoundId, TenantId};
use futures_util::{Stream, StreamExt, stream};
use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Request, Response, Result, handler};
use serde::Serialize;
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, sleep, sleep_until};

use crate::fault::PageError;
use crate::state::State;
use crate::visitor::Visitor;

/// For how long changes are gathered before all are told.
const GATHER: Duration = Duration::from_millis(250);
/// Streams that one participant may have open at once: tabs and devices. A further page polls.
const MAX_STREAMS: usize = 8;
/// Said to programs that open more.
const MANY_STREAMS: &str = "Too many live streams are open. Close one.";
/// How often a silent stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Announcements that a slow reader may fall behind; then it is told to load the page again.
const BACKLOG: usize = 64;

/// What changed, as pages read it.
#[derive(Serialize)]
struct Announcement {
    revision: i64,
    new: Vec<PostId>,
    changed: Vec<Counted>,
    new_comments: Vec<NewComment>,
    gone: Vec<PostId>,
    reload: bool,
    /// Whether the conversation's dates changed.
    dates: bool,
}

#[derive(Serialize)]
struct Counted {
    id: PostId,
    agree: i64,
    disagree: i64,
    pass: i64,
    comments: i64,
    amended: bool,
}

#[derive(Serialize)]
struct NewComment {
    contribution: PostId,
    id: PostId,
}

impl From<Changes> for Announcement {
    fn from(changes: Changes) -> Self {
        Self {
            revision: changes.revision,
            new: changes.new,
            changed: changes
                .changed
                .into_iter()
                .map(|post| Counted {
                    id: post.id,
                    agree: post.votes.agree,
                    disagree: post.votes.disagree,
                    pass: post.votes.pass,
                    comments: post.comments,
                    amended: post.amended,
                })
                .collect(),
            new_comments: changes
                .new_comments
                .into_iter()
                .map(|(contribution, id)| NewComment { contribution, id })
                .collect(),
            gone: changes.gone,
            reload: changes.reload,
            dates: changes.dates,
        }
    }
}

/// The session that a stream is for: the stream ends with it.
struct Good {
    state: Weak<State>,
    tenant: Arc<Tenant>,
    token: String,
}

impl Good {
    async fn still(&self) -> bool {
        let Some(state) = self.state.upgrade() else { return false };
        matches!(state.actions().resume_session(&self.tenant, &self.token).await, Ok(Some(_)))
    }
}

/// A stream that is open, counted for its participant until it is dropped.
struct Open {
    state: Weak<State>,
    participant: ParticipantId,
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(state) = self.state.upgrade() else { return };
        let mut open = state.hub.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(streams) = open.get_mut(&self.participant) {
            *streams -= 1;
            if *streams == 0 {
                open.remove(&self.participant);
            }
        }
    }
}

#[derive(Clone)]
struct Told {
    revision: i64,
    json: Arc<str>,
}

struct Topic {
    tell: broadcast::Sender<Told>,
    changed: Notify,
}

type Topics = HashMap<(TenantId, RoundId), Arc<Topic>>;

/// The rounds that somebody watches, and how many streams each participant has open.
#[derive(Default)]
pub(crate) struct Hub {
    topics: Mutex<Topics>,
    open: Mutex<HashMap<ParticipantId, usize>>,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Topics> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more stream for `participant`, unless they have [`MAX_STREAMS`] already.
    fn open(state: &Arc<State>, participant: ParticipantId) -> Option<Open> {
        let mut open = state.hub.open.lock().unwrap_or_else(PoisonError::into_inner);
        let streams = open.entry(participant).or_default();
        if *streams == MAX_STREAMS {
            return None;
        }
        *streams += 1;
        Some(Open { state: Arc::downgrade(state), participant })
    }

    /// Passes on, for as long as `state` lives, which rounds changed.
    pub fn follow(state: &Arc<State>) {
        let mut following = state.actions().follow();
        let state = Arc::downgrade(state);
        tokio::spawn(async move {
            while let Some(followed) = following.next().await {
                let Some(state) = state.upgrade() else { return };
                let topics = state.hub.lock();
                match followed {
                    Followed::Round(tenant, round) => {
                        topics.get(&(tenant, round)).into_iter().for_each(|topic| topic.changed.notify_one());
                    }
                    Followed::Any => topics.values().for_each(|topic| topic.changed.notify_one()),
                }
            }
        });
    }

    /// Watches a round from `revision` on.
    fn watch(
        state: &Arc<State>,
        tenant: TenantId,
        round: RoundId,
        revision: i64,
    ) -> broadcast::Receiver<Told> {
        let mut topics = state.hub.lock();
        if let Some(topic) = topics.get(&(tenant, round)) {
            return topic.tell.subscribe();
        }
        let topic = Arc::new(Topic { tell: broadcast::Sender::new(BACKLOG), changed: Notify::new() });
        let receiver = topic.tell.subscribe();
        topics.insert((tenant, round), Arc::clone(&topic));
        tokio::spawn(tell_all(Arc::downgrade(state), topic, tenant, round, revision));
        receiver
    }
}

/// Tells a topic's watchers what changed, until there are none.
async fn tell_all(
    state: Weak<State>,
    topic: Arc<Topic>,
    tenant: TenantId,
    round: RoundId,
    mut revision: i64,
) {
    loop {
        tokio::select! {
            () = topic.changed.notified() => sleep(GATHER).await,
            () = sleep(HEARTBEAT) => {}
        }
        let Some(state) = state.upgrade() else { return };
        {
            let mut topics = state.hub.lock();
            if topic.tell.receiver_count() == 0 {
                topics.remove(&(tenant, round));
                return;
            }
        }
        // A fault is temporary: what changed meanwhile is asked for the next time.
        let Ok(Some(changes)) = state.actions().changes_since(tenant, round, revision).await else {
            continue;
        };
        if changes.revision == revision {
            continue;
        }
        revision = changes.revision;
        if let Ok(json) = serde_json::to_string(&Announcement::from(changes)) {
            // Watchers who have just gone need no telling.
            let _ = topic.tell.send(Told { revision, json: json.into() });
        }
    }
}

#[handler]
pub(crate) async fn follow(
    request: &Request,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response> {
    let reader = visitor.participant(&slug)?;
    let state = Arc::clone(&reader.state);
    let (tenant, round) = (reader.tenant().id, reader.round.id);
    // A browser that reconnects says what it heard last.
    let heard = request.header("last-event-id").and_then(|id| id.parse().ok());
    let since = heard.or_else(|| reader.query.get("since")?.parse().ok()).unwrap_or(i64::MAX);
    let now = state.actions().revision(reader.tenant(), round).await.map_err(PageError::from)?;
    let now = now.ok_or(PageError::NotFound)?;
    let open = Hub::open(&state, reader.session.participant).ok_or(PageError::Busy(MANY_STREAMS.into()))?;
    // Watched first and asked afterwards, so that nothing falls between.
    let receiver = Hub::watch(&state, tenant, round, now);
    let missed = match since {
        i64::MAX => None,
        since => state.actions().changes_since(tenant, round, since).await.map_err(PageError::from)?,
    };
    let first = missed.filter(|changes| changes.revision > since).and_then(|changes| {
        let revision = changes.revision;
        let json = serde_json::to_string(&Announcement::from(changes)).ok()?;
        Some(Told { revision, json: json.into() })
    });
    let counted = state.metrics.live_stream();
    let token = reader.token.clone().unwrap_or_default();
    let good = Good { state: Arc::downgrade(&state), tenant: Arc::clone(&reader.dressed.tenant), token };
    let events = state.shutdown.end(announcements(first, receiver, good)).map(move |event| {
        let _open = (&counted, &open);
        event
    });
    let mut response = SSE::new(events).into_response();
    response.headers_mut().insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The events of one stream: what was missed, then what is told, and a beat whenever it has been silent for long.
fn announcements(
    first: Option<Told>,
    receiver: broadcast::Receiver<Told>,
    good: Good,
) -> impl Stream<Item = Event> + Send {
    let begun = first.map_or_else(|| Event::message("{}").event_type("beat"), |told| announced(&told));
    let rest = stream::unfold((receiver, good), |(mut receiver, good)| async move {
        let silent_until = Instant::now() + HEARTBEAT;
        let event = tokio::select! {
            told = receiver.recv() => match told {
                Ok(told) => announced(&told),
                Err(broadcast::error::RecvError::Lagged(_)) => Event::message("{\"reload\":true}").event_type("change"),
                Err(broadcast::error::RecvError::Closed) => return None,
            },
            () = sleep_until(silent_until) => Event::message("{}").event_type("beat"),
        };
        good.still().await.then_some((event, (receiver, good)))
    });
    stream::once(async move { begun }).chain(rest)
}

fn announced(told: &Told) -> Event {
    Event::message(told.json.as_ref()).event_type("change").id(told.revision.to_string())
}

#[handler]
pub(crate) async fn poll(request: &Request, visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let reader = visitor.participant(&slug)?;
    let since = reader.query.get("since").and_then(|since| since.parse().ok()).unwrap_or(0);
    let changes = reader.state.actions().changes_since(reader.tenant().id, reader.round.id, since).await;
    let changes = changes.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let etag = format!("\"{since}-{}\"", changes.revision);
    // Weak or strong: a compressed answer's tag is weak (RFC 9110, 13.1.2).
    let known = request.header(header::IF_NONE_MATCH).map(|tag| tag.trim_start_matches("W/"));
    if known == Some(etag.as_str()) {
        return Ok(Response::builder().status(StatusCode::NOT_MODIFIED).header(header::ETAG, etag).finish());
    }
    let body =
        serde_json::to_string(&Announcement::from(changes)).map_err(|e| PageError::Fault(e.to_string()))?;
    Ok(Response::builder()
        .header(header::ETAG, etag)
        .header(header::CACHE_CONTROL, "no-cache")
        .content_type("application/json")
        .body(body))
}
