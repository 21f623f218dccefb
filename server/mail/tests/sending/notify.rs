//! GOV.UK Notify as a way out, against a server that speaks its documented API.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use mail::{
    Certainty, Delivery, Dispatch, Email, Link, Mailer, MailerRefusal, Message, Notify, Nudge, Reply,
    SendFault, Unsubscribe,
};
use serde_json::json;

use crate::{
    notify_server::{Does, NOW, NotifyServer, SECRET, SERVICE, TEMPLATE},
    people::{confirmation, nudge, nudge_dispatch},
    smtp::PATIENT,
};

struct At(DateTime<Utc>);

impl domain::Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

fn settings(base_url: String) -> Notify {
    Notify {
        base_url,
        api_key: format!("my_test_key-{SERVICE}-{SECRET}"),
        template_id: TEMPLATE.to_owned(),
        timeout: PATIENT,
        clock: Arc::new(At(DateTime::from_timestamp(NOW, 0).unwrap())),
    }
}

fn mailer(server: &NotifyServer) -> Mailer {
    Mailer::notify(settings(format!("http://{}", server.address))).unwrap()
}

#[tokio::test]
async fn a_message_goes_out_with_its_words_its_reference_and_its_way_to_stop() {
    let server = NotifyServer::start(&[]).await;
    let mailer = mailer(&server);
    assert!(mailer.can_be_asked());
    let message = nudge(7);
    mailer.send(&message).await.unwrap();
    let [sent] = &server.messages()[..] else { panic!("one message") };
    assert_eq!(sent["email_address"], "person-7@trust.example");
    assert_eq!(sent["reference"], "07".repeat(16));
    assert_eq!(sent["one_click_unsubscribe_url"], "https://bsol.example/emails/stop?token=k7m2p9x4");
    assert_eq!(sent["personalisation"]["subject"], message.subject());
    let body = sent["personalisation"]["body"].as_str().unwrap();
    for line in [
        "Thousands of you have said what gets in the way of good care. We would like to hear you, too.",
        "https://bsol.example/join?code=7K2M-9QXR-4TBW-0ZHN",
        "7K2M-9QXR-4TBW-0ZHN",
    ] {
        assert!(body.lines().any(|this| this == line), "{line}, on a line of its own: {body}");
    }
}

#[tokio::test]
async fn nobodys_words_become_links_or_layout() {
    let server = NotifyServer::start(&[]).await;
    let message = Message::compose(&Nudge::samples()[2], nudge_dispatch(1)).unwrap();
    mailer(&server).send(&message).await.unwrap();
    let body = server.messages()[0]["personalisation"]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("\\[press\\]\\(https://example.org\\)") && !body.contains("](http"), "{body}");
    assert!(body.contains("\\# \\{\\# no \\#\\} \\`code\\`"), "{body}");
}

#[tokio::test]
async fn a_link_in_the_clear_is_not_given_to_notify() {
    let server = NotifyServer::start(&[]).await;
    let link = Link::parse("http://localhost:8080/emails/stop").unwrap();
    let unsubscribe = Some(Unsubscribe::new(link, None).unwrap());
    let message =
        Message::compose(&Nudge::samples()[0], Dispatch { unsubscribe, ..nudge_dispatch(1) }).unwrap();
    mailer(&server).send(&message).await.unwrap();
    assert_eq!(server.messages()[0]["one_click_unsubscribe_url"], json!(null));
    assert!(!String::from_utf8(message.formatted().unwrap()).unwrap().contains("List-Unsubscribe-Post"));
}

