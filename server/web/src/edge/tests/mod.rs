//! The edge through real sockets. Time-outs are short, so that a test is quick, and `soon` is long, so that only a
//! hang fails: no verdict hangs on how fast the machine is.

mod layers;
mod lifecycle;
mod timeouts;

use std::{future::Future, net::SocketAddr, time::Duration};

use poem::IntoEndpoint;
use prometheus::IntGauge;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

use super::{
    serve::{Limits, listen, serve},
    shutdown::{ShutdownSignal, ShutdownTrigger, shutdown},
};

/// A time-out that a test waits for.
const SHORT: Duration = Duration::from_millis(200);

/// What `future` gives, or a failure if it hangs.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), future).await.expect("it hangs")
}

struct TestServer {
    address: SocketAddr,
    open_connections: IntGauge,
    trigger: ShutdownTrigger,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    fn start<E>(limits: Limits, endpoint: E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        Self::start_with_signal(limits, |_| endpoint)
    }

    fn start_with_signal<E>(limits: Limits, endpoint: impl FnOnce(ShutdownSignal) -> E) -> Self
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let open_connections = IntGauge::new("open", "open").unwrap();
        let (trigger, signal) = shutdown();
        let endpoint = endpoint(signal.clone()).into_endpoint();
        let task = tokio::spawn(serve(listener, endpoint, limits, open_connections.clone(), signal));
        Self { address, open_connections, trigger, task }
    }

    async fn connect(&self) -> Client {
        Client { stream: soon(TcpStream::connect(self.address)).await.unwrap(), unread: Vec::new() }
    }

    /// Waits until as many connections are open.
    async fn has_open(&self, connections: i64) {
        soon(async {
            while self.open_connections.get() != connections {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    async fn stop(self) {
        self.trigger.begin();
        soon(self.task).await.unwrap().unwrap();
    }
}

struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Client {
    async fn send(&mut self, text: &str) {
        soon(self.stream.write_all(text.as_bytes())).await.unwrap();
    }

    /// One answer with a `Content-Length`; what follows it stays for the next.
    async fn answer(&mut self) -> Answer {
        loop {
            if let Some((answer, length)) = parse(&self.unread) {
                self.unread.drain(..length);
                return answer;
            }
            let read = soon(self.stream.read_buf(&mut self.unread)).await.unwrap();
            assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&self.unread));
        }
    }

    /// Everything until the server closes, orderly or not.
    async fn rest(mut self) -> String {
        while soon(self.stream.read_buf(&mut self.unread)).await.is_ok_and(|read| read > 0) {}
        String::from_utf8_lossy(&self.unread).into_owned()
    }

    /// Sends `piece` again and again until the server has closed; then what it had said.
    async fn drip(self, piece: &str) -> String {
        let Self { stream, mut unread } = self;
        let (mut reader, mut writer) = stream.into_split();
        let piece = piece.as_bytes().to_vec();
        let dripping = tokio::spawn(async move {
            while writer.write_all(&piece).await.is_ok() {
                tokio::time::sleep(SHORT / 20).await;
            }
        });
        while soon(reader.read_buf(&mut unread)).await.is_ok_and(|read| read > 0) {}
        dripping.abort();
        String::from_utf8_lossy(&unread).into_owned()
    }
}

fn parse(bytes: &[u8]) -> Option<(Answer, usize)> {
    let head_end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..head_end]).unwrap().to_ascii_lowercase();
    let length = match head.split("content-length: ").nth(1) {
        Some(rest) => rest.lines().next().unwrap().parse::<usize>().unwrap(),
        None => 0,
    };
    let body = String::from_utf8(bytes.get(head_end..head_end + length)?.to_vec()).unwrap();
    let status = head[9..12].parse().unwrap();
    Some((Answer { status, head, body }, head_end + length))
}
