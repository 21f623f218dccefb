//! The provider's process.

use std::{fs::File, net::TcpListener, path::PathBuf, process::Stdio};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A public client.
pub const CLIENT_ID: &str = "candour";
/// A client with a secret, sent as HTTP Basic.
pub const SECRET_CLIENT_ID: &str = "candour-with-a-secret";
/// How often another free port is looked for: somebody may take one between our finding it and the provider's listening.
const PORTS_TRIED: usize = 5;

pub fn the_secret() -> String {
    // With signs that must be encoded before HTTP Basic (RFC 6749, 2.3.1).
    "a secret: of+more/than&32=characters".to_owned()
}

pub struct NodeProvider {
    pub issuer: String,
    port: u16,
    process: Child,
}

impl NodeProvider {
    pub fn redirect_url() -> &'static str {
        "http://127.0.0.1:9/single-sign-on/return"
    }

    /// On a free port.
    pub async fn start(arguments: &[&str]) -> Self {
        install();
        for _ in 0..PORTS_TRIED {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if let Some(provider) = Self::start_at(port, arguments).await {
                return provider;
            }
        }
        panic!("the provider did not start; what it said stands above");
    }

    /// Once more on the same port: another key, and nothing remembered.
    pub async fn restart(mut self) -> Self {
        self.stop().await;
        Self::start_at(self.port, &[]).await.expect("the port is still free")
    }

    pub async fn stop(&mut self) {
        self.process.kill().await.unwrap();
    }

    async fn start_at(port: u16, arguments: &[&str]) -> Option<Self> {
        let issuer = format!("http://127.0.0.1:{port}");
        let redirect_uris = [Self::redirect_url()];
        let clients = json!([
            { "client_id": CLIENT_ID, "redirect_uris": redirect_uris, "token_endpoint_auth_method": "none" },
            { "client_id": SECRET_CLIENT_ID, "redirect_uris": redirect_uris, "client_secret": the_secret() },
        ]);
        let accounts = json!([
            { "sub": "alex", "email": "alex@trust.example", "email_verified": true },
            { "sub": "robin", "email": "robin@trust.example", "email_verified": false },
            { "sub": "sam" },
        ]);
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .args(["--port", &port.to_string(), "--issuer", &issuer])
            .args(["--clients", &clients.to_string(), "--accounts", &accounts.to_string()])
            .args(arguments)
            .current_dir(folder())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node is here: install nodejs and npm (apt-get install nodejs npm)");
        let output = process.stdout.take().unwrap();
        let line = BufReader::new(output).lines().next_line().await.unwrap();
        (line.as_deref() == Some("ready")).then_some(Self { issuer, port, process })
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oidc-provider")
}

/// `npm ci`, once, whatever number of tests begins at the same time.
fn install() {
    let lock = File::create(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oidc-provider.lock")).unwrap();
    lock.lock().unwrap();
    // The last thing that npm writes.
    if folder().join("node_modules/.package-lock.json").exists() {
        return;
    }
    let npm = std::process::Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(folder())
        .status()
        .expect("npm is here: install nodejs and npm (apt-get install nodejs npm)");
    assert!(npm.success(), "npm ci in tests/oidc-provider failed");
}
