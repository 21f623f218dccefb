//! The accept loop: HTTP/1.1 and HTTP/2 connections with every wait bounded.
//!
//! poem's own server has no header or body time-out: hundreds of dripping clients stay for ever. So the loop is ours,
//! on hyper-util's builder, and poem answers the requests. TLS ends before us, at the operator's proxy.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use http::{HeaderValue, Method, StatusCode, Version, header, uri::Scheme};
use hyper::{body::Body as _, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use poem::{
    Body, Endpoint, IntoEndpoint, IntoResponse, Request, RequestParts,
    web::{LocalAddr, RemoteAddr},
};
use prometheus::IntGauge;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{Semaphore, watch},
    time::{Instant, sleep, timeout},
};

use super::{
    connection::{Activity, CountedBody, TimedBody, WatchedSocket},
    problem::Problem,
    shutdown::ShutdownSignal,
};

/// How long the head of a request may take, from its first byte, and how long a new connection may stay silent.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the whole body of a request may take, from the end of its head, however it drips.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection is kept between requests. Longer than the 60 s that nginx keeps its side, so that the proxy
/// and not we close first and no request falls into the gap.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);
/// How long a client may leave what we send unread.
pub const WRITE_STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long we go on throwing away a refused body, so that the client gets to read the refusal.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long requests in flight may take to finish after the shutdown began.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Open connections at once; the next waits in the kernel's queue.
pub const MAX_CONNECTIONS: usize = 20_000;

/// Connections that the kernel queues before we accept them.
const LISTEN_BACKLOG: u32 = 1_024;
/// The pause after an accept that failed for want of something (file handles, memory), before trying again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// What a connection buffers, bytes; on HTTP/1 also the bound on a request's head.
const MAX_BUFFER_BYTES: usize = 64 * 1024;
/// Headers of one HTTP/2 request, bytes.
const MAX_HTTP2_HEADER_BYTES: u32 = 16 * 1024;
/// Requests at once on one HTTP/2 connection.
const MAX_HTTP2_STREAMS: u32 = 128;
/// HTTP/2 streams that were opened and reset before we looked at them (the "rapid reset" attack, CVE-2023-44487).
const MAX_HTTP2_PENDING_RESETS: usize = 20;
/// How often an HTTP/2 connection is asked whether its client is still there.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long the client may take to say so.
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(20);
/// What one HTTP/2 stream may have waiting to be sent, bytes.
const MAX_HTTP2_SEND_BYTES: usize = 64 * 1024;

/// Every wait and count that [`serve`] bounds; the defaults are this module's constants.
#[derive(Debug, Clone)]
pub struct Limits {
    /// See [`HEAD_TIMEOUT`].
    pub head: Duration,
    /// See [`BODY_TIMEOUT`].
    pub body: Duration,
    /// See [`IDLE_TIMEOUT`].
    pub idle: Duration,
    /// See [`WRITE_STALL_TIMEOUT`].
    pub write_stall: Duration,
    /// See [`LINGER_TIMEOUT`].
    pub linger: Duration,
    /// See [`DRAIN_TIMEOUT`].
    pub drain: Duration,
    /// See [`MAX_CONNECTIONS`].
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: HEAD_TIMEOUT,
            body: BODY_TIMEOUT,
            idle: IDLE_TIMEOUT,
            write_stall: WRITE_STALL_TIMEOUT,
            linger: LINGER_TIMEOUT,
            drain: DRAIN_TIMEOUT,
            connections: MAX_CONNECTIONS,
        }
    }
}

/// How the server's connections stand, told to each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Phase {
    Open,
    /// Finish what is in flight, take nothing new.
    Draining,
    /// Close at once.
    Cut,
}

