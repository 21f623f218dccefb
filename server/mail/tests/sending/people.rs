//! A sender, a recipient, and messages between them.

use chrono::{DateTime, Utc};
use mail::{
    Address, Dispatch, Email, HeaderText, Link, Message, Nudge, Sender, SignUpConfirmation, Unsubscribe,
    message::ID_BYTES,
};

pub fn date() -> DateTime<Utc> {
    "2026-03-03T09:00:00Z".parse().unwrap()
}

pub fn dispatch(number: u8) -> Dispatch {
    Dispatch {
        from: sender(),
        to: Address::parse(&format!("person-{number}@trust.example")).unwrap(),
        reply_to: Some(Address::parse("support@example.org").unwrap()),
        id: [number; ID_BYTES],
        date: date(),
        unsubscribe: None,
        bounce_address: None,
    }
}

/// As a nudge goes out: with a link to stop them, and an address for what comes back.
pub fn nudge_dispatch(number: u8) -> Dispatch {
    let link = Link::parse("https://bsol.example/emails/stop?token=k7m2p9x4").unwrap();
    let mailto = Address::parse("stop+k7m2p9x4@bsol.example").unwrap();
    Dispatch {
        unsubscribe: Some(Unsubscribe::new(link, Some(mailto)).unwrap()),
        bounce_address: Some(Address::parse("bounces@mail.bsol.example").unwrap()),
        ..dispatch(number)
    }
}

pub fn sender() -> Sender {
    let name = HeaderText::parse("Zoë’s “Big” Conversation").unwrap();
    Sender::new(name, Address::parse("hello@bsol.example").unwrap())
}

pub fn confirmation(number: u8) -> Message {
    Message::compose(&SignUpConfirmation::samples()[0], dispatch(number)).unwrap()
}

pub fn nudge(number: u8) -> Message {
    Message::compose(&Nudge::samples()[0], nudge_dispatch(number)).unwrap()
}
