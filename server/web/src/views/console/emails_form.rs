//! A planned email's form: in a draft with others, and alone while the campaign runs.

use domain::email_words::usual;
use domain::planned_email::EmailKind;
use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, FieldError, View, Visit};

/// An email's fields, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EmailFields {
    /// Stands before the name of each; empty where there is one email alone.
    pub prefix: String,
    /// What it is called here.
    pub title: String,
    /// The kind's short name.
    pub kind: String,
    /// For a field of local time.
    pub send_at: String,
    /// The same.
    pub send_until: String,
    /// Every organisation: short name, name, and whether it is ticked.
    pub organisations: Vec<(String, String, bool)>,
    /// Its own subject.
    pub subject: String,
    /// Its own words.
    pub text: String,
    /// The subject and the words that it has without its own, and the kind that they are of.
    pub usual: (String, String, String),
}

impl EmailFields {
    /// Subject and words of an email that has none of its own.
    pub(crate) fn usual_of(kind: EmailKind) -> (String, String, String) {
        let (subject, text, _) = usual(kind);
        (subject.to_owned(), text.to_owned(), kind.label().to_owned())
    }

    /// Every kind: short name and words.
    pub(crate) fn kinds() -> Vec<(String, String)> {
        EmailKind::ALL.iter().map(|kind| (kind.slug().to_owned(), kind.label().to_owned())).collect()
    }

    pub(crate) fn sample(prefix: &str) -> Self {
        let organisation = |slug: &str, name: &str, ticked| (slug.to_owned(), name.to_owned(), ticked);
        Self {
            prefix: prefix.into(),
            title: "Last day".into(),
            kind: "last-day".into(),
            send_at: "2026-03-16T08:00".into(),
            organisations: vec![
                organisation("north", "Northfield Community Trust", false),
                organisation("south", "South Council", false),
            ],
            usual: Self::usual_of(EmailKind::LastDay),
            ..Self::default()
        }
    }
}

/// The form of one email of a campaign that runs.
#[derive(Clone, Debug, Serialize)]
pub struct EmailPlanForm {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's short name.
    pub campaign: String,
    /// What the campaign is called.
    pub title: String,
    /// The email's short name; empty for one more.
    pub slug: String,
    /// Comes back with the form, so that nobody overwrites what somebody else changed.
    pub seen: String,
    /// As typed.
    pub email: EmailFields,
    /// Every kind: short name and words.
    pub kinds: Vec<(String, String)>,
    /// What is stored, where somebody else has changed it meanwhile: what and its words.
    pub stored: Vec<(String, String)>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl View for EmailPlanForm {
    const TEMPLATE: &'static str = "console/emails-form.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let change = EmailPlanForm {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/emails/last-day/change"),
            desk: Desk::sample("/console/campaigns"),
            campaign: "second".into(),
            title: "Our second Open Conversation".into(),
            slug: "last-day".into(),
            seen: "0f0f".into(),
            email: EmailFields::sample(""),
            kinds: EmailFields::kinds(),
            stored: vec![],
            errors: vec![],
        };
        let mut new = change.clone();
        (new.slug, new.seen) = (String::new(), String::new());
        new.email.title.clear();
        new.email.send_at.clear();
        let mut refused = change.clone();
        refused.email.text = "Today is the last day. It closes {closing}.".into();
        refused.email.subject = "{organisation}: today is the last day".into();
        refused.email.send_until = "2026-03-16T07:00".into();
        refused.email.organisations[1].2 = true;
        let error = |field: &str, text: &str| FieldError { field: field.into(), text: text.into() };
        refused.errors = vec![
            error("title", "Say what it is called here, in at most 200 characters."),
            error("send_until", "Choose a time that is after the one at which it goes."),
            error(
                "text",
                "The text has {closing}, which is none of {tenant}, {conversation}, {organisation}, {opens}, {closes}, {reason}.",
            ),
        ];
        let mut late = change.clone();
        late.stored = vec![
            ("When it goes".into(), "Monday 16 March 2026 at 9:00am".into()),
            ("Subject".into(), "Only today".into()),
        ];
        late.errors = vec![error(
            "",
            "Somebody else has changed this meanwhile. Look at what it says now, then make your change again.",
        )];
        vec![("change", change), ("new", new), ("refused", refused), ("somebody-was-faster", late)]
    }
}
