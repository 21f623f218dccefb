//! SMTP against a server that speaks it.

use std::time::Duration;

use mail::{
    Address, Dispatch, Email, Encryption, Invitation, Login, Mailer, Message, Reply, SendFault, Smtp,
};

use crate::{
    mime::{Mime, decode_words},
    people::{confirmation, dispatch},
    smtp_server::SmtpServer,
};

/// Over a connection in the clear.
pub fn mailer(server: &SmtpServer, timeout: Duration) -> Mailer {
    let server = Smtp {
        host: server.address.ip().to_string(),
        port: server.address.port(),
        encryption: Encryption::None,
        login: None,
        timeout,
        authority: None,
    };
    Mailer::smtp(server).unwrap()
}

/// Longer than any machine is slow.
pub const PATIENT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_whole_conversation() {
    let mut server = SmtpServer::start(&[]).await;
    let mailer = mailer(&server, PATIENT);
    mailer.send(&confirmation(1)).await.unwrap();
    mailer.send(&confirmation(2)).await.unwrap();
    mailer.close().await;
    server.command("QUIT").await;
    let seen = server.seen();
    assert_eq!(seen.connections, 1, "the second message used the first one's connection");
    let verbs: Vec<_> = seen.commands.iter().map(|line| line.split([' ', ':']).next().unwrap()).collect();
    assert_eq!(verbs, ["EHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]);
    assert_eq!(seen.accepted.len(), 2);
    for (received, number) in seen.accepted.iter().zip([1, 2]) {
        assert_eq!(received.from, "hello@bsol.example");
        assert_eq!(received.to, [format!("person-{number}@trust.example")]);
        let mime = Mime::read(&received.data);
        assert_eq!(decode_words(mime.header("subject")), "Your code to join Our first big conversation");
        assert_eq!(mime.parts[0].1.trim_end(), confirmation(number).text().trim_end());
    }
}

#[tokio::test]
async fn a_line_that_is_a_dot_does_not_end_the_message() {
    let server = SmtpServer::start(&[]).await;
    let mut email = Invitation::samples().remove(0);
    let dots = ". .. ...";
    // So wide that the line breaks right before the dots.
    email.campaign_title = format!("{} .", "wide ".repeat(10));
    email.organisation_name = ".".to_owned();
    email.tenant_name = dots.to_owned();
    email.key_log_head = ".".to_owned();
    let message = Message::compose(&email, dispatch(1)).unwrap();
    assert!(message.text().lines().any(|line| line == "."), "{}", message.text());
    let mailer = mailer(&server, PATIENT);
    mailer.send(&message).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.accepted.len(), 1);
    let mime = Mime::read(&seen.accepted[0].data);
    assert_eq!(mime.parts[0].1.trim_end(), message.text().trim_end());
    assert!(mime.parts[0].1.contains(dots));
}

#[tokio::test]
async fn nobody_slips_in_a_second_recipient() {
    let server = SmtpServer::start(&[]).await;
    let mailer = mailer(&server, PATIENT);
    for attack in
        ["a@example.org>\r\nRCPT TO:<b@example.org", "a@example.org,b@example.org", "a@example.org\nBcc: b"]
    {
        assert!(Address::parse(attack).is_err(), "{attack:?}");
    }
    let mut email = Invitation::samples().remove(1);
    email.campaign_title = "x\r\nTo: b@example.org\r\n.\r\nMAIL FROM:<b@example.org>".to_owned();
    let plus = Address::parse("a+'b|c`d@example.org").unwrap();
    let message = Message::compose(&email, Dispatch { to: plus, ..dispatch(1) }).unwrap();
    mailer.send(&message).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.accepted.len(), 1);
    assert_eq!(seen.accepted[0].to, ["a+'b|c`d@example.org"]);
    assert_eq!(Mime::read(&seen.accepted[0].data).header("to"), "a+'b|c`d@example.org");
}

#[tokio::test]
async fn refusals_say_whether_to_try_again_and_never_whom() {
    let server = SmtpServer::start(&[451, 550, 535]).await;
    let mailer = mailer(&server, PATIENT);
    let [later, no, login] = [451, 550, 535].map(Reply::plain);
    let faults = [SendFault::PutOff(later), SendFault::Refused(no), SendFault::Login(login)];
    for (fault, may_pass) in faults.into_iter().zip([true, false, true]) {
        assert_eq!(mailer.send(&confirmation(1)).await, Err(fault));
        assert_eq!(fault.may_pass(), may_pass);
        assert!(!format!("{fault} {fault:?}").contains("person-1"));
    }
    mailer.send(&confirmation(1)).await.unwrap();
    assert_eq!(server.seen().accepted.len(), 1);
}

/// The answer to a message that was given up must not be taken for the answer to the next.
#[tokio::test]
async fn a_connection_given_up_in_the_middle_is_not_used_again() {
    let server = SmtpServer::start(&[0]).await;
    let hasty = mailer(&server, Duration::from_millis(300));
    assert!(hasty.send(&confirmation(1)).await.unwrap_err().may_pass());
    // However slow this machine is, the next attempts end well or are too slow; none is taken for done wrongly.
    while hasty.send(&confirmation(2)).await.is_err() {}
    let seen = server.seen();
    assert!(seen.connections >= 2, "{seen:?}");
    assert_eq!(seen.accepted.last().unwrap().to, ["person-2@trust.example"]);
}

#[tokio::test]
async fn a_server_that_is_not_there_or_not_safe() {
    let server = SmtpServer::start(&[]).await;
    let secured = |encryption, login| {
        let server = Smtp {
            host: "localhost".to_owned(),
            port: server.address.port(),
            encryption,
            login,
            timeout: PATIENT,
            authority: None,
        };
        Mailer::smtp(server).unwrap()
    };
    let send = async |mailer: Mailer| mailer.send(&confirmation(1)).await;
    assert_eq!(
        send(secured(Encryption::StartTls, None)).await,
        Err(SendFault::NotSafe),
        "it offers no STARTTLS"
    );
    assert!(send(secured(Encryption::Tls, None)).await.is_err(), "it speaks no TLS");
    let login = Login { user: "candour".to_owned(), password: "wrong horse".to_owned() };
    let refused = send(secured(Encryption::None, Some(login))).await.unwrap_err();
    assert_eq!(refused.to_string(), "the mail server did not accept our login, code 535 5.7.8");
    let seen = server.seen();
    assert!(seen.accepted.is_empty() && !seen.commands.iter().any(|line| line.contains("MAIL")), "{seen:?}");

    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let server = Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        login: None,
        timeout: PATIENT,
        authority: None,
    };
    assert_eq!(send(Mailer::smtp(server).unwrap()).await, Err(SendFault::Unreachable));
}
