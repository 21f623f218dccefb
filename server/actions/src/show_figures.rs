//! A campaign's published figures of both sides, as a page or a file has them. Nothing here is counted: everything was published.

use std::collections::{BTreeMap, BTreeSet};

use analysis::release::Merged;
use chrono::{Days, NaiveDate};
use credentials::KeyLogEntry;
use documents::figures::{FigureRow, write_figures};
use domain::figures::{Cell, Dimension, Measure, PublishedFigure};

use crate::actor::{record, record_alone};
use crate::moderation::hour;
use crate::publish_figures::{BY_CODE, OTHERS, UNKNOWN, group_of, organisations};
use crate::{ActionError, Actor, Campaign, Sides, Tenant};

/// Days that are shown at most: the last ones.
pub const MAX_DAYS: usize = 366;

/// Which days somebody asks for; all where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl Window {
    /// Its days among those from `first` to `last`.
    fn within(self, first: NaiveDate, last: NaiveDate) -> (NaiveDate, NaiveDate) {
        (self.from.unwrap_or(first).max(first), self.to.unwrap_or(last).min(last))
    }
}

/// What is published of a campaign in some days.
#[derive(Clone, Debug, Default)]
pub struct FiguresView {
    /// Every figure is a whole multiple of this.
    pub smallest: i64,
    /// The first and the last day of which something was published; nothing before the first figure.
    pub published: Option<(NaiveDate, NaiveDate)>,
    /// Whether these are all days: then figures are totals, else what came in these days.
    pub is_whole: bool,
    /// Figures of everybody.
    pub totals: BTreeMap<Measure, i64>,
    /// Totals at the end of the day before these days.
    pub before: BTreeMap<Measure, i64>,
    /// Totals at the end of each day.
    pub days: Vec<DayFigures>,
    /// Figures by organisation and by staff group, where there are several.
    pub groupings: Vec<Grouping>,
    /// Sentences to copy: totals up to the last of these days.
    pub sentences: Vec<String>,
}

/// Whether there is a count before figures are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counting {
    /// If it is time to.
    IfDue,
    /// Only what is there already.
    Never,
}

/// What both sides published, and what tells how to read it.
struct Gathered {
    figures: Vec<PublishedFigure>,
    log: Vec<KeyLogEntry>,
    smallest: u32,
}

/// The totals at the end of a day.
#[derive(Clone, Debug)]
pub struct DayFigures {
    /// The day, in the tenant's zone.
    pub day: NaiveDate,
    /// By measure.
    pub totals: BTreeMap<Measure, i64>,
}

/// Figures of the groups of one dimension.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// By what groups are told apart.
    pub dimension: Dimension,
    /// What is counted of them.
    pub measures: Vec<Measure>,
    /// The groups.
    pub groups: Vec<GroupFigures>,
}

/// Figures of one group.
#[derive(Clone, Debug)]
pub struct GroupFigures {
    /// What people call it.
    pub name: String,
    /// How many were eligible when the keys were made; known of organisations.
    pub eligible: Option<i64>,
    /// By measure.
    pub values: BTreeMap<Measure, i64>,
}

impl Sides {
    /// What is published of `campaign` by the sides that are served here, counted now if it is time to.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        window: Window,
    ) -> Result<FiguresView, ActionError> {
        Ok(view(tenant, campaign, &self.gather(tenant, campaign, Counting::IfDue).await?, window))
    }

    /// What has been published of `campaign` so far. Nothing is counted, so whoever looks writes nothing.
    pub(crate) async fn read_figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<FiguresView, ActionError> {
        let gathered = self.gather(tenant, campaign, Counting::Never).await?;
        Ok(view(tenant, campaign, &gathered, Window::default()))
    }

    async fn gather(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        counting: Counting,
    ) -> Result<Gathered, ActionError> {
        let (mut figures, mut log) = (Vec::new(), Vec::new());
        let mut smallest = campaign.smallest_group;
        if let Some(identity) = &self.identity {
            figures.extend(match counting {
                Counting::IfDue => identity.figures(tenant, campaign).await?,
                Counting::Never => identity.published_figures(tenant, campaign).await?,
            });
            log = identity.key_log(tenant).await?;
            let reading = identity.identity.read(tenant.id).await?;
            smallest = reading.figures(campaign.id).smallest_group().await?.unwrap_or(smallest);
        }
        if let Some(conversation) = &self.conversation {
            figures.extend(match counting {
                Counting::IfDue => conversation.figures(tenant, campaign).await?,
                Counting::Never => conversation.published_figures(tenant, campaign).await?,
            });
            if log.is_empty() {
                log = conversation.key_log(tenant).await?;
            }
            if self.identity.is_none() {
                let reading = conversation.conversation.read(tenant.id).await?;
                smallest = reading.figures(campaign.id).smallest_group().await?.unwrap_or(smallest);
            }
        }
        Ok(Gathered { figures, log, smallest })
    }

    /// Every figure as it was published in these days, as CSV that `actor` carries away: that goes on record.
    ///
    /// # Errors
    /// Database faults.
    pub async fn export_figures(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        campaign: &Campaign,
        window: Window,
    ) -> Result<Vec<u8>, ActionError> {
        let gathered = self.gather(tenant, campaign, Counting::IfDue).await?;
        let rows = rows(tenant, campaign, &gathered, window);
        let mut file = Vec::new();
        write_figures(&mut file, &rows).map_err(|error| ActionError::Fault(error.to_string()))?;
        let (what, detail) = ("figures.export", format!("{} lines", rows.len()));
        match (&self.identity, &self.conversation) {
            (Some(identity), _) => {
                record_alone(&identity.identity, actor, identity.now(), what, &campaign.slug, &detail)
                    .await?;
            }
            (None, Some(conversation)) => {
                let now = hour(conversation.now());
                let write = conversation.conversation.write(tenant.id).await?;
                record(write.audit_trail(), actor, now, what, &campaign.slug, &detail).await?;
                write.commit().await?;
            }
            (None, None) => {}
        }
        Ok(file)
    }
}

