//! A mail server on this machine (RFC 5321, as much of it as a sender needs), which counts what it takes for whom, answers slowly, and goes away. Of
//! some addresses it says no: those that begin with `gone`, `refused`, `later` or `breaks`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it says to a recipient whose address begins so.
const TREATED: [(&str, &[u8]); 3] = [
    ("gone", b"550 5.1.1 nobody is there\r\n"),
    ("refused", b"554 5.7.1 not from you\r\n"),
    ("later", b"451 4.7.1 greylisted\r\n"),
];

/// How it meets whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It takes every email.
    Takes,
    /// It greets with 421 and hangs up.
    Greets421,
    /// Nobody listens at its port.
    Gone,
}

/// A mail server. It ends with whoever holds it.
pub struct MailServer {
    port: u16,
    /// With a number that changes with each change, so that nobody misses one.
    manner: watch::Sender<(u64, Manner)>,
    kept: Arc<Kept>,
}

#[derive(Default)]
struct Kept {
    /// How many emails it took for whom.
    taken: Mutex<HashMap<String, usize>>,
    emails: AtomicUsize,
    connections: AtomicUsize,
    /// After so many emails in all it is [`Manner::Gone`] by itself.
    last: AtomicUsize,
    /// The longest that an answer takes, ms.
    slowest: AtomicU64,
    random: Mutex<Option<StdRng>>,
}

impl MailServer {
    /// One that takes everything at once.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = Self { port, manner: watch::Sender::new((0, Manner::Takes)), kept: Arc::default() };
        server.kept.last.store(usize::MAX, Ordering::SeqCst);
        server.listen(listener);
        server
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on each answer that matters takes up to so long, at random.
    pub fn answers_within(&self, slowest: Duration, seed: u64) {
        *self.kept.random.lock().unwrap_or_else(PoisonError::into_inner) = Some(StdRng::seed_from_u64(seed));
        self.kept.slowest.store(slowest.as_millis() as u64, Ordering::SeqCst);
    }

    /// It goes away by itself when it has taken `more` emails. An email that has begun to come is taken still.
    pub fn goes_after(&self, more: usize) {
        self.kept.last.store(self.emails() + more, Ordering::SeqCst);
    }

    /// Changes how it meets whoever comes; conversations end between two commands.
    pub async fn is_now(&self, manner: Manner) {
        self.kept.last.store(usize::MAX, Ordering::SeqCst);
        change(&self.manner, Manner::Gone);
        if manner == Manner::Gone {
            return;
        }
        let listener = loop {
            // The port is free when the last has noticed.
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        change(&self.manner, manner);
        self.listen(listener);
    }

    /// How many emails it has taken.
    pub fn emails(&self) -> usize {
        self.kept.emails.load(Ordering::SeqCst)
    }

    /// How often somebody came.
    pub fn connections(&self) -> usize {
        self.kept.connections.load(Ordering::SeqCst)
    }

    /// How many emails it took for whom.
    pub fn taken(&self) -> HashMap<String, usize> {
        self.kept.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn listen(&self, listener: TcpListener) {
        let (manner, kept) = (self.manner.clone(), Arc::clone(&self.kept));
        tokio::spawn(async move {
            let mut changed = manner.subscribe();
            let own = changed.borrow_and_update().0;
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    _ = changed.wait_for(|(number, _)| *number != own) => return,
                };
                if let Ok((stream, _)) = accepted {
                    kept.connections.fetch_add(1, Ordering::SeqCst);
                    let (manner, kept) = (manner.clone(), Arc::clone(&kept));
                    // Whoever breaks off ends their own conversation.
                    tokio::spawn(async move { converse(stream, &manner, &kept).await.ok() });
                }
            }
        });
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        change(&self.manner, Manner::Gone);
    }
}

fn change(manner: &watch::Sender<(u64, Manner)>, to: Manner) {
    manner.send_modify(|(number, manner)| (*number, *manner) = (*number + 1, to));
}

async fn converse(
    stream: TcpStream,
    manner: &watch::Sender<(u64, Manner)>,
    kept: &Kept,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (hears, mut says) = stream.into_split();
    let (mut hears, mut changed) = (BufReader::new(hears), manner.subscribe());
    let (own, now) = *changed.borrow_and_update();
    if now == Manner::Greets421 {
        return says.write_all(b"421 not now\r\n").await;
    }
    says.write_all(b"220 test.example\r\n").await?;
    let mut to = String::new();
    loop {
        let mut line = String::new();
        let read = tokio::select! {
            read = hears.read_line(&mut line) => read?,
            _ = changed.wait_for(|(number, _)| *number != own) => return Ok(()),
        };
        if read == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "EHLO" => b"250-test.example\r\n250 8BITMIME\r\n",
            "RCPT" => {
                to = line
                    .split_once('<')
                    .and_then(|(_, rest)| rest.split_once('>'))
                    .expect("a path")
                    .0
                    .to_owned();
                kept.hesitate().await;
                let treated = TREATED.iter().find(|(how, _)| to.starts_with(how));
                treated.map_or(b"250 ok\r\n", |(_, answer)| *answer)
            }
            "DATA" => {
                says.write_all(b"354 go on\r\n").await?;
                while line != ".\r\n" {
                    line.clear();
                    if hears.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                }
                if to.starts_with("breaks") {
                    return Ok(());
                }
                if kept.take(&to) {
                    change(manner, Manner::Gone);
                }
                kept.hesitate().await;
                b"250 taken\r\n"
            }
            "QUIT" => return says.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        says.write_all(answer).await?;
    }
}

impl Kept {
    /// Gives whether that was the last.
    fn take(&self, to: &str) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken.entry(to.to_owned()).or_default() += 1;
        self.emails.fetch_add(1, Ordering::SeqCst) + 1 == self.last.load(Ordering::SeqCst)
    }

    async fn hesitate(&self) {
        let slowest = self.slowest.load(Ordering::SeqCst);
        let rest = {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            random.as_mut().map_or(0, |random| random.random_range(0..=slowest))
        };
        if rest > 0 {
            tokio::time::sleep(Duration::from_millis(rest)).await;
        }
    }
}
