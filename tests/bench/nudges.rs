//! Emails to many: how fast a mailing leaves through a mail server on this machine, and what it takes of memory, however many it goes to.

mod sink;

use std::sync::Arc;
use std::time::{Duration, Instant};

use actions::Actor;
use anyhow::{Context, Result, ensure};
use app::{Config, OsRandom, SystemClock};
use chrono::{DateTime, NaiveTime, Utc};
use documents::roll::RollKind;
use domain::Clock;
use mail::RetrySchedule;

use crate::options::Options;
use crate::stage::{CAMPAIGN, Kind, Stage, TENANT};
use crate::{process, report};

use sink::Sink;

/// People on the roll: first a hospital's, then a whole system's.
const PEOPLE: [usize; 2] = [10_000, 80_000];
/// The planned email that goes.
const EMAIL: &str = "launch";

/// One mailing.
pub struct Mailing {
    /// To so many.
    pub people: usize,
    /// From the first claim to the last email's being settled.
    pub took: Duration,
    /// The process' memory before, and the most while it went, bytes.
    pub memory: (u64, u64),
}

/// Noon of today: never a quiet hour.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now().date_naive().and_time(NaiveTime::from_hms_opt(12, 0, 0).expect("noon")).and_utc()
    }
}

/// Both sizes, on each database.
pub async fn measure(options: &Options) -> Result<()> {
    for kind in &options.databases {
        let mut rounds = Vec::new();
        for people in PEOPLE {
            for round in 1..=options.rounds.min(3) {
                eprintln!("{kind}: a mailing to {people}, round {round}");
                rounds.push(one(*kind, people).await?);
            }
        }
        report::mailings(*kind, &rounds);
    }
    Ok(())
}

async fn one(kind: Kind, people: usize) -> Result<Mailing> {
    let sink = Sink::start()?;
    let port = sink.port().to_string();
    let stage = Stage::fill(kind, 1).await?;
    let environment = stage.environment().iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mail = [
        ("CANDOUR__MAIL__HOST", "127.0.0.1"),
        ("CANDOUR__MAIL__PORT", port.as_str()),
        ("CANDOUR__MAIL__ENCRYPTION", "none"),
        ("CANDOUR__MAIL__FROM_ADDRESS", "talk@bsol.example"),
    ];
    let mail = mail.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(None, environment.chain(mail), None)?;
    let (enrolment, _) =
        app::databases::open_enrolment(&config, Arc::new(Noon), Arc::new(OsRandom), RetrySchedule::default())
            .await?;
    let tenant = enrolment.tenants().by_slug(TENANT).await?.context("the pack is applied")?;
    let campaign = tenant.campaign(CAMPAIGN).context("the pack has it")?;
    let rows: String = (0..people).map(|number| format!("first.last.{number}@uhb.example,uhb\n")).collect();
    let file = format!("email,organisation\n{rows}");
    let held = enrolment.import_roll(&tenant, campaign, RollKind::Csv, file.as_bytes(), &|_| {}).await?;
    let actor = Actor::command_line(tenant.id);
    enrolment.confirm_roll(&actor, &tenant, campaign, held.import).await?;
    enrolment.launch_campaign(&tenant, campaign).await?;
    drop(file);

    process::wait_for_quiet().await?;
    let before = process::memory(std::process::id())?;
    let begun = Instant::now();
    enrolment.send_mailing_now(&actor, (&tenant, campaign), EMAIL).await?;
    let mut most = before;
    while enrolment.send_mailings(&|_| "https://bsol.example/".to_owned()).await? {
        most = most.max(process::memory(std::process::id())?);
    }
    let took = begun.elapsed();
    let (emails, people_reached) = sink.stop()?;
    ensure!(
        emails == people && people_reached == people,
        "{emails} emails reached {people_reached} of {people}"
    );
    Ok(Mailing { people, took, memory: (before, most) })
}
