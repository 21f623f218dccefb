//! The platform's tenants, for its operators.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, FieldError, View, Visit};

/// Every tenant, and the form for a new one.
#[derive(Clone, Debug, Serialize)]
pub struct Tenants {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The tenants.
    pub tenants: Vec<TenantLine>,
    /// The form for a new one, where this person may make one.
    pub form: Option<TenantForm>,
    /// What is wrong with it, field by field.
    pub problems: Vec<FieldError>,
}

/// One tenant in the list.
#[derive(Clone, Debug, Serialize)]
pub struct TenantLine {
    /// Its short name.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// Where it is served.
    pub host: String,
    /// `active`, `suspended` or `leaving`.
    pub standing: String,
    /// How many campaigns it has.
    pub campaigns: usize,
    /// Whether it is the platform's own.
    pub platform: bool,
}

/// What was typed about a new tenant.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TenantForm {
    /// Each field: its name, its label, a hint, what stands in it.
    pub fields: Vec<TenantField>,
}

/// A field of the form.
#[derive(Clone, Debug, Serialize)]
pub struct TenantField {
    /// Its name in the form.
    pub name: String,
    /// Its label.
    pub label: String,
    /// A line of help.
    pub hint: String,
    /// What stands in it.
    pub value: String,
}

/// One tenant, and what an operator can do about it.
#[derive(Clone, Debug, Serialize)]
pub struct TenantPage {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Which tenant.
    pub line: TenantLine,
    /// Where its people come in.
    pub address: String,
    /// The form that invites its first comms lead, until somebody has come.
    pub lead: Option<LeadForm>,
    /// Why it is suspended, if it is.
    pub reason: Option<String>,
    /// The day on which everything of it is deleted, in words, if it leaves.
    pub leaves_on: Option<String>,
    /// For how many days a tenant that leaves is kept.
    pub grace_days: u64,
    /// The switches: name, title, whether it is off.
    pub switches: Vec<Switch>,
    /// What is wrong with what was sent.
    pub problem: Option<String>,
    /// What was typed as the reason.
    pub typed: String,
    /// Whether this person may open support access.
    pub may_support: bool,
    /// For how long at most, hours.
    pub max_hours: i64,
    /// What was typed as the reason for that.
    pub why: String,
    /// What is wrong with it.
    pub support_problem: Option<String>,
    /// The link into the tenant's console, good once.
    pub link: Option<String>,
    /// Its emails that did not arrive, where the identity side is served.
    pub undelivered: Option<Undelivered>,
}

/// A tenant's emails to many that did not arrive, or perhaps did not. Counts are in whole groups.
#[derive(Clone, Debug, Serialize)]
pub struct Undelivered {
    /// How many days are looked back.
    pub days_shown: u64,
    /// In all, by reason.
    pub in_all: Vec<UndeliveredLine>,
    /// Day by day.
    pub days: Vec<UndeliveredLine>,
}

/// Emails that did not arrive for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct UndeliveredLine {
    /// The reason.
    pub why: String,
    /// How many, in words.
    pub emails: String,
    /// The day, or the last of several.
    pub day: String,
}

/// Whom an operator invites to be comms lead.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LeadForm {
    /// As typed.
    pub name: String,
    /// As typed.
    pub email: String,
    /// The account of whoever was invited last, whose invitation this one replaces; empty if none was.
    pub instead: String,
    /// Their name and address.
    pub invited: Option<String>,
    /// What is wrong.
    pub error: Option<FieldError>,
}

/// A part of the service that can be switched off.
#[derive(Clone, Debug, Serialize)]
pub struct Switch {
    /// Its name in forms.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Whether it is off.
    pub off: bool,
}

impl TenantLine {
    fn sample(standing: &str) -> Self {
        Self {
            slug: "bsol".into(),
            name: "Birmingham and Solihull Integrated Care System".into(),
            host: "bsol.example".into(),
            standing: standing.into(),
            campaigns: 2,
            platform: false,
        }
    }
}

