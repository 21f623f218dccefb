//! What mail servers send back, in the dialects of several, read; and anything else, which must not bring us down.

use mail::{
    Bounce, BounceKind, NoBounce,
    bounce::{MAX_REPORT_BYTES, read_report},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::people::{confirmation, nudge};

/// As Postfix writes them; `original` stands for the last part.
fn postfix(status: &str, action: &str, diagnosis: &str, original: &str) -> String {
    format!(
        "Return-Path: <>\r
From: MAILER-DAEMON@relay.example (Mail Delivery System)\r
Subject: Undelivered Mail Returned to Sender\r
To: bounces@mail.bsol.example\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status;\r
\tboundary=\"4F1A2B3C4D.1772528400/relay.example\"\r
Message-Id: <20260303090005.1A2B3C4D5E@relay.example>\r
\r
This is a MIME-encapsulated message.\r
\r
--4F1A2B3C4D.1772528400/relay.example\r
Content-Description: Notification\r
Content-Type: text/plain; charset=us-ascii\r
\r
I'm sorry to have to inform you that your message could not be delivered.\r
\r
--4F1A2B3C4D.1772528400/relay.example\r
Content-Description: Delivery report\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; relay.example\r
X-Postfix-Queue-ID: 4F1A2B3C4D\r
Arrival-Date: Tue,  3 Mar 2026 09:00:00 +0000 (GMT)\r
\r
Final-Recipient: rfc822; forwarded@elsewhere.example\r
Original-Recipient: rfc822;person-7@trust.example\r
Action: {action}\r
Status: {status}\r
Remote-MTA: dns; mx.trust.example\r
Diagnostic-Code: {diagnosis}\r
\r
--4F1A2B3C4D.1772528400/relay.example\r
{original}\r
--4F1A2B3C4D.1772528400/relay.example--\r
"
    )
}

/// Our own message, whole, as it came back.
fn whole() -> String {
    let message = String::from_utf8(nudge(7).formatted().unwrap()).unwrap();
    format!("Content-Description: Undelivered Message\r\nContent-Type: message/rfc822\r\n\r\n{message}")
}

fn headers_only() -> String {
    let message = String::from_utf8(confirmation(7).formatted().unwrap()).unwrap();
    let headers = message.split_once("\r\n\r\n").unwrap().0;
    format!("Content-Type: text/rfc822-headers\r\n\r\n{headers}\r\n")
}

fn read(report: &str) -> Result<Bounce, NoBounce> {
    read_report(report.as_bytes())
}

fn bounce(kind: BounceKind) -> Bounce {
    let recipient = Some(mail::Address::parse("person-7@trust.example").unwrap());
    Bounce { reference: Some([7; 16]), recipient, kind }
}

#[test]
fn failures_are_sorted_into_hard_and_soft() {
    for (status, diagnosis, kind) in [
        ("5.1.1", "smtp; 550 5.1.1 <person-7@trust.example> User unknown", BounceKind::Hard),
        ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", BounceKind::Hard),
        ("5.2.1", "smtp; 550 5.2.1 mailbox disabled", BounceKind::Hard),
        ("5.0.0", "smtp; 550-5.1.1 The account does not exist\r\n    550 5.1.1 Try again", BounceKind::Hard),
        ("5.0.0", "smtp; 550 no such user", BounceKind::Hard),
        ("5.0.0", "smtp; 554 no", BounceKind::Soft),
        ("5.0.0", "x-unix; 550 no such user", BounceKind::Soft),
        ("5.2.2", "smtp; 552 5.2.2 Over quota", BounceKind::Soft),
        ("5.7.1", "smtp; 550 5.7.1 blocked", BounceKind::Soft),
        ("5.1.8", "smtp; 550 5.1.8 your domain", BounceKind::Soft),
        ("4.4.7 (delivery time expired)", "smtp; 451 4.4.7 expired", BounceKind::Soft),
        ("4.0.0", "smtp; 550 whatever", BounceKind::Soft),
    ] {
        for original in [whole(), headers_only()] {
            let report = postfix(status, "failed", diagnosis, &original);
            assert_eq!(read(&report), Ok(bounce(kind)), "{status} {diagnosis}");
        }
    }
}

#[test]
fn what_has_not_failed_is_no_bounce() {
    for action in ["delivered", "relayed", "expanded", "delayed", "failure"] {
        assert_eq!(read(&postfix("4.4.1", action, "smtp; 451 x", &whole())), Err(NoBounce::NothingFailed));
    }
    assert!(read(&postfix("5.1.1", "Failed (permanently)", "smtp; 550 x", &whole())).is_ok());
}

#[test]
fn a_report_may_lack_what_it_should_have() {
    let report = postfix("5.1.1", "failed", "smtp; 550 x", "Content-Type: text/plain\r\n\r\nno copy");
    assert_eq!(read(&report).unwrap().reference, None);
    // Exchange names what it answers.
    let id = "07".repeat(16);
    let answering =
        report.replacen("MIME-Version", &format!("In-Reply-To: <{id}@bsol.example>\r\nMIME-Version"), 1);
    assert_eq!(read(&answering), Ok(bounce(BounceKind::Hard)));
    let without = report.replace("Original-Recipient: rfc822;person-7@trust.example\r\n", "");
    assert_eq!(read(&without).unwrap().recipient.unwrap().as_str(), "forwarded@elsewhere.example");
    let odd = without.replace("rfc822; forwarded@elsewhere.example", "x400; /C=gb/O=trust");
    assert_eq!(read(&odd).unwrap().recipient, None);
    // Somebody else's id, or one that is none.
    let other = postfix("5.1.1", "failed", "smtp; 550 x", &headers_only().replace(&id, "hello"));
    assert_eq!(read(&other).unwrap().reference, None);
}

/// RFC 5965, appendix B.2's shape.
fn complaint(kind: &str) -> String {
    format!(
        "From: <abusedesk@mailbox.example>\r
Date: Thu, 8 Mar 2026 17:40:36 +0000\r
Subject: FW: Five days left\r
To: <bounces@mail.bsol.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report;\r
     boundary=\"part1_13d.2e68ed54_boundary\"\r
\r
--part1_13d.2e68ed54_boundary\r
Content-Type: text/plain; charset=\"US-ASCII\"\r
Content-Transfer-Encoding: 7bit\r
\r
This is an email abuse report.\r
\r
--part1_13d.2e68ed54_boundary\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: {kind}\r
User-Agent: SomeGenerator/1.0\r
Version: 1\r
Original-Rcpt-To: <person-7@trust.example>\r
\r
--part1_13d.2e68ed54_boundary\r
{}\r
--part1_13d.2e68ed54_boundary--\r
",
        whole()
    )
}

#[test]
fn complaints_are_read_and_their_opposite_is_none() {
    for kind in ["abuse", "fraud", "Other"] {
        assert_eq!(read(&complaint(kind)), Ok(bounce(BounceKind::Complaint)), "{kind}");
    }
    assert_eq!(read(&complaint("not-spam")), Err(NoBounce::NothingFailed));
    let redacted = complaint("abuse").replace("<person-7@trust.example>\r\n\r\n--", "redacted\r\n\r\n--");
    assert_eq!(read(&redacted), Ok(Bounce { recipient: None, ..bounce(BounceKind::Complaint) }));
}

#[test]
fn ordinary_emails_and_long_ones_are_no_reports() {
    let ordinary = confirmation(1).formatted().unwrap();
    assert_eq!(read_report(&ordinary), Err(NoBounce::NotAReport));
    for text in [
        "",
        "\r\n",
        "hello",
        "Content-Type: multipart/report\r\n\r\n",
        "From: a\r\n\r\nI am away until Monday.",
    ] {
        assert_eq!(read(text), Err(NoBounce::NotAReport), "{text:?}");
    }
    let long = vec![b'x'; MAX_REPORT_BYTES + 1];
    assert_eq!(read_report(&long), Err(NoBounce::TooLong));
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(MAX_REPORT_BYTES / 40);
    assert!(read(&deep).is_err());
    // Messages in messages as deep as fits, in a report, read where there is little room.
    let part = &deep[..deep.len().min(900_000)];
    let deep = format!("{}\r\n\r\n--4F1A2B3C4D.1772528400/relay.example\r\n{part}", headers_only());
    let report = postfix("5.1.1", "failed", "smtp; 550 5.1.1 x", &deep);
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let read_there = small.spawn(move || read(&report)).unwrap().join().unwrap();
    assert_eq!(read_there, Ok(bounce(BounceKind::Hard)));
    let wide = format!(
        "Content-Type: multipart/report; boundary=b\r\n\r\n{}",
        "--b\r\n\r\n".repeat(MAX_REPORT_BYTES / 10)
    );
    assert!(read(&wide).is_err());
}

/// Bytes changed, doubled, lost, and moved from one report into another: whatever comes out, something is answered.
#[test]
fn broken_reports_are_answered_too() {
    let mut random = StdRng::seed_from_u64(20_260_303);
    // What the parser says of its own troubles fills a screen.
    std::panic::set_hook(Box::new(|_| {}));
    let sound: Vec<Vec<u8>> = [
        postfix("5.1.1", "failed", "smtp; 550 5.1.1 x", &whole()),
        postfix("5.0.0", "failed", "smtp; 550-x\r\n 550 y", &headers_only()),
        complaint("abuse"),
    ]
    .map(String::into_bytes)
    .to_vec();
    let mut read = [0_usize; 2];
    for _ in 0..20_000 {
        let mut report = sound[random.random_range(0..sound.len())].clone();
        for _ in 0..random.random_range(1..8) {
            let at = random.random_range(0..report.len());
            let end = (at + random.random_range(0..80)).min(report.len());
            match random.random_range(0..5) {
                0 => report[at] = random.random(),
                1 => drop(report.drain(at..end)),
                2 => report
                    .splice(at..at, *[b"\r\n", b"--", b": ", b"=?", b"\0\0"][random.random_range(0..5)])
                    .for_each(drop),
                3 => {
                    let other = &sound[random.random_range(0..sound.len())];
                    let from = random.random_range(0..other.len());
                    report
                        .splice(at..end, other[from..(from + 200).min(other.len())].to_vec())
                        .for_each(drop);
                }
                _ => report.truncate(at.max(1)),
            }
            if report.is_empty() {
                break;
            }
        }
        read[usize::from(read_report(&report).is_ok())] += 1;
    }
    drop(std::panic::take_hook());
    assert!(read.iter().all(|count| *count > 1_000), "some are still reports, some no longer: {read:?}");
}
