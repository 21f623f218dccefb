//! A mail server that takes everything and keeps nothing but whom it was for (RFC 5321, as much of it as a sender needs).

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Result;

/// The server, in threads of its own.
pub struct Sink {
    port: u16,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    emails: usize,
    people: HashSet<String>,
}

impl Sink {
    /// Listens on a free port of this machine.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let taken: Arc<Mutex<Taken>> = Arc::default();
        let all = Arc::clone(&taken);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let taken = Arc::clone(&all);
                // A sender that breaks off ends its own thread.
                thread::spawn(move || drop(serve(connection, &taken)));
            }
        });
        Ok(Self { port, taken })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many emails it took, and for how many people.
    pub fn stop(self) -> Result<(usize, usize)> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((taken.emails, taken.people.len()))
    }
}

fn serve(connection: TcpStream, taken: &Mutex<Taken>) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut says = connection.try_clone()?;
    let mut hears = BufReader::new(connection);
    let (mut line, mut to) = (String::new(), String::new());
    says.write_all(b"220 sink\r\n")?;
    loop {
        line.clear();
        if hears.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_ascii_uppercase();
        let answer: &[u8] = match command.get(..4).unwrap_or_default() {
            "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            "RCPT" => {
                to.clone_from(&line);
                b"250 ok\r\n"
            }
            "DATA" => {
                says.write_all(b"354 go on\r\n")?;
                while line != ".\r\n" {
                    line.clear();
                    if hears.read_line(&mut line)? == 0 {
                        return Ok(());
                    }
                }
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.emails += 1;
                taken.people.insert(to.clone());
                b"250 taken\r\n"
            }
            "QUIT" => {
                says.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        says.write_all(answer)?;
    }
}
