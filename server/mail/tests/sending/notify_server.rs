//! A server that speaks GOV.UK Notify's API as its documentation has it (docs.notifications.service.gov.uk/rest-api.html), as far as
//! emails and asking after them go; or that fails as it was told.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
pub const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";
pub const TEMPLATE: &str = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3";
/// What the server's clock shows, seconds since 1970, and how far a token's may be from it.
pub const NOW: i64 = 1_772_528_400;
const TOLERANCE: i64 = 30;

/// What the server does with the next request that it would otherwise have served.
#[derive(Clone, Copy)]
pub enum Does {
    /// Says this status and error, as its documentation lists them.
    Refuse(u16, &'static str),
    /// Reads the request and hangs up.
    HangUp,
    /// Takes the message and hangs up without a word, or in the middle of its answer.
    TakeAndHangUp,
    TakeAndBreakOff,
    /// Takes it and never answers.
    TakeAndStaySilent,
    /// Sends whoever asks elsewhere.
    Redirect,
    /// 200 with no JSON in it.
    Babble,
}

#[derive(Default)]
struct State {
    acts: VecDeque<Does>,
    messages: Vec<Value>,
    statuses: HashMap<String, &'static str>,
}

#[derive(Clone)]
pub struct NotifyServer {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl NotifyServer {
    pub async fn start(acts: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { acts: acts.iter().copied().collect(), ..State::default() };
        let server = Self { address, state: Arc::new(Mutex::new(state)) };
        let this = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let this = this.clone();
                // However it ends.
                tokio::spawn(async move { this.hold(BufReader::new(stream)).await.unwrap_or_default() });
            }
        });
        server
    }

    /// The messages that it took: the requests' JSON.
    pub fn messages(&self) -> Vec<Value> {
        self.state.lock().unwrap().messages.clone()
    }

    /// What became of the message with that reference.
    pub fn set_status(&self, reference: &str, status: &'static str) {
        self.state.lock().unwrap().statuses.insert(reference.to_owned(), status);
    }

    async fn hold(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        while let Some(request) = Request::read(&mut stream).await? {
            let (status, body) = self.serve(&request);
            let act = (status < 300).then(|| self.state.lock().unwrap().acts.pop_front()).flatten();
            if matches!(
                act,
                None | Some(Does::TakeAndHangUp | Does::TakeAndBreakOff | Does::TakeAndStaySilent)
            ) && status == 201
            {
                self.state.lock().unwrap().messages.push(request.json());
            }
            match act {
                None => answer(&mut stream, status, "", &body.to_string()).await?,
                Some(Does::Refuse(status, error)) => {
                    answer(&mut stream, status, "", &error_json(status, error).to_string()).await?;
                }
                Some(Does::HangUp | Does::TakeAndHangUp) => return Ok(()),
                Some(Does::TakeAndBreakOff) => {
                    stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{\"id\":").await?;
                    return stream.flush().await;
                }
                Some(Does::TakeAndStaySilent) => {
                    // Until the other side goes.
                    stream.read_to_end(&mut Vec::new()).await?;
                    return Ok(());
                }
                Some(Does::Redirect) => {
                    answer(&mut stream, 302, "Location: http://192.0.2.1/\r\n", "").await?
                }
                Some(Does::Babble) => answer(&mut stream, 200, "", "<html>maintenance</html>").await?,
            }
        }
        Ok(())
    }

    fn serve(&self, request: &Request) -> (u16, Value) {
        if !is_authorised(request.authorization.as_deref()) {
            return (403, error_json(403, "AuthError"));
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/v2/notifications/email") => take(&request.json()),
            ("GET", "/v2/notifications") => (200, self.list(&request.query)),
            _ => (404, error_json(404, "NoResultFound")),
        }
    }

    fn list(&self, query: &HashMap<String, String>) -> Value {
        let state = self.state.lock().unwrap();
        let fitting = state.messages.iter().rev().filter(|one| {
            query.get("template_type").is_none_or(|kind| kind == "email")
                && query.get("reference").is_none_or(|reference| one["reference"] == **reference)
        });
        let notification = |one: &Value| {
            let reference = one["reference"].as_str().unwrap_or_default();
            json!({
                "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
                "reference": reference,
                "email_address": one["email_address"],
                "type": "email",
                "status": state.statuses.get(reference).unwrap_or(&"sending"),
                "template": { "version": 1, "id": TEMPLATE, "uri": format!("/v2/template/{TEMPLATE}/1") },
                "body": one["personalisation"]["body"],
                "created_at": "2026-03-03T09:00:00.000000Z",
            })
        };
        json!({ "notifications": fitting.map(notification).collect::<Vec<_>>(), "links": { "current": "/v2/notifications" } })
    }
}

/// As the documentation's table of errors for an email.
fn take(body: &Value) -> (u16, Value) {
    let known = ["email_address", "template_id", "personalisation", "reference", "one_click_unsubscribe_url"];
    let fields = body.as_object().expect("an object");
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let stop = fields.get("one_click_unsubscribe_url");
    let valid = fields.keys().all(|name| known.contains(&name.as_str()))
        && text("email_address").contains('@')
        && stop.is_none_or(|stop| stop.as_str().is_some_and(|stop| stop.starts_with("https://")));
    if !valid {
        return (400, error_json(400, "ValidationError"));
    }
    let filled = ["subject", "body"].iter().all(|name| body["personalisation"][name].is_string());
    if text("template_id") != TEMPLATE || !filled {
        return (400, error_json(400, "BadRequestError"));
    }
    (201, json!({ "id": "201b576e-c09b-467b-9dfa-9c3b689ee730", "reference": body["reference"] }))
}

fn error_json(status: u16, error: &str) -> Value {
    let message = "amala@example.com cannot be written to";
    json!({ "status_code": status, "errors": [{ "error": error, "message": message }] })
}

/// `Bearer` and a JSON Web Token of our service's, signed with its secret, and fresh.
fn is_authorised(header: Option<&str>) -> bool {
    let Some(token) = header.and_then(|header| header.strip_prefix("Bearer ")) else { return false };
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { return false };
    let decode = |part: &str| crate::mime::base64(&part.replace('-', "+").replace('_', "/"));
    let json = |part: &str| serde_json::from_slice::<Value>(&decode(part)).unwrap();
    let mut secret = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    secret.update(format!("{head}.{claims}").as_bytes());
    let age = NOW - json(claims)["iat"].as_i64().unwrap();
    json(head) == json!({ "typ": "JWT", "alg": "HS256" })
        && json(claims)["iss"] == SERVICE
        && age.abs() <= TOLERANCE
        && secret.verify_slice(&decode(signature)).is_ok()
}

async fn answer(
    stream: &mut BufReader<TcpStream>,
    status: u16,
    headers: &str,
    body: &str,
) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    stream.flush().await
}

struct Request {
    method: String,
    path: String,
    query: HashMap<String, String>,
    authorization: Option<String>,
    body: Vec<u8>,
}

impl Request {
    async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Self>> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            let fields = lines[1..].iter().filter_map(|line| line.split_once(": "));
            let mut found = fields.filter(|(this, _)| this.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.to_owned())
        };
        let mut body = vec![0; header("content-length").map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).await?;
        let [method, target] = [0, 1].map(|at| lines[0].split(' ').nth(at).unwrap().to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Some(Self { method, path: path.to_owned(), query, authorization: header("authorization"), body }))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}
