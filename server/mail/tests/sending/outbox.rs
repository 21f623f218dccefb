//! The queue: tries, bounds, draining, silence.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use mail::{Counts, Mailer, Outbox, PostRefusal, RetrySchedule, Unsent, outbox::MAX_WAITING};

use crate::{people::confirmation, smtp, smtp_server::SmtpServer};

fn mailer(server: &SmtpServer) -> Mailer {
    smtp::mailer(server, smtp::PATIENT)
}

fn short(waits: usize) -> RetrySchedule {
    RetrySchedule::new(vec![Duration::from_millis(1); waits])
}

#[tokio::test]
async fn a_message_put_off_twice_arrives_once() {
    let server = SmtpServer::start(&[451, 451]).await;
    let outbox = Outbox::start(mailer(&server), short(5));
    outbox.post(confirmation(1)).unwrap();
    outbox.idle().await;
    assert_eq!(outbox.counts(), Counts { posted: 1, sent: 1, retried: 2, given_up: 0 });
    assert_eq!(server.seen().accepted.len(), 1);
    outbox.drain(Duration::from_secs(60)).await.unwrap();
}

#[tokio::test]
async fn what_is_refused_for_good_is_tried_once_and_what_is_put_off_until_the_schedule_ends() {
    let server = SmtpServer::start(&[550]).await;
    let outbox = Outbox::start(mailer(&server), short(5));
    outbox.post(confirmation(1)).unwrap();
    outbox.idle().await;
    assert_eq!(outbox.counts(), Counts { posted: 1, sent: 0, retried: 0, given_up: 1 });

    let server = SmtpServer::start(&[451; 3]).await;
    let outbox = Outbox::start(mailer(&server), short(2));
    outbox.post(confirmation(1)).unwrap();
    outbox.idle().await;
    assert_eq!(outbox.counts(), Counts { posted: 1, sent: 0, retried: 2, given_up: 1 });
    assert!(server.seen().accepted.is_empty());
}

#[tokio::test]
async fn whoever_follows_a_message_learns_what_became_of_it() {
    let server = SmtpServer::start(&[550]).await;
    let outbox = Outbox::start(mailer(&server), short(0));
    let refused = outbox.post_and_follow(confirmation(1)).unwrap();
    assert!(!refused.was_sent().await, "refused for good");
    let sent = outbox.post_and_follow(confirmation(2)).unwrap();
    assert!(sent.was_sent().await);
    outbox.drain(Duration::from_secs(60)).await.unwrap();
    assert_eq!(outbox.post_and_follow(confirmation(3)).unwrap_err(), PostRefusal::Closed);
}

#[tokio::test]
async fn one_that_waits_holds_up_nobody() {
    let server = SmtpServer::start(&[451]).await;
    let outbox = Outbox::start(mailer(&server), RetrySchedule::new(vec![Duration::from_secs(3_600)]));
    outbox.post(confirmation(1)).unwrap();
    while server.seen().commands.iter().filter(|line| *line == "DATA").count() == 0 {
        tokio::task::yield_now().await;
    }
    for number in 2..=50 {
        outbox.post(confirmation(number)).unwrap();
    }
    while outbox.counts().sent < 49 {
        tokio::task::yield_now().await;
    }
    assert_eq!(outbox.counts().waiting(), 1);
    // Draining does not wait out the hour.
    outbox.drain(Duration::from_secs(60)).await.unwrap();
    assert_eq!(outbox.counts(), Counts { posted: 50, sent: 50, retried: 1, given_up: 0 });
    let mut recipients: Vec<_> = server.seen().accepted.iter().map(|one| one.to[0].clone()).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 50, "each of them, once");
}

#[tokio::test]
async fn a_full_queue_says_so_and_a_hopeless_one_is_dropped_at_the_deadline() {
    let server = SmtpServer::start(&[0; 8]).await;
    let outbox = Outbox::start(mailer(&server), short(0));
    let message = confirmation(1);
    for _ in 0..MAX_WAITING {
        outbox.post(message.clone()).unwrap();
    }
    assert_eq!(outbox.post(message.clone()), Err(PostRefusal::Busy));
    let unsent = outbox.drain(Duration::from_millis(1)).await.unwrap_err();
    assert_eq!(outbox.post(message), Err(PostRefusal::Closed));
    let counts = outbox.counts();
    assert_eq!(unsent, Unsent(counts.given_up));
    assert_eq!((counts.posted, counts.waiting()), (MAX_WAITING as u64, 0));
    assert_eq!(counts.sent, server.seen().accepted.len() as u64, "what the server has is what we say");
}

#[tokio::test]
async fn memory_keeps_the_last_ones_newest_first() {
    let (mailer, mailbox) = Mailer::memory();
    let outbox = Outbox::start(mailer.clone(), short(0));
    outbox.post(confirmation(7)).unwrap();
    outbox.idle().await;
    let [message] = &mailbox.messages()[..] else { panic!("one message") };
    assert_eq!(message.subject(), "Your code to join Our first big conversation");
    for _ in 0..mail::mailer::MEMORY_MESSAGES {
        mailer.send(&confirmation(8)).await.unwrap();
    }
    mailer.send(&confirmation(9)).await.unwrap();
    let messages = mailbox.messages();
    assert_eq!(messages.len(), mail::mailer::MEMORY_MESSAGES);
    assert_eq!(messages[0].to().as_str(), "person-9@trust.example");
    assert!(mailbox.to(confirmation(7).to()).is_empty(), "the oldest made room");
    assert_eq!(mailbox.to(confirmation(9).to()).len(), 1);
}

/// Everything that this process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_say_kind_and_count_and_nothing_else() {
    let log = Log::default();
    let writer = log.clone();
    // From `info` up: below it lettre, built with its `tracing`, writes down whole messages.
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: a test beside this one may log too, and must be as silent.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = SmtpServer::start(&[550]).await;
    let outbox = Outbox::start(mailer(&server), short(0));
    outbox.post(confirmation(1)).unwrap();
    outbox.idle().await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("sign-up-confirmation") && log.contains("given_up=1") && log.contains("550"),
        "{log}"
    );
    for secret in ["person-1", "trust.example", "1234", "Our first", "bsol", "support@"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