/// A listener on `address` that can follow a predecessor on the same port at once (`SO_REUSEADDR`).
///
/// # Errors
/// What the operating system says: most often that the port is taken or privileged.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Serves `endpoint` on `listener` until `shutdown` begins; then stops accepting, lets requests in flight finish for
/// up to `limits.drain`, and cuts the rest. `open_connections` follows the count.
///
/// # Errors
/// Only what the listener says of its own address; a failing connection never ends the server.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    limits: Limits,
    open_connections: IntGauge,
    shutdown: ShutdownSignal,
) -> io::Result<()>
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let places = Arc::new(Semaphore::new(limits.connections));
    let phase = watch::Sender::new(Phase::Open);
    let server = Arc::new(Server {
        endpoint: endpoint.into_endpoint(),
        builder: connection_builder(),
        local: LocalAddr(listener.local_addr()?.into()),
        limits,
        open_connections,
    });
    let mut begun = pin!(shutdown.begun());
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, peer)| (place, stream, peer))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            () = &mut begun => break,
        };
        match accepted {
            Ok((place, stream, peer)) => {
                let (server, phase) = (server.clone(), phase.subscribe());
                tokio::spawn(async move {
                    server.connection(stream, peer, phase).await;
                    drop(place);
                });
            }
            Err(fault) if is_the_clients(&fault) => {}
            Err(fault) => {
                tracing::warn!(%fault, "cannot accept a connection; trying again");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    phase.send_replace(Phase::Draining);
    if timeout(server.limits.drain, phase.closed()).await.is_err() {
        tracing::warn!(connections = server.open_connections.get(), "cutting what did not finish in time");
        phase.send_replace(Phase::Cut);
        // A task that does not yield cannot be waited for for ever.
        let _ = timeout(server.limits.drain, phase.closed()).await;
    }
    Ok(())
}

fn is_the_clients(fault: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(fault.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn connection_builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The connection's own watch times heads from the first byte on (see `connection`).
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(MAX_BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_HTTP2_STREAMS)
        .max_pending_accept_reset_streams(MAX_HTTP2_PENDING_RESETS)
        .max_header_list_size(MAX_HTTP2_HEADER_BYTES)
        .max_send_buf_size(MAX_HTTP2_SEND_BYTES)
        .keep_alive_interval(HTTP2_PING_INTERVAL)
        .keep_alive_timeout(HTTP2_PING_TIMEOUT);
    builder
}

struct Server<E> {
    endpoint: E,
    builder: Builder<TokioExecutor>,
    local: LocalAddr,
    limits: Limits,
    open_connections: IntGauge,
}

impl<E: Endpoint + 'static> Server<E> {
    async fn connection(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        mut phase: watch::Receiver<Phase>,
    ) {
        let _open = Counted::new(&self.open_connections);
        // Without it Nagle's algorithm holds small answers back; where it fails, answers are only slower.
        let _ = stream.set_nodelay(true);
        let activity = Arc::new(Activity::new(Instant::now()));
        let remote = RemoteAddr(peer.into());
        let service = service_fn(|request: http::Request<Incoming>| {
            let (server, activity, remote) = (self.clone(), activity.clone(), remote.clone());
            async move {
                let version = request.version();
                let in_flight = activity.request_begun(version);
                let response = match server.accept_request(request, remote, &activity) {
                    // Boxed, so that a connection between requests does not hold room for one.
                    Ok(request) => Box::pin(server.endpoint.get_response(request)).await,
                    Err(problem) => problem.into_response(),
                };
                let mut response: http::Response<_> = response.into();
                // hyper closes the connection then but does not say so, and a client's next request would run into it.
                if version < Version::HTTP_2 && activity.leaves_body_unread() {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, Infallible>(response.map(|body| CountedBody::new(body, in_flight)))
            }
        });
        let socket = TokioIo::new(WatchedSocket::new(stream, activity.clone()));
        let mut connection = pin!(self.builder.serve_connection(socket, service));
        let mut out_of_time = pin!(activity.out_of_time(&self.limits));
        tokio::select! {
            biased;
            _ = connection.as_mut() => return,
            () = &mut out_of_time => return,
            _ = phase.wait_for(|phase| *phase >= Phase::Draining) => {}
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            biased;
            _ = connection.as_mut() => {}
            () = &mut out_of_time => {}
            _ = phase.wait_for(|phase| *phase >= Phase::Cut) => {}
        }
    }

    fn accept_request(
        &self,
        request: http::Request<Incoming>,
        remote: RemoteAddr,
        activity: &Arc<Activity>,
    ) -> Result<Request, Problem> {
        // poem's router slices paths and would panic on a target without one.
        if request.method() == Method::CONNECT || !request.uri().path().starts_with('/') {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-target",
                "The address asked for is not a path",
            ));
        }
        let (parts, incoming) = request.into_parts();
        let body = if incoming.is_end_stream() {
            Body::empty()
        } else {
            let deadline = Instant::now() + self.limits.body;
            Body::from_bytes_stream(TimedBody::new(incoming, activity.clone(), deadline))
        };
        let parts = RequestParts::from((parts, self.local.clone(), remote, Scheme::HTTP));
        Ok(Request::from_parts(parts, body))
    }
}

/// One more in a gauge, until dropped.
struct Counted<'a>(&'a IntGauge);

impl<'a> Counted<'a> {
    fn new(gauge: &'a IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
