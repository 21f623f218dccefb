//! As much of GOV.UK Notify's API as sending and asking after emails takes: it counts what it is given for whom, and answers slowly whether it knows
//! an email. It looks at no key: the mail room's own tests do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::config::{MailWay, NotifySettings};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How long whoever asks after an email waits: two who ask at once are both still asking.
const THINKS: Duration = Duration::from_millis(50);

/// What it was given. It ends with the test's runtime.
#[derive(Clone, Default)]
pub struct NotifyService {
    port: u16,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

impl NotifyService {
    /// One that takes everything, and knows of nothing that it has not been given.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let service = Self { port, ..Self::default() };
        let serves = service.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serves = serves.clone();
                // Whoever breaks off ends their own conversation.
                tokio::spawn(async move { serves.converse(stream).await.ok() });
            }
        });
        service
    }

    /// To be sent through.
    pub fn way(&self) -> MailWay {
        let uuid = "26785a09-ab16-4eb0-8407-a37497a57506";
        MailWay::Notify(NotifySettings {
            base_url: format!("http://127.0.0.1:{}", self.port),
            api_key: format!("tests-{uuid}-{uuid}"),
            template_id: uuid.to_owned(),
        })
    }

    /// How many emails it was given for whom.
    pub fn taken(&self) -> HashMap<String, usize> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let (hears, mut says) = stream.into_split();
        let mut hears = BufReader::new(hears);
        loop {
            let (mut request, mut length) = (String::new(), 0);
            if hears.read_line(&mut request).await? == 0 {
                return Ok(());
            }
            loop {
                let mut header = String::new();
                hears.read_line(&mut header).await?;
                let header = header.trim().to_ascii_lowercase();
                if let Some(value) = header.strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a number");
                }
                if header.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            hears.read_exact(&mut body).await?;
            let answer = if request.starts_with("POST ") { self.take(&body) } else { nothing_known().await };
            let answer = answer.to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
            says.write_all(format!("{head}{answer}").as_bytes()).await?;
        }
    }

    fn take(&self, body: &[u8]) -> Value {
        let message: Value = serde_json::from_slice(body).expect("JSON");
        let to = message["email_address"].as_str().expect("an address").to_owned();
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner).entry(to).or_default() += 1;
        json!({ "reference": message["reference"] })
    }
}

async fn nothing_known() -> Value {
    tokio::time::sleep(THINKS).await;
    json!({ "notifications": [] })
}
