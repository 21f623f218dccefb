//! What every page of the console shows around its own.

use serde::Serialize;

/// Who is at work, and where they can go.
#[derive(Clone, Debug, Serialize)]
pub struct Desk {
    /// Their name.
    pub name: String,
    /// Their roles, in words.
    pub roles: Vec<String>,
    /// That the tenant is suspended, or goes and when: on every page of its console.
    pub standing: Option<String>,
    /// The parts of the console that they may see.
    pub links: Vec<DeskLink>,
}

/// A part of the console.
#[derive(Clone, Debug, Serialize)]
pub struct DeskLink {
    /// The words of the link.
    pub text: String,
    /// The path, without the site's base.
    pub path: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

impl Desk {
    pub(crate) fn sample(current: &str) -> Self {
        let link = |text: &str, path: &str| DeskLink {
            text: text.into(),
            path: path.into(),
            current: path == current,
        };
        Self {
            name: "Alex Rowan".into(),
            roles: vec!["Comms lead".into()],
            standing: None,
            links: vec![
                link("Start", "/console"),
                link("Campaigns", "/console/campaigns"),
                link("People", "/console/people"),
                link("Who may do what", "/console/policy"),
                link("Record", "/console/audit"),
            ],
        }
    }
}
