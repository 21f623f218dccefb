//! What can go wrong on the way to a mail server, and that we say truly whether the message may have arrived.

use std::time::Duration;

use mail::{
    Address, BounceKind, Certainty, Dispatch, Email, Message, Nudge, Outbox, Reply, RetrySchedule, SendFault,
};

use crate::{
    people::{confirmation, dispatch, nudge},
    smtp::{PATIENT, mailer},
    smtp_server::{At, Does, Line, SmtpServer},
};

/// The first attempt's fault with a server that does `acts`; the second attempt must go well.
async fn fault(acts: &[(At, Does)]) -> SendFault {
    let server = SmtpServer::that(Line::Clear, acts).await;
    let mailer = mailer(&server, PATIENT);
    let fault = mailer.send(&confirmation(1)).await.unwrap_err();
    assert!(!format!("{fault} {fault:?}").contains("person-1"), "{fault:?}");
    mailer.send(&confirmation(2)).await.unwrap();
    let seen = server.seen();
    assert_eq!(
        seen.accepted.last().unwrap().to,
        ["person-2@trust.example"],
        "nothing is left over from the first"
    );
    // What we hold for certain is so.
    let taken = seen.accepted.iter().filter(|one| one.to == ["person-1@trust.example"]).count();
    assert!(fault.certainty() == Certainty::Unknown || taken == 0, "{fault:?}, and it was taken");
    fault
}

#[tokio::test]
async fn an_address_is_told_from_a_message_and_both_from_the_weather() {
    for (at, code, expected) in [
        (At::Rcpt, "550 5.1.1", "the mail server refused the address with code 550 5.1.1"),
        (At::Rcpt, "550", "the mail server refused the message with code 550"),
        (At::Rcpt, "550 5.0.0", "the mail server refused the message with code 550 5.0.0"),
        (At::Rcpt, "421 4.7.0", "the mail server takes no messages now, code 421 4.7.0"),
        (At::Rcpt, "550 5.7.1", "the mail server refused the message with code 550 5.7.1"),
        (At::Rcpt, "552 5.2.2", "the mail server refused the message with code 552 5.2.2"),
        (At::Rcpt, "450 4.7.1", "the mail server put the message off with code 450 4.7.1"),
        (At::Mail, "550 5.1.8", "the mail server takes no messages now, code 550 5.1.8"),
        (At::Mail, "451 4.7.0", "the mail server takes no messages now, code 451 4.7.0"),
        (At::Mail, "530 5.7.0", "the mail server did not accept our login, code 530 5.7.0"),
        (At::Data, "554 5.5.1", "the mail server refused the message with code 554 5.5.1"),
        (At::End, "550 5.1.1", "the mail server refused the address with code 550 5.1.1"),
        (At::End, "550", "the mail server refused the message with code 550"),
        (At::End, "452 4.3.1", "the mail server put the message off with code 452 4.3.1"),
        (At::Greeting, "421 4.3.2", "the mail server takes no messages now, code 421 4.3.2"),
        (At::Greeting, "554", "the mail server takes no messages now, code 554"),
    ] {
        let fault = fault(&[(at, Does::Refuse(code))]).await;
        assert_eq!(fault.to_string(), expected, "{code}");
        assert_eq!(fault.certainty(), Certainty::NotAccepted, "{code}");
        let hard = matches!(fault, SendFault::AddressRefused(_)).then_some(BounceKind::Hard);
        assert_eq!(fault.bounce(), hard, "{code}");
    }
}

#[tokio::test]
async fn a_refusal_does_not_cost_the_connection() {
    let acts = [
        (At::Rcpt, Does::Refuse("550 5.1.1")),
        (At::End, Does::Refuse("451")),
        (At::End, Does::Refuse("421")),
    ];
    let server = SmtpServer::that(Line::Clear, &acts).await;
    let mailer = mailer(&server, PATIENT);
    for expected in [1, 1, 1, 2] {
        let _ = mailer.send(&confirmation(1)).await;
        assert_eq!(server.seen().connections, expected, "only after a good-bye comes a new one");
    }
    assert_eq!(server.seen().accepted.len(), 1);
}