impl View for Tenants {
    const TEMPLATE: &'static str = "console/tenants.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let field = |name: &str, label: &str, value: &str| TenantField {
            name: name.into(),
            label: label.into(),
            hint: "Small letters, digits and hyphens.".into(),
            value: value.into(),
        };
        let wrong = |field: &str, text: &str| FieldError { field: field.into(), text: text.into() };
        let all = Tenants {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/tenants"),
            desk: Desk::sample("/console/tenants"),
            tenants: vec![TenantLine::sample("active"), TenantLine::sample("suspended")],
            form: Some(TenantForm {
                fields: vec![field("slug", "Short name", ""), field("name", "Full name", "")],
            }),
            problems: vec![],
        };
        let refused = Tenants {
            problems: vec![
                wrong("slug", "There is a tenant with this short name or address already: BSol."),
                wrong("name", "Write its full name."),
            ],
            form: Some(TenantForm {
                fields: vec![field("slug", "Short name", "bsol"), field("name", "Full name", "")],
            }),
            ..all.clone()
        };
        let reading = Tenants { form: None, ..all.clone() };
        vec![("all", all), ("refused", refused), ("reading", reading)]
    }
}

impl View for TenantPage {
    const TEMPLATE: &'static str = "console/tenant.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let active = TenantPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/tenants/bsol"),
            desk: Desk::sample("/console/tenants"),
            line: TenantLine::sample("active"),
            address: "https://bsol.example/".into(),
            lead: None,
            reason: None,
            leaves_on: None,
            grace_days: 30,
            switches: vec![
                Switch { slug: "live-updates".into(), title: "Live updates".into(), off: false },
                Switch { slug: "api".into(), title: "The JSON API".into(), off: true },
            ],
            problem: None,
            typed: String::new(),
            may_support: true,
            max_hours: 8,
            why: String::new(),
            support_problem: None,
            link: None,
            undelivered: Some(Undelivered { days_shown: 30, in_all: vec![], days: vec![] }),
        };
        let lost = |why: &str, emails: &str, day: &str| UndeliveredLine {
            why: why.into(),
            emails: emails.into(),
            day: day.into(),
        };
        let gone = "The mail server said that nobody is at the address.";
        let undelivered = TenantPage {
            undelivered: Some(Undelivered {
                days_shown: 30,
                in_all: vec![
                    lost(gone, "about 120", "Tuesday 30 April 2024"),
                    lost(
                        "Perhaps sent: the connection broke before the mail server answered.",
                        "fewer than 10",
                        "Monday 29 April 2024",
                    ),
                ],
                days: vec![
                    lost(gone, "about 100", "Tuesday 30 April 2024"),
                    lost(gone, "about 20", "Monday 29 April 2024"),
                ],
            }),
            ..active.clone()
        };
        let made = TenantPage { lead: Some(LeadForm::default()), ..active.clone() };
        let wrong = LeadForm {
            name: "Nia Vale".into(),
            email: "nia".into(),
            error: Some(FieldError { field: "email".into(), text: "Write an email address.".into() }),
            ..LeadForm::default()
        };
        let again = LeadForm {
            name: "Nia Vale".into(),
            email: "nia.vale@bsol.example".into(),
            instead: "1ead".into(),
            invited: Some("Nia Vale (nia.vale@bsol.example)".into()),
            error: None,
        };
        let unsent = FieldError {
            field: String::new(),
            text: "They are invited, but the email did not leave.".into(),
        };
        let unsent = LeadForm { error: Some(unsent), ..again.clone() };
        let [wrong, again, unsent] =
            [wrong, again, unsent].map(|lead| TenantPage { lead: Some(lead), ..active.clone() });
        let opened = TenantPage {
            link: Some("https://example.org/console/support/arrive?token=t".into()),
            ..active.clone()
        };
        let no_support = TenantPage {
            support_problem: Some("Say why, in 10 to 300 characters. The tenant reads it.".into()),
            why: "logo".into(),
            ..active.clone()
        };
        let refused = TenantPage {
            problem: Some(
                "Say why, in 10 to 300 characters: everybody who comes to the site reads it.".into(),
            ),
            typed: "bill".into(),
            ..active.clone()
        };
        let suspended = TenantPage {
            line: TenantLine::sample("suspended"),
            reason: Some("The contract is being renewed.".into()),
            ..active.clone()
        };
        let leaving = TenantPage {
            line: TenantLine::sample("leaving"),
            leaves_on: Some("Thursday 6 June".into()),
            ..active.clone()
        };
        vec![
            ("made", made),
            ("lead-refused", wrong),
            ("lead-invited", again),
            ("lead-unsent", unsent),
            ("active", active),
            ("undelivered", undelivered),
            ("refused", refused),
            ("suspended", suspended),
            ("leaving", leaving),
            ("opened", opened),
            ("no-support", no_support),
        ]
    }
}
