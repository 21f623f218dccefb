//! A few bytes of HTML on a port of this machine, to prove the harness itself.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Serves one HTML page, whatever is asked for, until it is dropped.
pub struct OnePage {
    /// Where the page is, ending in a slash.
    pub url: String,
    accepting: JoinHandle<()>,
}

impl OnePage {
    /// Starts serving `html` on a free port of the loopback address.
    pub async fn serve(html: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("a bound address"));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, html));
            }
        });
        Self { url, accepting }
    }
}

impl Drop for OnePage {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Reads one request's head and answers it. A browser that hangs up early is no concern of the test.
async fn answer(stream: TcpStream, html: &str) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while let Ok(length) = stream.read_line(&mut line).await {
        if length <= "\r\n".len() {
            break;
        }
        line.clear();
    }
    let length = html.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    if stream.write_all(head.as_bytes()).await.is_ok() {
        stream.write_all(html.as_bytes()).await.ok();
    }
}
