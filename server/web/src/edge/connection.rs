//! One connection's watch: what it is doing, since when, and when that has taken too long.
//!
//! hyper has a header time-out for HTTP/1 only, which also counts idle keep-alive and starts after the HTTP version
//! is known, and none for a client that stops reading. One alarm per connection covers all of it here, at the cost of
//! a few uncontended locks per request and no timer per request.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use http::Version;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

use super::serve::Limits;

/// How much of a refused body is read and thrown away before the connection closes, bytes. Closing with unread bytes
/// makes the kernel send a reset, which can overtake the refusal that the client should read.
const LINGER_BYTES: usize = 16 * 1024 * 1024;

/// What one read of a refused body takes, bytes.
const LINGER_READ_BYTES: usize = 16 * 1024;

/// What the client and we are in the middle of.
#[derive(Debug, Clone, Copy)]
enum Exchange {
    /// The head of a request is due: a new connection, or some bytes of a head have come.
    Head { since: Instant },
    /// Kept alive between requests.
    Idle { since: Instant },
    /// This many requests are being answered (above one on HTTP/2 only).
    Busy { requests: u32 },
}

#[derive(Debug)]
struct State {
    exchange: Exchange,
    write_blocked: Option<Instant>,
    lingering: Option<Instant>,
    /// HTTP/2 frames are not heads: pings on an idle connection must not start the head's clock.
    multiplexed: bool,
    body_left_unread: bool,
}

/// The shared record of what a connection is doing.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

impl Activity {
    pub(super) fn new(accepted: Instant) -> Self {
        Self(Mutex::new(State {
            exchange: Exchange::Head { since: accepted },
            write_blocked: None,
            lingering: None,
            multiplexed: false,
            body_left_unread: false,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request's head is complete; the request lasts until the guard is dropped.
    pub(super) fn request_begun(self: &Arc<Self>, version: Version) -> InFlight {
        let mut state = self.state();
        state.multiplexed = version == Version::HTTP_2;
        // hyper has dealt with the body before this one, or there would be no next request.
        state.body_left_unread = false;
        state.exchange = match state.exchange {
            Exchange::Busy { requests } => Exchange::Busy { requests: requests + 1 },
            Exchange::Head { .. } | Exchange::Idle { .. } => Exchange::Busy { requests: 1 },
        };
        InFlight(self.clone())
    }

    /// Whether part of the present request's body was refused, so that the connection will be closed.
    pub(super) fn leaves_body_unread(&self) -> bool {
        self.state().body_left_unread
    }

    fn request_ended(&self) {
        let mut state = self.state();
        state.exchange = match state.exchange {
            Exchange::Busy { requests } if requests > 1 => Exchange::Busy { requests: requests - 1 },
            _ => Exchange::Idle { since: Instant::now() },
        };
    }

    fn bytes_read(&self) {
        let mut state = self.state();
        if let (Exchange::Idle { .. }, false) = (state.exchange, state.multiplexed) {
            state.exchange = Exchange::Head { since: Instant::now() };
        }
    }

    /// When the connection is to be cut unless something happens first.
    fn deadline(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        let exchange = match state.exchange {
            Exchange::Head { since } => Some(since + limits.head),
            Exchange::Idle { since } => Some(since + limits.idle),
            Exchange::Busy { .. } => None,
        };
        let write = state.write_blocked.map(|since| since + limits.write_stall);
        let linger = state.lingering.map(|since| since + limits.linger);
        [exchange, write, linger].into_iter().flatten().min()
    }

    /// Waits until the connection has run out of time. Poll it after the connection itself: it reads the record anew
    /// at each poll, and arms its one timer only when a deadline comes before the armed one.
    pub(super) async fn out_of_time(&self, limits: &Limits) {
        let mut alarm = std::pin::pin!(sleep_until(Instant::now() + limits.head));
        poll_fn(|cx| {
            loop {
                let Some(deadline) = self.deadline(limits) else { return Poll::Pending };
                if alarm.is_elapsed() || deadline < alarm.deadline() {
                    alarm.as_mut().reset(deadline);
                }
                ready!(alarm.as_mut().poll(cx));
                if Instant::now() >= deadline {
                    return Poll::Ready(());
                }
            }
        })
        .await;
    }
}

/// A request being answered, until dropped.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.request_ended();
    }
}

/// The socket, which reports what it sees.
#[derive(Debug)]
pub(super) struct WatchedSocket {
    stream: TcpStream,
    activity: Arc<Activity>,
    write_blocked: bool,
    write_closed: bool,
    lingered_bytes: usize,
}

impl WatchedSocket {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        Self { stream, activity, write_blocked: false, write_closed: false, lingered_bytes: 0 }
    }

    fn wrote<T>(&mut self, outcome: Poll<T>) -> Poll<T> {
        if outcome.is_pending() != self.write_blocked {
            self.write_blocked = outcome.is_pending();
            self.activity.state().write_blocked = self.write_blocked.then(Instant::now);
        }
        outcome
    }
}

impl AsyncRead for WatchedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.bytes_read();
        }
        outcome
    }
}

impl AsyncWrite for WatchedSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Closes our side and, when a body was refused half-read, throws away what the client still sends: bounded here
    /// in bytes and by the alarm in time.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.write_closed {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.write_closed = true;
            let mut state = self.activity.state();
            if !state.body_left_unread {
                return Poll::Ready(Ok(()));
            }
            state.lingering = Some(Instant::now());
        }
        let mut scratch = [0; LINGER_READ_BYTES];
        while self.lingered_bytes < LINGER_BYTES {
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            match buffer.filled().len() {
                0 => break,
                read => self.lingered_bytes += read,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// A request's body with a deadline for the whole of it, so that dripping bytes does not buy time.
pub(super) struct TimedBody {
    incoming: Incoming,
    activity: Arc<Activity>,
    deadline: Instant,
    alarm: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl TimedBody {
    pub(super) fn new(incoming: Incoming, activity: Arc<Activity>, deadline: Instant) -> Self {
        Self { incoming, activity, deadline, alarm: None, ended: false }
    }
}

impl Stream for TimedBody {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match Pin::new(&mut self.incoming).poll_frame(cx) {
                Poll::Ready(None) => {
                    self.ended = true;
                    return Poll::Ready(None);
                }
                Poll::Ready(Some(Err(fault))) => return Poll::Ready(Some(Err(io::Error::other(fault)))),
                Poll::Ready(Some(Ok(frame))) => {
                    self.ended = self.incoming.is_end_stream();
                    // Trailers carry nothing that we read.
                    let Ok(data) = frame.into_data() else { continue };
                    return Poll::Ready(Some(Ok(data)));
                }
                Poll::Pending => {
                    let deadline = self.deadline;
                    let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
                    ready!(alarm.as_mut().poll(cx));
                    return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
                }
            }
        }
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        if !self.ended {
            self.activity.state().body_left_unread = true;
        }
    }
}

/// A response's body that keeps its request in flight until the last byte has been handed over.
pub(super) struct CountedBody<B> {
    body: B,
    _in_flight: InFlight,
}

impl<B> CountedBody<B> {
    pub(super) fn new(body: B, in_flight: InFlight) -> Self {
        Self { body, _in_flight: in_flight }
    }
}

impl<B: Body + Unpin> Body for CountedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
