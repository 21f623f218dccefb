//! An invitation is accepted, and recovery codes are shown.

use serde::Serialize;

use super::{AskedPasskey, Desk, NewApp};
use crate::views::{Chrome, FieldError, View, Visit};

/// What whoever follows an invitation sees.
#[derive(Clone, Debug, Serialize)]
pub struct Welcome {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Who is invited; nobody if the invitation is not good any more.
    pub invited: Option<WelcomeInvited>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// Who is invited.
#[derive(Clone, Debug, Serialize)]
pub struct WelcomeInvited {
    /// The invitation's token.
    pub token: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The question that makes a passkey; none at an address that can have none.
    pub passkey: Option<AskedPasskey>,
    /// An authenticator app to set up.
    pub app: NewApp,
}

impl View for Welcome {
    const TEMPLATE: &'static str = "console/welcome.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let invited = WelcomeInvited {
            token: "token".into(),
            name: "Alex Rowan".into(),
            email: "alex@example.org".into(),
            passkey: Some(AskedPasskey::sample()),
            app: NewApp::sample(),
        };
        let open = Welcome {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/welcome"),
            invited: Some(invited),
            errors: vec![],
        };
        let short = "Choose a longer password: at least 12 characters.".to_owned();
        let errors = vec![FieldError { field: "password".into(), text: short }];
        let refused = Welcome { errors, ..open.clone() };
        let gone = Welcome { invited: None, ..open.clone() };
        vec![("open", open), ("refused", refused), ("gone", gone)]
    }
}

/// Recovery codes, shown once.
#[derive(Clone, Debug, Serialize)]
pub struct RecoveryCodes {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame; none for whoever has just come in.
    pub desk: Option<Desk>,
    /// The codes.
    pub codes: Vec<String>,
    /// Where to go on.
    pub onward: String,
}

impl View for RecoveryCodes {
    const TEMPLATE: &'static str = "console/recovery_codes.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let first = RecoveryCodes {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/welcome"),
            desk: None,
            codes: (0..10).map(|number| format!("7K2M-9QXR-4TBW-0ZH{number}")).collect(),
            onward: "/console".into(),
        };
        let again = RecoveryCodes {
            desk: Some(Desk::sample("")),
            onward: "/console/account".into(),
            ..first.clone()
        };
        vec![("first", first), ("again", again)]
    }
}
