//! `candour logins`: unique login details for the people of a roll, on paper or by email. Identity side only.

mod send;

use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use actions::{ActionError, Enrolment, IssuedLogin, LoginEmail, printed_head};
use anyhow::{Context, Result};
use clap::Subcommand;
use documents::login_letters::{Letter, LetterList, Letters};
use mail::RetrySchedule;

use super::progress::counter;
use super::targets::{Target, organisation};
use crate::addresses::login_link;
use crate::config::Config;
use crate::databases;
use crate::new_file::NewFiles;

/// What to do with login details.
#[derive(Subcommand)]
pub enum Command {
    /// Issue login details to everybody of an organisation who is on the roll, joined or not; earlier ones stay good
    Issue {
        #[command(flatten)]
        target: Target,
        /// The organisation whose people get them
        #[arg(long, value_name = "SLUG")]
        organisation: String,
        #[command(flatten)]
        way: Way,
    },
}

/// How they reach people.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct Way {
    /// Write logins.csv and letters.html, to print, into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Email an invitation to each, and wait until all are sent or given up
    #[arg(long)]
    send: bool,
}

/// Issues login details.
pub async fn run(command: Command, config: &Config) -> Result<ExitCode> {
    let Command::Issue { target, organisation: slug, way } = command;
    // Somebody waits for it: gives up within a minute, not within a quarter of an hour.
    let patience = RetrySchedule::new([1, 5, 30].map(Duration::from_secs).to_vec());
    let (enrolment, _) =
        databases::open_enrolment(config, super::clock(), super::entropy(), patience).await?;
    let (tenant, campaign) = target.find(enrolment.tenants()).await?;
    let organisation = organisation(&tenant, &slug)?;
    let log = enrolment.key_log(&tenant).await?;
    let launched = log.iter().any(|entry| entry.campaign == campaign.id);
    let key_log_head = printed_head(&log).filter(|_| launched).with_context(|| {
        format!(
            "the campaign has no keys yet, and invitations name them: run `candour launch {}` first",
            target.typed()
        )
    })?;
    let url = super::identity_url(config, &tenant);
    let (tenant, campaign, url, key_log_head) = (&*tenant, &campaign, url.as_str(), key_log_head.as_str());
    let about = LoginEmail { tenant, campaign, organisation, url, key_log_head };
    let done = match way.out {
        Some(folder) => write(&enrolment, &about, &folder).await,
        None => send::send(&enrolment, &about, config).await,
    };
    // This process ends before the task that would.
    enrolment.forget_order_now().await?;
    done
}

async fn write(enrolment: &Enrolment, about: &LoginEmail<'_>, folder: &Path) -> Result<ExitCode> {
    let LoginEmail { tenant, campaign, organisation, url, .. } = *about;
    let files = NewFiles::create(folder, &["logins.csv", "letters.html"])?;
    let head = about.letter_head()?;
    let (mut csv, mut html) = (files.writer(0), files.writer(1));
    let written = RefCell::new((LetterList::begin(&mut csv)?, Letters::begin(&mut html, &head)?, Vec::new()));
    let bar = counter("people");
    let take = |logins: Vec<IssuedLogin>| {
        bar.inc(logins.len() as u64);
        let (list, letters, hashes) = &mut *written.borrow_mut();
        let added = logins.into_iter().try_for_each(|login| {
            hashes.push(login.hash);
            let code = login.code.to_string();
            let link = login_link(url, &campaign.slug, Some(&code));
            let letter = Letter { email: login.email, code, link };
            list.add(&letter)?;
            letters.add(&letter)
        });
        std::future::ready(added.map_err(|refusal| ActionError::Fault(refusal.to_string())))
    };
    let issued = enrolment.issue_logins(tenant, campaign, organisation, take).await?;
    let (list, letters, hashes) = written.into_inner();
    list.finish()?;
    letters.finish()?;
    csv.flush()?;
    html.flush()?;
    drop((csv, html));
    if issued == 0 {
        return Ok(send::nobody());
    }
    enrolment.note_sent(tenant, &hashes).await?;
    let paths: Vec<String> = files.keep().iter().map(|path| path.display().to_string()).collect();
    eprintln!("Login details of {issued} people in {}", paths.join(" and, to print, "));
    eprintln!(
        "Whoever reads these files can come in as somebody else: delete them when the letters are on their way."
    );
    Ok(ExitCode::SUCCESS)
}
