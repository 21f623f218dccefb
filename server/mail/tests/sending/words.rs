//! What the emails say, and that nobody's words become anything but words.

use mail::{
    AlreadyJoined, Email, HeaderText, Invitation, Message, Nudge, SignUpConfirmation,
    emails::{TEMPLATES, sample_messages},
};

use mail_parser::MessageParser;

use crate::{
    mime::{Mime, decode_words},
    people::{confirmation, date, dispatch, nudge},
};

fn messages_of<E: Email>() -> Vec<Message> {
    E::samples().iter().map(|email| Message::compose(email, dispatch(1)).unwrap()).collect()
}

/// Every sample of every email. A template that no sample here renders is found by `every_template_is_rendered`.
fn samples() -> Vec<Message> {
    sample_messages(&dispatch(1)).unwrap()
}

fn mime(message: &Message) -> Mime {
    Mime::read(&String::from_utf8(message.formatted().unwrap()).unwrap())
}

#[test]
fn every_template_is_rendered() {
    let rendered: Vec<_> = samples().iter().map(Message::kind).collect();
    for (name, _) in TEMPLATES {
        let kind = name.split_once('/').map_or("", |(kind, _)| kind);
        assert!(kind.is_empty() || rendered.contains(&kind), "{name}");
    }
}

#[test]
fn every_sample_is_a_whole_message() {
    for message in samples() {
        let mime = mime(&message);
        assert_eq!(mime.header("to"), "person-1@trust.example");
        assert_eq!(mime.header("reply-to"), "support@example.org");
        assert_eq!(mime.header("date"), "Tue, 03 Mar 2026 09:00:00 +0000");
        assert_eq!(mime.header("message-id"), format!("<{}@bsol.example>", "01".repeat(16)));
        assert_eq!(mime.header("auto-submitted"), "auto-generated");
        assert_eq!(mime.header("mime-version"), "1.0");
        assert_eq!(decode_words(mime.header("subject")), message.subject());
        let mut names: Vec<_> = mime.headers.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = [
            "auto-submitted",
            "content-type",
            "date",
            "from",
            "message-id",
            "mime-version",
            "reply-to",
            "subject",
            "to",
        ];
        assert_eq!(names, expected, "and no other header: no X-Mailer, no Bcc");
        let [(plain, text), (rich, html)] = &mime.parts[..] else { panic!("two parts") };
        assert_eq!(
            (plain.as_str(), rich.as_str()),
            ("text/plain; charset=utf-8", "text/html; charset=utf-8")
        );
        assert_eq!(text.trim_end(), message.text().trim_end());
        assert_eq!(html.trim_end(), message.html().trim_end());
    }
}

/// A second reader, who knows nothing of the one who wrote.
#[test]
fn another_library_reads_the_same() {
    for message in samples() {
        let bytes = message.formatted().unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.subject(), Some(message.subject()));
        assert_eq!(read.message_id(), Some(format!("{}@bsol.example", message.id()).as_str()));
        let address = |header: Option<&mail_parser::Address>| {
            header.and_then(|header| header.first()).and_then(|first| first.address()).map(str::to_owned)
        };
        assert_eq!(address(read.to()).as_deref(), Some(message.to().as_str()));
        assert_eq!(address(read.from()).as_deref(), Some("hello@bsol.example"));
        assert_eq!(read.from().unwrap().first().unwrap().name(), Some("Zoë’s “Big” Conversation"));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((read.text_body_count(), read.html_body_count(), read.attachment_count()), (1, 1, 0));
        assert_eq!(words(&read.body_text(0).unwrap()), words(message.text()));
        assert_eq!(words(&read.body_html(0).unwrap()), words(message.html()));
    }
}

#[test]
fn plain_text_stays_under_78_columns_and_carries_everything() {
    for message in samples() {
        let text = message.text();
        for line in text.lines() {
            // A link is as long as it is: broken, it would lead nowhere.
            let link = line.starts_with("https://") && !line.contains(' ');
            assert!(line.chars().count() < 78 || link, "{line}");
        }
        assert!(text.contains("support@example.org") && text.contains("https://bsol.example/"), "{text}");
        assert!(!text.contains("&lt;") && !text.contains("\n\n\n"), "{text}");
    }
    let confirmation = &messages_of::<SignUpConfirmation>()[0];
    assert!(
        confirmation.text().contains("\n\n1234 5678\n\n"),
        "the code stands alone: {}",
        confirmation.text()
    );
    assert!(confirmation.html().contains(">1234 5678<"));
    assert!(!confirmation.subject().contains("1234"), "no code on a locked screen");
    let invitation = &messages_of::<Invitation>()[0];
    for detail in ["7K2M-9QXR-4TBW-0ZHN", "3f7a 91c2 08de 55b1", "Monday 3 March at 9 am", "Sunday 16 March"]
    {
        assert!(invitation.text().contains(detail) && invitation.html().contains(detail), "{detail}");
    }
}