#[tokio::test]
async fn refusals_are_told_apart_and_say_whether_it_may_have_been_taken() {
    for (status, error, fault, certain) in [
        (400, "BadRequestError", SendFault::Refused(Reply::plain(400)), true),
        (400, "ValidationError", SendFault::Refused(Reply::plain(400)), true),
        (403, "AuthError", SendFault::Login(Reply::plain(403)), true),
        (429, "RateLimitError", SendFault::Closed(Reply::plain(429)), true),
        (429, "TooManyRequestsError", SendFault::Closed(Reply::plain(429)), true),
        (500, "Exception", SendFault::Faltered(500), false),
        (503, "Exception", SendFault::Faltered(503), false),
    ] {
        let server = NotifyServer::start(&[Does::Refuse(status, error)]).await;
        let mailer = mailer(&server);
        let failed = mailer.send(&confirmation(1)).await.unwrap_err();
        assert_eq!((failed, failed.certainty() == Certainty::NotAccepted), (fault, certain), "{status}");
        assert!(!format!("{failed} {failed:?}").contains("amala"), "never its words");
        mailer.send(&confirmation(1)).await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_cleared_up_by_asking() {
    for (does, taken) in [(Does::HangUp, false), (Does::TakeAndHangUp, true)] {
        let server = NotifyServer::start(&[does]).await;
        let mailer = mailer(&server);
        let fault = mailer.send(&confirmation(1)).await.unwrap_err();
        assert_eq!((fault, fault.certainty()), (SendFault::Unanswered, Certainty::Unknown));
        let found = mailer.find([1; 16]).await.unwrap();
        assert_eq!(
            (found, server.messages().len()),
            (taken.then_some(Delivery::Underway), usize::from(taken))
        );
    }
    // "Created" came, what was created did not: that is enough.
    let server = NotifyServer::start(&[Does::TakeAndBreakOff]).await;
    mailer(&server).send(&confirmation(1)).await.unwrap();
    assert_eq!(server.messages().len(), 1);
    // No answer at all.
    let server = NotifyServer::start(&[Does::TakeAndStaySilent]).await;
    let settings = settings(format!("http://{}", server.address));
    let hasty = Mailer::notify(Notify { timeout: Duration::from_millis(300), ..settings }).unwrap();
    let fault = hasty.send(&confirmation(1)).await.unwrap_err();
    // However slow this machine is.
    assert!(matches!(fault, SendFault::Unanswered | SendFault::TooSlow), "{fault:?}");
    assert!(fault == SendFault::Unanswered || server.messages().is_empty());
}

#[tokio::test]
async fn whoever_asks_learns_what_became_of_it() {
    let server = NotifyServer::start(&[]).await;
    let mailer = mailer(&server);
    for number in [1, 2] {
        mailer.send(&confirmation(number)).await.unwrap();
    }
    assert_eq!(mailer.find([9; 16]).await, Ok(None));
    for (status, delivery) in [
        ("created", Delivery::Underway),
        ("sending", Delivery::Underway),
        ("delivered", Delivery::Delivered),
        ("permanent-failure", Delivery::NoSuchAddress),
        ("temporary-failure", Delivery::TurnedBack),
        ("technical-failure", Delivery::NeverLeft),
        ("something-new", Delivery::Underway),
    ] {
        server.set_status(&"02".repeat(16), status);
        assert_eq!(mailer.find([2; 16]).await, Ok(Some(delivery)), "{status}");
        assert_eq!(mailer.find([1; 16]).await, Ok(Some(Delivery::Underway)), "the other one's is its own");
    }
    let server = NotifyServer::start(&[Does::Babble, Does::Refuse(429, "RateLimitError")]).await;
    let mailer = self::mailer(&server);
    assert_eq!(mailer.find([1; 16]).await, Err(SendFault::Unanswered));
    assert_eq!(mailer.find([1; 16]).await, Err(SendFault::Closed(Reply::plain(429))));
}

#[tokio::test]
async fn a_wrong_clock_or_secret_is_of_the_login() {
    let server = NotifyServer::start(&[]).await;
    let right = settings(format!("http://{}", server.address));
    let late = Arc::new(At(DateTime::from_timestamp(NOW, 0).unwrap() - TimeDelta::seconds(31)));
    let other = format!("key-{SERVICE}-{}", SECRET.replace('3', "4"));
    for wrong in [Notify { clock: late, ..right.clone() }, Notify { api_key: other, ..right }] {
        let fault = Mailer::notify(wrong).unwrap().send(&confirmation(1)).await;
        assert_eq!(fault, Err(SendFault::Login(Reply::plain(403))));
    }
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_elsewhere_or_in_the_clear() {
    let server = NotifyServer::start(&[Does::Redirect]).await;
    assert_eq!(mailer(&server).send(&confirmation(1)).await, Err(SendFault::Unreachable));
    assert!(server.messages().is_empty());
    for url in
        ["http://api.example.org", "http://10.0.0.1", "http://localhost.example.org", "ftp://localhost"]
    {
        let refused = Mailer::notify(settings(url.to_owned())).unwrap_err();
        assert!(matches!(refused, MailerRefusal::Unencrypted { .. }), "{url}: {refused}");
    }
    for url in ["", "api.example.org", "https://"] {
        let refused = Mailer::notify(settings(url.to_owned())).unwrap_err();
        assert!(matches!(refused, MailerRefusal::Host { .. }), "{url}: {refused}");
    }
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let mailer = Mailer::notify(settings(format!("http://{address}"))).unwrap();
    assert_eq!(mailer.send(&confirmation(1)).await, Err(SendFault::Unreachable));
}

#[test]
fn keys_and_templates_are_looked_at_when_they_are_set() {
    let right = || settings("https://api.example.org".to_owned());
    assert_eq!(format!("{:?}", right()), "Notify(https://api.example.org, …)");
    assert_eq!(format!("{:?}", Mailer::notify(right()).unwrap()), "Mailer(notify)");
    for api_key in ["", SECRET, "my_test_key"] {
        let refused = Mailer::notify(Notify { api_key: api_key.to_owned(), ..right() });
        assert!(matches!(refused, Err(MailerRefusal::ApiKey)), "{api_key}");
    }
    let refused = Mailer::notify(Notify { template_id: "email-1".to_owned(), ..right() });
    assert!(matches!(refused, Err(MailerRefusal::TemplateId)));
}
