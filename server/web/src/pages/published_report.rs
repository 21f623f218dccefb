//! A published report, to read: its text as it was dressed with the tenant, and in it the figures that are published by now.

use actions::{ReportInfo, ShownFigure, Tenant};
use chrono::{DateTime, Utc};
use domain::tenant_pack::ReportPart;
use poem::web::Path;
use poem::{Response, Result, handler};

use crate::fault::PageError;
use crate::text_html::{escaped, markdown_html};
use crate::views::console::{GroupRow, GroupTable, Tile};
use crate::views::{PublishedReport, ReportEntry, ReportLink, ReportPiece};
use crate::visitor::Visitor;

/// How a day is written out.
const DAY: &str = "%-d %B %Y";
/// The level of the headings that stand in the list of contents.
const IN_CONTENTS: usize = 2;

/// A report's text, made HTML once for each version of the pack.
pub(crate) struct DressedReport {
    contents: Vec<ReportLink>,
    /// What stands before, between and behind the places of figures.
    texts: Vec<String>,
}

impl DressedReport {
    pub fn of(report: &ReportInfo) -> Self {
        let (mut contents, mut texts) = (Vec::new(), vec![String::new()]);
        for part in &report.parts {
            let html = match part {
                ReportPart::Heading(heading) => {
                    let (level, text) = (heading.level, escaped(&heading.text));
                    if level == IN_CONTENTS {
                        contents
                            .push(ReportLink { anchor: heading.anchor.clone(), text: heading.text.clone() });
                    }
                    format!("<h{level} id=\"{}\">{text}</h{level}>\n", heading.anchor)
                }
                ReportPart::Text(markdown) => markdown_html(markdown),
                ReportPart::Figure(_) => {
                    texts.push(String::new());
                    continue;
                }
            };
            texts.last_mut().into_iter().for_each(|text| text.push_str(&html));
        }
        Self { contents, texts }
    }
}

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let dressed = visitor.dressed.reports.get(&slug).ok_or(PageError::NotFound)?;
    let (tenant, now) = (visitor.tenant(), visitor.state.now());
    let view = visitor.state.sides.show_report(tenant, &slug, now).await.map_err(PageError::from)?;
    let view = view.ok_or(PageError::NotFound)?;
    visitor.show(&PublishedReport {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(&path(&slug)),
        title: view.report.title.clone(),
        summary: view.report.summary.clone(),
        campaign: view.campaign.title.clone(),
        written_by: view.report.written_by.clone(),
        published: published(view.report),
        contents: dressed.contents.clone(),
        has_figures: !view.figures.is_empty(),
        smallest: view.smallest,
        pieces: pieces(&dressed.texts, view.figures),
    })
}

/// The address of the report called `slug`, without the site's base.
pub(crate) fn path(slug: &str) -> String {
    format!("/reports/{slug}")
}

/// The reports that a page can lead to.
pub(super) fn entries(tenant: &Tenant, now: DateTime<Utc>) -> Vec<ReportEntry> {
    let entry = |report: &ReportInfo| ReportEntry {
        path: path(&report.slug),
        title: report.title.clone(),
        summary: report.summary.clone(),
        written_by: report.written_by.clone(),
        published: published(report),
        campaign: report.campaign.clone(),
    };
    tenant.published_reports(now).into_iter().map(entry).collect()
}

fn published(report: &ReportInfo) -> String {
    report.published.map(|day| day.format(DAY).to_string()).unwrap_or_default()
}

/// Texts with the figures between them; figures that follow each other stand side by side.
fn pieces(texts: &[String], figures: Vec<ShownFigure>) -> Vec<ReportPiece> {
    let mut pieces = Vec::new();
    let mut figures = figures.into_iter().map(piece);
    for text in texts {
        if !text.is_empty() {
            pieces.push(ReportPiece::Text { html: text.clone() });
        }
        let Some(mut figure) = figures.next() else { continue };
        match (pieces.last_mut(), &mut figure) {
            (Some(ReportPiece::Totals { tiles }), ReportPiece::Totals { tiles: more }) => tiles.append(more),
            (Some(ReportPiece::NotPublished { labels }), ReportPiece::NotPublished { labels: more }) => {
                labels.append(more)
            }
            _ => pieces.push(figure),
        }
    }
    pieces
}

fn piece(figure: ShownFigure) -> ReportPiece {
    match figure {
        ShownFigure::Total { measure, value } => {
            let label = measure.label().to_owned();
            ReportPiece::Totals { tiles: vec![Tile { label, value, people: measure.counts_people() }] }
        }
        ShownFigure::ByOrganisation { measure, groups } => {
            let rows = groups.iter().map(|(name, value)| GroupRow::new(name, vec![Some(*value)], None));
            let title = format!("{} by organisation", measure.label());
            let columns = vec![measure.label().to_owned()];
            let table = GroupTable::new("organisation", &title, columns, rows.collect());
            ReportPiece::Groups { table }
        }
        ShownFigure::NotPublished { measure } => {
            ReportPiece::NotPublished { labels: vec![measure.label().to_owned()] }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::figures::Measure;

    fn report(markdown: &str) -> ReportInfo {
        ReportInfo {
            slug: "first".into(),
            title: "What you told us".into(),
            campaign: "first".into(),
            published: None,
            written_by: "The independent partner".into(),
            summary: "Findings.".into(),
            parts: domain::tenant_pack::report_parts(markdown).unwrap(),
        }
    }

    #[test]
    fn headings_have_addresses_and_nothing_in_a_text_can_run() {
        let dressed = DressedReport::of(&report(
            "<script>x</script>\n\n## Finding 1: <b>Rotas</b> & rest\n\nSo **late**.\n\n### Why\n\n[up](#finding-1)",
        ));
        let [text] = dressed.texts.as_slice() else { panic!("one text") };
        assert!(
            text.contains("<h2 id=\"finding-1\">Finding 1: &lt;b&gt;Rotas&lt;/b&gt; &amp; rest</h2>"),
            "{text}"
        );
        assert!(text.contains("<h3 id=\"why\">Why</h3>") && text.contains("href=\"#finding-1\""), "{text}");
        assert!(text.contains("<strong>late</strong>") && !text.contains("<script"), "{text}");
        let contents: Vec<_> = dressed.contents.iter().map(|link| link.anchor.as_str()).collect();
        assert_eq!(contents, ["finding-1"]);
    }

    #[test]
    fn figures_stand_in_their_places_and_side_by_side() {
        let dressed = DressedReport::of(&report(
            "{figure came-in}\n\n{figure votes}\n\nBetween.\n\n{figure ideas}\n{figure comments}\n\n## After",
        ));
        let total = |measure, value| ShownFigure::Total { measure, value };
        let figures = vec![
            total(Measure::CameIn, 40),
            total(Measure::Votes, 900),
            ShownFigure::NotPublished { measure: Measure::Ideas },
            ShownFigure::NotPublished { measure: Measure::Comments },
        ];
        let pieces = pieces(&dressed.texts, figures);
        let [
            ReportPiece::Totals { tiles },
            ReportPiece::Text { html },
            ReportPiece::NotPublished { labels },
            ReportPiece::Text { .. },
        ] = pieces.as_slice()
        else {
            panic!("{pieces:?}")
        };
        assert_eq!(tiles.iter().map(|tile| tile.value).collect::<Vec<_>>(), [40, 900]);
        assert!(html.contains("Between.") && *labels == ["Ideas", "Comments"]);
    }
}
