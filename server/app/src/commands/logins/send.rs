//! Invitations by email.

use std::process::ExitCode;
use std::time::Duration;

use actions::{ActionError, Enrolment, IssuedLogin, LoginEmail};
use anyhow::Result;
use indicatif::ProgressBar;
use mail::{Message, Outbox, Posted};

use crate::commands::progress::counter;
use crate::config::{Config, MailWay};

/// How often the bar is drawn while emails are on their way.
const REDRAWN_EVERY: Duration = Duration::from_millis(200);

/// Issues login details and emails each, a step of them at a time: the next are made when the last are sent. The exit code is 1 when
/// somebody was not written to.
pub async fn send(enrolment: &Enrolment, about: &LoginEmail<'_>, config: &Config) -> Result<ExitCode> {
    let LoginEmail { tenant, campaign, organisation, .. } = *about;
    let outbox = &enrolment.post().way(tenant).outbox;
    let message = |login: &IssuedLogin| enrolment.login_email(about, login);
    let (bar, unwritten) = (counter("invitations"), std::cell::Cell::new(0_u64));
    let step = |logins: Vec<IssuedLogin>| {
        let messages = logins.iter().filter_map(|login| Some((login.hash, message(login).ok()?)));
        let messages: Vec<([u8; 32], Message)> = messages.collect();
        unwritten.set(unwritten.get() + (logins.len() - messages.len()) as u64);
        let bar = &bar;
        async move {
            let sent = post(outbox, messages, bar).await?;
            enrolment.note_sent(tenant, &sent).await
        }
    };
    let issued = enrolment.issue_logins(tenant, campaign, organisation, step).await;
    bar.finish();
    let (sent, given_up, unwritten) = (outbox.counts().sent, outbox.counts().given_up, unwritten.get());
    match &config.mail.way_of(&tenant.slug).way {
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
        "When the mail server takes them again, run this again: everybody gets new details, and earlier ones stay good."
    );
    Ok(ExitCode::FAILURE)
}

/// There is nobody to invite.
pub fn nobody() -> ExitCode {
    eprintln!(
        "candour: nobody of this organisation is on the roll: import the roll first (`candour roll import`)"
    );
    ExitCode::FAILURE
}

/// Posts a step's invitations, each with its login details' hash, and waits until they are sent or given up; gives the hashes of those that
/// were sent. Stops all when the server took none of them.
async fn post(
    outbox: &Outbox,
    messages: Vec<([u8; 32], Message)>,
    bar: &ProgressBar,
) -> Result<Vec<[u8; 32]>, ActionError> {
    let mut posted: Vec<([u8; 32], Posted)> = Vec::new();
    for (hash, message) in messages {
        posted.push((hash, outbox.post_and_follow(message).map_err(|_| ActionError::Busy)?));
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
    let (all, mut sent) = (posted.len(), Vec::new());
    for (hash, posted) in posted {
        sent.extend(posted.was_sent().await.then_some(hash));
    }
    match sent.is_empty() && all > 0 {
        true => Err(ActionError::Fault(
            "the mail server takes no email at all: check [mail], and `candour doctor`".to_owned(),
        )),
        false => Ok(sent),
    }
}
