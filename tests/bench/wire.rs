//! HTTP/1.1 on a kept-open socket, no more than the load needs: a request goes out as bytes, and of the answer only the status
//! and the length are read.

use std::net::SocketAddr;
use std::str;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Room for an answer, bytes; it grows if one is longer.
const BUFFER: usize = 128 * 1024;

/// A connection to the server.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as it came.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub status: u16,
    pub head: &'a [u8],
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER] })
    }

    /// Sends `request` and waits for the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let (head, end) = loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(read > 0, "the server closed the connection in the middle of an answer");
            filled += read;
            if let Some((head, length)) = measured(&self.buffer[..filled])?
                && filled >= head + length
            {
                break (head, head + length);
            }
        };
        ensure!(filled == end, "more came than was asked for");
        let (head, body) = self.buffer[..end].split_at(head);
        let status = str::from_utf8(head.get(9..12).context("no status")?)?.parse()?;
        Ok(Answer { status, head, body })
    }
}

impl<'a> Answer<'a> {
    /// The values of a header, whose name is given in lower case, as the server writes them.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let head = str::from_utf8(self.head).unwrap_or_default();
        head.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub fn text(&self) -> Result<&'a str> {
        Ok(str::from_utf8(self.body)?)
    }

    /// The text between two others.
    pub fn between(&self, before: &str, after: &str) -> Option<&'a str> {
        self.text().ok()?.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
    }
}

/// Lengths of the head and of the body that follows it, once the head is there.
fn measured(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = str::from_utf8(&bytes[..end])?;
    let Some(length) = head.lines().find_map(|line| line.strip_prefix("content-length: ")) else {
        bail!("an answer without its length: {head}");
    };
    Ok(Some((end + 4, length.parse()?)))
}
