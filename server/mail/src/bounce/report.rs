//! Reports by email: multipart/report (RFC 6522) around what a machine reads, and around the message that it is about.

use std::panic::catch_unwind;

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};

use super::{Bounce, NoBounce, fields::Fields, reference};
use crate::{Address, Reply, delivery::BounceKind, fault::EnhancedCode, message::ID_BYTES};

/// A report gives back our message, of about 10 kB; anything much longer is something else.
pub const MAX_REPORT_BYTES: usize = 1_048_576;
/// Parts of a report that are looked at: words for people, words for machines, what it is about.
const MAX_PARTS: usize = 16;

/// Reads a report as it arrived, headers and all: of a failure to deliver, or of a complaint.
///
/// # Errors
/// [`NoBounce`].
pub fn read_report(message: &[u8]) -> Result<Bounce, NoBounce> {
    if message.len() > MAX_REPORT_BYTES {
        return Err(NoBounce::TooLong);
    }
    let report = Part::read(message).ok_or(NoBounce::NotAReport)?;
    let parts = report.parts();
    if let Some(status) = parts.iter().find(|part| part.is("message", "delivery-status")) {
        return failure(&report, &parts, &Fields::groups(&status.text()));
    }
    if let Some(feedback) = parts.iter().find(|part| part.is("message", "feedback-report")) {
        return complaint(&report, &parts, &Fields::groups(&feedback.text()));
    }
    Err(NoBounce::NotAReport)
}

/// A report, or a part of one: its headers and what stands below them.
///
/// The parser is given headers alone. Of a body it would follow messages in messages as deep as somebody has packed them, and free them by
/// recursion: a megabyte of them is the end of the process. A report is one level deep, and what machines read in it is not encoded (RFC 3464, 2.1;
/// RFC 5965, 7.1).
struct Part<'a> {
    headers: Message<'a>,
    body: &'a [u8],
}

impl<'a> Part<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut end = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            if line.trim_ascii().is_empty() {
                break;
            }
        }
        let (head, body) = bytes.split_at(end);
        // The parser has panicked on what was broken in odd places: then it is no report.
        let headers = catch_unwind(|| MessageParser::default().parse_headers(head)).ok().flatten()?;
        Some(Self { headers, body })
    }

    /// The parts of a multipart (RFC 2046, 5.1.1).
    fn parts(&self) -> Vec<Part<'a>> {
        let boundary = self.headers.content_type().and_then(|given| given.attribute("boundary"));
        let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else { return Vec::new() };
        let delimiter = format!("--{boundary}");
        let (mut parts, mut begun, mut at) = (Vec::new(), None, 0);
        for line in self.body.split_inclusive(|byte| *byte == b'\n') {
            let rest = line.strip_prefix(delimiter.as_bytes()).map(<[u8]>::trim_ascii);
            if let Some(rest @ (b"" | b"--")) = rest {
                parts.extend(begun.and_then(|begun: usize| Part::read(&self.body[begun..at])));
                begun = (rest.is_empty() && parts.len() < MAX_PARTS).then_some(at + line.len());
            }
            at += line.len();
        }
        parts.extend(begun.and_then(|begun| Part::read(&self.body[begun..])));
        parts
    }

    fn is(&self, kind: &str, subtype: &str) -> bool {
        self.headers.content_type().is_some_and(|given| {
            let given_subtype = given.c_subtype.as_deref().unwrap_or_default();
            given.c_type.eq_ignore_ascii_case(kind) && given_subtype.eq_ignore_ascii_case(subtype)
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }
}

/// RFC 3464: one group about the message, then one for each recipient.
fn failure(report: &Part, parts: &[Part], groups: &[Fields]) -> Result<Bounce, NoBounce> {
    let failed = |group: &&Fields| group.get("action").is_some_and(|action| first_word(action) == "failed");
    let recipient = groups.iter().find(failed).ok_or(NoBounce::NothingFailed)?;
    let address = recipient.get("original-recipient").or_else(|| recipient.get("final-recipient"));
    Ok(Bounce {
        reference: original_id(report, parts),
        recipient: address.and_then(typed_address),
        kind: if is_of_the_address(recipient) { BounceKind::Hard } else { BounceKind::Soft },
    })
}

/// RFC 3463's status; where it says nothing in particular, what the last server said (RFC 3464, 2.3.6).
fn is_of_the_address(recipient: &Fields) -> bool {
    let status = recipient.get("status").and_then(|status| EnhancedCode::parse(first_word_of(status)));
    match status {
        Some(status) if !status.is_empty() => status.is_of_the_address(),
        Some(status) if status.class != 5 => false,
        _ => recipient.get("diagnostic-code").and_then(diagnosis).is_some_and(Reply::is_of_the_address),
    }
}

/// `smtp; 550 5.1.1 words`.
fn diagnosis(code: &str) -> Option<Reply> {
    let (kind, said) = code.split_once(';')?;
    let (code, words) = said.trim().split_at_checked(3)?;
    let code = code.parse().ok().filter(|_| kind.trim().eq_ignore_ascii_case("smtp"))?;
    Some(Reply::new(code, words.trim_start_matches(['-', ' '])))
}

/// RFC 5965: abuse, fraud, virus and other are complaints; `not-spam` is the opposite of one.
fn complaint(report: &Part, parts: &[Part], groups: &[Fields]) -> Result<Bounce, NoBounce> {
    let group =
        groups.iter().find(|group| group.get("feedback-type").is_some()).ok_or(NoBounce::NotAReport)?;
    if group.get("feedback-type").is_some_and(|kind| first_word(kind) == "not-spam") {
        return Err(NoBounce::NothingFailed);
    }
    let recipient = group.get("original-rcpt-to").and_then(|address| Address::parse(bare(address)).ok());
    Ok(Bounce { reference: original_id(report, parts), recipient, kind: BounceKind::Complaint })
}

/// The id of the message that the report is about: of the copy, or of its headers, that it encloses; or of what it answers.
fn original_id(report: &Part, parts: &[Part]) -> Option<[u8; ID_BYTES]> {
    let copies = [
        ("message", "rfc822"),
        ("message", "global"),
        ("text", "rfc822-headers"),
        ("message", "global-headers"),
    ];
    let copy = |part: &&Part| copies.iter().any(|(kind, subtype)| part.is(kind, subtype));
    let enclosed = parts
        .iter()
        .filter(copy)
        .find_map(|part| Part::read(part.body)?.headers.message_id().and_then(reference));
    enclosed.or_else(|| first_of(report.headers.in_reply_to()).and_then(reference))
}

fn first_of<'a>(value: &'a HeaderValue) -> Option<&'a str> {
    match value {
        HeaderValue::Text(text) => Some(text),
        HeaderValue::TextList(texts) => texts.first().map(|text| &**text),
        _ => None,
    }
}

/// `rfc822; someone@example.org`.
fn typed_address(field: &str) -> Option<Address> {
    let (_, address) = field.split_once(';')?;
    Address::parse(bare(address)).ok()
}

fn bare(address: &str) -> &str {
    address.trim().trim_start_matches('<').trim_end_matches('>')
}

/// What stands before a comment, in small letters.
fn first_word(value: &str) -> String {
    first_word_of(value).to_ascii_lowercase()
}

fn first_word_of(value: &str) -> &str {
    value.split(|c: char| c.is_whitespace() || c == '(').find(|word| !word.is_empty()).unwrap_or_default()
}
