//! A campaign's published figures: a page that counts again by itself, and the same as a file.

use std::collections::BTreeMap;

use actions::policy::{Action, Kind};
use actions::{Campaign, DayFigures, FiguresView, GroupFigures, Grouping, Window};
use chrono::{Datelike, NaiveDate};
use domain::figures::{Dimension, Measure, Thousands};
use poem::web::Path;
use poem::{Response, Result, handler};

use super::download;
use crate::charts::line_chart;
use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{DayChart, DayRow, Figures, GroupRow, GroupTable, Tile};

/// The part of the console that these pages belong to.
const PART: &str = "/console/campaigns";
/// How a day is written out.
const DAY: &str = "%-d %B %Y";
/// What is drawn day by day: the first of these that is counted here, and the other two.
const PEOPLE: [Measure; 2] = [Measure::Joined, Measure::CameIn];
const DOING: [Measure; 2] = [Measure::Voting, Measure::Contributing];

#[handler]
pub(crate) async fn show(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = campaign(&staff, &slug)?;
    let asked = Asked::of(&staff);
    let view = staff.state.sides.show_figures(staff.tenant(), &campaign, asked.window).await;
    let view = view.map_err(PageError::from)?;
    let now = staff.state.now().with_timezone(&staff.tenant().zone);
    let shown = view.days.first().zip(view.days.last());
    staff.show(&Figures {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PART),
        campaign: campaign.title,
        path: path(&slug),
        query: asked.query(),
        from: asked.from.clone(),
        to: asked.to.clone(),
        problem: asked.problem.map(str::to_owned),
        period: shown.map(|(first, last)| period(first.day, last.day)),
        is_whole: view.is_whole,
        smallest: view.smallest,
        as_of: now.format("%-d %B %Y, %H:%M").to_string(),
        tiles: tiles(&view),
        days: day_chart(&view.days, &view.before),
        groupings: view.groupings.into_iter().map(group_table).collect(),
        sentences: view.sentences,
        may_export: staff.may(Kind::Figures, Action::Export),
    })
}

#[handler]
pub(crate) async fn export(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = campaign(&staff, &slug)?;
    let asked = Asked::of(&staff);
    staff.require_recent_proof(&format!("{}{}", path(&slug), asked.query())).await?;
    let sides = &staff.state.sides;
    let file = sides.export_figures(staff.actor(), staff.tenant(), &campaign, asked.window).await;
    let name = format!("figures-{}-{slug}.csv", staff.tenant().slug);
    Ok(download(&name, "text/csv; charset=utf-8", file.map_err(PageError::from)?))
}

fn path(slug: &str) -> String {
    format!("{PART}/{slug}/figures")
}

fn campaign(staff: &Staff, slug: &str) -> Result<Campaign, PageError> {
    staff.tenant().campaign(slug).cloned().ok_or(PageError::NotFound)
}

/// The days that somebody asks for. Days that are none are all days, and a problem.
struct Asked {
    from: String,
    to: String,
    window: Window,
    problem: Option<&'static str>,
}

impl Asked {
    fn of(staff: &Staff) -> Self {
        let field = |name: &str| staff.query.get(name).unwrap_or_default().trim().to_owned();
        let (from, to) = (field("from"), field("to"));
        let day = |text: &str| if text.is_empty() { Ok(None) } else { text.parse::<NaiveDate>().map(Some) };
        let (window, problem) = match (day(&from), day(&to)) {
            (Ok(Some(from)), Ok(Some(to))) if to < from => {
                (Window::default(), Some("The last day must not be before the first."))
            }
            (Ok(from), Ok(to)) => (Window { from, to }, None),
            _ => (Window::default(), Some("Write both days with day, month and year.")),
        };
        Self { from, to, window, problem }
    }

