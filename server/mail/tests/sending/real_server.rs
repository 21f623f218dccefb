//! A mail server that is not of our own making, as a process: Debian's aiosmtpd with the tests' mailbox behind it (`real_server.py`).

use std::{fs, process::Stdio};

use mail::Encryption;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Debian's packages are for Debian's own Python, whichever comes first on the path.
const PYTHON: &str = "/usr/bin/python3";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sending/real_server.py");

/// An email as the server took it.
#[derive(Debug, Deserialize)]
pub struct Taken {
    /// The envelope's.
    pub from: String,
    pub to: Vec<String>,
    /// Where its connection came from: all that came by one have the same.
    pub port: u16,
    /// Such as `TLSv1.3`.
    pub tls: String,
    /// With the dots of the wire taken off again, lines ended by CRLF.
    pub content: String,
}

pub struct RealServer {
    pub port: u16,
    folder: TempDir,
    /// Holds its input, whose end is its end; and it is killed when this goes.
    _process: Child,
}

impl RealServer {
    /// On a free port, with a certificate and its key.
    pub async fn start(encryption: Encryption, pem: &str) -> Self {
        let kind = if encryption == Encryption::Tls { "tls" } else { "starttls" };
        let folder = tempfile::tempdir().unwrap();
        let certificate = folder.path().join("certificate.pem");
        fs::write(&certificate, pem).unwrap();
        let mut process = Command::new(PYTHON)
            .args([SCRIPT, kind])
            .args([certificate.as_path(), folder.path()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Debian's Python is here: `bash tests/run` installs it");
        let output = process.stdout.take().unwrap();
        let line = BufReader::new(output).lines().next_line().await.unwrap();
        let port = line.and_then(|line| line.parse().ok());
        let port = port.expect("aiosmtpd names its port: `bash tests/run` installs python3-aiosmtpd");
        Self { port, folder, _process: process }
    }

    /// What it has taken so far, in that order.
    pub fn taken(&self) -> Vec<Taken> {
        // Nothing taken, no file.
        let list = fs::read_to_string(self.folder.path().join("taken.jsonl")).unwrap_or_default();
        list.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
