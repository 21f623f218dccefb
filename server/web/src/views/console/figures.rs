//! A campaign's published figures.

use serde::Serialize;

use super::Desk;
use crate::charts::{bar, line_chart};
use crate::views::{Chrome, View, Visit};

/// A campaign's published figures.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's title.
    pub campaign: String,
    /// The page's own path, without the site's base.
    pub path: String,
    /// The days that were asked for, as an address has them: `?from=…&to=…`, or nothing.
    pub query: String,
    /// The first day that was asked for, ISO 8601; empty for all.
    pub from: String,
    /// The last day that was asked for, ISO 8601; empty for all.
    pub to: String,
    /// What is wrong with the days that were asked for.
    pub problem: Option<String>,
    /// The days that are shown, in words; nothing before the first figure.
    pub period: Option<String>,
    /// Whether these are all days.
    pub is_whole: bool,
    /// Every figure is a whole multiple of this.
    pub smallest: i64,
    /// When this was drawn, in words.
    pub as_of: String,
    /// Figures of everybody.
    pub tiles: Vec<Tile>,
    /// Day by day.
    pub days: Option<DayChart>,
    /// By organisation and by staff group.
    pub groupings: Vec<GroupTable>,
    /// Sentences to copy.
    pub sentences: Vec<String>,
    /// Whether this person may carry the figures away.
    pub may_export: bool,
}

/// A figure of everybody.
#[derive(Clone, Debug, Serialize)]
pub struct Tile {
    /// What is counted.
    pub label: String,
    /// How many.
    pub value: i64,
    /// Whether it counts people.
    pub people: bool,
}

/// Figures by day, drawn and as a table.
#[derive(Clone, Debug, Serialize)]
pub struct DayChart {
    /// The picture, SVG.
    pub svg: String,
    /// Labels of the upright axis, from the top down.
    pub ticks: Vec<i64>,
    /// The first, a middle and the last day, in words.
    pub dates: Vec<String>,
    /// What each line counts, in their order.
    pub lines: Vec<String>,
    /// What each column of the table counts.
    pub columns: Vec<String>,
    /// The table's rows, newest day first.
    pub rows: Vec<DayRow>,
}

/// The totals at the end of one day.
#[derive(Clone, Debug, Serialize)]
pub struct DayRow {
    /// The day in words.
    pub day: String,
    /// In the order of the columns.
    pub values: Vec<i64>,
}

/// Figures by group, with bars.
#[derive(Clone, Debug, Serialize)]
pub struct GroupTable {
    /// `organisation` or `staff-group`.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// What each column counts; bars show the first.
    pub columns: Vec<String>,
    /// Whether it is known of some how many may join.
    pub has_eligible: bool,
    /// The groups of which something is shown.
    pub rows: Vec<GroupRow>,
    /// What the others are called: too few of each are counted.
    pub too_few: Vec<String>,
}

/// Figures of one group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupRow {
    /// What people call it.
    pub name: String,
    /// The first column's figure as a bar, SVG.
    pub bar: String,
    /// In the order of the columns; nothing where it is not counted of this group.
    pub values: Vec<Option<i64>>,
    /// How many may join.
    pub eligible: Option<i64>,
    /// The first column's share of those, whole percent, rounded down; nothing while too few are counted.
    pub percent: Option<i64>,
}

impl GroupTable {
    /// A table whose bars are drawn to the largest figure of the first column. A group without any figure is named below it: a row of dashes
    /// says no more.
    pub fn new(slug: &str, title: &str, columns: Vec<String>, rows: Vec<GroupRow>) -> Self {
        let any = |row: &GroupRow| row.values.iter().flatten().any(|value| *value > 0);
        let (mut rows, without): (Vec<_>, Vec<_>) = rows.into_iter().partition(any);
        let too_few = without.into_iter().map(|row| row.name).collect();
        let first = |row: &GroupRow| row.values.first().copied().flatten().unwrap_or_default();
        let most = rows.iter().map(first).max().unwrap_or_default();
        for row in &mut rows {
            row.bar = bar(first(row), most);
            let of = row.eligible.filter(|eligible| *eligible > 0);
            row.percent =
                of.map(|eligible| first(row) * 100 / eligible).filter(|share| (1..=100).contains(share));
        }
        let has_eligible = rows.iter().any(|row| row.eligible.is_some());
        Self { slug: slug.to_owned(), title: title.to_owned(), columns, has_eligible, rows, too_few }
    }
}

impl GroupRow {
    /// A group; its bar and share are the table's to make.
    pub fn new(name: &str, values: Vec<Option<i64>>, eligible: Option<i64>) -> Self {
        Self { name: name.to_owned(), bar: String::new(), values, eligible, percent: None }
    }
}

