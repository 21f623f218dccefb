//! GOV.UK Notify: a web service that sends for public bodies, each with its own key. Its REST API is documented at
//! docs.notifications.service.gov.uk/rest-api.html.
//!
//! Notify does the layout: its template is `((subject))` over `((body))`, and gets our plain text. The message's id goes along as the
//! reference, by which Notify can be asked what became of it. Refused for what it says (400), put off for too many at once (429); a
//! failure of its own (5xx) or an answer that never came leaves open whether it has the message.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Clock;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url, redirect::Policy};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{MAX_CONNECTIONS, is_this_machine};
use crate::{MailerRefusal, Message, Reply, SendFault, delivery::Delivery, markdown, message::ID_BYTES};

/// Where Notify is.
pub const NOTIFY_BASE_URL: &str = "https://api.notifications.service.gov.uk";
/// An answer that lists messages has about 2 kB for each; a reference has one or, after a doubled request, a few.
const MAX_ANSWER_BYTES: usize = 1_000_000;
/// A UUID as text; a key ends in two, each after a hyphen.
const UUID_BYTES: usize = 36;

/// A service at GOV.UK Notify. `Debug` does not show the key.
#[derive(Clone)]
pub struct Notify {
    /// [`NOTIFY_BASE_URL`], or another server that speaks its language: https, unless it is this machine.
    pub base_url: String,
    /// As Notify showed it once: a name, the service's id and the secret, with hyphens between.
    pub api_key: String,
    /// The template, whose subject is `((subject))` and whose message is `((body))`.
    pub template_id: String,
    /// For one request, from connecting to the last byte.
    pub timeout: Duration,
    /// Each request carries the time, which may differ from Notify's by 30 s.
    pub clock: Arc<dyn Clock>,
}

pub(crate) struct NotifyService {
    client: Client,
    messages: Url,
    send: Url,
    service_id: String,
    secret: Hmac<Sha256>,
    template_id: String,
    clock: Arc<dyn Clock>,
    lines: Semaphore,
}

/// Of the answer to "which messages have this reference?", what matters.
#[derive(Deserialize)]
struct Found {
    notifications: Vec<Notification>,
}

#[derive(Deserialize)]
struct Notification {
    reference: Option<String>,
    status: String,
}

impl NotifyService {
    pub(crate) fn new(notify: Notify) -> Result<Self, MailerRefusal> {
        let Notify { base_url, api_key, template_id, timeout, clock } = notify;
        let not_a_host = || MailerRefusal::Host { host: base_url.clone() };
        let base = Url::parse(&base_url).map_err(|_| not_a_host())?;
        let host = base.host_str().ok_or_else(not_a_host)?;
        if base.scheme() != "https" && !(base.scheme() == "http" && is_this_machine(host)) {
            return Err(MailerRefusal::Unencrypted { host: host.to_owned() });
        }
        let path = |path| base.join(path).map_err(|_| not_a_host());
        let (service_id, secret) = split_key(&api_key).ok_or(MailerRefusal::ApiKey)?;
        let template_id = Uuid::try_parse(template_id.trim()).map_err(|_| MailerRefusal::TemplateId)?;
        // TLS takes the provider that the process installed; whoever is first puts this one there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A redirect could lead the message elsewhere.
        let client = Client::builder().redirect(Policy::none()).timeout(timeout).referer(false).build();
        Ok(Self {
            client: client.map_err(|_| MailerRefusal::Client)?,
            send: path("/v2/notifications/email")?,
            messages: path("/v2/notifications")?,
            service_id: service_id.to_owned(),
            secret: Hmac::new_from_slice(secret.as_bytes()).map_err(|_| MailerRefusal::ApiKey)?,
            template_id: template_id.to_string(),
            clock,
            lines: Semaphore::new(MAX_CONNECTIONS),
        })
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendFault> {
        let mut body = json!({
            "email_address": message.to().as_str(),
            "template_id": self.template_id,
            "personalisation": { "subject": message.subject(), "body": markdown::escape(message.paragraphs()) },
            "reference": message.id(),
        });
        let unsubscribe = message.unsubscribe().map(|unsubscribe| unsubscribe.link().as_str());
        // Notify refuses a link in the clear (the demo's).
        if let Some(link) = unsubscribe.filter(|link| link.starts_with("https://")) {
            body["one_click_unsubscribe_url"] = link.into();
        }
        // Never closed.
        let _line = self.lines.acquire().await;
        let request = self.request(Method::POST, self.send.clone()).json(&body);
        let answer = request.send().await.map_err(|error| fault(&error))?;
        let taken = judge(answer.status());
        // To the end, so that the connection can be used again. Whether it comes whole changes nothing.
        let _ = read(answer).await;
        taken
    }

    /// What became of the message with that reference; nothing if Notify knows none.
    pub(crate) async fn find(&self, reference: [u8; ID_BYTES]) -> Result<Option<Delivery>, SendFault> {
        let reference = hex::encode(reference);
        let mut url = self.messages.clone();
        url.query_pairs_mut().append_pair("template_type", "email").append_pair("reference", &reference);
        let _line = self.lines.acquire().await;
        let answer = self.request(Method::GET, url).send().await.map_err(|error| fault(&error))?;
        judge(answer.status())?;
        let found: Found = serde_json::from_slice(&read(answer).await?).map_err(|_| SendFault::Unanswered)?;
        // Whatever else a server of another make puts into its answer.
        let mut ours =
            found.notifications.into_iter().filter(|one| one.reference.as_ref() == Some(&reference));
        Ok(ours.next().map(|one| Delivery::of_notify(&one.status)))
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url).bearer_auth(self.token())
    }

