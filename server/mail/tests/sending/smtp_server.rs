//! A small SMTP server (RFC 5321) for tests: one recipient at a time, dot-stuffing undone, does as it was told.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

use crate::mime::base64;

/// Where in a conversation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    Mail,
    Rcpt,
    Data,
    /// After "go on", before any of the message has been read.
    Body,
    /// The last dot has come.
    End,
}

/// What the server does there.
#[derive(Clone, Copy)]
pub enum Does {
    /// Refuses with this code, and, as real servers do, with the address in the words.
    Refuse(&'static str),
    /// Says just this.
    Say(&'static str),
    /// Nothing at all, for ever.
    Nothing,
    HangUp,
    /// Takes the message and hangs up without a word.
    TakeAndHangUp,
}

/// Things to do, in order, each once, when the conversation is there; then and otherwise all goes well.
type Acts = Arc<Mutex<VecDeque<(At, Does)>>>;

/// How it is spoken to.
#[derive(Clone)]
pub enum Line {
    Clear,
    Tls(TlsAcceptor),
    StartTls(TlsAcceptor),
}

/// A message as the server understood it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// With the dots of the wire taken off again, lines ended by CRLF.
    pub data: String,
}

/// What the server has seen so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub connections: usize,
    /// Of those that are open, and the most that ever were.
    pub open: usize,
    pub most_open: usize,
    pub accepted: Vec<Received>,
    /// Every line but those of messages; what came before STARTTLS says so.
    pub commands: Vec<String>,
}

pub struct SmtpServer {
    pub address: SocketAddr,
    seen: watch::Receiver<Seen>,
}

impl SmtpServer {
    /// One in the clear that answers the last dots so, in order; afterwards 250. 0: nothing at all.
    pub async fn start(answers: &[u16]) -> Self {
        let act = |code: &u16| match code {
            0 => (At::End, Does::Nothing),
            _ => (At::End, Does::Refuse(Box::leak(code.to_string().into_boxed_str()))),
        };
        Self::that(Line::Clear, &answers.iter().map(act).collect::<Vec<_>>()).await
    }

