//! Emails, pages, signatures, dates: complete, in short lines, and what programs expect.

use calcard::Entry;
use mail_parser::{MessageParser, MimeHeaders};

use super::*;

const TEXTS: [ToolkitPiece; 5] = [
    ToolkitPiece::PictureWords,
    ToolkitPiece::EmailText,
    ToolkitPiece::ArticleText,
    ToolkitPiece::SignatureText,
    ToolkitPiece::ManagersText,
];

#[test]
fn plain_texts_have_short_lines() {
    for facts in [facts(), extended(), long_names()] {
        for piece in TEXTS {
            let text = made_text(piece, &facts);
            let long = text.lines().find(|line| line.chars().count() >= 78 && line.trim().contains(' '));
            assert_eq!(long, None, "{piece:?}");
            assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "{piece:?}: {text}");
        }
    }
}

#[test]
fn texts_say_who_how_when_and_why_to_believe_it() {
    for piece in [
        ToolkitPiece::EmailText,
        ToolkitPiece::ArticleText,
        ToolkitPiece::EmailHtml,
        ToolkitPiece::ArticleHtml,
    ] {
        let text = made_text(piece, &extended()).split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "You now have until Thursday 9 May 2024 at 11:59pm.",
            "Why: Many of you wanted more time to look at the pledges.",
            "Opens: Tuesday 23 April 2024 at 9:00am",
            "Closes: Thursday 9 May 2024 at 11:59pm",
            "https://bsol.example/join",
            "https://bsol.example/anonymity",
            "help@support-partner.example",
            "3f7a 91c2 08de 55b1",
            "Version 3, 6 May 2024",
        ] {
            assert!(text.contains(said), "{piece:?}: {said} in {text}");
        }
    }
    assert!(
        made_text(ToolkitPiece::SignatureText, &facts())
            .contains("Open until Tuesday 7 May 2024 at 11:59pm.")
    );
}

#[test]
fn the_draft_is_read_by_another_program_as_it_was_meant() {
    let mut facts = extended();
    facts.campaign_title =
        "Zoë’s conversation: what is it like here, really, for everybody who works by night and by day?"
            .into();
    let draft = made(ToolkitPiece::EmailDraft, &facts);
    assert!(
        draft.split(|byte| *byte == b'\n').all(|line| line.is_empty() || line.ends_with(b"\r")),
        "lines end in CRLF"
    );
    assert!(draft.split(|byte| *byte == b'\n').all(|line| line.len() <= 77) && draft.is_ascii());
    let email = MessageParser::default().parse(&draft).unwrap();
    assert_eq!(email.subject().unwrap(), format!("New closing date: {}", facts.campaign_title));
    let from = email.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Our Open Conversations"), Some("conversations@bsol.example"))
    );
    assert_eq!(email.date().unwrap().to_rfc3339(), "2024-05-06T09:00:00Z");
    assert!(email.to().is_none());
    assert_eq!(email.content_type().unwrap().subtype(), Some("alternative"));
    assert_eq!(email.body_text(0).unwrap(), made_text(ToolkitPiece::EmailText, &facts));
    assert_eq!(email.body_html(0).unwrap(), made_text(ToolkitPiece::EmailHtml, &facts));
    assert_eq!(email.headers().len(), 6);
}

#[test]
fn pages_load_nothing_from_elsewhere() {
    for piece in [ToolkitPiece::EmailHtml, ToolkitPiece::ArticleHtml, ToolkitPiece::SignatureHtml] {
        let page = made_text(piece, &long_names());
        for absent in ["<script", "<img", "<link", "src=", "url(", "@import"] {
            assert!(!page.contains(absent), "{piece:?}: {absent}");
        }
        assert!(page.contains("lang=\"en-GB\"") && page.contains("<title>"), "{piece:?}");
    }
}

#[test]
fn the_countdown_is_a_frame_of_the_site() {
    let snippet = made_text(ToolkitPiece::Countdown, &facts());
    assert_eq!(snippet.matches("<iframe ").count(), 1);
    assert!(snippet.contains("src=\"https://bsol.example/countdown/second-conversation\""), "{snippet}");
    assert!(snippet.contains("title=\"Countdown: Our second Open Conversation\""), "{snippet}");
    assert!(!snippet.contains("allow-same-origin"), "a frame without an origin has no cookies: {snippet}");
}

#[test]
fn calendars_remind_before_the_date_that_holds_now() {
    let file = made_text(ToolkitPiece::Calendar, &extended());
    let Entry::ICalendar(calendar) = calcard::Parser::new(&file).entry() else { panic!("{file}") };
    let kinds: Vec<String> =
        calendar.components.iter().map(|part| part.component_type.as_str().to_owned()).collect();
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    assert_eq!((count("VEVENT"), count("VALARM")), (2, 3), "{file}");
    for line in ["DTSTART:20240509T225900Z", "TRIGGER:-P2D", "TRIGGER:-PT3H", "ACTION:DISPLAY", "SEQUENCE:1"]
    {
        assert!(file.contains(line), "{line} in {file}");
    }
    assert!(!file.contains("20240507"), "{file}");
}
