//! "Set up your account": the link with which a named person chooses how they will sign in.

use serde::Serialize;

use super::{Email, example};
use crate::{Address, Link};

/// Sent to whoever is to work in the console, and to whoever has to begin anew.
#[derive(Clone, Serialize)]
pub struct StaffInvitation {
    /// The tenant's name.
    pub tenant_name: String,
    /// What the frame is titled.
    pub campaign_title: String,
    /// What the service is called.
    pub service_name: String,
    /// Who is invited.
    pub name: String,
    /// Who invites them.
    pub invited_by: String,
    /// Until when the link is good, already worded in the tenant's time.
    pub until: String,
    /// Leads to a page with a form; spends nothing by being fetched.
    pub link: Link,
    /// Who helps.
    pub support_name: String,
    /// Where to write to them.
    pub support_address: Address,
}

impl Email for StaffInvitation {
    const KIND: &'static str = "staff-invitation";

    fn samples() -> Vec<Self> {
        let plain = Self {
            tenant_name: "BSol".to_owned(),
            campaign_title: "Our Open Conversations".to_owned(),
            service_name: "Our Open Conversations".to_owned(),
            name: "Alex Rowan".to_owned(),
            invited_by: "Sam Birch".to_owned(),
            until: "Monday 3 March at 9am".to_owned(),
            link: example::link("https://bsol.example/console/welcome?token=3f7a91c208de55b1"),
            support_name: "the Our Open Conversations team".to_owned(),
            support_address: example::address("support@example.org"),
        };
        let awkward = Self {
            tenant_name: "<img src=x> & Sons".to_owned(),
            name: "Alex\r\nBcc: x@example.org".to_owned(),
            invited_by: "</td></table> {{ 7 * 7 }}".to_owned(),
            service_name: "What gets in the way of “good” care? ".repeat(4),
            ..plain.clone()
        };
        vec![plain, awkward]
    }
}
