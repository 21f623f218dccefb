//! A demonstration's mailbox.

use serde::Serialize;

use super::{Chrome, View, Visit};

/// The emails that a demonstration would have sent.
#[derive(Clone, Debug, Serialize)]
pub struct Mailbox {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Newest first.
    pub emails: Vec<MailboxEmail>,
}

/// One email.
#[derive(Clone, Debug, Serialize)]
pub struct MailboxEmail {
    /// Whom it went to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text, as safe HTML.
    pub html: String,
}

impl View for Mailbox {
    const TEMPLATE: &'static str = "mailbox.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Mailbox)> {
        let email = |to: &str, subject: &str, text: &str| MailboxEmail {
            to: to.into(),
            subject: subject.into(),
            html: crate::text_html::post_html(text),
        };
        let mailbox = |emails| Mailbox { site: chrome.clone(), visit: Visit::sample(false, ""), emails };
        let two = vec![
            email(
                "porter@wmas.example",
                "Your code is 1234 5678",
                "Type this code: 1234 5678\n\nOr open this link:\nhttps://example.org/join/first/confirm?link=Zm9yLWV4YW1wbGUtb25seS1ub3QtYS1yZWFsLWxpbmstYnV0LWFzLWxvbmctYXMtb25lLW9mdGVuLWlzLXdpdGgtdGhlLXNlYWxlZC10ZXh0LWJlaGluZC1pdA\n\nThe independent support desk\nsupport@example.net",
            ),
            email(
                "nurse@roh.example",
                "You can join the conversation",
                "Open this link:\nhttps://example.org/join/first/login?code=7KQ2-M9XD-4TRV-W8HP",
            ),
        ];
        vec![("two", mailbox(two)), ("empty", mailbox(Vec::new()))]
    }
}
