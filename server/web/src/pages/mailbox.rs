//! A demonstration's mailbox: the emails that it would have sent, for anybody to read. No deployment has one.

use poem::{Response, Result, handler};

use crate::fault::PageError;
use crate::text_html::post_html;
use crate::views::{Mailbox, MailboxEmail};
use crate::visitor::Visitor;

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    let mailbox = visitor.state.settings.mailbox.as_ref().ok_or(PageError::NotFound)?;
    let emails = mailbox.messages().into_iter();
    let emails = emails.map(|email| MailboxEmail {
        html: post_html(&email.text.replace("\r\n", "\n")),
        to: email.to,
        subject: email.subject,
    });
    visitor.show(&Mailbox {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        emails: emails.collect(),
    })
}
