//! SMTP with TLS, from the first byte and by STARTTLS, to a server that only the tests' own authority vouches for.

use mail::{Encryption, Login, Mailer, SendFault, Smtp};

use crate::{
    certificates::certified,
    mime::Mime,
    people::confirmation,
    smtp::PATIENT,
    smtp_server::{Line, SmtpServer},
};

/// With the login that the tests' servers want.
pub fn smtp(port: u16, encryption: Encryption, authority: Option<mail::Authority>) -> Smtp {
    let host = "localhost".to_owned();
    let login = Some(Login { user: "candour".to_owned(), password: "correct horse".to_owned() });
    Smtp { host, port, encryption, login, timeout: PATIENT, authority }
}

#[tokio::test]
async fn both_kinds_carry_a_message_and_a_login() {
    let certified = certified();
    for (line, encryption) in [
        (Line::Tls(certified.tls.clone()), Encryption::Tls),
        (Line::StartTls(certified.tls.clone()), Encryption::StartTls),
    ] {
        let server = SmtpServer::that(line, &[]).await;
        let authority = Some(certified.authority.clone());
        let mailer = Mailer::smtp(smtp(server.address.port(), encryption, authority)).unwrap();
        mailer.send(&confirmation(1)).await.unwrap();
        mailer.send(&confirmation(2)).await.unwrap();
        let seen = server.seen();
        assert_eq!((seen.connections, seen.accepted.len()), (1, 2));
        assert!(Mime::read(&seen.accepted[0].data).parts[0].1.contains("1234 5678"));
        let clear: Vec<_> = seen.commands.iter().filter(|line| line.starts_with("in the clear")).collect();
        let said_in_the_clear = clear.iter().all(|line| line.contains("EHLO") || line.contains("STARTTLS"));
        assert!(said_in_the_clear, "{clear:?}");
        assert!(seen.commands.iter().any(|line| line.starts_with("AUTH PLAIN")), "{:?}", seen.commands);
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_nothing() {
    let (certified, stranger) = (certified(), certified());
    for line in [Line::Tls(certified.tls.clone()), Line::StartTls(certified.tls.clone())] {
        let encryption = match line {
            Line::StartTls(_) => Encryption::StartTls,
            _ => Encryption::Tls,
        };
        let server = SmtpServer::that(line, &[]).await;
        for authority in [None, Some(stranger.authority.clone())] {
            let mailer = Mailer::smtp(smtp(server.address.port(), encryption, authority)).unwrap();
            assert_eq!(mailer.send(&confirmation(1)).await, Err(SendFault::NotSafe));
        }
        // A name that its certificate does not carry.
        let by_number = Smtp {
            host: "127.0.0.1".to_owned(),
            ..smtp(server.address.port(), encryption, Some(certified.authority.clone()))
        };
        assert_eq!(Mailer::smtp(by_number).unwrap().send(&confirmation(1)).await, Err(SendFault::NotSafe));
        let seen = server.seen();
        assert!(!seen.commands.iter().any(|line| line.contains("AUTH") || line.contains("MAIL")), "{seen:?}");
    }
}
