//! What could link, without knowing who is who: marks that a dump must not have.
//!
//! A finding is *suspicious* when it gives an order, an instant or a value that the other side may have too, and a *note* when it only
//! deserves a word. Correlations count when they are [`MANY_SIGMAS`] standard deviations from nothing: |ρ|·√(n − 1), a rank correlation
//! of n unrelated rows being near 0 with standard deviation 1/√(n − 1).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::chance::rank_correlation;
use super::evidence::{Cell, Database, Row, Table};
use super::schema;
use super::sides::{Kind, Side, mostly, time_kind};
use super::spelling::{as_number, is_telling, seconds_in_id, shown, sort_key, spellings};

/// Fewer bytes of rows that are gone than this hold no id and no hash: a freed page keeps its kind, for one.
const FEW_BYTES: u64 = 16;

/// How far from nothing a correlation counts, standard deviations: by chance one in 1.7 million.
const MANY_SIGMAS: f64 = 5.0;
/// A correlation with the order of keys at which rows lie in that order.
const BY_KEY: f64 = 0.999;
/// Fewer rows than this have no order to speak of.
const LEAST_ROWS: usize = 20;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// May link.
    Suspicious,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was checked.
    pub check: &'static str,
    /// What was found, in a sentence.
    pub says: String,
}

