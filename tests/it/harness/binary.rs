//! The `candour` program itself, in a process of its own, as operators run it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::databases::{Kind, TestDatabases};
use super::patience::{PATIENCE, soon};
use super::people::Device;

/// How to run the program: with which settings, in which folder.
pub struct Candour {
    folder: PathBuf,
    settings: Vec<(String, String)>,
}

/// What a run of the program came to.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// What it printed as its result.
    pub stdout: String,
    /// What it said besides.
    pub stderr: String,
}

impl Candour {
    /// With these databases, on any two free ports, logging JSON.
    pub fn on(databases: &TestDatabases) -> Self {
        let side = &databases.conversation;
        let mut candour = Self::bare(databases.folder()).with("STORAGE__DATA", &path(databases.folder()));
        if databases.kind == Kind::Postgres {
            candour = candour
                .with("STORAGE__IDENTITY_URL", &databases.identity.app)
                .with("STORAGE__CONVERSATION_URL", &side.app)
                .with("STORAGE__MIGRATE_IDENTITY_URL", &databases.identity.owner)
                .with("STORAGE__MIGRATE_CONVERSATION_URL", &side.owner)
                .with("STORAGE__APP_ROLE", "candour_app");
        }
        candour
            .with("SERVER__ADDRESS", "127.0.0.1:0")
            .with("SERVER__OPERATIONS_ADDRESS", "127.0.0.1:0")
            .with("LOGS__FORMAT", "json")
    }

    /// Without any setting, in `folder`.
    pub fn bare(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), settings: Vec::new() }
    }

    /// The same with a setting, such as `LOGS__LEVEL`.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((format!("CANDOUR__{key}"), value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        let inherited = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CANDOUR"));
        for (name, _) in inherited {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(&self.folder).envs(self.settings.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        let run = tokio::task::spawn_blocking(move || command.output()).await.expect("the run is waited for");
        let Output { status, stdout, stderr } = run.expect("the program can be started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program speaks UTF-8");
        let code = status.code().expect("the program ends by itself");
        Ran { code, stdout: text(stdout), stderr: text(stderr) }
    }

    /// Runs it to its end, which must be a good one; gives what it printed.
    pub async fn does(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        assert_eq!(ran.code, 0, "candour {arguments:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// Starts `candour serve`, and does not wait until it serves.
    pub fn begins_to_serve(&self) -> Process {
        Process::start(self.command(&["serve"]))
    }

    /// Starts `candour serve` and waits until it says where it listens.
    pub async fn serve(&self) -> Process {
        let mut process = self.begins_to_serve();
        process.serves().await;
        process
    }

    /// Starts `candour` with `arguments` that make it print one line once it serves; gives that line.
    pub async fn start(&self, arguments: &[&str]) -> (Process, String) {
        let process = Process::start(self.command(arguments));
        process
            .wait_for(|process| process.printed.recv_timeout(PATIENCE).ok(), |line| Some(line.to_owned()))
            .await
    }
}

/// A running `candour`, which is killed when it is dropped.
pub struct Process {
    child: Child,
    said: Receiver<String>,
    printed: Receiver<String>,
    log: Arc<Mutex<String>>,
    site: Option<SocketAddr>,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program can be started");
        let log = Arc::new(Mutex::new(String::new()));
        let said = lines(child.stderr.take().expect("it is piped"), Some(Arc::clone(&log)));
        let printed = lines(child.stdout.take().expect("it is piped"), None);
        Self { child, said, printed, log, site: None }
    }

    async fn wait_for<T: Send + 'static>(
        self,
        next: fn(&Self) -> Option<String>,
        wanted: impl Fn(&str) -> Option<T> + Send + 'static,
    ) -> (Self, T) {
        let wait = move || {
            let found = loop {
                let Some(line) = next(&self) else { break None };
                if let Some(found) = wanted(&line) {
                    break Some(found);
                }
            };
            let found = found.unwrap_or_else(|| panic!("candour does not serve: {}", self.log()));
            (self, found)
        };
        tokio::task::spawn_blocking(wait).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits until it says where it listens, if it has not been waited for.
    pub async fn serves(&mut self) {
        let site = |log: &str| {
            log.lines().find_map(|line| {
                let line: Value = serde_json::from_str(line).ok()?;
                line["site"].as_str()?.parse::<SocketAddr>().ok()
            })
        };
        soon(&format!("candour serves: {}", self.log()), async {
            while self.site.is_none() {
                assert!(!self.has_ended(), "candour does not serve: {}", self.log());
                self.site = site(&self.log());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    /// All that it has said on standard error until now.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it has printed since it was last asked.
    pub fn printed(&self) -> Vec<String> {
        self.printed.try_iter().collect()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be looked at").is_some()
    }

    /// Where the site listens.
    pub fn site(&self) -> SocketAddr {
        self.site.expect("it said where it serves")
    }

    /// A browser at a tenant's own host name.
    pub fn device(&self, tenant: &str) -> Device {
        Device::new(self.site(), format!("{tenant}.localhost:{}", self.site().port()), String::new())
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end (SIGTERM), waits for that, and gives its exit code and the whole log.
    pub async fn stop(mut self) -> (i32, String) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill is installed").success());
        let wait = move || {
            let status = self.child.wait().expect("it ends");
            self.said.iter().for_each(drop);
            (status.code().expect("it ends by itself"), self.log())
        };
        tokio::task::spawn_blocking(wait).await.expect("the end is waited for")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn lines(output: impl std::io::Read + Send + 'static, log: Option<Arc<Mutex<String>>>) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(log) = &log {
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
            // Nobody may be listening any more.
            sender.send(line).ok();
        }
    });
    receiver
}

/// The program beside this test's own, of the same profile.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let profile = test.ancestors().nth(2).expect("tests lie in target/<profile>/deps");
    let program = profile.join(format!("candour{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{} is missing: `cargo build -p app` makes it, and `bash tests/run` runs that",
        program.display()
    );
    program
}

fn path(folder: &Path) -> String {
    folder.to_str().expect("a temporary folder's path is UTF-8").to_owned()
}
