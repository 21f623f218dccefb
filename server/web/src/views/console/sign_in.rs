//! Signing in to the console, and showing again who one is.

use serde::Serialize;

use super::{AskedPasskey, Desk};
use crate::console::Carried;
use crate::views::{Chrome, View, Visit};

/// The sign-in page.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Where to go on afterwards.
    pub next: String,
    /// The address that was typed.
    pub email: String,
    /// The question to the browser's passkeys; none at an address that can have none.
    pub passkey: Option<AskedPasskey>,
    /// Organisations whose own sign-in can be used: slug and name.
    pub organisations: Vec<SignInWay>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// An organisation whose own sign-in can be used.
#[derive(Clone, Debug, Serialize)]
pub struct SignInWay {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
}

impl View for SignIn {
    const TEMPLATE: &'static str = "console/sign_in.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let plain = SignIn {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/sign-in"),
            next: "/console".into(),
            email: String::new(),
            passkey: Some(AskedPasskey::sample()),
            organisations: vec![],
            problem: None,
        };
        let no = "We cannot sign you in with these details. Check the address, the password and the code.";
        let refused = SignIn { email: "alex@example.org".into(), problem: Some(no.into()), ..plain.clone() };
        let way = SignInWay { slug: "uhb".into(), name: "University Hospitals Birmingham".into() };
        let ways = SignIn { passkey: None, organisations: vec![way], ..plain.clone() };
        vec![("plain", plain), ("refused", refused), ("organisation", ways)]
    }
}

/// The page on which somebody shows again who they are.
#[derive(Clone, Debug, Serialize)]
pub struct Prove {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Where to go on afterwards.
    pub next: String,
    /// The form that they sent, which they send again afterwards.
    pub carried: Option<Carried>,
    /// Whether they sent one that cannot be carried.
    pub lost: bool,
    /// The question to their passkeys, if they have some.
    pub passkey: Option<AskedPasskey>,
    /// Their address.
    pub email: String,
    /// Whether they have a password.
    pub password: bool,
    /// For how long it counts, minutes.
    pub minutes: i64,
    /// What is wrong.
    pub problem: Option<String>,
}

impl View for Prove {
    const TEMPLATE: &'static str = "console/prove.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let both = Prove {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/prove"),
            desk: Desk::sample(""),
            next: "/console/people".into(),
            carried: None,
            lost: false,
            passkey: Some(AskedPasskey::sample()),
            email: "alex@example.org".into(),
            password: true,
            minutes: 10,
            problem: None,
        };
        let password =
            Prove { passkey: None, problem: Some("The code does not fit.".into()), ..both.clone() };
        let passkey = Prove { password: false, ..both.clone() };
        let codes = Prove { password: false, passkey: None, ..both.clone() };
        let carried = Prove { carried: Some(Carried::sample()), ..both.clone() };
        let lost = Prove { lost: true, ..both.clone() };
        vec![
            ("both", both),
            ("password", password),
            ("passkey", passkey),
            ("codes", codes),
            ("carried", carried),
            ("lost", lost),
        ]
    }
}

/// The page of somebody who has just shown who they are: their form, to send again.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Where to go on without sending it.
    pub next: String,
    /// The form.
    pub carried: Carried,
    /// For how long the proof counts, minutes.
    pub minutes: i64,
}

impl View for Again {
    const TEMPLATE: &'static str = "console/again.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let again = Again {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/prove"),
            desk: Desk::sample(""),
            next: "/console/people/invite".into(),
            carried: Carried::sample(),
            minutes: 10,
        };
        vec![("form", again)]
    }
}

impl Carried {
    /// A form for samples of pages.
    fn sample() -> Self {
        let fields = [("name", "Nia Vale"), ("email", "nia@example.org"), ("role", "viewer")];
        Self {
            to: "/console/people/invite".to_owned(),
            fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        }
    }
}
