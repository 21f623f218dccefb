//! A message: an email with sender, recipient, id and date, ready to go out by any way.

use std::{fmt, time::SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::{
    Mailbox, MessageBuilder, MultiPart, MultiPartKind, SinglePart,
    header::{HeaderName, HeaderValue},
};
use thiserror::Error;

use crate::{
    address::Address,
    emails::Email,
    header::{HeaderText, Sender},
    render::{Rendered, render, wrap},
    unsubscribe::Unsubscribe,
};

/// Random bytes in a message id.
pub const ID_BYTES: usize = 16;
/// The last second that a date header can say: the end of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Everything about a message that is not its words.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// The tenant's sender.
    pub from: Sender,
    /// The one recipient.
    pub to: Address,
    /// Where replies go, if not to the sender.
    pub reply_to: Option<Address>,
    /// Random bytes for the Message-ID, and the reference by which a service can be asked. A message sent again keeps them, so that mail
    /// servers can tell a double.
    pub id: [u8; ID_BYTES],
    /// The present instant.
    pub date: DateTime<Utc>,
    /// How the recipient stops emails of this kind. What somebody has just asked for has none.
    pub unsubscribe: Option<Unsubscribe>,
    /// Where the envelope says that reports of failure go, if not to the sender.
    pub bounce_address: Option<Address>,
}

/// An email on its way. `Debug` shows nothing but its kind.
#[derive(Clone)]
pub struct Message {
    kind: &'static str,
    dispatch: Dispatch,
    subject: HeaderText,
    paragraphs: String,
    text: String,
    html: String,
}

/// Why no message came out of an email: a fault of ours, never the recipient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ComposeFault {
    /// A template is broken.
    #[error("the template {part} of the email {kind} could not be rendered")]
    Template {
        /// The email's kind.
        kind: &'static str,
        /// Which of its templates.
        part: &'static str,
    },
    /// The subject came out empty or unfit for a header.
    #[error("the email {kind} has no usable subject")]
    Subject {
        /// The email's kind.
        kind: &'static str,
    },
    /// The sender's key made no signature.
    #[error("the email {kind} could not be signed")]
    Signature {
        /// The email's kind.
        kind: &'static str,
    },
    /// The parts made no message.
    #[error("the email {kind} could not be put together")]
    Parts {
        /// The email's kind.
        kind: &'static str,
    },
}

impl Message {
    /// Renders an email for one recipient.
    ///
    /// # Errors
    /// A [`ComposeFault`] if a template is broken.
    pub fn compose<E: Email>(email: &E, dispatch: Dispatch) -> Result<Self, ComposeFault> {
        let kind = E::KIND;
        let Rendered { subject, paragraphs, html } =
            render(email).map_err(|part| ComposeFault::Template { kind, part })?;
        let subject = HeaderText::parse(&subject).map_err(|_| ComposeFault::Subject { kind })?;
        let text = wrap(&paragraphs);
        Ok(Self { kind, dispatch, subject, paragraphs, text, html })
    }

    /// Which email it is, for logs and counts.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// To whom.
    pub fn to(&self) -> &Address {
        &self.dispatch.to
    }

    /// From whom.
    pub fn from(&self) -> &Sender {
        &self.dispatch.from
    }

    /// When it was written.
    pub fn date(&self) -> DateTime<Utc> {
        self.dispatch.date
    }

    /// The subject.
    pub fn subject(&self) -> &str {
        self.subject.as_str()
    }

    /// The words as plain text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, a paragraph a line: for a service that does its own layout.
    pub(crate) fn paragraphs(&self) -> &str {
        &self.paragraphs
    }

    /// The words as HTML.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// How the recipient stops emails of this kind.
    pub fn unsubscribe(&self) -> Option<&Unsubscribe> {
        self.dispatch.unsubscribe.as_ref()
    }

    /// The id's bytes.
    pub fn reference(&self) -> [u8; ID_BYTES] {
        self.dispatch.id
    }

    /// The id's bytes in hexadecimal.
    pub fn id(&self) -> String {
        hex::encode(self.dispatch.id)
    }

    /// The message as it goes over the wire: RFC 5322, with a plain and an HTML part, signed if its sender has a key.
    ///
    /// # Errors
    /// [`ComposeFault::Parts`] and [`ComposeFault::Signature`], which the checked types leave no known way to reach.
    pub fn formatted(&self) -> Result<Vec<u8>, ComposeFault> {
        let message = self.mime()?.formatted();
        let Some(key) = self.dispatch.from.dkim() else { return Ok(message) };
        let signature = key.header(&message, self.dispatch.date);
        let signature = signature.ok_or(ComposeFault::Signature { kind: self.kind })?;
        Ok([signature, message].concat())
    }

    /// Whom the mail server is told it is from: who hears that it could not be delivered.
    pub(crate) fn return_path(&self) -> &Address {
        self.dispatch.bounce_address.as_ref().unwrap_or(&self.dispatch.from.address)
    }

    fn mime(&self) -> Result<lettre::Message, ComposeFault> {
        let Dispatch { from, to, reply_to, date, unsubscribe, .. } = &self.dispatch;
        let mailbox = |name: Option<&HeaderText>, address: &Address| {
            Mailbox::new(name.map(|name| name.as_str().to_owned()), address.to_lettre())
        };
        let mut builder = MessageBuilder::new()
            .from(mailbox(Some(&from.name), &from.address))
            .to(mailbox(None, to))
            .subject(self.subject.as_str())
            .date(date_for_a_header(*date))
            .message_id(Some(format!("<{}@{}>", self.id(), from.address.domain())))
            // So that no holiday notice answers it: RFC 3834.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(address) = reply_to {
            builder = builder.reply_to(mailbox(None, address));
        }
        for header in unsubscribe.iter().flat_map(Unsubscribe::headers) {
            builder = builder.raw_header(header);
        }
        // A boundary out of the id: the same message is always the same bytes.
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("=_candour_{}", self.id()))
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(self.html.clone()));
        builder.multipart(parts).map_err(|_| ComposeFault::Parts { kind: self.kind })
    }
}

/// The header's library panics beyond the years that the header can say.
fn date_for_a_header(date: DateTime<Utc>) -> SystemTime {
    let seconds = date.timestamp().clamp(0, LAST_SECOND);
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds.unsigned_abs())
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, …)", self.kind)
    }
}
