//! The public list of keys, and the counts that go with it.

use serde::Serialize;

use super::{Chrome, View, Visit};

/// The public list of keys.
#[derive(Clone, Debug, Serialize)]
pub struct Keys {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Every key, in the order made.
    pub keys: Vec<CohortKey>,
    /// The check number of the whole list as letters have it; nothing while the list is empty.
    pub head: Option<String>,
    /// The counts of each campaign that has any.
    pub counts: Vec<KeyCounts>,
    /// Whether this side counts who may join and who was given a key.
    pub counts_issued: bool,
    /// Whether this side counts who came in.
    pub counts_registered: bool,
    /// The other side's page with its half of the counts, where the two run apart.
    pub elsewhere: Option<String>,
}

/// One group's key.
#[derive(Clone, Debug, Serialize)]
pub struct CohortKey {
    /// Its place in the list, from 1.
    pub number: u64,
    /// The campaign's title.
    pub campaign: String,
    /// The names of the organisations whose people are the group.
    pub organisations: Vec<String>,
    /// How many people could join when it was made.
    pub eligible: u32,
    /// The day on which it was made, in words.
    pub made: String,
    /// The beginning of its fingerprint.
    pub fingerprint: String,
}

/// The counts of one campaign, newest day first.
#[derive(Clone, Debug, Serialize)]
pub struct KeyCounts {
    /// The campaign's title.
    pub campaign: String,
    /// By day.
    pub days: Vec<DayCount>,
}

/// The totals at the end of one day.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DayCount {
    /// The day in words.
    pub day: String,
    /// How many may join.
    pub eligible: Option<i64>,
    /// How many were given a key.
    pub issued: Option<i64>,
    /// How many came in.
    pub registered: Option<i64>,
}

impl View for Keys {
    const TEMPLATE: &'static str = "keys.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Keys)> {
        let key = |number, organisations: &[&str], eligible| CohortKey {
            number,
            campaign: "What gets in your way, and what would help?".into(),
            organisations: organisations.iter().map(|name| (*name).to_owned()).collect(),
            eligible,
            made: "28 November 2023".into(),
            fingerprint: "9f2c 41d0 7ab3 e816".into(),
        };
        let day = |day: &str, eligible, issued, registered| DayCount {
            day: day.into(),
            eligible: Some(eligible),
            issued: Some(issued),
            registered: Some(registered),
        };
        let together = Keys {
            site: chrome.clone(),
            visit: Visit::sample(false, "/keys"),
            keys: vec![
                key(1, &["University Hospitals Birmingham"], 24_310),
                key(2, &["Birmingham City Council", "Solihull Metropolitan Borough Council"], 11_020),
            ],
            head: Some("5be1 09c7 d24f 88a3".into()),
            counts: vec![KeyCounts {
                campaign: "What gets in your way, and what would help?".into(),
                days: vec![
                    day("1 December 2023", 35_330, 2_214, 2_190),
                    day("30 November 2023", 35_330, 1_001, 988),
                ],
            }],
            counts_issued: true,
            counts_registered: true,
            elsewhere: None,
        };
        let mut apart = together.clone();
        apart.elsewhere = Some("https://example.org/keys".into());
        apart.counts_issued = false;
        for day in apart.counts.iter_mut().flat_map(|counts| &mut counts.days) {
            (day.eligible, day.issued) = (None, None);
        }
        let mut empty = together.clone();
        (empty.head, empty.keys, empty.counts) = (None, Vec::new(), Vec::new());
        vec![("together", together), ("apart", apart), ("empty", empty)]
    }
}
