//! "Come and say what you think": the login details of somebody on the roll.

use serde::Serialize;

use super::{Email, example};
use crate::{Address, Link};

/// Sent at launch to everybody whose organisation has the invited route.
#[derive(Clone, Serialize)]
pub struct Invitation {
    /// The tenant's name.
    pub tenant_name: String,
    /// The campaign's title.
    pub campaign_title: String,
    /// The organisation that the person works or volunteers for.
    pub organisation_name: String,
    /// When it opens, already worded in the tenant's time: `Monday 3 March at 9 am`.
    pub opens: String,
    /// When it closes, worded likewise.
    pub closes: String,
    /// Leads to a page with a button; spends nothing by being fetched.
    pub link: Link,
    /// The same right to join, to type by hand.
    pub login_code: String,
    /// The head of the public key log, for those who want to compare it with a poster's.
    pub key_log_head: String,
    /// Who helps: independent of the employer.
    pub support_name: String,
    /// Where to write to them.
    pub support_address: Address,
}

impl Email for Invitation {
    const KIND: &'static str = "invitation";

    fn samples() -> Vec<Self> {
        let plain = Self {
            tenant_name: "BSol".to_owned(),
            campaign_title: "Our first big conversation".to_owned(),
            organisation_name: "Example Hospitals".to_owned(),
            opens: "Monday 3 March at 9 am".to_owned(),
            closes: "Sunday 16 March at 11:59 pm".to_owned(),
            link: example::link("https://bsol.example/join?code=7K2M-9QXR-4TBW-0ZHN"),
            login_code: "7K2M-9QXR-4TBW-0ZHN".to_owned(),
            key_log_head: "3f7a 91c2 08de 55b1".to_owned(),
            support_name: "The independent support team".to_owned(),
            support_address: example::address("support@example.org"),
        };
        let awkward = Self {
            tenant_name: "<img src=x> & Sons".to_owned(),
            organisation_name: "=HYPERLINK(\"https://example.org\")</td></table>\r\nBcc: x@example.org"
                .to_owned(),
            campaign_title: "What gets in the way of “good” care? {{ 7 * 7 }} — ".repeat(4),
            ..plain.clone()
        };
        vec![plain, awkward]
    }
}
