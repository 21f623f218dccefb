//! Signing up with an address.

use domain::round::RoundState;
use serde::Serialize;

use super::begin::sample_workplaces;
use super::{Campaign, Chrome, FieldError, View, Visit, Ways, Workplace};

/// The sign-up form.
#[derive(Clone, Debug, Serialize)]
pub struct SignUp {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The ways in that need no organisation.
    pub ways: Ways,
    /// Which conversation.
    pub campaign: Campaign,
    /// The organisations whose people sign up, by name.
    pub organisations: Vec<Workplace>,
    /// What addresses of the chosen organisation end in, if it takes no others.
    pub domains: Vec<String>,
    /// The chosen organisation's slug, or empty.
    pub organisation: String,
    /// `staff`, `volunteer`, or empty.
    pub kind: String,
    /// The address as typed.
    pub email: String,
    /// For how long the code is good, minutes.
    pub minutes: i64,
    /// What is wrong, by field.
    pub errors: Vec<FieldError>,
}

impl View for SignUp {
    const TEMPLATE: &'static str = "sign_up.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, SignUp)> {
        let sign_up = |state, organisation: &str, kind: &str, email: &str, errors: &[(&str, &str)]| SignUp {
            site: chrome.clone(),
            visit: Visit::sample(false, ""),
            ways: Ways::sample(chrome),
            campaign: Campaign::sample(state),
            organisations: sample_workplaces(),
            domains: Vec::new(),
            organisation: organisation.into(),
            kind: kind.into(),
            email: email.into(),
            minutes: 30,
            errors: errors
                .iter()
                .map(|(field, text)| FieldError { field: (*field).into(), text: (*text).into() })
                .collect(),
        };
        let (open, upcoming) = (RoundState::Open, RoundState::Upcoming);
        let mut chosen = sign_up(open, "wmas", "", "", &[]);
        chosen.domains = vec!["wmas.example".into()];
        let domain = "Use your work address. West Midlands Ambulance Service University NHS Foundation Trust takes addresses that end in @wmas.example.";
        let all = [
            ("organisation", "Choose your organisation."),
            ("kind", "Say whether you work or volunteer there."),
            ("email", "Write an email address. There is none."),
        ];
        let many = "There were too many requests from your network. Wait a few minutes, then try again.";
        let mut wrong = sign_up(open, "wmas", "staff", "porter@mail.example", &[("email", domain)]);
        wrong.domains = vec!["wmas.example".into()];
        vec![
            ("empty", sign_up(open, "", "", "", &[])),
            ("upcoming", sign_up(upcoming, "care", "", "", &[])),
            ("organisation-chosen", chosen),
            ("nothing-filled-in", sign_up(open, "", "", "", &all)),
            ("another-domain", wrong),
            ("too-many-tries", sign_up(open, "care", "volunteer", "porter@mail.example", &[("", many)])),
        ]
    }
}
