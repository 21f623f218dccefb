//! What a tenant writes to everybody who may still join: reminders, the last day, an extension, and what comes after the
//! closing. The words are the tenant's own; only the frame is ours.

use serde::Serialize;

use super::{Email, example};
use crate::{Address, Link};

/// Sent by a campaign's plan. Whatever a tenant typed stands in a field and is shown as typed, on one line.
#[derive(Clone, Serialize)]
pub struct Nudge {
    /// The tenant's name.
    pub tenant_name: String,
    /// The campaign's title.
    pub campaign_title: String,
    /// The organisation that the person works or volunteers for: why they get this.
    pub organisation_name: String,
    /// The subject; cut to [`crate::header::MAX_HEADER_CHARACTERS`].
    pub subject: String,
    /// What lists of emails show after the subject. It can be read on a locked screen: never a code.
    pub preheader: String,
    /// Above the first paragraph.
    pub heading: String,
    /// Plain text, a paragraph each.
    pub paragraphs: Vec<String>,
    /// What the one button says.
    pub button_text: String,
    /// Where it leads. Spends nothing by being fetched.
    pub link: Link,
    /// The right to join, to type by hand: for those who have login details and have not joined.
    pub login_code: Option<String>,
    /// When it closes, worded in the tenant's time; nothing once it has.
    pub closes: Option<String>,
    /// Who helps: independent of the employer.
    pub support_name: String,
    /// Where to write to them.
    pub support_address: Address,
    /// The page with a button that stops these emails. Fetching it changes nothing.
    pub unsubscribe: Link,
    /// Where the sender is to be found, on one line.
    pub postal_address: Option<String>,
}

impl Email for Nudge {
    const KIND: &'static str = "nudge";

    fn samples() -> Vec<Self> {
        let reminder = Self {
            tenant_name: "BSol".to_owned(),
            campaign_title: "Our first big conversation".to_owned(),
            organisation_name: "Example Hospitals".to_owned(),
            subject: "Five days left: what gets in your way at work?".to_owned(),
            preheader: "It takes five minutes, and nobody will know that it was you.".to_owned(),
            heading: "There are five days left".to_owned(),
            paragraphs: vec![
                "Thousands of you have said what gets in the way of good care. We would like to hear you, too."
                    .to_owned(),
                "You need five minutes and no password. Nobody can see who wrote what: not your manager, not us."
                    .to_owned(),
            ],
            button_text: "Have your say".to_owned(),
            link: example::link("https://bsol.example/join?code=7K2M-9QXR-4TBW-0ZHN"),
            login_code: Some("7K2M-9QXR-4TBW-0ZHN".to_owned()),
            closes: Some("Sunday 16 March at 11:59 pm".to_owned()),
            support_name: "The independent support team".to_owned(),
            support_address: example::address("support@example.org"),
            unsubscribe: example::link("https://bsol.example/emails/stop?token=k7m2p9x4"),
            postal_address: Some("BSol, 1 Example Street, Birmingham B1 1AA".to_owned()),
        };
        let results = Self {
            subject: "You said: here is what we heard".to_owned(),
            preheader: "Three things will change by June.".to_owned(),
            heading: "You said, we heard".to_owned(),
            paragraphs: vec![
                "Thank you. 3,482 of you took part. Three things will change by June.".to_owned(),
            ],
            button_text: "Read what you said".to_owned(),
            link: example::link("https://bsol.example/conversations/first/report"),
            login_code: None,
            closes: None,
            postal_address: None,
            ..reminder.clone()
        };
        vec![reminder.clone(), results, awkward(reminder)]
    }
}

/// HTML, MJML, template signs, line breaks, directions turned, and names as long as names may be.
fn awkward(plain: Nudge) -> Nudge {
    Nudge {
        tenant_name: "<img src=x> & Sons".to_owned(),
        campaign_title: "What gets in the way of “good” care? {{ 7 * 7 }} — ".repeat(4),
        organisation_name: format!("</td></table><mj-raw>{}", "Ü".repeat(178)),
        subject: "Last day!\r\nBcc: x@example.org".to_owned(),
        preheader: "{% for x in y %}<mj-text>--></div>".to_owned(),
        heading: "Wide {{ 7 * 7 }} ".repeat(12),
        paragraphs: vec![
            "</p><mj-button href=\"https://example.org\">Press</mj-button> [press](https://example.org)"
                .to_owned(),
            "One\r\n.\r\nTwo\u{2028}\u{202E}eerht # {# no #} `code` <!-- [if mso]>".to_owned(),
            "W".repeat(200),
        ],
        button_text: "\"><script>alert(1)</script> {{ login_code }} Have your say".to_owned(),
        closes: Some("Sunday <b>16</b> March".to_owned()),
        postal_address: Some("1 Example Street\r\nBirmingham".to_owned()),
        ..plain
    }
}
