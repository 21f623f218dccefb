//! People and their devices: what they do, in their words.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use reqwest::{Client, Method, RequestBuilder, header, redirect};
use serde_json::Value;

use super::answer::{Answer, Counts, between};
use super::patience::PATIENCE;

/// A browser: it keeps cookies (also `Secure` ones over plain HTTP, as browsers do on this machine's own addresses), sends back the
/// token of the last form it saw, and follows nothing.
pub struct Device {
    http: Client,
    address: SocketAddr,
    host: String,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    csrf: Mutex<String>,
}

impl Device {
    /// A browser for the site at `address`, asking for `host` (with its port) and paths below `base`.
    pub fn new(address: SocketAddr, host: String, base: String) -> Self {
        // The HTTP client can do TLS, and asks for its provider even where there is none to do. Who was quicker put the same one there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().timeout(PATIENCE);
        let http = client.build().expect("an HTTP client");
        Self { http, address, host, base, cookies: Mutex::default(), csrf: Mutex::default() }
    }

    /// A request to `path` below the tenant's base, with the cookies, to be changed as the test likes.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{}{path}", self.address, self.base);
        let mut request = self.http.request(method, url).header(header::HOST, &self.host);
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        request
    }

    /// Sends a request and keeps the cookies and the form's token that come back.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"));
        let answer = Answer::read(response).await;
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("cookies are text");
            let (name, value) =
                cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            match value {
                "" => cookies.remove(name),
                value => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        if let Some(token) = answer.csrf() {
            *self.csrf.lock().unwrap_or_else(PoisonError::into_inner) = token.to_owned();
        }
        answer
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends a form from one of our own pages.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.csrf();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        let request = self.request(Method::POST, path).header(header::ORIGIN, self.origin()).form(&all);
        self.send(request).await
    }

    /// The token of the last form that it saw.
    pub fn csrf(&self) -> String {
        self.csrf.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it sends as `Cookie`.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The value of one cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The session that it holds.
    pub fn session(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().find(|(name, _)| is_session(name)).map(|(_, value)| value.clone())
    }

    /// Puts a cookie there that the server never gave.
    pub fn plant_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// What it sends as `Origin`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Types a code into the form.
    pub async fn types_code(&self, code: &str) -> Answer {
        self.get("/enter").await.expect(200);
        self.post("/enter", &[("code", code), ("shared", "no")]).await
    }

    /// Comes in with a code that is good.
    pub async fn enters(self, code: &str) -> Person {
        let answer = self.types_code(code).await;
        let campaign = between(answer.location(), "/conversations/", "?").expect("a campaign").to_owned();
        self.get(&format!("/conversations/{campaign}/mine")).await.expect(200);
        self.get("/leave").await.expect(200);
        Person { device: self, campaign }
    }

    /// Comes in as a program, with a code that is good.
    pub async fn opens_session(self, code: &str) -> Program {
        let request = self.request(Method::POST, "/api/v1/sessions");
        let session = self.send(request.json(&serde_json::json!({ "code": code }))).await.expect(201).json();
        let text = |name: &str| session[name].as_str().expect("a session has this").to_owned();
        Program { token: text("token"), campaign: text("campaign"), device: self }
    }
}

/// Whether a cookie of this name is a participant's session.
fn is_session(name: &str) -> bool {
    !name.starts_with("__Host-console-")
        && !["-visit", "-shared", "-sign-up", "-sign-on", "-said"].iter().any(|other| name.ends_with(other))
}

/// Somebody who has come into a campaign.
pub struct Person {
    device: Device,
    /// The campaign's slug.
    pub campaign: String,
}

impl Deref for Person {
    type Target = Device;
    fn deref(&self) -> &Device {
        &self.device
    }
}

impl Person {
    /// Whoever has come into `campaign` on `device`.
    pub fn new(device: Device, campaign: String) -> Self {
        Self { device, campaign }
    }

    /// A path of the conversation.
    pub fn at(&self, rest: &str) -> String {
        format!("/conversations/{}{rest}", self.campaign)
    }

    /// Opens a page of the conversation.
    pub async fn opens(&self, rest: &str) -> Answer {
        self.get(&self.at(rest)).await
    }

    /// Opens the page of one contribution.
    pub async fn reads(&self, contribution: &str) -> Answer {
        self.opens(&format!("/contributions/{contribution}")).await
    }

    /// The same participant's program, at the server at `address`: a session's cookie is a bearer token, too.
    pub fn program_at(&self, address: SocketAddr) -> Program {
        let session = self.device.session().expect("a person has a session");
        let device = Device::new(address, self.device.host.clone(), String::new());
        Program { token: session, campaign: self.campaign.clone(), device }
    }

