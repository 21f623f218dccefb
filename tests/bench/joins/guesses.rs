//! Wrong codes, as many as a few connections can send: all from one network address, from a thousand in turn, and each from another one.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::people::{TOKEN, cookie};
use crate::process;
use crate::stage::{Kind, Server, Stage};
use crate::wire::Connection;

/// Who guess at the same time.
const AT_ONCE: usize = 16;
/// Addresses that take turns.
const ADDRESSES: u32 = 1_000;
/// What codes are written with.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code.
const CODE_CHARACTERS: usize = 16;

/// One run.
pub struct Guesses {
    /// Whence they came.
    pub from: &'static str,
    /// Codes sent.
    pub sent: u64,
    /// Of those, tried: the answer says that the code is wrong. All others are told to come back later.
    pub tried: u64,
    /// How long it took.
    pub lasting: Duration,
}

/// How the address of each guess is chosen, by the guess's number.
type Addresses = fn(u32) -> u32;

/// Each of the three for `lasting`, on a server of its own, whose limits know of nothing before.
pub async fn measure(kind: Kind, lasting: Duration) -> Result<Vec<Guesses>> {
    let ways: [(&str, Addresses); 3] = [
        ("one address", |_| 0),
        ("1,000 addresses in turn", |number| number % ADDRESSES),
        ("another address each time", |number| number),
    ];
    let stage = Stage::fill(kind, ways.len()).await?.with("CANDOUR__SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let mut done = Vec::new();
    for ((from, addresses), good) in ways.into_iter().zip(&stage.codes) {
        let server = stage.serve().await?;
        process::wait_for_quiet().await?;
        done.push(guess(&server, from, addresses, lasting).await?);
        // Whoever has not guessed comes in all the same.
        let mut stranger = Guesser::new(&server, Ipv4Addr::new(192, 0, 2, 1)).await?;
        let status = stranger.sends(&server, Ipv4Addr::new(192, 0, 2, 1), good).await?;
        ensure!(status == 303, "after guesses from {from}, a good code is answered with {status}");
    }
    Ok(done)
}

async fn guess(
    server: &Server,
    from: &'static str,
    addresses: Addresses,
    lasting: Duration,
) -> Result<Guesses> {
    let number = AtomicU32::new(0);
    let begun = Instant::now();
    let guessing = (0..AT_ONCE).map(async |guesser| {
        let (mut chance, mut counts) = (StdRng::seed_from_u64(guesser as u64), (0, 0));
        let mut guesser = Guesser::new(server, address(0)).await?;
        while begun.elapsed() < lasting {
            let from = address(addresses(number.fetch_add(1, Ordering::Relaxed)));
            let code: String = (0..CODE_CHARACTERS)
                .map(|_| char::from(ALPHABET[chance.random_range(0..ALPHABET.len())]))
                .collect();
            counts.0 += 1;
            match guesser.sends(server, from, &code).await? {
                422 => counts.1 += 1,
                429 => {}
                status => bail!("a wrong code is answered with {status}"),
            }
        }
        Ok((counts.0, counts.1))
    });
    let counts = try_join_all(guessing).await?;
    let lasting = begun.elapsed();
    let sum = |one: fn(&(u64, u64)) -> u64| counts.iter().map(one).sum();
    Ok(Guesses { from, sent: sum(|counts| counts.0), tried: sum(|counts| counts.1), lasting })
}

/// The network address with this number.
fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(0x0a00_0000 + number)
}

/// A browser that has opened the form once.
struct Guesser {
    connection: Connection,
    cookie: String,
    token: String,
}

impl Guesser {
    async fn new(server: &Server, from: Ipv4Addr) -> Result<Self> {
        let mut connection = Connection::open(server.site.address).await?;
        let form = server.site.get("/enter", "", &format!("x-forwarded-for: {from}\r\n"));
        let form = connection.exchange(&form).await?;
        let token = form.between(TOKEN, "\"").context("no form to come in by")?.to_owned();
        let cookie = cookie(form.headers("set-cookie").next())?;
        Ok(Self { connection, cookie, token })
    }

    /// The status with which the form is answered.
    async fn sends(&mut self, server: &Server, from: Ipv4Addr, code: &str) -> Result<u16> {
        let form = format!("csrf={}&code={code}&shared=no", self.token);
        let (host, length, cookie) = (&server.site.host, form.len(), &self.cookie);
        let request = format!(
            "POST /enter HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncookie: {cookie}\r\nx-forwarded-for: {from}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
        );
        Ok(self.connection.exchange(request.as_bytes()).await?.status)
    }
}
