//! An organisation's identity provider: npm's certified `oidc-provider`, in a process of its own. Whoever types an account's name there
//! is that account.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::json;

/// By what name the provider knows us.
pub const CLIENT_ID: &str = "candour";
/// Somebody whose address the provider vouches for.
pub const ALEX: &str = "alex";
/// Their address.
pub const ALEX_EMAIL: &str = "alex@birmingham-council.example";

/// How often another free port is looked for: somebody may take one between our finding it and the provider's listening.
const PORTS_TRIED: usize = 5;

/// A running provider. It ends when it is dropped, also when a test panics.
pub struct IdentityProvider {
    /// Its address, as its tokens have it.
    pub issuer: String,
    process: Child,
}

impl IdentityProvider {
    /// Starts one that sends people back to `redirect`.
    ///
    /// # Panics
    /// When Node or npm is lacking: a way in that was not tried is not known to work.
    pub fn start(redirect: &str) -> Self {
        install();
        (0..PORTS_TRIED)
            .find_map(|_| Self::start_once(redirect))
            .expect("the provider starts; what it said stands above")
    }

    fn start_once(redirect: &str) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let issuer = format!("http://127.0.0.1:{port}");
        let clients = json!([{ "client_id": CLIENT_ID, "redirect_uris": [redirect], "token_endpoint_auth_method": "none" }]);
        let accounts = json!([{ "sub": ALEX, "email": ALEX_EMAIL, "email_verified": true }]);
        let process = Command::new("node")
            .arg("provider.mjs")
            .args(["--port", &port.to_string(), "--issuer", &issuer])
            .args(["--clients", &clients.to_string(), "--accounts", &accounts.to_string()])
            .current_dir(folder())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `node`: {error}. `bash tests/run` installs it"));
        let mut provider = Self { issuer, process };
        let output = BufReader::new(provider.process.stdout.take().expect("its output is piped"));
        let first = output.lines().next().and_then(Result::ok);
        (first.as_deref() == Some("ready")).then_some(provider)
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("oidc-provider")
}

/// `npm ci`, once, whatever number of tests begins at the same time.
fn install() {
    let lock = File::create(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oidc-provider.lock"));
    let lock = lock.expect("a file to wait at");
    lock.lock().expect("files can be locked");
    // The last thing that npm writes.
    if folder().join("node_modules/.package-lock.json").exists() {
        return;
    }
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(folder())
        .status()
        .unwrap_or_else(|error| panic!("cannot start `npm`: {error}. `bash tests/run` installs it"));
    assert!(npm.success(), "npm ci in tests/oidc-provider failed");
}
