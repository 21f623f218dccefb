//! HTTP to providers: no redirects, bounded in time and size, encrypted unless on this machine.

use std::{future::Future, pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::{Client, ClientBuilder, redirect::Policy};
use thiserror::Error;

use crate::provider::is_safe;

/// For one request, from connecting to the last byte.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Discovery documents and key sets have a few kB.
pub const MAX_ANSWER_BYTES: usize = 1_000_000;

pub(crate) struct Http(Client);

/// Why a request came to nothing. Says nothing of addresses, which may hold codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum HttpFault {
    #[error("the provider cannot be reached")]
    Unreachable,
    #[error("the provider did not answer in time")]
    TooSlow,
    #[error("the provider's answer is too large")]
    TooLarge,
    #[error("the provider's discovery document names an address that is not https")]
    NotSafe,
}

impl Http {
    /// Out of `builder`, which brings the TLS settings; what is decided here overrides it.
    pub(crate) fn new(builder: ClientBuilder) -> reqwest::Result<Self> {
        // TLS takes the provider that the process installed; whoever is first puts this one there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A redirect could lead our request, and what it carries, to an inner address.
        builder.redirect(Policy::none()).timeout(REQUEST_TIMEOUT).referer(false).build().map(Self)
    }

    async fn request(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let request = reqwest::Request::try_from(request).map_err(|_| HttpFault::NotSafe)?;
        if !is_safe(request.url()) {
            return Err(HttpFault::NotSafe);
        }
        let mut answer = self.0.execute(request).await.map_err(fault)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(fault)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(HttpFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

fn fault(error: reqwest::Error) -> HttpFault {
    if error.is_timeout() { HttpFault::TooSlow } else { HttpFault::Unreachable }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.request(request))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Answers every request with the same words, and hangs up.
    async fn server(answer: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    async fn get(address: &str) -> Result<HttpResponse, HttpFault> {
        let http = Http::new(Client::builder()).unwrap();
        http.call(http::Request::builder().uri(address).body(Vec::new()).unwrap()).await
    }

    #[tokio::test]
    async fn answers_are_passed_on_and_redirects_are_answers() {
        let elsewhere = server("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nelsewhere".to_owned()).await;
        let here =
            server(format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nConnection: close\r\n\r\nhere"))
                .await;
        let answer = get(&here).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (302, b"here".as_slice()));
        assert_eq!(answer.headers()["location"], elsewhere);
    }

    #[tokio::test]
    async fn an_answer_without_end_is_cut_off() {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        let just = server(format!("{head}{}", "x".repeat(MAX_ANSWER_BYTES))).await;
        assert_eq!(get(&just).await.unwrap().body().len(), MAX_ANSWER_BYTES);
        let more = server(format!("{head}{}", "x".repeat(MAX_ANSWER_BYTES + 1))).await;
        assert_eq!(get(&more).await.unwrap_err(), HttpFault::TooLarge);
    }

    #[tokio::test]
    async fn nothing_goes_out_in_the_clear() {
        assert_eq!(get("http://id.example.org/").await.unwrap_err(), HttpFault::NotSafe);
        assert_eq!(get("http://192.0.2.1/").await.unwrap_err(), HttpFault::NotSafe);
        let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", nobody.local_addr().unwrap());
        drop(nobody);
        assert_eq!(get(&address).await.unwrap_err(), HttpFault::Unreachable);
    }
}