    /// The same participant's browser, with the same cookies, at another server of the same deployment.
    pub fn at_server(&self, address: SocketAddr) -> Self {
        let device = Device::new(address, self.device.host.clone(), self.device.base.clone());
        for cookie in self.device.cookie_header().split("; ") {
            let (name, value) = cookie.split_once('=').expect("a cookie");
            device.plant_cookie(name, value);
        }
        *device.csrf.lock().unwrap_or_else(PoisonError::into_inner) = self.device.csrf();
        Self { device, campaign: self.campaign.clone() }
    }

    /// Sends the form for a new contribution under `prompt`.
    pub async fn sends_idea(&self, prompt: &str, body: &str) -> Answer {
        self.post(&self.at("/share"), &[("prompt", prompt), ("body", body), ("theme", ""), ("feeling", "")])
            .await
    }

    /// Shares a contribution under the campaign's first prompt; gives its id.
    pub async fn shares(&self, body: &str) -> String {
        let page = self.opens("/share").await.expect(200);
        let radio = page.body.split("<input").find(|input| input.contains("name=\"prompt\""));
        let prompt = radio
            .and_then(|input| between(input, "value=\"", "\""))
            .expect("the form has prompts")
            .to_owned();
        let answer = self.sends_idea(&prompt, body).await;
        between(answer.location(), "/contributions/", "?").expect("an id").to_owned()
    }

    /// Sends the form for a comment, in answer to another if `reply_to` names one.
    pub async fn sends_comment(&self, contribution: &str, reply_to: &str, body: &str) -> Answer {
        let path = self.at(&format!("/contributions/{contribution}/comments"));
        self.post(&path, &[("body", body), ("reply_to", reply_to)]).await
    }

    /// Comments on a contribution; gives the comment's id.
    pub async fn comments(&self, contribution: &str, body: &str) -> String {
        self.replies(contribution, "", body).await
    }

    /// Answers a comment; gives the answer's id.
    pub async fn replies(&self, contribution: &str, comment: &str, body: &str) -> String {
        let answer = self.sends_comment(contribution, comment, body).await;
        answer.location().rsplit_once("#post-").expect("an id").1.to_owned()
    }

    /// Presses one of the answers (`agree`, `disagree`, `pass`), or `withdraw`.
    pub async fn presses(&self, post: &str, value: &str) -> Answer {
        let back = self.at("");
        self.post(&self.at("/votes"), &[("post", post), ("value", value), ("back", &back)]).await
    }

    /// Votes, and it counts.
    pub async fn votes(&self, post: &str, value: &str) {
        self.presses(post, value).await.expect(303);
    }

    /// Sends the form that changes a post.
    pub async fn sends_change(&self, post: &str, body: &str) -> Answer {
        let path = self.at(&format!("/posts/{post}/edit"));
        self.post(&path, &[("body", body), ("theme", ""), ("feeling", "")]).await
    }

    /// Takes a post back.
    pub async fn takes_back(&self, post: &str) -> Answer {
        self.post(&self.at(&format!("/posts/{post}/withdraw")), &[]).await
    }

    /// The counts that the contribution's own page shows.
    pub async fn counts(&self, contribution: &str) -> Counts {
        self.reads(contribution).await.expect(200).counts(contribution)
    }
}

/// A program that has come into a campaign.
pub struct Program {
    device: Device,
    /// What it sends as bearer token.
    pub token: String,
    /// The campaign's slug.
    pub campaign: String,
}

impl Program {
    /// A request to a path below the campaign's own, with the token.
    pub fn request(&self, method: Method, rest: &str) -> RequestBuilder {
        let path = format!("/api/v1/campaigns/{}{rest}", self.campaign);
        self.device.request(method, &path).bearer_auth(&self.token)
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        self.device.send(request).await
    }

    /// The same participant at another server of the same deployment.
    pub fn at_server(&self, address: SocketAddr) -> Self {
        let device = Device::new(address, self.device.host.clone(), self.device.base.clone());
        Self { token: self.token.clone(), campaign: self.campaign.clone(), device }
    }

    /// The short names of the campaign's prompts.
    pub async fn prompts(&self) -> Vec<String> {
        let campaign = self.get("").await.expect(200).json();
        let prompts = campaign["prompts"].as_array().expect("a campaign has prompts");
        prompts
            .iter()
            .map(|prompt| prompt["prompt"].as_str().expect("a prompt has a name").to_owned())
            .collect()
    }

    /// Asks for something below the campaign's path.
    pub async fn get(&self, rest: &str) -> Answer {
        self.send(self.request(Method::GET, rest)).await
    }

    /// Sends JSON below the campaign's path.
    pub async fn put(&self, method: Method, rest: &str, json: &Value) -> Answer {
        self.send(self.request(method, rest).json(json)).await
    }

    /// Deletes something below the campaign's path.
    pub async fn delete(&self, rest: &str) -> Answer {
        self.send(self.request(Method::DELETE, rest)).await
    }
}

/// The counts in the API's JSON of a post.
pub fn api_counts(post: &Value) -> Counts {
    let count = |name: &str| post["votes"][name].as_i64().expect("a post has counts");
    Counts { agree: count("agree"), disagree: count("disagree"), pass: count("pass") }
}
