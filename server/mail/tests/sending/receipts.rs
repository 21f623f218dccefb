//! GOV.UK Notify's delivery receipts.

use mail::{
    BounceKind, Delivery, NoBounce,
    bounce::{MAX_REPORT_BYTES, read_receipt},
};
use serde_json::{Value, json};

/// The documentation's example, about one of ours.
fn receipt(status: &str) -> Value {
    json!({
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": "07".repeat(16),
        "to": "person-7@trust.example",
        "status": status,
        "created_at": "2017-05-14T12:15:30.000000Z",
        "completed_at": "2017-05-14T12:15:30.000000Z",
        "sent_at": null,
        "notification_type": "email",
        "template_id": "9d751e0e-f929-4891-82a1-a3e1c3c18ee3",
        "template_version": 1,
    })
}

fn read(receipt: &Value) -> Result<mail::Receipt, NoBounce> {
    read_receipt(receipt.to_string().as_bytes())
}

#[test]
fn a_receipt_says_what_became_of_which_message() {
    for (status, delivery, bounce) in [
        ("delivered", Delivery::Delivered, None),
        ("permanent-failure", Delivery::NoSuchAddress, Some(BounceKind::Hard)),
        ("temporary-failure", Delivery::TurnedBack, Some(BounceKind::Soft)),
        ("technical-failure", Delivery::NeverLeft, None),
    ] {
        let read = read(&receipt(status)).unwrap();
        assert_eq!((read.delivery, read.reference), (delivery, Some([7; 16])), "{status}");
        assert_eq!(read.recipient.as_ref().unwrap().as_str(), "person-7@trust.example");
        assert_eq!(read.bounce().map(|bounce| bounce.kind), bounce);
    }
}

#[test]
fn what_is_not_ours_or_no_receipt() {
    let mut other = receipt("delivered");
    other["reference"] = json!(null);
    assert_eq!(read(&other).unwrap().reference, None);
    other["reference"] = json!("somebody's own");
    assert_eq!(read(&other).unwrap().reference, None);
    other["notification_type"] = json!("sms");
    assert_eq!(read(&other), Err(NoBounce::NotAReport));
    for json in ["", "{}", "[]", "null", "{\"status\":\"delivered\"}", "\u{0}"] {
        assert_eq!(read_receipt(json.as_bytes()), Err(NoBounce::NotAReport), "{json}");
    }
    let long = format!("{}{}", receipt("delivered"), " ".repeat(MAX_REPORT_BYTES));
    assert_eq!(read_receipt(long.as_bytes()), Err(NoBounce::TooLong));
}
