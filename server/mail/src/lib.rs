//! Email: what is written, to whom, and the ways out of the house. The only room with lettre.
//!
//! Here: addresses, header texts and links that cannot carry a second header ([`address`], [`header`], [`link`],
//! [`unsubscribe`]), each email as a context struct with its templates and samples ([`emails`]), the composed [`Message`],
//! tenants' signatures ([`dkim`]), the ways out ([`Mailer`]: SMTP, GOV.UK Notify, a folder, memory), what a failure means
//! ([`SendFault`]), what comes back ([`bounce`]), and the queue in front of it all ([`Outbox`]). Not here: who gets an email
//! and when (actions), the clock and randomness (date and message id are passed in), and any log of addresses, subjects or
//! words.
//!
//! To add an email: a struct in `emails/` that implements [`Email`], three templates in `templates/<kind>/` (subject, plain
//! text, MJML), a line each in [`emails::TEMPLATES`] and one in [`emails::sample_messages`]; the tests then render its
//! samples. To look at them: `cargo run -p mail --example samples -- <folder>`.

pub mod address;
pub mod bounce;
pub mod delivery;
pub mod dkim;
pub mod emails;
pub mod fault;
pub mod header;
pub mod link;
pub mod mailer;
mod markdown;
pub mod message;
pub mod outbox;
mod render;
mod transports;
pub mod unsubscribe;

pub use address::Address;
pub use bounce::{Bounce, NoBounce, Receipt};
pub use delivery::{BounceKind, Delivery};
pub use dkim::{DkimKey, DkimRefusal};
pub use emails::{AlreadyJoined, Email, Invitation, Nudge, SignUpConfirmation, StaffInvitation};
pub use fault::{Certainty, EnhancedCode, Reply, SendFault};
pub use header::{HeaderText, Sender};
pub use link::Link;
pub use mailer::{Authority, Encryption, Login, Mailbox, Mailer, MailerRefusal, Smtp};
pub use message::{ComposeFault, Dispatch, Message};
pub use notify::Notify;
pub use outbox::{Counts, Outbox, PostRefusal, Posted, RetrySchedule, Unsent};
pub use transports::notify;
pub use unsubscribe::{Unsubscribe, UnsubscribeRefusal};