    /// A JSON Web Token (RFC 7519) of the kind that Notify asks for.
    fn token(&self) -> String {
        let claims = json!({ "iss": self.service_id, "iat": self.clock.now().timestamp() });
        let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "HS256" })), part(claims));
        let mut secret = self.secret.clone();
        secret.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(secret.finalize().into_bytes()))
    }
}

/// `{name}-{service id}-{secret}`: the service's id and the secret.
fn split_key(key: &str) -> Option<(&str, &str)> {
    let last = |text| {
        let text: &str = text;
        let (rest, uuid) = text.split_at_checked(text.len().checked_sub(UUID_BYTES)?)?;
        Uuid::try_parse(uuid).ok().map(|_| (rest, uuid))
    };
    let (rest, secret) = last(key.trim())?;
    let (name, service) = last(rest.strip_suffix('-')?)?;
    (name.is_empty() || name.ends_with('-')).then_some((service, secret))
}

/// By the status only: the words of its errors may change, and may repeat the address.
fn judge(status: StatusCode) -> Result<(), SendFault> {
    let reply = Reply::plain(status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(SendFault::Login(reply)),
        StatusCode::REQUEST_TIMEOUT => Err(SendFault::PutOff(reply)),
        StatusCode::TOO_MANY_REQUESTS => Err(SendFault::Closed(reply)),
        status if status.is_client_error() => Err(SendFault::Refused(reply)),
        status if status.is_server_error() => Err(SendFault::Faltered(reply.code)),
        // Another address: this is not Notify.
        _ => Err(SendFault::Unreachable),
    }
}

fn fault(error: &reqwest::Error) -> SendFault {
    match () {
        () if error.is_connect() && error.is_timeout() => SendFault::TooSlow,
        () if error.is_connect() || error.is_builder() => SendFault::Unreachable,
        // How much of the request arrived cannot be known.
        () => SendFault::Unanswered,
    }
}

async fn read(mut answer: Response) -> Result<Vec<u8>, SendFault> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| SendFault::Unanswered)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(SendFault::Unanswered);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl std::fmt::Debug for Notify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Notify({}, …)", self.base_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
    const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";

    #[test]
    fn a_key_is_a_name_a_service_and_a_secret() {
        for name in ["my_test_key-", "my-test-key-", ""] {
            assert_eq!(split_key(&format!("{name}{SERVICE}-{SECRET}")), Some((SERVICE, SECRET)), "{name}");
        }
        for key in [
            "",
            "key",
            SECRET,
            &format!("-{SECRET}"),
            &format!("{SERVICE}{SECRET}"),
            &format!("key{SERVICE}-{SECRET}"),
            &format!("key-{SERVICE}-{SECRET}x"),
            &format!("key-{SERVICE}-é{}", &SECRET[1..]),
        ] {
            assert_eq!(split_key(key), None, "{key}");
        }
    }
}
