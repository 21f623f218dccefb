//! Email: what is written, to whom, and the ways out of the house. The only room with lettre.
//!
//! Here: addresses and header texts that cannot carry a second header ([`address`], [`header`]), each email as a context
//! struct with its templates and samples ([`emails`]), the composed [`Message`], the ways out ([`Mailer`]: SMTP, a folder,
//! memory) and the queue in front of them ([`Outbox`]). Not here: who gets an email and when (actions), the clock and
//! randomness (date and message id are passed in), and any log of addresses, subjects or words.
//!
//! To add an email: a struct in `emails/` that implements [`Email`], three templates in `templates/<kind>/`, and a line
//! in [`emails::TEMPLATES`]; the tests then render its samples.

pub mod address;
pub mod emails;
pub mod header;
pub mod link;
pub mod mailer;
pub mod message;
pub mod outbox;
mod render;
mod transports;

pub use address::Address;
pub use emails::{AlreadyJoined, Email, Invitation, SignUpConfirmation, StaffInvitation};
pub use header::{HeaderText, Sender};
pub use link::Link;
pub use mailer::{Encryption, Login, Mailbox, Mailer, MailerRefusal, SendFault, Smtp};
pub use message::{ComposeFault, Dispatch, Message};
pub use outbox::{Counts, Outbox, PostRefusal, Posted, RetrySchedule, Unsent};
