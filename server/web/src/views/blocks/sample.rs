//! A page with every kind of piece, to be looked at.

use std::collections::BTreeMap;

use actions::round_types::{Page, Problem};

use super::{BlocksView, Place, Refused, ThreadBox, ThreadPost, view};
use crate::views::Author;

/// The page as a guest would give it.
const PAGE: &str = include_str!("sample.json");
/// The base of the first of the sample sites.
const BASE: &str = "/bsol";

/// Every kind of piece on one page; with `refused`, after a form was sent and not taken. Its links stay under the base of a sample site.
pub(crate) fn sample_blocks(refused: bool) -> BlocksView {
    if refused { sample_refused(BASE) } else { sample(BASE) }
}

pub(super) fn sample(base: &str) -> BlocksView {
    view(&sample_page(), &place(base, &address(base)), None, &threads(base))
}

pub(super) fn sample_refused(base: &str) -> BlocksView {
    let problems = [
        ("verdict", "Choose from what is on the page."),
        ("reasons", "Choose 2 or fewer."),
        ("comment", "Use 2000 characters or fewer."),
        ("place", "Answer this before you go on."),
        ("old-field", "This page has changed. Please answer again."),
    ];
    let problems = problems.map(|(path, message)| Problem {
        path: path.into(),
        code: "sample".into(),
        message: message.into(),
    });
    let typed: [(&str, &[&str]); 3] = [
        ("verdict", &["wrong"]),
        ("reasons", &["clear", "soon", "checked"]),
        ("comment", &["As much as I typed"]),
    ];
    let words = |values: &[&str]| values.iter().map(ToString::to_string).collect();
    let typed = typed.into_iter().map(|(name, values)| (name.to_owned(), words(values))).collect();
    let refused = Refused { form: "verdict", problems: &problems, typed: &typed };
    view(&sample_page(), &place(base, &address(base)), Some(&refused), &threads(base))
}

/// The page, or an empty one, which the tests of the samples would find.
pub(super) fn sample_page() -> Page {
    serde_json::from_str(PAGE).unwrap_or_default()
}

fn address(base: &str) -> String {
    format!("{base}/conversations/first/review")
}

fn place<'a>(base: &'a str, address: &'a str) -> Place<'a> {
    Place { address, page: "pledge/rest", base, csrf: "sample-token" }
}

fn threads(base: &str) -> BTreeMap<String, ThreadBox> {
    let post = |name: &str, colour: &str, html: &str| ThreadPost {
        author: Author { name: name.into(), colour: colour.into() },
        when: "today".into(),
        html: html.into(),
    };
    let href = |subject: &str| format!("{base}/conversations/first/contributions/{subject}");
    let said = vec![
        post("Teal heron", "teal", "<p>We eat in the car park. A room with a door would do.</p>"),
        post("Amber wren", "amber", "<p>Two minutes is too far on nights.</p>"),
    ];
    let rest = ThreadBox { href: href("rest"), count: 12, latest: said };
    let quiet = ThreadBox { href: href("quiet"), count: 0, latest: Vec::new() };
    BTreeMap::from([("rest".to_owned(), rest), ("quiet".to_owned(), quiet)])
}
