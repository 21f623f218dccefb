//! A small SMTP server (RFC 5321) for tests: one recipient at a time, dot-stuffing undone, answers as it was told.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    sync::watch,
};

/// What the server answers to the next message's last dot, in order; afterwards 250. 0: nothing at all.
type Answers = Arc<Mutex<VecDeque<u16>>>;

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
    pub accepted: Vec<Received>,
    /// Every line but those of messages.
    pub commands: Vec<String>,
}

pub struct SmtpServer {
    pub address: SocketAddr,
    seen: watch::Receiver<Seen>,
}

impl SmtpServer {
    pub async fn start(answers: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, seen) = watch::channel(Seen::default());
        let sender = Arc::new(sender);
        let answers: Answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                sender.send_modify(|seen| seen.connections += 1);
                tokio::spawn(Conversation::hold(stream, Arc::clone(&answers), Arc::clone(&sender)));
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

struct Conversation {
    out: OwnedWriteHalf,
    answers: Answers,
    seen: Arc<watch::Sender<Seen>>,
    from: Option<String>,
    to: Vec<String>,
}

impl Conversation {
    async fn hold(stream: TcpStream, answers: Answers, seen: Arc<watch::Sender<Seen>>) {
        let (incoming, out) = stream.into_split();
        let mut lines = BufReader::new(incoming).lines();
        let mut conversation = Self { out, answers, seen, from: None, to: Vec::new() };
        conversation.say("220 test.example ESMTP").await;
        while let Ok(Some(line)) = lines.next_line().await {
            conversation.seen.send_modify(|seen| seen.commands.push(line.clone()));
            match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => conversation.say("250-test.example\r\n250-8BITMIME\r\n250 SIZE 1000000").await,
                "MAIL" if conversation.from.is_none() => conversation.mail(&line).await,
                "RCPT" if conversation.from.is_some() => conversation.rcpt(&line).await,
                "DATA" if !conversation.to.is_empty() => {
                    conversation.say("354 End with a dot").await;
                    let mut data = String::new();
                    loop {
                        let Ok(Some(line)) = lines.next_line().await else { return };
                        if line == "." {
                            break;
                        }
                        data.push_str(line.strip_prefix('.').unwrap_or(&line));
                        data.push_str("\r\n");
                    }
                    conversation.end(data).await;
                }
                "NOOP" | "RSET" => conversation.say("250 OK").await,
                "QUIT" => return conversation.say("221 Bye").await,
                _ => conversation.say("503 Bad sequence of commands").await,
            }
        }
    }

    async fn mail(&mut self, line: &str) {
        self.from = Some(path(line));
        self.say("250 OK").await;
    }

    async fn rcpt(&mut self, line: &str) {
        self.to.push(path(line));
        self.say("250 OK").await;
    }

    async fn end(&mut self, data: String) {
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(250);
        let from = self.from.take().unwrap();
        let to = std::mem::take(&mut self.to);
        match answer {
            0 => {}
            250 => {
                self.seen.send_modify(|seen| seen.accepted.push(Received { from, to, data }));
                self.say("250 OK").await;
            }
            // As real servers do, with the address in the words.
            code => self.say(&format!("{code} {} is not to our liking", to.join(", "))).await,
        }
    }

    async fn say(&mut self, words: &str) {
        // A client that has gone hears nothing, and the loop ends by itself.
        let _ = self.out.write_all(format!("{words}\r\n").as_bytes()).await;
    }
}

/// What stands between the angle brackets.
fn path(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).expect("a path").0.to_owned()
}
