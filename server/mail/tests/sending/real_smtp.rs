//! SMTP with a server that others wrote, over TLS and with a login: aiosmtpd. How an email fares there is in the name that it goes to.

use std::time::Duration;

use mail::{
    Address, BounceKind, Certainty, Dispatch, Email, Encryption, Login, Mailer, Message, Nudge, Outbox,
    RetrySchedule, SendFault, SignUpConfirmation, Smtp,
};
use mail_parser::MessageParser;

use crate::{
    certificates::certified,
    dkim::{ed25519, key, signed},
    dkim_verifier::verify,
    people::{confirmation, dispatch},
    real_server::RealServer,
    tls::smtp,
};

/// A server, and how to reach it.
async fn started(encryption: Encryption) -> (RealServer, Smtp) {
    let certified = certified();
    let server = RealServer::start(encryption, &certified.pem).await;
    let smtp = smtp(server.port, encryption, Some(certified.authority));
    (server, smtp)
}

fn addressed_to(name: &str) -> Message {
    let to = Address::parse(&format!("{name}@trust.example")).unwrap();
    Message::compose(&SignUpConfirmation::samples()[0], Dispatch { to, ..dispatch(1) }).unwrap()
}

#[tokio::test]
async fn emails_arrive_whole_over_both_kinds_of_tls() {
    let key = key(&ed25519());
    let dns = [(key.dns_name(), key.dns_record())];
    let nudge = Message::compose(&Nudge::samples()[0], signed(&key)).unwrap();
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let (server, smtp) = started(encryption).await;
        let mailer = Mailer::smtp(smtp).unwrap();
        mailer.send(&nudge).await.unwrap();
        mailer.send(&confirmation(2)).await.unwrap();
        mailer.close().await;
        let [first, second] = &server.taken()[..] else { panic!("two emails") };
        assert_eq!(
            (first.from.as_str(), second.from.as_str()),
            ("bounces@mail.bsol.example", "hello@bsol.example")
        );
        assert_eq!(first.to, ["person-1@trust.example"]);
        assert_eq!(second.to, ["person-2@trust.example"]);
        assert_eq!(first.port, second.port, "the second used the first one's connection");
        assert!(first.tls.starts_with("TLSv1."), "{}", first.tls);
        assert_eq!(first.content.as_bytes(), nudge.formatted().unwrap(), "byte for byte");
        assert!(verify(&first.content, &dns)[0].is_ok());

        let read = MessageParser::default().parse(&first.content).unwrap();
        let header = |name: &str| {
            let found = read.headers_raw().find(|(found, _)| found.eq_ignore_ascii_case(name));
            found.map_or("", |(_, value)| value.trim()).to_owned()
        };
        assert_eq!(read.subject(), Some(nudge.subject()));
        assert!(header("DKIM-Signature").contains("d=bsol.example"), "{}", header("DKIM-Signature"));
        assert!(header("List-Unsubscribe").starts_with("<https://bsol.example/emails/stop?token="));
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        assert!(read.body_text(0).unwrap().contains("https://bsol.example/"));
        assert_eq!((read.text_body_count(), read.html_body_count(), read.attachment_count()), (1, 1, 0));
    }
}

#[tokio::test]
async fn without_its_login_nothing_is_taken() {
    let wrong = Login { user: "candour".to_owned(), password: "wrong horse".to_owned() };
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let (server, smtp) = started(encryption).await;
        for (login, code) in [(Some(wrong.clone()), "535 5.7.8"), (None, "530 5.7.0")] {
            let mailer = Mailer::smtp(Smtp { login, ..smtp.clone() }).unwrap();
            let fault = mailer.send(&confirmation(1)).await.unwrap_err();
            assert_eq!(fault.to_string(), format!("the mail server did not accept our login, code {code}"));
            assert_eq!(fault.certainty(), Certainty::NotAccepted);
        }
        assert!(server.taken().is_empty());
    }
}

