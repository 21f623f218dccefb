//! GOV.UK Notify's delivery receipts: the JSON that it posts to a service's address (its documentation, "Delivery receipts").

use serde::Deserialize;

use super::{Bounce, MAX_REPORT_BYTES, NoBounce, reference};
use crate::{Address, delivery::Delivery, message::ID_BYTES};

/// What became of one message. Whether it is Notify who says so, its bearer token tells: that is for whoever took the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The id of our message.
    pub reference: Option<[u8; ID_BYTES]>,
    /// Whom it was to.
    pub recipient: Option<Address>,
    /// What became of it.
    pub delivery: Delivery,
}

#[derive(Deserialize)]
struct Callback {
    reference: Option<String>,
    to: String,
    status: String,
    notification_type: String,
}

/// Reads a receipt.
///
/// # Errors
/// [`NoBounce::TooLong`]; [`NoBounce::NotAReport`] unless it is a receipt about an email.
pub fn read_receipt(json: &[u8]) -> Result<Receipt, NoBounce> {
    if json.len() > MAX_REPORT_BYTES {
        return Err(NoBounce::TooLong);
    }
    let callback: Callback = serde_json::from_slice(json).map_err(|_| NoBounce::NotAReport)?;
    if callback.notification_type != "email" {
        return Err(NoBounce::NotAReport);
    }
    Ok(Receipt {
        reference: callback.reference.as_deref().and_then(reference),
        recipient: Address::parse(&callback.to).ok(),
        delivery: Delivery::of_notify(&callback.status),
    })
}

impl Receipt {
    /// The same as a bounce, if it is one.
    pub fn bounce(self) -> Option<Bounce> {
        let Self { reference, recipient, delivery } = self;
        delivery.bounce().map(|kind| Bounce { reference, recipient, kind })
    }
}