fn view(tenant: &Tenant, campaign: &Campaign, gathered: &Gathered, window: Window) -> FiguresView {
    let series = Series::of(&gathered.figures);
    let smallest = i64::from(gathered.smallest);
    let published = series.days();
    let Some((first, last)) = published else {
        return FiguresView { smallest, is_whole: true, ..FiguresView::default() };
    };
    let (from, to) = window.within(first, last);
    let names = Names::new(tenant, campaign, gathered);
    let groupings = [Dimension::Organisation, Dimension::StaffGroup]
        .into_iter()
        .filter_map(|dimension| grouping(&series, dimension, &names, from, to));
    let all = |measure| Cell { measure, dimension: Dimension::All, member: String::new() };
    let measures: Vec<Measure> =
        Measure::ALL.into_iter().filter(|measure| series.has(&all(*measure))).collect();
    let totals = |at: NaiveDate| {
        measures
            .iter()
            .map(|measure| (*measure, series.until(&all(*measure), at)))
            .collect::<BTreeMap<_, _>>()
    };
    let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= to).collect();
    let days = &days[days.len().saturating_sub(MAX_DAYS)..];
    let said = measures.iter().map(|measure| (*measure, series.until(&all(*measure), to)));
    FiguresView {
        smallest,
        published,
        is_whole: from <= first && to >= last,
        totals: measures.iter().map(|measure| (*measure, series.within(&all(*measure), from, to))).collect(),
        before: days.first().and_then(NaiveDate::pred_opt).map(totals).unwrap_or_default(),
        days: days.iter().map(|day| DayFigures { day: *day, totals: totals(*day) }).collect(),
        groupings: groupings.collect(),
        sentences: said
            .filter(|(_, value)| *value >= smallest)
            .map(|(measure, value)| measure.sentence(value, smallest))
            .collect(),
    }
}

/// What was published, by cell and day.
struct Series<'a>(BTreeMap<&'a Cell, BTreeMap<NaiveDate, i64>>);

impl<'a> Series<'a> {
    fn of(figures: &'a [PublishedFigure]) -> Self {
        let mut series: BTreeMap<&Cell, BTreeMap<NaiveDate, i64>> = BTreeMap::new();
        for figure in figures {
            series.entry(&figure.cell).or_default().insert(figure.day, figure.value);
        }
        Self(series)
    }

    /// The first and the last day on which there was something to see.
    fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let values = || self.0.values().flatten().filter(|(_, value)| **value > 0);
        let days = || values().map(|(day, _)| *day);
        Some((days().min()?, days().max()?))
    }

    fn has(&self, cell: &Cell) -> bool {
        self.0.contains_key(cell)
    }

    /// The total at the end of `day`.
    fn until(&self, cell: &Cell, day: NaiveDate) -> i64 {
        let values = self.0.get(cell);
        values.and_then(|values| values.range(..=day).next_back()).map_or(0, |(_, value)| *value)
    }

    /// What came from the beginning of `from` to the end of `to`.
    fn within(&self, cell: &Cell, from: NaiveDate, to: NaiveDate) -> i64 {
        let before = from.checked_sub_days(Days::new(1)).map_or(0, |day| self.until(cell, day));
        (self.until(cell, to) - before).max(0)
    }
}

/// What people call groups.
struct Names<'a> {
    tenant: &'a Tenant,
    campaign: &'a Campaign,
    log: &'a [KeyLogEntry],
    merged: Merged,
}

impl<'a> Names<'a> {
    fn new(tenant: &'a Tenant, campaign: &'a Campaign, gathered: &'a Gathered) -> Self {
        let merged = organisations(&gathered.log, campaign, gathered.smallest);
        Self { tenant, campaign, log: &gathered.log, merged }
    }