impl View for Figures {
    const TEMPLATE: &'static str = "console/figures.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let full = sample(chrome);
        let none = Figures {
            period: None,
            tiles: vec![],
            days: None,
            groupings: vec![],
            sentences: vec![],
            may_export: false,
            ..full.clone()
        };
        let few = Figures {
            tiles: sample_tiles([10, 0, 0, 0, 0, 0]),
            days: Some(sample_days(&["30 Nov 2023"], &[&[10, 0, 0]])),
            groupings: vec![],
            sentences: vec!["At least 10 people have joined.".into()],
            period: Some("30 November 2023".into()),
            ..full.clone()
        };
        let window = Figures {
            query: "?from=2023-12-02&to=2023-12-03".into(),
            from: "2023-12-02".into(),
            to: "2023-12-03".into(),
            is_whole: false,
            period: Some("2 December to 3 December 2023".into()),
            ..full.clone()
        };
        let problem = Some("The last day must not be before the first.".to_owned());
        let refused = Figures { problem, query: String::new(), ..window.clone() };
        vec![("full", full), ("none", none), ("few", few), ("window", window), ("refused", refused)]
    }
}

fn sample(chrome: &Chrome) -> Figures {
    let people = |joined, voted, wrote| vec![Some(joined), Some(voted), Some(wrote)];
    let columns = || vec!["People joined".into(), "People who voted".into(), "People who wrote".into()];
    let organisations = vec![
        GroupRow::new("University Hospitals Birmingham", people(980, 640, 310), Some(24_310)),
        GroupRow::new("Birmingham and Solihull Mental Health", people(350, 210, 90), Some(4_180)),
        GroupRow::new("Birmingham City Council", people(180, 90, 40), Some(9_640)),
        GroupRow::new("Royal Orthopaedic Hospital", people(70, 40, 0), Some(1_270)),
        GroupRow::new("Other organisations", people(20, 0, 0), Some(86)),
        GroupRow::new("Northfield Hospice", people(0, 0, 0), Some(41)),
        GroupRow::new("By printed code", vec![None, Some(20), Some(10)], None),
    ];
    let staff = vec![
        GroupRow::new("Nurses and midwives", vec![Some(610)], None),
        GroupRow::new("Support to clinical staff", vec![Some(390)], None),
        GroupRow::new("Doctors and dentists", vec![Some(210)], None),
        GroupRow::new("Other staff groups", vec![Some(40)], None),
        GroupRow::new("Not known", vec![Some(340)], None),
    ];
    let days = ["30 Nov 2023", "1 Dec 2023", "2 Dec 2023", "3 Dec 2023", "4 Dec 2023"];
    let totals: [&[i64]; 5] =
        [&[410, 180, 60], &[890, 470, 190], &[1_120, 640, 270], &[1_230, 720, 310], &[1_610, 1_010, 450]];
    Figures {
        site: chrome.clone(),
        visit: Visit::sample(false, "/console/campaigns/first/figures"),
        desk: Desk::sample("/console/campaigns"),
        campaign: "What gets in your way, and what would help?".into(),
        path: "/console/campaigns/first/figures".into(),
        query: String::new(),
        from: String::new(),
        to: String::new(),
        problem: None,
        period: Some("30 November to 4 December 2023".into()),
        is_whole: true,
        smallest: 10,
        as_of: "4 December 2023, 16:20".into(),
        tiles: sample_tiles([1_610, 1_010, 450, 520, 880, 29_710]),
        days: Some(sample_days(&days, &totals)),
        groupings: vec![
            GroupTable::new("organisation", "By organisation", columns(), organisations),
            GroupTable::new("staff-group", "By staff group", vec!["People joined".into()], staff),
        ],
        sentences: vec![
            "Over 1,600 people have joined.".into(),
            "Over 1,000 people have voted.".into(),
            "At least 450 people have shared an idea or a comment.".into(),
            "Over 29,700 votes have been cast.".into(),
        ],
        may_export: true,
    }
}

fn sample_tiles(values: [i64; 6]) -> Vec<Tile> {
    let labels = ["People joined", "People who voted", "People who wrote", "Ideas", "Comments", "Votes"];
    let tile = |(place, (label, value)): (usize, (&str, i64))| Tile {
        label: label.into(),
        value,
        people: place < 3,
    };
    labels.into_iter().zip(values).enumerate().map(tile).collect()
}

fn sample_days(days: &[&str], totals: &[&[i64]]) -> DayChart {
    let lines: Vec<Vec<i64>> =
        (0..3).map(|line| std::iter::once(0).chain(totals.iter().map(|day| day[line])).collect()).collect();
    let names: Vec<String> =
        vec!["People joined".into(), "People who voted".into(), "People who wrote".into()];
    let chart =
        line_chart("days", "People by day", "At the end of the last day: 1,610 people joined.", &lines);
    let rows = days.iter().zip(totals).rev();
    DayChart {
        svg: chart.svg,
        ticks: chart.ticks,
        dates: days.iter().step_by((days.len() / 2).max(1)).map(|day| day.replace(" 2023", "")).collect(),
        lines: names.clone(),
        columns: names,
        rows: rows.map(|(day, values)| DayRow { day: (*day).into(), values: values.to_vec() }).collect(),
    }
}
