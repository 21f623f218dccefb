//! A sender, a recipient, and messages between them.

use chrono::{DateTime, Utc};
use mail::{Address, Dispatch, Email, HeaderText, Message, Sender, SignUpConfirmation, message::ID_BYTES};

pub fn date() -> DateTime<Utc> {
    "2026-03-03T09:00:00Z".parse().unwrap()
}

pub fn dispatch(number: u8) -> Dispatch {
    Dispatch {
        from: Sender {
            name: HeaderText::parse("Zoë’s “Big” Conversation").unwrap(),
            address: Address::parse("hello@bsol.example").unwrap(),
        },
        to: Address::parse(&format!("person-{number}@trust.example")).unwrap(),
        reply_to: Some(Address::parse("support@example.org").unwrap()),
        id: [number; ID_BYTES],
        date: date(),
    }
}

pub fn confirmation(number: u8) -> Message {
    Message::compose(&SignUpConfirmation::samples()[0], dispatch(number)).unwrap()
}
