//! Many open pages: as many live streams, and a new contribution that must reach them all.

use std::cell::{Cell, RefCell};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::LocalSet;
use tokio::time::sleep;

use crate::people::{Person, Site};
use crate::process;
use crate::stage::{PROMPT, Server};
use crate::wire::Connection;

/// Contributions written, one after the other.
const ROUNDS: usize = 10;
/// Tabs and devices of one reader; the server allows eight.
const STREAMS_EACH: usize = 4;
/// Streams being opened at the same moment.
const OPENING: usize = 200;
/// Streams from one address of this machine; an address has some 28,000 ports.
const STREAMS_PER_ADDRESS: usize = 5_000;
/// Between contributions.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a contribution may take to reach everybody before something must be wrong.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a page reads first, and what it reads when there is a new contribution.
const BEGINNING: &[u8] = b"event: beat";
const NEW: &[u8] = b"\"new\":[\"";

/// What came of it.
pub struct Live {
    pub streams: usize,
    pub opened_in: Duration,
    /// The server's memory for each open stream, bytes.
    pub memory_per_stream: u64,
    /// For each contribution, how long after its form was sent each stream had it, in order.
    pub rounds: Vec<Vec<Duration>>,
    /// The server's processor time for each announcement of a contribution to a stream.
    pub server: Duration,
}

/// What all streams write to.
struct Heard {
    open: Cell<usize>,
    ended: Cell<usize>,
    sent: Cell<Instant>,
    delays: RefCell<Vec<Duration>>,
    buffer: RefCell<Vec<u8>>,
}

/// How many people open so many streams.
pub fn readers(streams: usize) -> usize {
    streams.div_ceil(STREAMS_EACH)
}

/// Opens the streams, by `readers`; then `writer` writes.
pub async fn measure(server: &Server, writer: &Person, readers: &[String], streams: usize) -> Result<Live> {
    LocalSet::new().run_until(run(server, writer, readers, streams)).await
}

async fn run(server: &Server, writer: &Person, readers: &[String], streams: usize) -> Result<Live> {
    let heard = Rc::new(Heard {
        open: Cell::new(0),
        ended: Cell::new(0),
        sent: Cell::new(Instant::now()),
        delays: RefCell::default(),
        buffer: RefCell::new(vec![0; 64 * 1024]),
    });
    let (memory, begun) = (process::memory(server.pid())?, Instant::now());
    for number in 0..streams {
        let site = &server.site;
        let path = format!("{}/live", Site::conversation());
        let request = site.get(&path, &readers[number % readers.len()], "accept: text/event-stream\r\n");
        let (heard, to, from) = (Rc::clone(&heard), site.address, source(number));
        while number - heard.open.get() >= OPENING {
            ensure!(heard.ended.get() == 0, "a stream ended while {number} were being opened");
            sleep(Duration::from_millis(1)).await;
        }
        tokio::task::spawn_local(async move {
            let _ = listen(from, to, &request, &heard).await;
            heard.ended.set(heard.ended.get() + 1);
        });
    }
    wait_until(|| heard.open.get() == streams).await.context("not all streams opened")?;
    let opened_in = begun.elapsed();
    sleep(PAUSE).await;
    let memory_per_stream = process::memory(server.pid())?.saturating_sub(memory) / streams as u64;

    let mut rounds = Vec::with_capacity(ROUNDS);
    let mut connection = Connection::open(server.site.address).await?;
    let before = process::cpu(server.pid())?;
    for round in 0..ROUNDS {
        heard.sent.set(Instant::now());
        share(&server.site, &mut connection, writer, round).await?;
        wait_until(|| heard.delays.borrow().len() == streams).await.context("a contribution got lost")?;
        let mut delays = heard.delays.take();
        delays.sort_unstable();
        rounds.push(delays);
        sleep(PAUSE).await;
    }
    ensure!(heard.ended.get() == 0, "{} streams ended", heard.ended.get());
    let server = (process::cpu(server.pid())? - before) / (ROUNDS * streams) as u32;
    Ok(Live { streams, opened_in, memory_per_stream, rounds, server })
}

/// 127.0.0.2, 127.0.0.3, …: all of 127.0.0.0/8 is this machine.
fn source(number: usize) -> SocketAddr {
    let last = u8::try_from(2 + number / STREAMS_PER_ADDRESS).unwrap_or(u8::MAX);
    (Ipv4Addr::new(127, 0, 0, last), 0).into()
}

async fn listen(from: SocketAddr, to: SocketAddr, request: &[u8], heard: &Heard) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(from)?;
    let mut stream = socket.connect(to).await?;
    stream.write_all(request).await?;
    let mut begun = false;
    loop {
        stream.readable().await?;
        match heard.read(&stream)? {
            Some(Told::Beginning) if !begun => {
                begun = true;
                heard.open.set(heard.open.get() + 1);
            }
            Some(Told::New) => heard.delays.borrow_mut().push(heard.sent.get().elapsed()),
            Some(Told::Beginning | Told::Other) | None => {}
        }
    }
}

enum Told {
    Beginning,
    New,
    Other,
}

impl Heard {
    /// What a stream says, if it says anything. One buffer serves all: nothing waits while it is in use.
    fn read(&self, stream: &TcpStream) -> Result<Option<Told>> {
        let mut buffer = self.buffer.borrow_mut();
        let said = match stream.try_read(&mut buffer) {
            Ok(0) => bail!("the stream ended"),
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let says = |what: &[u8]| said.windows(what.len()).any(|part| part == what);
        Ok(Some(match () {
            () if says(NEW) => Told::New,
            () if says(BEGINNING) => Told::Beginning,
            () => Told::Other,
        }))
    }
}

async fn wait_until(done: impl Fn() -> bool) -> Result<()> {
    let begun = Instant::now();
    while !done() {
        ensure!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}");
        sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

async fn share(site: &Site, connection: &mut Connection, writer: &Person, round: usize) -> Result<()> {
    let form = format!(
        "csrf={}&prompt={PROMPT}&body=Idea+number+{round}+of+a+benchmark&theme=&feeling=",
        writer.csrf
    );
    let request = site.post(&format!("{}/share", Site::conversation()), &writer.cookie, &form);
    let answer = connection.exchange(&request).await?;
    ensure!(answer.status == 303, "a contribution was refused: {}", answer.status);
    Ok(())
}