/// Whatever could link the two, the worst first. The sides are those of the databases.
pub fn suspicious(databases: (&Database, &Database), sides: (&Side, &Side)) -> Vec<Finding> {
    let (identity, conversation) = databases;
    let mut findings = shared_values(identity, conversation);
    let names_person = |table: &Table| names(table, schema::PERSON, schema::PERSON_COLUMNS);
    let names_participant = |table: &Table| names(table, schema::PARTICIPANT, schema::PARTICIPANT_COLUMNS);
    for (side, database, named) in [
        ("identity", identity, &names_person as &dyn Fn(&Table) -> bool),
        ("conversation", conversation, &names_participant),
    ] {
        for table in database.tables.iter().filter(|table| named(table)) {
            findings.extend(clocks(side, table));
            findings.extend(rising(side, table));
        }
        findings.extend(remnants(side, database));
    }
    findings.extend(identity.table(schema::PERSON).and_then(order_of_people));
    findings.extend(logs(identity.commits, conversation.commits));
    findings.extend(counts(databases, sides));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn names(table: &Table, entities: &str, columns: &[&str]) -> bool {
    table.name == entities
        || table.first_column(columns).is_some()
        || table.column(schema::DEVICE_KEY).is_some()
}

fn finding(severity: Severity, check: &'static str, says: String) -> Finding {
    Finding { severity, check, says }
}

/// Values that stand on both sides, in columns that no tenant pack fills.
fn shared_values(identity: &Database, conversation: &Database) -> Vec<Finding> {
    let mut mine: HashMap<u64, (usize, usize)> = HashMap::new();
    each_telling(identity, |place, spelling| {
        mine.entry(spelling).or_insert(place);
    });
    let mut shared: BTreeMap<[(usize, usize); 2], HashSet<u64>> = BTreeMap::new();
    each_telling(conversation, |place, spelling| {
        if let Some(other) = mine.get(&spelling) {
            shared.entry([*other, place]).or_default().insert(spelling);
        }
    });
    let name = |database: &Database, (table, column): (usize, usize)| {
        format!("{}.{}", database.tables[table].name, database.tables[table].columns[column])
    };
    let pairs = shared.into_iter().map(|([left, right], values)| {
        let (left, right) = (name(identity, left), name(conversation, right));
        let says =
            format!("{} values of {left} (identity) stand in {right} (conversation) too", values.len());
        finding(Severity::Suspicious, "shared values", says)
    });
    pairs.collect()
}

fn each_telling(database: &Database, mut visit: impl FnMut((usize, usize), u64)) {
    for (place, table) in database.tables.iter().enumerate() {
        if schema::PUBLIC_TABLES.contains(&table.name.as_str()) {
            continue;
        }
        for (column, name) in table.columns.iter().enumerate() {
            if schema::PUBLIC_COLUMNS.contains(&name.as_str()) {
                continue;
            }
            for cell in table.rows.iter().map(|row| row.value(Some(column))).filter(|cell| is_telling(cell)) {
                for spelling in spellings(cell) {
                    let mut hasher = DefaultHasher::new();
                    spelling.hash(&mut hasher);
                    visit((place, column), hasher.finish());
                }
            }
        }
    }
}

fn cells(table: &Table, column: usize) -> impl Iterator<Item = &Cell> + Clone {
    table.rows.iter().map(move |row| row.value(Some(column)))
}

/// Instants finer than a day, and ids that hold one, in tables that name somebody.
fn clocks(side: &str, table: &Table) -> Vec<Finding> {
    let found = table.columns.iter().enumerate().filter_map(|(column, name)| {
        let what = if time_kind(cells(table, column)) == Some(Kind::Instants) {
            "holds times finer than a day"
        } else if mostly(cells(table, column), |cell| seconds_in_id(cell).is_some()) {
            "holds ids with a time in them"
        } else {
            return None;
        };
        let says = format!("{}.{name} ({side}) {what}: whoever joined then is narrowed down", table.name);
        Some(finding(Severity::Suspicious, "clocks", says))
    });
    found.collect()
}

/// Whole numbers that rise as rows were written.
fn rising(side: &str, table: &Table) -> Vec<Finding> {
    let spoken = schema::SPOKEN_TABLES.contains(&table.name.as_str());
    let found = table.columns.iter().enumerate().filter_map(|(column, name)| {
        if schema::PUBLIC_COLUMNS.contains(&name.as_str())
            || !mostly(cells(table, column), |cell| as_number(cell).is_some())
        {
            return None;
        }
        let order = physical_orders(table).into_iter().find(|(_, of)| {
            let pairs = pairs(table, of, |row| as_number(row.value(Some(column))));
            correlates(&pairs).is_some_and(|correlation| correlation > 0.9)
        })?;
        let says = format!(
            "{}.{name} ({side}) rises with the {}: it numbers the rows as they were written",
            table.name, order.0
        );
        // What was said is read in the order of saying it; everybody knows that order.
        let severity = if spoken { Severity::Note } else { Severity::Suspicious };
        Some(finding(severity, "serial numbers", says))
    });
    let mut found: Vec<Finding> = found.collect();
    if !spoken && table.rows.len() >= LEAST_ROWS && table.rows.iter().all(|row| row.rowid.is_some()) {
        let says =
            format!("{} ({side}) keeps a hidden serial for each row: make it WITHOUT ROWID", table.name);
        found.push(finding(Severity::Suspicious, "serial numbers", says));
    }
    found
}

type Order = (&'static str, fn(&Row) -> Option<f64>);

fn physical_orders(table: &Table) -> Vec<Order> {
    let mut orders: Vec<Order> = vec![("order of rows", |row| Some(row.position as f64))];
    if table.rows.iter().any(|row| row.place.is_some()) {
        orders.push(("place in the file", |row| {
            row.place
                .map(|place| f64::from(place.page) * 65_536.0 + f64::from(65_536 - place.offset.min(65_536)))
        }));
        orders.push(("place in the page", |row| row.place.map(|place| -f64::from(place.offset))));
    }
    orders
}

fn pairs(
    table: &Table,
    order: &fn(&Row) -> Option<f64>,
    other: impl Fn(&Row) -> Option<f64>,
) -> Vec<(f64, f64)> {
    table.rows.iter().filter_map(|row| Some((order(row)?, other(row)?))).collect()
}

/// The correlation, if it is more than chance.
fn correlates(pairs: &[(f64, f64)]) -> Option<f64> {
    let correlation = rank_correlation(pairs).filter(|_| pairs.len() >= LEAST_ROWS)?;
    (correlation.abs() * (pairs.len() as f64 - 1.0).sqrt() > MANY_SIGMAS).then_some(correlation)
}

/// People's rows must lie in the order of their random ids, or in none that anything else knows.
fn order_of_people(people: &Table) -> Option<Finding> {
    const CHECK: &str = "order of people";
    let key = people.column(schema::ID)?;
    let key = |row: &Row| Some(leading(&sort_key(row.value(Some(key)))));
    let request = people.column(schema::REQUEST);
    let joined = |row: &Row| Some(f64::from(*row.value(request) != Cell::Null));
    let mut strange = None;
    for (what, order) in physical_orders(people) {
        let by_key = rank_correlation(&pairs(people, &order, key));
        if people.rows.len() < LEAST_ROWS || by_key.is_none_or(|found| found.abs() > BY_KEY) {
            continue;
        }
        let says = |with: &str, found: f64| {
            format!(
                "{what} of {} is not the order of ids, and goes with {with} (rank correlation {found:+.2})",
                people.name
            )
        };
        if let Some(found) = correlates(&pairs(people, &order, joined)) {
            if people.rows.iter().all(|row| row.place.is_none()) {
                return Some(finding(Severity::Suspicious, CHECK, says("who has joined", found)));
            }
            // SQLite moves a row within its page when it grows: an order among a page's few people, until the file is rewritten.
            let says = says("who has joined", found) + ": VACUUM rewrites the file in the order of ids";
            strange = Some(finding(Severity::Note, CHECK, says));
        }
        for (column, name) in
            people.columns.iter().enumerate().filter(|(column, _)| Some(*column) != people.column(schema::ID))
        {
            let other = |row: &Row| {
                Some(row.value(Some(column))).filter(|it| **it != Cell::Null).map(|it| leading(&sort_key(it)))
            };
            let same_group = schema::PUBLIC_COLUMNS.contains(&name.as_str());
            if let Some(found) = correlates(&pairs(people, &order, other)).filter(|_| !same_group) {
                return Some(finding(Severity::Suspicious, CHECK, says(name, found)));
            }
        }
        // Within SQLite's pages rows lie as they came; only heaps promise nothing.
        if people.rows.iter().all(|row| row.place.is_none()) {
            strange = Some(finding(
                Severity::Note,
                CHECK,
                format!(
                    "{what} of {} is not the order of ids; nothing in the dump goes with it",
                    people.name
                ),
            ));
        }
    }
    strange
}

/// The first bytes of a key as a number that sorts like them.
fn leading(key: &[u8]) -> f64 {
    (0..6).fold(0.0, |number, place| number * 256.0 + key.get(place).map_or(0.0, |byte| f64::from(*byte)))
}

/// Transactions one by one, on both sides.
fn logs(identity: u64, conversation: u64) -> Option<Finding> {
    let severity = match (identity > 1, conversation > 1) {
        (true, true) => Severity::Suspicious,
        (false, false) => return None,
        _ => Severity::Note,
    };
    let says = format!(
        "the write-ahead logs hold {identity} (identity) and {conversation} (conversation) transactions one by one: empty them"
    );
    Some(finding(severity, "write-ahead logs", says))
}

fn remnants(side: &str, database: &Database) -> Vec<Finding> {
    let found = database.remnants.iter().map(|remnant| {
        let few = remnant.bytes < FEW_BYTES;
        let severity = if remnant.by_splits || few { Severity::Note } else { Severity::Suspicious };
        let says = format!("{side}: {} bytes of rows that are gone, in {}", remnant.bytes, remnant.place);
        finding(severity, "remnants", says)
    });
    found.collect()
}

/// Eligible ≥ issued ≥ registered, in each campaign.
fn counts(databases: (&Database, &Database), sides: (&Side, &Side)) -> Vec<Finding> {
    let mut campaigns: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut count = |campaign: String, place: usize| campaigns.entry(campaign).or_default()[place] += 1;
    if let Some(people) = databases.0.table(schema::PERSON) {
        let campaign = people.column(schema::CAMPAIGN);
        people.rows.iter().for_each(|row| count(shown(row.value(campaign)), 0));
    }
    sides.0.campaigns.iter().for_each(|campaign| count(campaign.clone(), 1));
    for name in [schema::CREDENTIAL, schema::WAITING] {
        let Some(table) = databases.1.table(name) else { continue };
        let (campaign, device) = (table.column(schema::CAMPAIGN), table.column(schema::DEVICE_KEY));
        let came = table.rows.iter().filter(|row| *row.value(device) != Cell::Null);
        came.for_each(|row| count(shown(row.value(campaign)), 2));
    }
    let wrong = campaigns
        .into_iter()
        .filter(|(_, [eligible, issued, registered])| issued > eligible || registered > issued);
    wrong
        .map(|(campaign, [eligible, issued, registered])| {
            let says = format!(
                "campaign {campaign}: {eligible} eligible, {issued} issued, {registered} registered: each must be at most the one before"
            );
            finding(Severity::Suspicious, "counts", says)
        })
        .collect()
}
