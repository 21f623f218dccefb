//! The tenant's accounts.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, FieldError, View, Visit};

/// Every account.
#[derive(Clone, Debug, Serialize)]
pub struct People {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The accounts, by name.
    pub people: Vec<PersonLine>,
    /// Whether this person may invite others.
    pub may_invite: bool,
}

/// One account in the list.
#[derive(Clone, Debug, Serialize)]
pub struct PersonLine {
    /// Which.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their roles, in words.
    pub roles: Vec<String>,
    /// `invited`, `active` or `suspended`.
    pub state: &'static str,
}

/// The form for an invitation.
#[derive(Clone, Debug, Serialize)]
pub struct Invite {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The address that was typed.
    pub email: String,
    /// The name that was typed.
    pub name: String,
    /// The roles that can be chosen.
    pub roles: Vec<RoleChoice>,
    /// For how long the invitation is good, days.
    pub days: i64,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A role that can be chosen.
#[derive(Clone, Debug, Serialize)]
pub struct RoleChoice {
    /// Its name in forms.
    pub slug: &'static str,
    /// Its name on pages.
    pub title: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One account, to be changed.
#[derive(Clone, Debug, Serialize)]
pub struct PersonPage {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The account.
    pub person: PersonLine,
    /// The roles, where this person may give them.
    pub roles: Vec<RoleChoice>,
    /// Whether it is the account of whoever looks.
    pub own: bool,
    /// Whether this person may suspend it.
    pub may_suspend: bool,
    /// Whether this person may have them begin anew.
    pub may_invite: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

fn person(name: &str, roles: &[&str], state: &'static str) -> PersonLine {
    PersonLine {
        id: format!("id-{name}"),
        name: name.into(),
        email: format!("{}@example.org", name.to_lowercase().replace(' ', ".")),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        state,
    }
}

fn roles(chosen: &str) -> Vec<RoleChoice> {
    [("comms-lead", "Comms lead"), ("moderator", "Moderator"), ("viewer", "Viewer")]
        .map(|(slug, title)| RoleChoice { slug, title, chosen: slug == chosen })
        .to_vec()
}

impl View for People {
    const TEMPLATE: &'static str = "console/people.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let full = People {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/people"),
            desk: Desk::sample("/console/people"),
            people: vec![
                person("Alex Rowan", &["Comms lead", "Moderator"], "active"),
                person("Sam Birch", &["Viewer"], "invited"),
                person("Robin Hale", &[], "suspended"),
            ],
            may_invite: true,
        };
        let looks = People { may_invite: false, ..full.clone() };
        vec![("full", full), ("looks", looks)]
    }
}

impl View for Invite {
    const TEMPLATE: &'static str = "console/invite.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let empty = Invite {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/people/invite"),
            desk: Desk::sample("/console/people"),
            email: String::new(),
            name: String::new(),
            roles: roles(""),
            days: 7,
            errors: vec![],
        };
        let errors = vec![
            FieldError { field: "email".into(), text: "Write an email address. There is none.".into() },
            FieldError { field: "role".into(), text: "Choose at least one role.".into() },
        ];
        let refused = Invite { name: "Sam Birch".into(), errors, ..empty.clone() };
        vec![("empty", empty), ("refused", refused)]
    }
}

impl View for PersonPage {
    const TEMPLATE: &'static str = "console/person.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let active = PersonPage {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/people/1"),
            desk: Desk::sample("/console/people"),
            person: person("Sam Birch", &["Moderator"], "active"),
            roles: roles("moderator"),
            own: false,
            may_suspend: true,
            may_invite: true,
            errors: vec![],
        };
        let suspended =
            PersonPage { person: person("Robin Hale", &["Viewer"], "suspended"), ..active.clone() };
        let invited = PersonPage { person: person("Kim Ash", &["Viewer"], "invited"), ..active.clone() };
        let own = PersonPage { own: true, ..active.clone() };
        let looks = PersonPage { roles: vec![], may_suspend: false, may_invite: false, ..active.clone() };
        let errors = vec![FieldError { field: "role".into(), text: "Choose at least one role.".into() }];
        let refused = PersonPage { errors, ..active.clone() };
        vec![
            ("active", active),
            ("suspended", suspended),
            ("invited", invited),
            ("own", own),
            ("looks", looks),
            ("refused", refused),
        ]
    }
}
