//! A round type that is being written: its page, and what stands behind it.

use serde::Serialize;

use super::blocks::BlocksView;
use super::{Chrome, View};

/// See the module. Stands in no tenant's frame.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// The stylesheet's address.
    pub css: String,
    /// Who can look.
    pub people: Vec<PreviewPerson>,
    /// Where what the author does with the round is sent.
    pub turns: String,
    /// The page's name; empty for the first.
    pub page: String,
    /// The page.
    pub blocks: BlocksView,
    /// Why there is no page.
    pub no_page: Option<String>,
    /// Which component it is.
    pub component: String,
    /// Whether the round is open.
    pub phase: String,
    /// Why what was written last is not what runs.
    pub stale: Option<String>,
    /// What came of the last form.
    pub came: Vec<(String, String)>,
    /// What the round keeps.
    pub state: Vec<(String, String)>,
    /// What it comes to: subject, measure, group, people and value.
    pub tally: Vec<[String; 5]>,
    /// Why it comes to nothing.
    pub no_tally: Option<String>,
    /// What the round type says to its author.
    pub log: Vec<String>,
}

/// Somebody who can look.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewPerson {
    /// Who.
    pub label: &'static str,
    /// The round's first page as they see it.
    pub href: String,
    /// Whether it is they who look now.
    pub current: bool,
}

impl View for Preview {
    const TEMPLATE: &'static str = "preview.html";

    /// None in a tenant's frame: the previewer's own tests draw it.
    fn samples(_: &Chrome) -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}