#[tokio::test]
async fn a_greylisting_server_gets_it_at_the_next_try() {
    let acts = [(At::Rcpt, Does::Refuse("450 4.2.0")), (At::Rcpt, Does::Refuse("451 4.7.1"))];
    let server = SmtpServer::that(Line::Clear, &acts).await;
    let outbox =
        Outbox::start(mailer(&server, PATIENT), RetrySchedule::new(vec![Duration::from_millis(1); 3]));
    assert!(outbox.post_and_follow(confirmation(1)).unwrap().was_sent().await);
    assert_eq!((outbox.counts().retried, server.seen().accepted.len()), (2, 1));
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_message_is_on_its_way_is_certain() {
    for at in [At::Greeting, At::Mail, At::Rcpt, At::Data] {
        let fault = fault(&[(at, Does::HangUp)]).await;
        assert_eq!((fault, fault.certainty()), (SendFault::Unreachable, Certainty::NotAccepted));
    }
    // Not "go on": the rest is never said.
    assert_eq!(fault(&[(At::Data, Does::Say("250 Is that all?"))]).await, SendFault::Unreachable);
}

#[tokio::test]
async fn whatever_breaks_once_the_message_is_on_its_way_leaves_it_open() {
    for (at, does) in [
        (At::Body, Does::HangUp),
        (At::End, Does::HangUp),
        (At::End, Does::TakeAndHangUp),
        (At::End, Does::Say("354 More?")),
        (At::End, Does::Say("nonsense")),
    ] {
        let fault = fault(&[(at, does)]).await;
        assert_eq!((fault, fault.certainty()), (SendFault::Unanswered, Certainty::Unknown));
        assert!(fault.may_pass());
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_certain_before_the_message_and_not_after() {
    for at in [At::Greeting, At::Mail, At::Rcpt, At::Data] {
        let server = SmtpServer::that(Line::Clear, &[(at, Does::Nothing)]).await;
        let fault = mailer(&server, Duration::from_millis(300)).send(&confirmation(1)).await.unwrap_err();
        assert_eq!((fault, fault.certainty()), (SendFault::TooSlow, Certainty::NotAccepted));
    }
    // However slow this machine is: an attempt that does not come as far as the dot is one that is too slow.
    loop {
        let server = SmtpServer::that(Line::Clear, &[(At::End, Does::Nothing)]).await;
        match mailer(&server, Duration::from_millis(300)).send(&confirmation(1)).await.unwrap_err() {
            SendFault::Unanswered => return,
            fault => assert_eq!(fault, SendFault::TooSlow),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_delivered_comes_back_to_the_bounce_address() {
    let server = SmtpServer::start(&[]).await;
    let mailer = mailer(&server, PATIENT);
    mailer.send(&nudge(1)).await.unwrap();
    mailer.send(&confirmation(2)).await.unwrap();
    let from: Vec<_> = server.seen().accepted.into_iter().map(|one| one.from).collect();
    assert_eq!(from, ["bounces@mail.bsol.example", "hello@bsol.example"]);
}

#[tokio::test]
async fn only_a_way_that_knows_can_be_asked() {
    let server = SmtpServer::start(&[]).await;
    for mailer in [mailer(&server, PATIENT), mail::Mailer::memory().0] {
        assert!(!mailer.can_be_asked());
        assert_eq!(mailer.find([1; 16]).await, Err(SendFault::CannotBeAsked));
    }
}

#[test]
fn a_message_knows_its_reference() {
    let to = Address::parse("person@trust.example").unwrap();
    let dispatch = Dispatch { to, id: [0xab; 16], ..dispatch(1) };
    let message = Message::compose(&Nudge::samples()[0], dispatch).unwrap();
    assert_eq!((message.reference(), message.id()), ([0xab; 16], "ab".repeat(16)));
    assert_eq!(Reply::plain(550).to_string(), "550");
}
