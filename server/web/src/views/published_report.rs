//! A published report, and how other pages lead to it.

use serde::Serialize;

use super::console::{GroupRow, GroupTable, Tile};
use super::{Chrome, View, Visit};

/// A published report.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedReport {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Its heading.
    pub title: String,
    /// A line about what is in it.
    pub summary: String,
    /// The title of the campaign that it is about.
    pub campaign: String,
    /// The organisation that wrote it.
    pub written_by: String,
    /// When, in words: "16 April 2024".
    pub published: String,
    /// Its headings.
    pub contents: Vec<ReportLink>,
    /// Whether any place of a figure is in it.
    pub has_figures: bool,
    /// Every figure is a whole multiple of this.
    pub smallest: i64,
    /// Its text and figures, in order.
    pub pieces: Vec<ReportPiece>,
}

/// A place in a report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportLink {
    /// Its address on the page.
    pub anchor: String,
    /// Its words.
    pub text: String,
}

/// A piece of a report.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ReportPiece {
    /// Text as safe HTML, with its headings.
    Text {
        /// The HTML.
        html: String,
    },
    /// Figures of everybody, side by side.
    Totals {
        /// The figures.
        tiles: Vec<Tile>,
    },
    /// A figure by group, drawn as bars, with its table.
    Groups {
        /// The table, which holds the bars.
        table: GroupTable,
    },
    /// Nothing is published here.
    NotPublished {
        /// What would be counted.
        labels: Vec<String>,
    },
}

/// A report as other pages lead to it.
#[derive(Clone, Debug, Serialize)]
pub struct ReportEntry {
    /// Its path, without the site's base.
    pub path: String,
    /// Its title.
    pub title: String,
    /// A line about what is in it.
    pub summary: String,
    /// The organisation that wrote it.
    pub written_by: String,
    /// When, in words.
    pub published: String,
    /// The short name of the campaign that it is about.
    pub campaign: String,
}

impl ReportEntry {
    pub(crate) fn sample() -> ReportEntry {
        ReportEntry {
            path: "/reports/first".into(),
            title: "What you told us".into(),
            summary: "What gets in the way of good work here, and what would help, in eight findings.".into(),
            written_by: "The independent partner".into(),
            published: "16 April 2024".into(),
            campaign: "first".into(),
        }
    }
}

impl View for PublishedReport {
    const TEMPLATE: &'static str = "published_report.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let text = |html: &str| ReportPiece::Text { html: html.into() };
        let tile = |label: &str, value, people| Tile { label: label.into(), value, people };
        let group = |name: &str, value| GroupRow::new(name, vec![Some(value)], None);
        let rows = vec![
            group("University Hospitals Birmingham", 980),
            group("Birmingham and Solihull Mental Health", 350),
            group("Other organisations", 0),
        ];
        let table = GroupTable::new(
            "organisation",
            "People came in by organisation",
            vec!["People came in".into()],
            rows,
        );
        let full = PublishedReport {
            site: chrome.clone(),
            visit: Visit::sample(false, "/reports/first"),
            title: "What you told us".into(),
            summary: ReportEntry::sample().summary,
            campaign: "Our first Open Conversation".into(),
            written_by: "The independent partner".into(),
            published: "16 April 2024".into(),
            contents: [("what-we-did", "What we did"), ("finding-1", "Finding 1: Rotas come too late")]
                .map(|(anchor, text)| ReportLink { anchor: anchor.into(), text: text.into() })
                .into(),
            has_figures: true,
            smallest: 10,
            pieces: vec![
                text("<h2 id=\"what-we-did\">What we did</h2><p>We read <strong>every word</strong>.</p>"),
                ReportPiece::Totals {
                    tiles: vec![tile("People came in", 1_610, true), tile("Votes", 29_710, false)],
                },
                text("<p>They came from all over.</p>"),
                ReportPiece::Groups { table },
                text(
                    "<h2 id=\"finding-1\">Finding 1: Rotas come too late</h2><ul><li>Often.</li></ul><h3 id=\"why\">Why</h3>",
                ),
            ],
        };
        let mut early = full.clone();
        early.pieces[1] = ReportPiece::NotPublished { labels: vec!["People came in".into(), "Ideas".into()] };
        early.pieces[3] = ReportPiece::NotPublished { labels: vec!["Votes".into()] };
        let mut words_alone = full.clone();
        words_alone.has_figures = false;
        words_alone.contents.clear();
        words_alone.pieces.retain(|piece| matches!(piece, ReportPiece::Text { .. }));
        vec![("full", full), ("nothing-published", early), ("words-alone", words_alone)]
    }
}
