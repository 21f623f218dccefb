//! "Is this address yours?": the code that finishes a sign-up.

use serde::Serialize;

use super::{Email, example};
use crate::{Address, Link};

/// Sent to an address that somebody signed up with and that holds no credential yet.
#[derive(Clone, Serialize)]
pub struct SignUpConfirmation {
    /// The tenant's name.
    pub tenant_name: String,
    /// The campaign's title.
    pub campaign_title: String,
    /// Eight digits as shown: `1234 5678`.
    pub code: String,
    /// Confirms as the code does, after a button is pressed.
    pub link: Link,
    /// How long code and link work, in minutes.
    pub valid_minutes: u32,
    /// Who helps: independent of the employer.
    pub support_name: String,
    /// Where to write to them.
    pub support_address: Address,
}

impl Email for SignUpConfirmation {
    const KIND: &'static str = "sign-up-confirmation";

    fn samples() -> Vec<Self> {
        let plain = Self {
            tenant_name: "BSol".to_owned(),
            campaign_title: "Our first big conversation".to_owned(),
            code: "1234 5678".to_owned(),
            link: example::link("https://bsol.example/join/confirm?token=k7m2p9x4"),
            valid_minutes: 30,
            support_name: "The independent support team".to_owned(),
            support_address: example::address("support@example.org"),
        };
        let awkward = Self {
            tenant_name: "<img src=x> & Sons".to_owned(),
            campaign_title: "What gets in the way of “good” care? {{ 7 * 7 }} — ".repeat(4),
            valid_minutes: 1,
            ..plain.clone()
        };
        vec![plain, awkward]
    }
}
