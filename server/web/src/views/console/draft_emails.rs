//! A draft's step about emails.

use serde::Serialize;

use super::{Desk, DraftFrame, EmailFields};
use crate::views::{Chrome, FieldError, View, Visit};

/// Planned emails.
#[derive(Clone, Debug, Serialize)]
pub struct DraftEmails {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// The emails.
    pub emails: Vec<EmailForm>,
    /// Every kind: short name and words.
    pub kinds: Vec<(String, String)>,
    /// Whether the usual ones can be planned by the rounds' dates.
    pub can_suggest: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// An email's part of the form.
#[derive(Clone, Debug, Serialize)]
pub struct EmailForm {
    /// Its short name.
    pub slug: String,
    /// As typed.
    pub fields: EmailFields,
    /// Why it would be held, if it would.
    pub held: Option<String>,
}

impl View for DraftEmails {
    const TEMPLATE: &'static str = "console/draft-emails.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let email = |slug: &str, held: Option<&str>| EmailForm {
            slug: slug.into(),
            fields: EmailFields::sample(&format!("{slug}-")),
            held: held.map(Into::into),
        };
        let page = |emails, can_suggest| DraftEmails {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/emails"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("emails"),
            emails,
            kinds: EmailFields::kinds(),
            can_suggest,
            errors: vec![],
        };
        let mut refused = page(vec![email("last-day", None)], true);
        refused.emails[0].fields.text = "It closes {closing}.".into();
        let why = "The text has {closing}, which is none of {opens}, {closes}.";
        refused.errors = vec![FieldError { field: "last-day-text".into(), text: why.into() }];
        let held = "It says that this is the last day. The last day is now Friday 20 March.";
        vec![
            ("none", page(vec![], true)),
            ("two", page(vec![email("last-day", None), email("last-day-2", Some(held))], true)),
            ("no-dates-yet", page(vec![], false)),
            ("refused", refused),
        ]
    }
}
