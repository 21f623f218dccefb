//! Invitations by email.

use std::process::ExitCode;
use std::time::Duration;

use actions::{ActionError, Enrolment, IssuedLogin, LoginEmail};
use anyhow::Result;
use indicatif::ProgressBar;
use mail::{Message, Outbox};

use super::Invited;
use crate::commands::progress::counter;
use crate::config::{Config, MailWay};

/// How often the bar is drawn while emails are on their way.
const REDRAWN_EVERY: Duration = Duration::from_millis(200);

/// Issues login details and emails each, a step of them at a time: the next are made when the last are sent. The exit code is 1 when
/// somebody was not written to.
pub async fn send(
    enrolment: &Enrolment,
    outbox: &Outbox,
    invited: &Invited<'_>,
    config: &Config,
) -> Result<ExitCode> {
    let Invited { tenant, campaign, organisation, url, key_log_head } = invited;
    let about = LoginEmail { tenant, campaign, organisation, url, key_log_head };
    let message = |login: &IssuedLogin| enrolment.login_email(&about, login);
    let (bar, unwritten) = (counter("invitations"), std::cell::Cell::new(0_u64));
    let step = |logins: Vec<IssuedLogin>| {
        let messages: Vec<Message> = logins.iter().filter_map(|login| message(login).ok()).collect();
        unwritten.set(unwritten.get() + (logins.len() - messages.len()) as u64);
        post(outbox, messages, &bar)
    };
    let issued = enrolment.issue_logins(tenant, campaign, organisation, step).await;
    bar.finish();
    let (sent, given_up, unwritten) = (outbox.counts().sent, outbox.counts().given_up, unwritten.get());
    match &config.mail.way {
        MailWay::Folder(folder) => {
            println!(
                "{sent} invitations written into {}, and sent to nobody: [mail] names no server",
                folder.display()
            );
        }
        _ => println!("{sent} invitations handed to the mail server"),
    }
    if given_up > 0 {
        eprintln!("candour: the mail server did not take {given_up} invitations");
    }
    if unwritten > 0 {
        eprintln!(
            "candour: {unwritten} addresses are ones that email cannot go to: give these people their details on paper (--out)"
        );
    }
    match issued {
        Err(ActionError::Fault(what)) => eprintln!("candour: stopped: {what}"),
        Err(fault) => eprintln!("candour: stopped: {fault}"),
        Ok(0) => return Ok(nobody()),
        Ok(_) if given_up + unwritten == 0 => return Ok(ExitCode::SUCCESS),
        Ok(_) => {}
    }
    eprintln!(
        "When the mail server takes them again, run this again: whoever has not joined gets new details, and earlier ones stay good."
    );
    Ok(ExitCode::FAILURE)
}

/// There is nobody to invite.
pub fn nobody() -> ExitCode {
    eprintln!(
        "candour: nobody of this organisation is on the roll and has not joined: import the roll first (`candour roll import`)"
    );
    ExitCode::FAILURE
}

/// Posts a step's invitations and waits until they are sent or given up. Stops all when the server took none of them.
async fn post(outbox: &Outbox, messages: Vec<Message>, bar: &ProgressBar) -> Result<(), ActionError> {
    let (all, before) = (messages.len() as u64, outbox.counts());
    for message in messages {
        outbox.post(message).map_err(|_| ActionError::Busy)?;
    }
    let idle = outbox.idle();
    tokio::pin!(idle);
    loop {
        let done = tokio::time::timeout(REDRAWN_EVERY, &mut idle).await.is_ok();
        bar.set_position(outbox.counts().sent);
        if done {
            break;
        }
    }
    match outbox.counts().given_up - before.given_up {
        given_up if given_up == all && all > 0 => Err(ActionError::Fault(
            "the mail server takes no email at all: check [mail], and `candour doctor`".to_owned(),
        )),
        _ => Ok(()),
    }
}
