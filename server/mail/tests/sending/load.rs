//! Many messages at once: bounded connections, each message once. Prints how fast that went.

use std::{collections::HashSet, time::Instant};

use mail::{Encryption, Mailer, Smtp, mailer::MAX_CONNECTIONS};
use tokio::task::JoinSet;

use crate::{
    certificates::certified,
    people::nudge,
    smtp::{PATIENT, mailer},
    smtp_server::{Line, SmtpServer},
};

/// Tasks that send at once, more than there may be connections.
const SENDERS: usize = 32;
const EACH: usize = 100;

async fn send_all(server: &SmtpServer, mailer: Mailer, what: &str) {
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let mailer = mailer.clone();
        senders.spawn(async move {
            for number in 0..EACH {
                mailer.send(&nudge(u8::try_from(number).unwrap())).await.unwrap();
            }
        });
    }
    senders.join_all().await;
    let rate = (SENDERS * EACH) as f64 / began.elapsed().as_secs_f64();
    println!("{what}: {rate:.0} messages/s, composed and sent, {MAX_CONNECTIONS} connections");
    let seen = server.seen();
    assert_eq!(seen.accepted.len(), SENDERS * EACH);
    assert_eq!(seen.accepted.iter().map(|one| &one.to).collect::<HashSet<_>>().len(), EACH);
    assert!(
        seen.most_open <= MAX_CONNECTIONS && seen.connections <= MAX_CONNECTIONS,
        "{} at once",
        seen.most_open
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_senders_share_few_connections() {
    let server = SmtpServer::start(&[]).await;
    send_all(&server, mailer(&server, PATIENT), "in the clear").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_senders_share_few_connections_with_tls() {
    let certified = certified();
    let server = SmtpServer::that(Line::Tls(certified.tls), &[]).await;
    let (host, port) = ("localhost".to_owned(), server.address.port());
    let authority = Some(certified.authority);
    let smtp = Smtp { host, port, encryption: Encryption::Tls, login: None, timeout: PATIENT, authority };
    send_all(&server, Mailer::smtp(smtp).unwrap(), "TLS").await;
}
