//! `candour doctor`.

mod sides;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::Clock;
use migrations::Side;
use serde::Serialize;

use crate::config::{Config, ConfigRefusal};
use crate::data_folder::CONVERSATION_FILE;
use crate::secrets::PepperSource;
use crate::{SystemClock, databases};

/// Less free disk than this is a problem, bytes.
const LITTLE_DISK_BYTES: u64 = 256 << 20;
/// Less free disk than this deserves a word, bytes.
const MODEST_DISK_BYTES: u64 = 2 << 30;
/// Fewer open files than this deserve a word: every open page holds one.
const MODEST_FILES: u64 = 20_000;
/// How far a file may seem to come from the future.
const CLOCK_LEEWAY: TimeDelta = TimeDelta::minutes(5);
/// The years that a clock may show.
const SANE_YEARS: (i32, i32) = (2025, 2100);

/// How to say it.
#[derive(clap::Args)]
pub struct Args {
    /// One JSON object on one line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Fine,
    Advice,
    Problem,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    says: String,
}

impl Finding {
    fn new(check: &'static str, verdict: Verdict, says: impl Into<String>) -> Self {
        Self { check, verdict, says: says.into() }
    }

    fn of(check: &'static str, outcome: Result<String>) -> Self {
        match outcome {
            Ok(says) => Self::new(check, Verdict::Fine, says),
            Err(error) => Self::new(check, Verdict::Problem, format!("{error:#}")),
        }
    }
}

/// Checks what can be checked and says what to do. The exit code is 1 when there is a problem.
pub async fn run(args: &Args, config: Result<Config, ConfigRefusal>) -> Result<ExitCode> {
    let findings = match config {
        Ok(config) => examine(&config).await,
        Err(refusal) => vec![Finding::new("configuration", Verdict::Problem, refusal.to_string())],
    };
    let healthy = findings.iter().all(|finding| finding.verdict != Verdict::Problem);
    if args.json {
        println!("{}", serde_json::json!({ "healthy": healthy, "findings": findings }));
    } else {
        findings.iter().for_each(print);
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(finding: &Finding) {
    let verdict = match finding.verdict {
        Verdict::Fine => "fine",
        Verdict::Advice => "advice",
        Verdict::Problem => "PROBLEM",
    };
    println!("{verdict:8}{}: {}", finding.check, finding.says.replace('\n', "\n          "));
}

async fn examine(config: &Config) -> Vec<Finding> {
    let urls = &config.storage.databases;
    let data = &config.storage.data;
    let now = SystemClock.now();
    let mut findings = vec![
        Finding::new("configuration", Verdict::Fine, "read; the two sides are two databases"),
        sides::side(&config.server),
        sides::public_address(&config.server),
        Finding::of("data folder", writable(data)),
        clock(now, modified(&data.join(CONVERSATION_FILE))),
        disk(fs4::available_space(existing(data))),
        open_files(rlimit::Resource::NOFILE.get_hard()),
    ];
    let fine = |()| "answers and is up to date".to_owned();
    if let Some(url) = &urls.identity_url {
        let identity = databases::up_to_date("identity", url, Side::Identity).await;
        findings.push(Finding::of("identity database", identity.map(fine)));
        findings.push(Finding::of("identity secret", secret(&config.identity_secret)));
        findings.extend(sides::mail(&config.mail));
    }
    if let Some(url) = &urls.conversation_url {
        let conversation = databases::up_to_date("conversation", url, Side::Conversation).await;
        findings.push(Finding::of("conversation database", conversation.map(fine)));
        findings.push(Finding::of("pepper", secret(&config.pepper)));
    }
    if findings.iter().all(|finding| finding.verdict != Verdict::Problem) {
        findings.extend(tenants(config).await);
    }
    findings
}

fn writable(data: &Path) -> Result<String> {
    let probe = data.join(".doctor");
    fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(|error| {
        anyhow::anyhow!(
            "{} cannot be written ({error}): run `candour migrate` to make it, or give it to the user that runs Candour",
            data.display()
        )
    })?;
    Ok(format!("{} can be written", data.display()))
}

/// The folder, or the nearest one above it that is there.
fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder)
}

fn secret(source: &PepperSource) -> Result<String> {
    source.read()?;
    let PepperSource::File(path) = source else { return Ok("given by the configuration".to_owned()) };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode() & 0o777;
        anyhow::ensure!(
            mode & 0o077 == 0,
            "others may read {} (mode {mode:03o}): run `chmod 600 {0}`",
            path.display()
        );
    }
    Ok(format!("{} holds one, and is nobody else's to read", path.display()))
}

