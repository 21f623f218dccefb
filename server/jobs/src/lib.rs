//! What happens by itself: a clock that looks every minute what is due, and workers that do it. The only room with tokio-cron-scheduler.
//!
//! Here: when to look, and how to stop. Not here: what is due and to whom it goes (actions and domain decide, rows remember). The clock may
//! tick in any number of processes: what is begun is a row that only one of them can write, and what is sent is claimed. To add a job: a use
//! case in actions that may be called again at any time, and a line in [`run`].

use std::sync::Arc;
use std::time::Duration;

use actions::{ActionError, Enrolment, Tenant};
use thiserror::Error;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Second 0 of every minute.
const EVERY_MINUTE: &str = "0 * * * * *";
/// How long a worker rests when there is nothing to do, or the mail server is down.
const REST: Duration = Duration::from_secs(5);

/// Where the people of a tenant come in; ends with a slash.
pub type UrlOf = Arc<dyn Fn(&Tenant) -> String + Send + Sync>;

/// Why nothing happens by itself.
#[derive(Debug, Error)]
pub enum JobsFault {
    /// The clock could not be set going.
    #[error("the clock for emails could not be started: {0}")]
    Clock(#[from] JobSchedulerError),
}

/// Begins emails when their time comes and sends them, and makes toolkits and letters that were asked for, until
/// `stop`. A batch of emails that is on its way is finished first; what is being made is let go of, for whoever comes next.
///
/// # Errors
/// [`JobsFault::Clock`].
pub async fn run<Stop: Future<Output = ()>>(
    enrolment: Enrolment,
    url_of: UrlOf,
    stop: impl Fn() -> Stop,
) -> Result<(), JobsFault> {
    let mut clock = JobScheduler::new().await?;
    let ticking = enrolment.clone();
    let tick = Job::new_async(EVERY_MINUTE, move |_, _| {
        let enrolment = ticking.clone();
        Box::pin(async move { begin_due(&enrolment).await })
    })?;
    clock.add(tick).await?;
    clock.start().await?;
    // What came due while nothing ran.
    begin_due(&enrolment).await;
    tokio::join!(send_emails(&enrolment, &url_of, stop()), make_handouts(&enrolment, &url_of, &stop));
    Ok(clock.shutdown().await?)
}

async fn begin_due(enrolment: &Enrolment) {
    if let Err(fault) = enrolment.begin_due_mailings().await {
        tracing::warn!(%fault, "due emails could not be begun");
    }
}

async fn send_emails(enrolment: &Enrolment, url_of: &UrlOf, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let more = said(enrolment.send_mailings(&**url_of).await, "emails could not be sent");
        tokio::select! {
            () = &mut stop => return,
            () = enrolment.mailing_begun() => {}
            () = tokio::time::sleep(rest(more)) => {}
        }
    }
}

async fn make_handouts<Stop: Future<Output = ()>>(
    enrolment: &Enrolment,
    url_of: &UrlOf,
    stop: &impl Fn() -> Stop,
) {
    loop {
        let made = enrolment.make_handouts(&**url_of, stop).await;
        let more = said(made, "what was asked for could not be made");
        tokio::select! {
            biased;
            () = stop() => return,
            () = enrolment.job_asked_for() => {}
            () = tokio::time::sleep(rest(more)) => {}
        }
    }
}

fn rest(more: bool) -> Duration {
    if more { Duration::ZERO } else { REST }
}

fn said(outcome: Result<bool, ActionError>, what: &str) -> bool {
    outcome.unwrap_or_else(|fault| {
        tracing::warn!(%fault, "{what}");
        false
    })
}
