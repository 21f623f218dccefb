//! A tenant with the real conversation on one kind of database, put there by the binary's own commands, and the server on it.

use std::fmt;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::ceilings::{postgres, sqlite};
use crate::people::Site;
use crate::wire::Connection;

/// The tenant whose conversation it is.
pub const TENANT: &str = "bsol";
/// The campaign.
pub const CAMPAIGN: &str = "first-conversation";
/// The campaign whose round a round type runs: pledge review.
pub const REVIEW: &str = "second-conversation";
/// The prompt under which the real statements stand.
pub const PROMPT: &str = "behaviours";
/// Open long before and long after anybody runs this.
const OPEN: [(&str, &str); 2] =
    [("opens = ", "opens = \"2020-01-01T00:00:00\""), ("closes = ", "closes = \"2090-01-01T00:00:00\"")];
/// Everybody is let in at once: what is measured are people who take part, not the few who wait for others to come in with.
const AT_ONCE: (&str, &str) = ("[joining]", "[joining]\nbatch_size = 1");
/// How long a start may take before something must be wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// On which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Filled databases, and what the binary must be told to use them.
pub struct Stage {
    pub databases: Databases,
    /// Sealed codes, not used yet.
    pub codes: Vec<String>,
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// The conversation side, as the ceilings reach it.
pub enum Databases {
    /// The file, and a copy of it that may be written to.
    Sqlite { file: PathBuf, copy: PathBuf },
    /// The same two, as databases of a cluster.
    Postgres(postgres::Cluster),
}

/// The server, running until dropped.
pub struct Server {
    pub site: Site,
    /// From the start of the process to the first `/readyz` that says yes.
    pub ready_after: Duration,
    /// PostgreSQL's first process.
    pub postmaster: Option<u32>,
    process: Child,
}

impl Stage {
    /// Makes databases, applies the pack, loads the conversation and issues `codes`.
    pub async fn fill(kind: Kind, codes: usize) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("candour-bench-").tempdir()?;
        let data = folder.path().join("data");
        let mut environment = vec![("CANDOUR__STORAGE__DATA", text(&data)?)];
        let cluster = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => {
                let cluster = postgres::Cluster::make_databases().await?;
                environment.extend(cluster.settings());
                Some(cluster)
            }
        };
        let mut stage = Self {
            databases: Databases::Sqlite {
                file: data.join("conversation.sqlite"),
                copy: data.join("copy.sqlite"),
            },
            codes: Vec::new(),
            folder,
            environment,
        };
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let packs = stage.folder.path().join("tenants");
        copy_pack(&repository.join("tenants").join(TENANT), &packs.join(TENANT))?;
        let about = ["--tenant", TENANT, "--campaign", CAMPAIGN];
        let conversation = text(&repository.join("server/app/demo/polis-biodiversity"))?;
        stage.command(&["migrate"])?;
        stage.command(&["tenants", "apply", &text(&packs)?])?;
        stage.command(&[&["import", "polis"], &about[..], &["--prompt", PROMPT, &conversation]].concat())?;
        let count = codes.to_string();
        let issue = [&["codes", "issue"], &about[..], &["--organisation", "icb", "--count", &count]].concat();
        let sheet = stage.command(&issue)?;
        stage.codes =
            sheet.lines().skip(1).filter_map(|row| Some(row.split(',').next()?.to_owned())).collect();
        ensure!(stage.codes.len() == codes, "{codes} codes wanted, these came: {sheet}");
        if let Some(cluster) = cluster {
            cluster.copy().await?;
            stage.databases = Databases::Postgres(cluster);
        } else if let Databases::Sqlite { file, copy } = &stage.databases {
            sqlite::copy(file, copy)?;
        }
        Ok(stage)
    }

    /// The same with one more setting.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// Sealed codes of [`REVIEW`], not used yet.
    pub fn review_codes(&self, count: usize) -> Result<Vec<String>> {
        let count = count.to_string();
        let sheet = self.command(&[
            "codes",
            "issue",
            "--tenant",
            TENANT,
            "--campaign",
            REVIEW,
            "--organisation",
            "icb",
            "--count",
            &count,
        ])?;
        Ok(sheet.lines().skip(1).filter_map(|row| Some(row.split(',').next()?.to_owned())).collect())
    }

    /// Starts the server and waits until it is ready.
    pub async fn serve(&self) -> Result<Server> {
        self.serve_at(free_address()?).await
    }

    /// The same at an address.
    pub async fn serve_at(&self, site: SocketAddr) -> Result<Server> {
        let operations = free_address()?;
        let log = fs::File::create(self.folder.path().join("log"))?;
        let mut command = self.binary()?;
        command
            .arg("serve")
            .env("CANDOUR__SERVER__ADDRESS", site.to_string())
            .env("CANDOUR__SERVER__OPERATIONS_ADDRESS", operations.to_string())
            .stderr(log);
        let begun = Instant::now();
        let process = command.spawn()?;
        let host = format!("{TENANT}.localhost:{}", site.port());
        let postmaster = match &self.databases {
            Databases::Sqlite { .. } => None,
            Databases::Postgres(cluster) => Some(cluster.postmaster),
        };
        let site = Site { address: site, host };
        let mut server = Server { site, ready_after: Duration::ZERO, postmaster, process };
        while !ready(operations).await {
            ensure!(server.process.try_wait()?.is_none(), "the server ended: {}", self.log());
            ensure!(begun.elapsed() < PATIENCE, "the server is not ready after {PATIENCE:?}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.ready_after = begun.elapsed();
        Ok(server)
    }

    /// Contributions and comments whose counts are not those of the votes that stand.
    pub async fn wrong_counts(&self) -> Result<i64> {
        match &self.databases {
            Databases::Sqlite { file, .. } => sqlite::wrong_counts(file),
            Databases::Postgres(cluster) => cluster.wrong_counts().await,
        }
    }

    /// A folder of its own, the databases' among others.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the binary is told in its environment.
    pub fn environment(&self) -> &[(&'static str, String)] {
        &self.environment
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Runs a command of the binary; gives what it printed.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        let output = self.binary()?.args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "candour {}: {said}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The release binary, which lies beside the folder of this program.
    fn binary(&self) -> Result<Command> {
        let here = std::env::current_exe()?;
        let release = here.parent().and_then(Path::parent).context("no folder above this program")?;
        let mut command = Command::new(release.join("candour"));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }
}

impl Server {
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn ready(operations: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(operations).await else { return false };
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {operations}\r\n\r\n");
    connection.exchange(request.as_bytes()).await.is_ok_and(|answer| answer.status == 200)
}

/// An address of this machine that nobody listens at.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Copies a pack, with every round open.
fn copy_pack(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, to) = {
            let entry = entry?;
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy_pack(&path, &to)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            fs::write(&to, opened(&fs::read_to_string(&path)?))?;
        } else {
            fs::copy(&path, &to)?;
        }
    }
    Ok(())
}

fn opened(toml: &str) -> String {
    let line = |line: &str| {
        let open = OPEN.iter().chain([&AT_ONCE]).find(|(key, _)| line.starts_with(key));
        format!("{}\n", open.map_or(line, |(_, open)| open))
    };
    toml.lines().map(line).collect()
}

fn text(path: &Path) -> Result<String> {
    Ok(path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?.to_owned())
}