    pub async fn that(line: Line, acts: &[(At, Does)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, seen) = watch::channel(Seen::default());
        let sender = Arc::new(sender);
        let acts: Acts = Arc::new(Mutex::new(acts.iter().copied().collect()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (line, acts, seen) = (line.clone(), Arc::clone(&acts), Arc::clone(&sender));
                tokio::spawn(async move {
                    seen.send_modify(|seen| {
                        seen.connections += 1;
                        seen.open += 1;
                        seen.most_open = seen.most_open.max(seen.open);
                    });
                    hold(stream, line, acts, Arc::clone(&seen)).await;
                    seen.send_modify(|seen| seen.open -= 1);
                });
            }
        });
        Self { address, seen }
    }

    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until a command has come.
    pub async fn command(&mut self, command: &str) {
        self.seen.wait_for(|seen| seen.commands.iter().any(|line| line == command)).await.unwrap();
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

struct Conversation {
    stream: BufReader<Box<dyn Stream>>,
    secured: bool,
    acts: Acts,
    seen: Arc<watch::Sender<Seen>>,
    from: Option<String>,
    to: Vec<String>,
}

/// The conversation is over, well or not.
struct Over;

async fn hold(stream: TcpStream, line: Line, acts: Acts, seen: Arc<watch::Sender<Seen>>) {
    let (stream, upgrade): (Box<dyn Stream>, _) = match line {
        Line::Clear => (Box::new(stream), None),
        Line::StartTls(tls) => (Box::new(stream), Some(tls)),
        Line::Tls(tls) => match tls.accept(stream).await {
            Ok(stream) => (Box::new(stream), None),
            Err(_) => return,
        },
    };
    let secured = upgrade.is_none();
    let stream = BufReader::new(stream);
    let mut conversation = Conversation { stream, secured, acts, seen, from: None, to: Vec::new() };
    // However it ends.
    let _: Result<(), Over> = conversation.run(upgrade).await;
}

impl Conversation {
    async fn run(&mut self, mut upgrade: Option<TlsAcceptor>) -> Result<(), Over> {
        self.reply(At::Greeting, "220 test.example ESMTP").await?;
        loop {
            let line = self.line().await?;
            let mark = if self.secured { "" } else { "in the clear: " };
            self.seen.send_modify(|seen| seen.commands.push(format!("{mark}{line}")));
            match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" if upgrade.is_some() => self.say("250-test.example\r\n250 STARTTLS").await?,
                "EHLO" => {
                    self.say("250-test.example\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SIZE 100000000")
                        .await?
                }
                "STARTTLS" => {
                    let tls = upgrade.take().ok_or(Over)?;
                    self.say("220 Go on").await?;
                    let clear: Box<dyn Stream> = Box::new(tokio::io::empty());
                    let stream = std::mem::replace(&mut self.stream, BufReader::new(clear)).into_inner();
                    self.stream = BufReader::new(Box::new(tls.accept(stream).await.map_err(|_| Over)?));
                    self.secured = true;
                }
                "AUTH" => self.auth(&line).await?,
                "MAIL" if self.from.is_none() => {
                    if self.reply(At::Mail, "250 OK").await? {
                        self.from = Some(path(&line));
                    }
                }
                "RCPT" if self.from.is_some() => {
                    self.to.push(path(&line));
                    if !self.reply(At::Rcpt, "250 OK").await? {
                        self.to.pop();
                    }
                }
                "DATA" if !self.to.is_empty() => {
                    if self.reply(At::Data, "354 End with a dot").await? {
                        self.message().await?;
                    }
                }
                "RSET" => {
                    (self.from, self.to) = (None, Vec::new());
                    self.say("250 OK").await?;
                }
                "NOOP" => self.say("250 OK").await?,
                "QUIT" => return self.say("221 Bye").await,
                _ => self.say("503 Bad sequence of commands").await?,
            }
        }
    }

    /// `AUTH PLAIN`: candour, "correct horse".
    async fn auth(&mut self, line: &str) -> Result<(), Over> {
        let credentials = line.strip_prefix("AUTH PLAIN ").map(base64);
        match credentials.as_deref() == Some(b"\0candour\0correct horse") {
            true => self.say("235 2.7.0 Welcome").await,
            false => self.say("535 5.7.8 No").await,
        }
    }

    async fn message(&mut self) -> Result<(), Over> {
        if self.act(At::Body).is_some() {
            return Err(Over);
        }
        let mut data = String::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push_str("\r\n");
        }
        let taken = Received { from: self.from.clone().unwrap(), to: self.to.clone(), data };
        let act = self.act(At::End);
        if matches!(act, None | Some(Does::TakeAndHangUp | Does::Say(_))) {
            self.seen.send_modify(|seen| seen.accepted.push(taken));
        }
        self.perform(act, "250 OK").await?;
        (self.from, self.to) = (None, Vec::new());
        Ok(())
    }

    /// What was planned for this place, if it is next.
    fn act(&self, here: At) -> Option<Does> {
        let mut acts = self.acts.lock().unwrap();
        acts.pop_front_if(|(at, _)| *at == here).map(|(_, does)| does)
    }

    /// Says `well`, or does what was planned. Gives whether it went well.
    async fn reply(&mut self, here: At, well: &str) -> Result<bool, Over> {
        let act = self.act(here);
        self.perform(act, well).await
    }

    async fn perform(&mut self, act: Option<Does>, well: &str) -> Result<bool, Over> {
        match act {
            None => self.say(well).await.map(|()| true),
            Some(Does::Say(words)) => self.say(words).await.map(|()| true),
            Some(Does::Refuse(code)) => {
                let words = format!("{code} <{}> is not to our liking", self.to.join(", "));
                self.say(&words).await.map(|()| false)
            }
            Some(Does::Nothing) => {
                // Until the other side goes.
                while self.line().await.is_ok() {}
                Err(Over)
            }
            Some(Does::HangUp | Does::TakeAndHangUp) => Err(Over),
        }
    }

    async fn line(&mut self) -> Result<String, Over> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await {
            Ok(1..) => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
            _ => Err(Over),
        }
    }

    async fn say(&mut self, words: &str) -> Result<(), Over> {
        let stream = self.stream.get_mut();
        stream.write_all(format!("{words}\r\n").as_bytes()).await.map_err(|_| Over)?;
        stream.flush().await.map_err(|_| Over)
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).expect("a path").0.to_owned()
}
