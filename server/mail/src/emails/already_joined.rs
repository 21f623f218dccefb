//! "You are in already": what an address that holds a credential gets instead of a code, so that the page can answer
//! everybody alike. About as long as [`super::SignUpConfirmation`], so that its size on the wire tells nothing either.

use serde::Serialize;

use super::{Email, example};
use crate::{Address, Link};

/// Sent to an address that somebody signed up with although it already holds a credential.
#[derive(Clone, Serialize)]
pub struct AlreadyJoined {
    /// The tenant's name.
    pub tenant_name: String,
    /// The campaign's title.
    pub campaign_title: String,
    /// The page on which the six words are typed. The same for everybody.
    pub link: Link,
    /// Who helps: independent of the employer.
    pub support_name: String,
    /// Where to write to them.
    pub support_address: Address,
}

impl Email for AlreadyJoined {
    const KIND: &'static str = "already-joined";

    fn samples() -> Vec<Self> {
        let plain = Self {
            tenant_name: "BSol".to_owned(),
            campaign_title: "Our first big conversation".to_owned(),
            link: example::link("https://bsol.example/conversations/first/return"),
            support_name: "The independent support team".to_owned(),
            support_address: example::address("support@example.org"),
        };
        let awkward = Self {
            tenant_name: "<img src=x> & Sons".to_owned(),
            campaign_title: "What gets in the way of “good” care? {{ 7 * 7 }} — ".repeat(4),
            ..plain.clone()
        };
        vec![plain, awkward]
    }
}