#[tokio::test]
async fn each_refusal_is_taken_for_what_it_is() {
    let (server, smtp) = started(Encryption::StartTls).await;
    let mailer = Mailer::smtp(smtp).unwrap();
    for (name, expected) in [
        ("nobody", "the mail server refused the address with code 550 5.1.1"),
        ("closed", "the mail server refused the address with code 550 5.2.1"),
        ("nobody-after-all", "the mail server refused the address with code 550 5.1.1"),
        ("full", "the mail server refused the message with code 552 5.2.2"),
        ("blocked", "the mail server refused the message with code 554 5.7.1"),
        ("spam", "the mail server refused the message with code 550 5.7.1"),
        ("busy", "the mail server put the message off with code 451 4.3.2"),
        ("crowded", "the mail server put the message off with code 452 4.3.1"),
    ] {
        let fault = mailer.send(&addressed_to(name)).await.unwrap_err();
        assert_eq!(fault.to_string(), expected, "{name}");
        assert!(!format!("{fault:?}").contains(name), "its words repeat the address: {fault:?}");
        assert_eq!(fault.certainty(), Certainty::NotAccepted, "{name}");
        assert_eq!(fault.may_pass(), expected.contains("put the message off"), "{name}");
        let hard = expected.contains("refused the address").then_some(BounceKind::Hard);
        assert_eq!(fault.bounce(), hard, "{name}");
    }
    mailer.send(&confirmation(1)).await.unwrap();
    let taken: Vec<_> = server.taken().into_iter().flat_map(|email| email.to).collect();
    assert_eq!(
        taken,
        ["person-1@trust.example"],
        "the refusals cost neither the connection nor the next email"
    );
}

#[tokio::test]
async fn what_is_greylisted_goes_at_the_second_try() {
    let (server, smtp) = started(Encryption::Tls).await;
    let mailer = Mailer::smtp(smtp).unwrap();
    let outbox = Outbox::start(mailer, RetrySchedule::new(vec![Duration::from_millis(1)]));
    assert!(outbox.post_and_follow(addressed_to("greylisted")).unwrap().was_sent().await);
    assert_eq!((outbox.counts().retried, server.taken().len()), (1, 1));
}

#[tokio::test]
async fn a_slow_answer_is_waited_for_and_no_answer_is_not() {
    let (server, smtp) = started(Encryption::StartTls).await;
    let patient = Mailer::smtp(smtp.clone()).unwrap();
    patient.send(&addressed_to("slow")).await.unwrap();
    assert_eq!(server.taken().len(), 1);

    let hasty = |timeout| Mailer::smtp(Smtp { timeout, ..smtp.clone() }).unwrap();
    let mut timeout = Duration::from_millis(300);
    let fault = hasty(timeout).send(&addressed_to("silent")).await.unwrap_err();
    assert_eq!((fault, fault.certainty()), (SendFault::TooSlow, Certainty::NotAccepted));
    // However slow this machine is: an attempt that does not come as far as the last dot is one that is too slow.
    loop {
        match hasty(timeout).send(&addressed_to("taken-and-silent")).await.unwrap_err() {
            SendFault::Unanswered => break,
            fault => assert_eq!(fault, SendFault::TooSlow),
        }
        timeout *= 2;
    }
}

#[tokio::test]
async fn a_connection_dropped_after_the_last_dot_leaves_it_open() {
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let (server, smtp) = started(encryption).await;
        let mailer = Mailer::smtp(smtp).unwrap();
        for (name, taken) in [("lost", 0), ("taken-and-gone", 1)] {
            let fault = mailer.send(&addressed_to(name)).await.unwrap_err();
            assert_eq!((fault, fault.certainty()), (SendFault::Unanswered, Certainty::Unknown), "{name}");
            assert_eq!(server.taken().len(), taken, "{name}: nothing tells the two apart from here");
        }
        mailer.send(&confirmation(1)).await.unwrap();
        assert_eq!(server.taken().last().unwrap().to, ["person-1@trust.example"]);
    }
}