fn modified(file: &Path) -> Option<DateTime<Utc>> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok().map(DateTime::from)
}

fn clock(now: DateTime<Utc>, last_write: Option<DateTime<Utc>>) -> Finding {
    let of = |verdict, says: String| Finding::new("clock", verdict, says);
    let year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).earliest();
    let shown = now.format("%Y-%m-%d %H:%M:%S UTC");
    let do_this = "rounds open and close by it: set it, and keep it right with NTP";
    if year(SANE_YEARS.0).is_some_and(|first| now < first)
        || year(SANE_YEARS.1).is_some_and(|last| now >= last)
    {
        return of(Verdict::Problem, format!("it shows {shown}; {do_this}"));
    }
    match last_write {
        Some(written) if written - now > CLOCK_LEEWAY => of(
            Verdict::Problem,
            format!("it shows {shown}, and the database was written after that; {do_this}"),
        ),
        _ => of(Verdict::Fine, format!("it shows {shown}")),
    }
}

fn disk(free: std::io::Result<u64>) -> Finding {
    let of = |verdict, says: String| Finding::new("disk", verdict, says);
    match free {
        Err(error) => {
            of(Verdict::Problem, format!("the free space is unknown ({error}): check storage.data"))
        }
        Ok(bytes) => {
            let says = format!("{} MiB free", bytes >> 20);
            match bytes {
                ..LITTLE_DISK_BYTES => {
                    of(Verdict::Problem, format!("{says}: make room, or votes will soon be refused"))
                }
                LITTLE_DISK_BYTES..MODEST_DISK_BYTES => {
                    of(Verdict::Advice, format!("{says}: make room before the next backup"))
                }
                _ => of(Verdict::Fine, says),
            }
        }
    }
}

fn open_files(limit: std::io::Result<u64>) -> Finding {
    let of = |verdict, says: String| Finding::new("open files", verdict, says);
    match limit {
        Ok(limit) if limit < MODEST_FILES => of(
            Verdict::Advice,
            format!(
                "{limit} at most, and every open page holds one: raise the limit (LimitNOFILE= in systemd) to {MODEST_FILES}"
            ),
        ),
        Ok(_) => of(Verdict::Fine, format!("at least {MODEST_FILES} may be open")),
        Err(error) => {
            of(Verdict::Advice, format!("the limit is unknown ({error}): make it {MODEST_FILES} or more"))
        }
    }
}

async fn tenants(config: &Config) -> Vec<Finding> {
    let of = |verdict, says: String| vec![Finding::new("tenants", verdict, says)];
    let found = async {
        let sides = super::sides(config).await?.sides;
        let tenants = sides.tenants().all().await?;
        anyhow::Ok((sides, tenants))
    };
    match found.await {
        Ok((_, tenants)) if tenants.is_empty() => of(
            Verdict::Advice,
            "there is none: write a tenant pack and run `candour tenants apply`".to_owned(),
        ),
        Ok((sides, tenants)) => {
            let slugs: Vec<_> = tenants.iter().map(|tenant| tenant.slug.as_str()).collect();
            let mut findings = of(Verdict::Fine, slugs.join(", "));
            for tenant in tenants.iter() {
                findings.extend(sides::keys(&sides, tenant).await);
            }
            findings
        }
        Err(error) => of(Verdict::Problem, format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_cannot_be_right() {
        let now = at("2027-03-01T12:00:00Z");
        assert_eq!(clock(now, None).verdict, Verdict::Fine);
        assert_eq!(clock(now, Some(at("2027-03-01T12:04:00Z"))).verdict, Verdict::Fine);
        assert_eq!(clock(now, Some(at("2027-03-01T12:06:00Z"))).verdict, Verdict::Problem);
        assert_eq!(clock(at("1970-01-01T00:01:00Z"), None).verdict, Verdict::Problem);
        assert_eq!(clock(at("2100-01-01T00:00:00Z"), None).verdict, Verdict::Problem);
    }

    #[test]
    fn a_disk_that_runs_full() {
        let verdict = |bytes| disk(Ok(bytes)).verdict;
        assert_eq!(
            [verdict(1 << 20), verdict(1 << 30), verdict(1 << 40)],
            [Verdict::Problem, Verdict::Advice, Verdict::Fine]
        );
        assert_eq!(open_files(Ok(1_024)).verdict, Verdict::Advice);
    }
}
