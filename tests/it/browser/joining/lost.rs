//! A connection that is cut after the server signed costs nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::hall::{Hall, agree, come_in, phone, words_shown};
use crate::browser::watch::{Secrets, Watch, stored};
use crate::harness::browser::Browser;

/// How the request for a signature begins.
const ISSUE: &[u8] = b"POST /issue/";
/// How much is read at once, bytes.
const PIECE: usize = 64 * 1024;

/// Stands before a server and, while it is told to, cuts the connection where the answer to a request for a signature would come.
struct Cutter {
    port: u16,
    state: Arc<Cutting>,
}

#[derive(Default)]
struct Cutting {
    on: AtomicBool,
    cuts: AtomicUsize,
}

impl Cutter {
    async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Cutting::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(carry(browser, server, Arc::clone(&shared)));
            }
        });
        Self { port, state }
    }

    fn origin(&self) -> String {
        format!("http://bsol.localhost:{}", self.port)
    }

    fn cut(&self, on: bool) {
        self.state.on.store(on, Ordering::SeqCst);
    }

    fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

/// Carries bytes both ways. Browsers send one request at a time on a connection, each from the beginning of a piece.
async fn carry(mut browser: TcpStream, server: SocketAddr, state: Arc<Cutting>) {
    let mut server = TcpStream::connect(server).await.expect("the server listens");
    let (mut asked, mut answered) = (vec![0; PIECE], vec![0; PIECE]);
    let mut awaits_signature = false;
    loop {
        tokio::select! {
            read = browser.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                awaits_signature |= asked[..length].starts_with(ISSUE);
                if server.write_all(&asked[..length]).await.is_err() { return }
            }
            read = server.read(&mut answered) => {
                let Ok(length @ 1..) = read else { return };
                if awaits_signature && state.on.load(Ordering::SeqCst) {
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                awaits_signature = false;
                if browser.write_all(&answered[..length]).await.is_err() { return }
            }
        }
    }
}

/// Somebody asked for a signature, and the connection was cut where the answer would come.
async fn signed_and_cut() -> (Hall, Cutter, Browser, Secrets) {
    let hall = Hall::open().await;
    let cutter = Cutter::before(hall.server.site).await;
    let browser = phone().await;
    let before = hall.comes_to_words(&browser, &cutter.origin()).await;
    agree(&browser, "no").await;
    cutter.cut(true);
    browser.click("[data-go]").await;
    (hall, cutter, browser, before)
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_again() {
    let (hall, cutter, browser, before) = signed_and_cut().await;
    browser.expect_words("No answer came. Nothing is lost, and your words stay the same.").await;
    assert!(cutter.cuts() >= 1);
    assert_eq!(hall.counts().await, [1, 0, 0], "it was signed, and the answer lost");
    assert_eq!(browser.text_of("[data-go]").await, "Try again");
    assert_eq!(words_shown(&browser).await.words, before.words);
    cutter.cut(false);
    come_in(&browser).await;
    let mut watch = Watch::default();
    watch.look(&browser).await;
    let requests: Vec<_> =
        watch.sent("POST", "/issue/first-conversation").iter().map(|asked| &asked.body).collect();
    assert!(
        requests.len() >= 2 && requests.iter().all(|body| body == &requests[0]),
        "the same request: {requests:?}"
    );
    assert_eq!(hall.counts().await, [1, 1, 1]);
    assert!(!before.words_are_in(&stored(&browser).await.0));
}

/// The page was loaded again in between.
#[tokio::test(flavor = "multi_thread")]
async fn begun_again() {
    let (hall, cutter, browser, before) = signed_and_cut().await;
    browser.expect_words("No answer came.").await;
    cutter.cut(false);
    browser.refresh().await.expect("a page can be loaded again");
    assert_eq!(words_shown(&browser).await.words, before.words, "a reload keeps the words");
    agree(&browser, "no").await;
    come_in(&browser).await;
    assert_eq!(hall.counts().await, [1, 1, 1]);
}
