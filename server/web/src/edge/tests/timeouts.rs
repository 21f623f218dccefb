//! What is too slow or too much is cut.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt, stream};
use poem::{
    Body, EndpointExt, Request, Response,
    endpoint::{make, make_sync},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{super::body::CapBodies, *};

const CAP: usize = 64 * 1024;

fn hello() -> impl poem::Endpoint + 'static {
    make_sync(|_| "hello")
}

fn greedy() -> impl poem::Endpoint + 'static {
    make(|mut request: Request| async move {
        request.take_body().into_vec().await.map(|bytes| bytes.len().to_string())
    })
    .with(CapBodies { max_bytes: CAP, uploads: &[] })
}

#[tokio::test]
async fn heads_that_drip_are_cut() {
    let server = TestServer::start(Limits { head: SHORT, ..Limits::default() }, hello());
    // The last three could still become the HTTP/2 preface, HTTP/1 and nothing at all.
    for beginning in ["GET / HTTP/1.1\r\nHost: a\r\nX-Drip: ", "PRI * HTTP/2.0\r\n", "P", ""] {
        let mut client = server.connect().await;
        client.send(beginning).await;
        assert_eq!(client.rest().await, "", "{beginning:?}");
    }
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Drip: ").await;
    assert_eq!(client.drip("a").await, "");
    server.has_open(0).await;
    server.stop().await;
}

#[tokio::test]
async fn a_second_head_that_drips_is_cut() {
    let server = TestServer::start(Limits { head: SHORT, ..Limits::default() }, hello());
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "hello");
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Drip: ").await;
    assert_eq!(client.drip("a").await, "");
    server.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let server = TestServer::start(Limits { idle: SHORT, ..Limits::default() }, hello());
    let mut client = server.connect().await;
    for _ in 0..2 {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(client.answer().await.status, 200);
    }
    assert_eq!(client.rest().await, "");
    server.stop().await;
}

#[tokio::test]
async fn bodies_that_drip_are_cut_with_an_answer() {
    let server = TestServer::start(Limits { body: SHORT, ..Limits::default() }, greedy());
    for (framing, piece) in [("Content-Length: 50000", "a"), ("Transfer-Encoding: chunked", "1\r\na\r\n")] {
        let mut client = server.connect().await;
        client.send(&format!("POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n")).await;
        let said = client.drip(piece).await;
        assert!(said.starts_with("HTTP/1.1 408 "), "{framing}: {said}");
        assert!(said.contains("urn:candour:problem:body-too-slow"), "{said}");
    }
    server.has_open(0).await;
    server.stop().await;
}

#[tokio::test]
async fn ten_megabytes_are_refused_while_reading_no_more_than_the_cap() {
    let handed = Arc::new(AtomicUsize::new(0));
    let counting = {
        let handed = handed.clone();
        make(move |mut request: Request| {
            let handed = handed.clone();
            async move {
                let mut chunks = request.take_body().into_bytes_stream();
                while let Some(chunk) = chunks.next().await {
                    let chunk = chunk.map_err(poem::error::InternalServerError)?;
                    handed.fetch_add(chunk.len(), Ordering::Relaxed);
                }
                Ok::<_, poem::Error>("took it all")
            }
        })
    };
    let server =
        TestServer::start(Limits::default(), counting.with(CapBodies { max_bytes: CAP, uploads: &[] }));
    let piece = format!("2000\r\n{}\r\n", "a".repeat(0x2000));
    let chunked = format!("{}0\r\n\r\n", piece.repeat(10 * 1024 / 8));
    let mut client = server.connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    // A client that sends everything before it listens still hears the refusal.
    client.send(&chunked).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert!(answer.body.contains("urn:candour:problem:body-too-large"), "{}", answer.body);
    assert!(handed.load(Ordering::Relaxed) <= CAP, "{}", handed.load(Ordering::Relaxed));
    drop(client);

    let mut client = server.connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n\r\n").await;
    client.send(&"a".repeat(10 * 1024 * 1024)).await;
    assert_eq!(client.answer().await.status, 413);
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn who_does_not_read_is_cut() {
    let endless = make_sync(|_| {
        let chunks = stream::repeat_with(|| Ok::<_, io::Error>(vec![b'a'; 64 * 1024]));
        Response::builder().body(Body::from_bytes_stream(chunks))
    });
    let server = TestServer::start(Limits { write_stall: SHORT, ..Limits::default() }, endless);
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut first = [0; 1];
    soon(client.stream.read_exact(&mut first)).await.unwrap();
    server.has_open(0).await;
    soon(client.stream.shutdown()).await.ok();
    server.stop().await;
}