#[test]
fn names_are_escaped_in_html_and_plain_in_text() {
    for kind in [
        &messages_of::<SignUpConfirmation>()[1],
        &messages_of::<Invitation>()[1],
        &messages_of::<AlreadyJoined>()[1],
        &messages_of::<Nudge>()[2],
    ] {
        assert!(kind.text().contains("<img src=x> & Sons"), "{}", kind.text());
        assert!(kind.html().contains("&lt;img src=x&gt; &amp; Sons"), "{}", kind.html());
        assert!(!kind.html().contains("<img") && !kind.html().contains("<script"));
        assert!(
            kind.html().contains("{{ 7 * 7 }}") && kind.text().contains("{{ 7 * 7 }}"),
            "data, never template"
        );
    }
}

#[test]
fn line_breaks_in_names_stay_within_their_line() {
    let mut email = Invitation::samples().remove(1);
    email.campaign_title = "Title\r\nBcc: victim@example.org\r\n\r\n<h1>".to_owned();
    email.tenant_name = "Name\n.\nMAIL FROM:<x@example.org>\u{2028}\u{202E}txt".to_owned();
    let message = Message::compose(&email, dispatch(1)).unwrap();
    let mime = mime(&message);
    assert!(!mime.headers.contains_key("bcc"));
    assert_eq!(message.subject(), "Your invitation to Title  Bcc: victim@example.org    <h1>");
    assert!(message.text().lines().all(|line| line != "." && !line.starts_with("Bcc")), "{}", message.text());
    assert!(!message.text().contains(['\r', '\u{2028}', '\u{202E}']));
}

#[test]
fn a_nudge_says_why_it_comes_and_how_to_stop_it() {
    let [reminder, results, awkward] = &messages_of::<Nudge>()[..] else { panic!("three samples") };
    assert_eq!(reminder.subject(), "Five days left: what gets in your way at work?");
    for part in [reminder.text(), reminder.html()] {
        for detail in [
            "There are five days left",
            "Thousands of you",
            "Have your say",
            "https:",
            "7K2M-9QXR-4TBW-0ZHN",
            "It closes: ",
            "Sunday 16 March at 11:59 pm",
            "The independent support team",
            "You get this email because you work or volunteer for Example Hospitals.",
            "k7m2p9x4",
            "1 Example Street, Birmingham B1 1AA",
        ] {
            assert!(part.contains(detail), "{detail} in {part}");
        }
    }
    assert!(reminder.html().contains("It takes five minutes, and nobody will know that it was you."));
    for part in [results.text(), results.html()] {
        assert!(!part.contains("login code") && !part.contains("It closes"), "{part}");
    }
    assert_eq!(awkward.subject(), "Last day!  Bcc: x@example.org");
    assert!(awkward.text().lines().all(|line| line != "." && !line.starts_with("Bcc")), "{}", awkward.text());
}

#[test]
fn what_can_be_stopped_says_so_in_its_headers() {
    let mime = mime(&nudge(1));
    let both = "<https://bsol.example/emails/stop?token=k7m2p9x4>, <mailto:stop+k7m2p9x4@bsol.example>";
    assert_eq!(mime.header("list-unsubscribe"), both);
    assert_eq!(mime.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    assert_eq!(
        mime.header("from").rsplit(' ').next(),
        Some("<hello@bsol.example>"),
        "bounces go elsewhere, replies do not"
    );
}

/// Somebody who sees how many bytes go by must not learn whether an address is known.
#[test]
fn confirmation_and_already_joined_are_of_a_size() {
    let confirmation = SignUpConfirmation::samples().remove(0);
    let mut joined = AlreadyJoined::samples().remove(0);
    joined.campaign_title.clone_from(&confirmation.campaign_title);
    joined.link = confirmation.link.clone();
    let size = |message: Message| message.formatted().unwrap().len();
    let one = size(Message::compose(&confirmation, dispatch(1)).unwrap());
    let other = size(Message::compose(&joined, dispatch(1)).unwrap());
    assert!(one.abs_diff(other) * 20 < one, "{one} and {other} bytes differ by more than 5 %");
}

#[test]
fn the_same_message_is_the_same_bytes() {
    assert_eq!(confirmation(7).formatted().unwrap(), confirmation(7).formatted().unwrap());
    assert_ne!(confirmation(7).formatted().unwrap(), confirmation(8).formatted().unwrap());
}

#[test]
fn impossible_dates_do_not_panic() {
    for date in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC, date()] {
        let dispatch = mail::Dispatch { date, ..dispatch(1) };
        let message = Message::compose(&AlreadyJoined::samples()[0], dispatch).unwrap();
        assert!(message.formatted().is_ok());
    }
}

#[test]
fn senders_of_all_kinds_make_one_from_header() {
    for name in [
        "Plain",
        "Comma, Inc.",
        "\"Quoted\" <x@example.org>",
        "Zoë’s team",
        "a@b.example",
        "=?utf-8?b?eA==?=",
    ] {
        let mut dispatch = dispatch(1);
        dispatch.from.name = HeaderText::parse(name).unwrap();
        let message = Message::compose(&AlreadyJoined::samples()[0], dispatch).unwrap();
        let mime = mime(&message);
        let from = mime.header("from");
        assert!(from.ends_with(" <hello@bsol.example>"), "{from}");
        let shown = decode_words(from.trim_end_matches(" <hello@bsol.example>"));
        assert!(shown.contains(name.split(['"', '’', '<']).next().unwrap()), "{shown}");
    }
}

#[test]
fn debug_says_the_kind_only() {
    assert_eq!(format!("{:?}", confirmation(1)), "Message(sign-up-confirmation, …)");
}
