//! One's own account, and the page on which it gets other ways to sign in.

use serde::Serialize;

use super::{AskedPasskey, Desk, NewApp};
use crate::views::{Chrome, FieldError, View, Visit};

/// One's own account.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The address.
    pub email: String,
    /// Whether there is a password with an authenticator app.
    pub has_password: bool,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// The passkeys, oldest first.
    pub passkeys: Vec<PasskeyLine>,
    /// The sessions, the one last seen first.
    pub sessions: Vec<SessionLine>,
}

/// A passkey.
#[derive(Clone, Debug, Serialize)]
pub struct PasskeyLine {
    /// Which.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made, in words.
    pub made: String,
    /// When it was last used, in words.
    pub used: Option<String>,
}

/// A session.
#[derive(Clone, Debug, Serialize)]
pub struct SessionLine {
    /// Which.
    pub id: String,
    /// On what.
    pub device: String,
    /// Since when, in words.
    pub started: String,
    /// When it was last seen, in words.
    pub seen: String,
    /// Whether it is this one.
    pub this: bool,
}

impl View for Account {
    const TEMPLATE: &'static str = "console/account.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let passkey = |name: &str, used: Option<&str>| PasskeyLine {
            id: format!("id-{name}"),
            name: name.into(),
            made: "3 May 2024, 09:12".into(),
            used: used.map(str::to_owned),
        };
        let session = |device: &str, this| SessionLine {
            id: format!("id-{device}"),
            device: device.into(),
            started: "6 May 2024, 09:00".into(),
            seen: "6 May 2024, 10:12".into(),
            this,
        };
        let full = Account {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/account"),
            desk: Desk::sample(""),
            email: "alex@example.org".into(),
            has_password: true,
            recovery_codes: 9,
            passkeys: vec![passkey("Work laptop", Some("6 May 2024, 09:00")), passkey("Phone", None)],
            sessions: vec![session("Firefox on Windows", true), session("Chrome on Android", false)],
        };
        let bare = Account {
            has_password: false,
            recovery_codes: 1,
            passkeys: vec![passkey("Phone", None)],
            sessions: vec![session("Safari on iPhone", true)],
            ..full.clone()
        };
        let password = Account { passkeys: vec![], recovery_codes: 0, ..full.clone() };
        vec![("full", full), ("bare", bare), ("password", password)]
    }
}

/// Other ways to sign in.
#[derive(Clone, Debug, Serialize)]
pub struct Ways {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The question that makes another passkey, where there can be one.
    pub passkey: Option<AskedPasskey>,
    /// What another passkey is called at first.
    pub device: String,
    /// An authenticator app to set up.
    pub app: NewApp,
    /// The address.
    pub email: String,
    /// Whether there is a password already.
    pub has_password: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl View for Ways {
    const TEMPLATE: &'static str = "console/ways.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let full = Ways {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/account/ways"),
            desk: Desk::sample(""),
            passkey: Some(AskedPasskey::sample()),
            device: "Firefox on Windows".into(),
            app: NewApp::sample(),
            email: "alex@example.org".into(),
            has_password: true,
            errors: vec![],
        };
        let wrong = "Type the 6 digits that your authenticator app shows.".to_owned();
        let errors = vec![FieldError { field: "code".into(), text: wrong }];
        let first = Ways { has_password: false, passkey: None, errors, ..full.clone() };
        vec![("full", full), ("first", first)]
    }
}