    /// As an address has it. Only days that are some stand in it.
    fn query(&self) -> String {
        let part = |name: &str, day: Option<NaiveDate>| day.map(|day| format!("{name}={day}"));
        let parts = [part("from", self.window.from), part("to", self.window.to)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// "2 to 4 December 2023", with as little as tells the days.
fn period(first: NaiveDate, last: NaiveDate) -> String {
    let last_in_words = last.format(DAY);
    let same_month = (first.year(), first.month()) == (last.year(), last.month());
    if first == last {
        last_in_words.to_string()
    } else if same_month {
        format!("{} to {last_in_words}", first.day())
    } else if first.year() == last.year() {
        format!("{} to {last_in_words}", first.format("%-d %B"))
    } else {
        format!("{} to {last_in_words}", first.format(DAY))
    }
}

fn tiles(view: &FiguresView) -> Vec<Tile> {
    let tile = |(measure, value): (&Measure, &i64)| Tile {
        label: measure.label().to_owned(),
        value: *value,
        people: measure.counts_people(),
    };
    view.totals.iter().map(tile).collect()
}

/// People day by day.
fn day_chart(days: &[DayFigures], before: &BTreeMap<Measure, i64>) -> Option<DayChart> {
    let last = days.last()?;
    let counted = |measure: &Measure| last.totals.contains_key(measure);
    let measures: Vec<Measure> =
        PEOPLE.into_iter().find(counted).into_iter().chain(DOING.into_iter().filter(counted)).collect();
    let line = |measure: &Measure| {
        let ends = days.iter().map(|day| value(&day.totals, *measure));
        std::iter::once(value(before, *measure)).chain(ends).collect()
    };
    let said: Vec<String> = measures
        .iter()
        .map(|measure| match value(&last.totals, *measure) {
            0 => format!("{}: too few to show", measure.label()),
            value => format!("{}: {}", measure.label(), Thousands(value)),
        })
        .collect();
    let description = format!("At the end of {}: {}.", last.day.format(DAY), said.join(", "));
    let lines: Vec<Vec<i64>> = measures.iter().map(line).collect();
    let chart = line_chart("days", "People by day, from the first day on", &description, &lines);
    let names: Vec<String> = measures.iter().map(|measure| measure.label().to_owned()).collect();
    let row = |day: &DayFigures| DayRow {
        day: day.day.format("%-d %b %Y").to_string(),
        values: measures.iter().map(|measure| value(&day.totals, *measure)).collect(),
    };
    Some(DayChart {
        svg: chart.svg,
        ticks: chart.ticks,
        dates: dates(days),
        lines: names.clone(),
        columns: names,
        // A day before the first figure has nothing to show.
        rows: days.iter().rev().map(row).filter(|row| row.values.iter().any(|value| *value > 0)).collect(),
    })
}

fn value(totals: &BTreeMap<Measure, i64>, measure: Measure) -> i64 {
    totals.get(&measure).copied().unwrap_or_default()
}

/// The first, the middle and the last day, as far as there are so many.
fn dates(days: &[DayFigures]) -> Vec<String> {
    let mut places = vec![0, days.len() / 2, days.len().saturating_sub(1)];
    places.dedup();
    let named = |place: usize| days.get(place).map(|day| day.day.format("%-d %b").to_string());
    places.into_iter().filter_map(named).collect()
}

fn group_table(grouping: Grouping) -> GroupTable {
    let (slug, title) = match grouping.dimension {
        Dimension::StaffGroup => ("staff-group", "By staff group"),
        Dimension::Organisation | Dimension::All => ("organisation", "By organisation"),
    };
    let columns = grouping.measures.iter().map(|measure| measure.label().to_owned()).collect();
    let row = |group: GroupFigures| {
        let values = grouping.measures.iter().map(|measure| group.values.get(measure).copied());
        GroupRow::new(&group.name, values.collect(), group.eligible)
    };
    GroupTable::new(slug, title, columns, grouping.groups.into_iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_say_as_little_as_tells_the_days() {
        let of = |first: &str, last: &str| period(first.parse().unwrap(), last.parse().unwrap());
        assert_eq!(of("2023-12-02", "2023-12-02"), "2 December 2023");
        assert_eq!(of("2023-12-02", "2023-12-04"), "2 to 4 December 2023");
        assert_eq!(of("2023-11-30", "2023-12-04"), "30 November to 4 December 2023");
        assert_eq!(of("2023-12-30", "2024-01-02"), "30 December 2023 to 2 January 2024");
    }
}
