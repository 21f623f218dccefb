//! Connections from accept to shutdown.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use poem::{
    Body, Request, Response, Route,
    endpoint::{make, make_sync},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Semaphore,
};

use super::{super::host::host, *};

fn echo() -> impl poem::Endpoint + 'static {
    make(|mut request: Request| async move {
        let body = request.take_body().into_string().await?;
        let host = host(&request).unwrap_or("nobody");
        Ok::<_, poem::Error>(format!("{} {} {host} {body}", request.method(), request.uri().path()))
    })
}

#[tokio::test]
async fn connections_are_kept_and_pipelines_answered_in_order() {
    let server = TestServer::start(Limits::default(), echo());
    let mut client = server.connect().await;
    for path in ["/1", "/2"] {
        client.send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        assert_eq!(client.answer().await.body, format!("GET {path} a "));
    }
    let post = "POST /5 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    let chunked = "POST /6 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n0\r\n\r\n";
    let get = "GET /7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    client.send(&format!("{post}{chunked}{get}")).await;
    for body in ["POST /5 a hi", "POST /6 a ho", "GET /7 a "] {
        assert_eq!(client.answer().await.body, body);
    }
    assert_eq!(client.rest().await, "");
    server.has_open(0).await;
    server.stop().await;
}

#[tokio::test]
async fn targets_that_are_no_paths_are_refused_and_absolute_ones_name_the_host() {
    let server = TestServer::start(Limits::default(), Route::new().nest("/x", echo()));
    for target in ["CONNECT a.example:443", "OPTIONS *"] {
        let mut client = server.connect().await;
        client.send(&format!("{target} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        assert_eq!(client.answer().await.status, 400, "{target}");
    }
    let mut client = server.connect().await;
    client.send("GET http://b.example/x/y HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "GET /y b.example ");
    client.send("GET /x/y HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").await;
    assert_eq!(client.answer().await.body, "GET /y nobody ");
    server.stop().await;
}

#[tokio::test]
async fn http_2_is_spoken() {
    let server = TestServer::start(Limits::default(), echo());
    let mut client = server.connect().await;
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let settings: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    // GET / over http for "a" from HPACK's static table, as one frame that ends headers and stream.
    let headers: &[u8] = &[0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, b'a'];
    soon(client.stream.write_all(&[settings, headers].concat())).await.unwrap();
    let mut kinds = Vec::new();
    let body = loop {
        let mut head = [0; 9];
        soon(client.stream.read_exact(&mut head)).await.unwrap();
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        soon(client.stream.read_exact(&mut payload)).await.unwrap();
        kinds.push(head[3]);
        match head[3] {
            0 => break payload,
            // HPACK's index of `:status: 200`.
            1 => assert_eq!(payload[0], 0x88),
            _ => {}
        }
    };
    assert_eq!(String::from_utf8_lossy(&body), "GET / a ");
    assert!(kinds.contains(&1));
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn the_next_waits_when_all_places_are_taken() {
    let (seen, gauge) =
        (Arc::new(std::sync::Mutex::new(Vec::new())), Arc::new(std::sync::OnceLock::<IntGauge>::new()));
    let watching = {
        let (seen, gauge) = (seen.clone(), gauge.clone());
        make_sync(move |_| {
            seen.lock().unwrap().push(gauge.get().unwrap().get());
            "hello"
        })
    };
    let server = TestServer::start(Limits { connections: 1, ..Limits::default() }, watching);
    gauge.set(server.open_connections.clone()).unwrap();
    let mut first = server.connect().await;
    first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(first.answer().await.status, 200);
    let mut second = server.connect().await;
    second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    drop(first);
    assert_eq!(second.answer().await.status, 200);
    assert_eq!(*seen.lock().unwrap(), [1, 1]);
    drop(second);
    server.stop().await;
}

/// An endpoint that says when it has begun and waits until it may end.
fn gated() -> (impl poem::Endpoint + 'static, Arc<Semaphore>, Arc<Semaphore>) {
    let (begun, may_end) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let endpoint = {
        let (begun, may_end) = (begun.clone(), may_end.clone());
        make(move |_| {
            let (begun, may_end) = (begun.clone(), may_end.clone());
            async move {
                begun.add_permits(1);
                may_end.acquire().await.unwrap().forget();
                "finished"
            }
        })
    };
    (endpoint, begun, may_end)
}

#[tokio::test]
async fn shutdown_lets_a_request_finish() {
    let (endpoint, begun, may_end) = gated();
    let server = TestServer::start(Limits::default(), endpoint);
    let idle = server.connect().await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    soon(begun.acquire()).await.unwrap().forget();
    server.has_open(2).await;
    server.trigger.begin();
    assert_eq!(idle.rest().await, "");
    server.has_open(1).await;
    assert!(TcpStream::connect(server.address).await.is_err(), "still accepting");
    may_end.add_permits(1);
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "finished"));
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    server.stop().await;
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let (endpoint, begun, _may_end) = gated();
    let server = TestServer::start(Limits { drain: SHORT, ..Limits::default() }, endpoint);
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    soon(begun.acquire()).await.unwrap().forget();
    server.stop().await;
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn live_streams_end_with_the_shutdown() {
    let server = TestServer::start_with_signal(Limits::default(), |signal| {
        make_sync(move |_| {
            let events = stream::iter(["data: 1\n\n"]).chain(stream::pending());
            let body = Body::from_bytes_stream(signal.end(events).map(Ok::<_, std::io::Error>));
            Response::builder().content_type("text/event-stream").body(body)
        })
    });
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    while !String::from_utf8_lossy(&client.unread).contains("data: 1") {
        soon(client.stream.read_buf(&mut client.unread)).await.unwrap();
    }
    server.stop().await;
    assert!(client.rest().await.ends_with("0\r\n\r\n"), "the stream was cut, not ended");
}
