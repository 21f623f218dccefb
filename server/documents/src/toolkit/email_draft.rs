//! The email as a draft that a mail program opens: RFC 5322, with encoded words (RFC 2047) and two readings (RFC 2046).
//!
//! It is nobody's email yet: who sends it, and to whom, is filled in by whoever opens it. `X-Unsent` has Outlook open it for
//! writing.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::facts::ToolkitFacts;
use super::words::on_one_line;

/// Between the two readings. Both are base64, so it cannot occur in them.
const BOUNDARY: &str = "=_candour_toolkit";
/// Bytes in a line of base64: 76 characters (RFC 2045, 6.8).
const BYTES_A_LINE: usize = 57;
/// Bytes in an encoded word: 52 characters of base64, so that a line with "Subject: " has at most 76 (RFC 2047, 2).
const BYTES_A_WORD: usize = 39;

/// The draft; `facts` were checked, so that its address fits a header.
pub(super) fn email_draft(facts: &ToolkitFacts, subject: &str, text: &str, html: &str) -> Vec<u8> {
    let mut draft = String::new();
    let from = encoded_words(&on_one_line(&facts.service_name));
    let date = facts.version.made_on.format("%a, %d %b %Y 09:00:00 +0000");
    let reading = |kind: &str, body: &str| {
        let lines: String =
            body.as_bytes().chunks(BYTES_A_LINE).map(|line| STANDARD.encode(line) + "\r\n").collect();
        format!(
            "--{BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}"
        )
    };
    let written = write!(
        draft,
        "From: {from}\r\n <{}>\r\nDate: {date}\r\nSubject: {}\r\nX-Unsent: 1\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"{BOUNDARY}\"\r\n\r\n{}{}--{BOUNDARY}--\r\n",
        facts.questions_address,
        encoded_words(subject),
        reading("plain", text),
        reading("html", html),
    );
    written.expect("writing to memory cannot fail");
    draft.into_bytes()
}

/// A header's text in encoded words, each on a line of its own. Whatever it says, only base64 stands in the header.
fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = vec![String::new()];
    for character in text.chars() {
        let last = words.last_mut().expect("there is always a word");
        match last.len() + character.len_utf8() > BYTES_A_WORD {
            true => words.push(character.to_string()),
            false => last.push(character),
        }
    }
    let encoded = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join("\r\n ")
}
