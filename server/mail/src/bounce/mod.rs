//! What comes back about messages that had left: reports of failure (DSN, RFC 3464), complaints (ARF, RFC 5965), and GOV.UK
//! Notify's receipts.
//!
//! Anybody can write to a mailbox: what a report says is a claim. It counts only with a reference that was sent and not yet
//! answered, which nobody else knows.

mod fields;
mod receipt;
mod report;

pub use receipt::{Receipt, read_receipt};
pub use report::{MAX_REPORT_BYTES, read_report};

use thiserror::Error;

use crate::{Address, delivery::BounceKind, message::ID_BYTES};

/// A message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// The id of our message, if the report has it.
    pub reference: Option<[u8; ID_BYTES]>,
    /// Whom it was to, if the report says so in a form that we send to. It may be where a mailbox forwards to.
    pub recipient: Option<Address>,
    /// How it came back.
    pub kind: BounceKind,
}

/// Why there is no bounce in something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoBounce {
    /// More than [`MAX_REPORT_BYTES`].
    #[error("the report has more than {MAX_REPORT_BYTES} bytes")]
    TooLong,
    /// An ordinary email, a holiday notice, or anything else that is no report by the RFCs.
    #[error("this is no report about an email")]
    NotAReport,
    /// A report of something else: it arrived, it is late, it is not unwanted.
    #[error("the report says of no email that it came back")]
    NothingFailed,
}

/// The id of one of our messages, out of `<0123…@domain>` or bare.
fn reference(message_id: &str) -> Option<[u8; ID_BYTES]> {
    let id = message_id.trim().trim_start_matches('<');
    let id = id.split('@').next()?;
    let mut bytes = [0; ID_BYTES];
    hex::decode_to_slice(id, &mut bytes).ok().map(|()| bytes)
}
