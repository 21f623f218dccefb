//! Somebody at an address of their own with a browser of their own: a small proxy says so to the server, and keeps every answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::people::Device;

/// Longest head of a request, bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// All that the server answered to somebody, as it came.
#[derive(Clone, Default)]
pub struct Answers(Arc<Mutex<Vec<u8>>>);

impl Answers {
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

/// A browser at `address` that calls itself `agent`, at a tenant of the server at `site`.
pub async fn visitor(site: SocketAddr, tenant: &str, address: &str, agent: &str) -> (Device, Answers) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxy = listener.local_addr().expect("an address");
    let headers = format!("x-forwarded-for: {address}\r\nuser-agent: {agent}\r\nconnection: close\r\n");
    let answers = Answers::default();
    let kept = answers.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (headers, kept) = (headers.clone(), kept.clone());
            // A browser that hung up is no concern of the test's: the request itself fails then.
            tokio::spawn(async move { pass_on(client, site, &headers, &kept).await.ok() });
        }
    });
    (Device::new(proxy, format!("{tenant}.localhost:{}", site.port()), String::new()), answers)
}

/// One request with more headers, and its answer.
async fn pass_on(
    mut client: TcpStream,
    site: SocketAddr,
    headers: &str,
    kept: &Answers,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|four| four == b"\r\n\r\n") && request.len() < MAX_HEAD_BYTES {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let line = request.windows(2).position(|two| two == b"\r\n").unwrap_or_default() + 2;
    let mut server = TcpStream::connect(site).await?;
    server.write_all(&[&request[..line], headers.as_bytes(), &request[line..]].concat()).await?;
    let mut answer = Vec::new();
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let rest = async {
        copy(&mut from_client, &mut to_server).await.ok();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        read = from_server.read_to_end(&mut answer) => drop(read?),
        () = rest => {}
    }
    kept.add(&answer);
    to_client.write_all(&answer).await?;
    to_client.shutdown().await
}
