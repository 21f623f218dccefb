//! A published report, with the figures that are published of its campaign. Nothing is counted here, and a draft is not there.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use domain::figures::{Dimension, Measure};
use domain::tenant_pack::{ReportFigure, ReportFile, ReportPart, report_parts};
use domain::time_zone::local_date;

use crate::{ActionError, Campaign, FiguresView, Sides, Tenant};

/// What was found in what people said, as the pack has it.
#[derive(Clone, Debug)]
pub struct ReportInfo {
    /// Its short name in its address.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// The short name of the campaign that it is about.
    pub campaign: String,
    /// The day from which everybody can read it; none for a draft.
    pub published: Option<NaiveDate>,
    /// The organisation that wrote it.
    pub written_by: String,
    /// A line about what is in it.
    pub summary: String,
    /// Its text and the places of figures, in order.
    pub parts: Vec<ReportPart>,
}

/// A published report and its figures.
#[derive(Clone, Debug)]
pub struct ReportView<'a> {
    /// The report.
    pub report: &'a ReportInfo,
    /// What it is about.
    pub campaign: &'a Campaign,
    /// Every figure is a whole multiple of this.
    pub smallest: i64,
    /// One for each place of a figure, in their order.
    pub figures: Vec<ShownFigure>,
}

/// What stands in the place of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownFigure {
    /// A figure of everybody.
    Total {
        /// What is counted.
        measure: Measure,
        /// How many.
        value: i64,
    },
    /// A figure of each organisation, the largest first, what is put together last; 0 is too few to show.
    ByOrganisation {
        /// What is counted.
        measure: Measure,
        /// What people call each, and how many.
        groups: Vec<(String, i64)>,
    },
    /// Nothing of this is published, or nothing yet.
    NotPublished {
        /// What would be counted.
        measure: Measure,
    },
}

impl Tenant {
    /// The reports that everybody can read at `now`, the newest first.
    pub fn published_reports(&self, now: DateTime<Utc>) -> Vec<&ReportInfo> {
        let today = local_date(now, self.zone);
        let is_out = |report: &&ReportInfo| report.published.is_some_and(|day| day <= today);
        let mut reports: Vec<_> = self.reports.iter().filter(is_out).collect();
        reports.sort_by_key(|report| Reverse(report.published));
        reports
    }
}

impl ReportInfo {
    pub(crate) fn from_file(report: ReportFile, text: &str) -> Result<Self, String> {
        let parts = report_parts(text);
        let parts = parts.map_err(|problems| format!("report {}: {}", report.slug, problems.join("; ")))?;
        Ok(Self {
            slug: report.slug,
            title: report.title,
            campaign: report.campaign,
            published: report.published,
            written_by: report.written_by,
            summary: report.summary,
            parts,
        })
    }
}

impl Sides {
    /// The report called `slug`, if everybody can read it at `now`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_report<'a>(
        &self,
        tenant: &'a Tenant,
        slug: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<ReportView<'a>>, ActionError> {
        let report = tenant.published_reports(now).into_iter().find(|report| report.slug == slug);
        let Some(report) = report else { return Ok(None) };
        let Some(campaign) = tenant.campaign(&report.campaign) else { return Ok(None) };
        let asked: Vec<ReportFigure> = report.parts.iter().filter_map(figure).collect();
        let published = match asked.is_empty() {
            true => FiguresView::default(),
            false => self.read_figures(tenant, campaign).await?,
        };
        let figures = asked.into_iter().map(|figure| shown(figure, &published)).collect();
        Ok(Some(ReportView { report, campaign, smallest: published.smallest, figures }))
    }
}

fn figure(part: &ReportPart) -> Option<ReportFigure> {
    match part {
        ReportPart::Figure(figure) => Some(*figure),
        ReportPart::Heading(_) | ReportPart::Text(_) => None,
    }
}

/// What `published` has of `figure`. The only figures that a report is ever given.
fn shown(figure: ReportFigure, published: &FiguresView) -> ShownFigure {
    match figure {
        ReportFigure::Total(measure) => match published.totals.get(&measure) {
            Some(value) if *value > 0 => ShownFigure::Total { measure, value: *value },
            _ => ShownFigure::NotPublished { measure },
        },
        ReportFigure::CameInByOrganisation => by_organisation(Measure::CameIn, published),
    }
}

fn by_organisation(measure: Measure, published: &FiguresView) -> ShownFigure {
    let grouping = published.groupings.iter().find(|grouping| grouping.dimension == Dimension::Organisation);
    let groups = grouping.map(|grouping| grouping.groups.as_slice()).unwrap_or_default();
    let of = |group: &crate::GroupFigures| Some((group.name.clone(), *group.values.get(&measure)?));
    let groups: Vec<(String, i64)> = groups.iter().filter_map(of).collect();
    match groups.iter().any(|(_, value)| *value > 0) {
        true => ShownFigure::ByOrganisation { measure, groups },
        false => ShownFigure::NotPublished { measure },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{GroupFigures, Grouping};

    fn published(totals: &[(Measure, i64)], groups: &[(&str, i64)]) -> FiguresView {
        let group = |(name, value): &(&str, i64)| GroupFigures {
            name: (*name).to_owned(),
            eligible: Some(1_000),
            values: BTreeMap::from([(Measure::Joined, 990), (Measure::CameIn, *value)]),
        };
        let grouping = Grouping {
            dimension: Dimension::Organisation,
            measures: vec![Measure::Joined, Measure::CameIn],
            groups: groups.iter().map(group).collect(),
        };
        FiguresView {
            smallest: 10,
            totals: totals.iter().copied().collect(),
            groupings: vec![grouping],
            ..FiguresView::default()
        }
    }

    #[test]
    fn what_is_published_is_shown_and_nothing_else() {
        let view = published(&[(Measure::Votes, 1_610), (Measure::Ideas, 0)], &[("One", 30), ("Two", 0)]);
        let of = |measure| shown(ReportFigure::Total(measure), &view);
        assert_eq!(of(Measure::Votes), ShownFigure::Total { measure: Measure::Votes, value: 1_610 });
        assert_eq!(of(Measure::Ideas), ShownFigure::NotPublished { measure: Measure::Ideas });
        assert_eq!(of(Measure::Comments), ShownFigure::NotPublished { measure: Measure::Comments });
        let groups = vec![("One".to_owned(), 30), ("Two".to_owned(), 0)];
        let measure = Measure::CameIn;
        let figure = ReportFigure::CameInByOrganisation;
        assert_eq!(shown(figure, &view), ShownFigure::ByOrganisation { measure, groups });
        let nobody = published(&[], &[("One", 0), ("Two", 0)]);
        assert_eq!(shown(figure, &nobody), ShownFigure::NotPublished { measure });
        assert_eq!(shown(figure, &FiguresView::default()), ShownFigure::NotPublished { measure });
    }
}