    fn of(&self, dimension: Dimension, member: &str) -> String {
        match (dimension, member) {
            (Dimension::All, _) => "Everybody".to_owned(),
            (Dimension::Organisation, BY_CODE) => "By printed code".to_owned(),
            (Dimension::Organisation, OTHERS) => "Other organisations".to_owned(),
            (Dimension::Organisation, cohort) => self.of_cohort(cohort),
            (Dimension::StaffGroup, UNKNOWN) => "Not known".to_owned(),
            (Dimension::StaffGroup, OTHERS) => "Other staff groups".to_owned(),
            (Dimension::StaffGroup, name) => name.to_owned(),
        }
    }

    fn of_cohort(&self, cohort: &str) -> String {
        let entry = self.entries().find(|entry| entry.cohort == cohort);
        let slugs = entry.map(|entry| entry.organisations.as_slice()).unwrap_or_default();
        let name = |slug: &String| {
            let known = self.tenant.organisation(slug);
            known.map_or_else(|| slug.clone(), |organisation| organisation.name.clone())
        };
        match slugs {
            [] => cohort.to_owned(),
            slugs => slugs.iter().map(name).collect::<Vec<_>>().join(", "),
        }
    }

    fn entries(&self) -> impl Iterator<Item = &KeyLogEntry> {
        self.log.iter().filter(|entry| entry.campaign == self.campaign.id)
    }

    /// How many were eligible in an organisation's group when the keys were made.
    fn eligible(&self, dimension: Dimension, member: &str) -> Option<i64> {
        let its = || self.entries().filter(|entry| group_of(&self.merged, &entry.cohort) == member);
        let known = dimension == Dimension::Organisation && its().next().is_some();
        known.then(|| its().map(|entry| i64::from(entry.eligible)).sum())
    }
}

/// The groups of a dimension; nothing where there are no two.
fn grouping(
    series: &Series<'_>,
    dimension: Dimension,
    names: &Names<'_>,
    from: NaiveDate,
    to: NaiveDate,
) -> Option<Grouping> {
    let cells = || series.0.keys().filter(|cell| cell.dimension == dimension && !cell.member.is_empty());
    let measures: BTreeSet<Measure> = cells().map(|cell| cell.measure).collect();
    let members: BTreeSet<&str> = cells().map(|cell| cell.member.as_str()).collect();
    if members.len() < 2 {
        return None;
    }
    let mut groups: Vec<(bool, GroupFigures)> = members
        .into_iter()
        .map(|member| {
            let value = |measure: &Measure| {
                let cell = Cell { measure: *measure, dimension, member: member.to_owned() };
                series.has(&cell).then(|| (*measure, series.within(&cell, from, to)))
            };
            let group = GroupFigures {
                name: names.of(dimension, member),
                eligible: names.eligible(dimension, member),
                values: measures.iter().filter_map(value).collect(),
            };
            (member.starts_with(':'), group)
        })
        .collect();
    // The largest first; what is put together comes last.
    let first = |group: &GroupFigures| group.values.values().next().copied().unwrap_or_default();
    groups.sort_by(|(rest, one), (other_rest, other)| {
        (rest, -first(one), &one.name).cmp(&(other_rest, -first(other), &other.name))
    });
    let groups = groups.into_iter().map(|(_, group)| group).collect();
    Some(Grouping { dimension, measures: measures.into_iter().collect(), groups })
}

/// For a file: every figure as it was published in these days, in the order of the page.
fn rows(tenant: &Tenant, campaign: &Campaign, gathered: &Gathered, window: Window) -> Vec<FigureRow> {
    let names = Names::new(tenant, campaign, gathered);
    let days = window.from.unwrap_or(NaiveDate::MIN)..=window.to.unwrap_or(NaiveDate::MAX);
    let is_shown = |figure: &&PublishedFigure| {
        let is_stamp = figure.cell.dimension != Dimension::All && figure.cell.member.is_empty();
        !is_stamp && figure.value > 0 && days.contains(&figure.day)
    };
    let mut shown: Vec<&PublishedFigure> = gathered.figures.iter().filter(is_shown).collect();
    shown.sort_by(|one, other| {
        let key = |figure: &PublishedFigure| (figure.cell.dimension, figure.cell.measure, figure.day);
        (key(one), &one.cell.member).cmp(&(key(other), &other.cell.member))
    });
    let row = |figure: &PublishedFigure| FigureRow {
        by: figure.cell.dimension.slug().to_owned(),
        group: names.of(figure.cell.dimension, &figure.cell.member),
        what: figure.cell.measure.label().to_owned(),
        day: figure.day,
        total: figure.value,
    };
    shown.into_iter().map(row).collect()
}
