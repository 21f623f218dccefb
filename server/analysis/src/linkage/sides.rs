//! People and participants, each with the signals that the dumps give about them: the rows that name them, where these lie, when the log
//! shows them first, how long they are.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::evidence::{Arrival, Cell, Database, Row, Table};
use super::schema;
use super::spelling::{
    DAY_SECONDS, as_number, as_seconds, length, seconds_in_id, shown, sort_key, spellings,
};

/// The share of a column's values that must be of a kind for the column to be.
const KIND_SHARE: f64 = 0.95;
/// Fewer values than this tell nothing about a column's kind.
const LEAST_VALUES: usize = 5;

/// The entities of one database.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Who: ids, in hexadecimal without hyphens.
    pub ids: Vec<String>,
    /// Each one's campaign; empty if unknown.
    pub campaigns: Vec<String>,
    /// Each one's cohort; empty if unknown.
    pub cohorts: Vec<String>,
    /// What puts them into an order.
    pub signals: Vec<Signal>,
    /// What the rows about them say.
    pub values: Vec<Values>,
}

/// Something that puts entities into an order.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Table and column, or what else it is.
    pub name: String,
    /// Whether it may be compared with a clock.
    pub kind: Kind,
    /// Each entity's; nothing if it has none.
    pub values: Vec<Option<f64>>,
}

/// What a signal's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only their order counts.
    Order,
    /// Seconds since 1970, to the day.
    Days,
    /// Seconds since 1970, finer than a day.
    Instants,
}

/// The values of one column.
#[derive(Clone, Debug)]
pub struct Values {
    /// Table and column.
    pub name: String,
    /// Whose each spelling is, hashed; nothing if it is several entities'.
    pub owners: HashMap<u64, Option<u32>>,
}

/// People who joined.
pub fn identity_side(database: &Database) -> Side {
    let mut draft = Draft::new(schema::PERSON, schema::PERSON_COLUMNS);
    if let Some(people) = database.table(schema::PERSON) {
        let (id, request) = (people.column(schema::ID), people.column(schema::REQUEST));
        let cohorts = cohorts(database);
        for row in people.rows.iter().filter(|row| request.is_none() || *row.value(request) != Cell::Null) {
            let campaign = shown(row.value(people.column(schema::CAMPAIGN)));
            let own = shown(row.value(people.first_column(schema::COHORT_COLUMNS)));
            let organisation = shown(row.value(people.column(schema::ORGANISATION)));
            let told = || cohorts.get(&(campaign.clone(), organisation)).cloned().unwrap_or_default();
            let cohort = if own.is_empty() { told() } else { own };
            draft.add(row.value(id), campaign, cohort);
        }
    }
    draft.finish(database)
}

/// Participants who came with a credential.
pub fn conversation_side(database: &Database) -> Side {
    let mut draft = Draft::new(schema::PARTICIPANT, schema::PARTICIPANT_COLUMNS);
    let mut credentials: HashMap<Vec<u8>, &Row> = HashMap::new();
    let credential = database.table(schema::CREDENTIAL);
    if let Some(table) = credential {
        let owner = table.column(schema::CREDENTIAL_OWNER);
        credentials.extend(table.rows.iter().map(|row| (sort_key(row.value(owner)), row)));
    }
    if let Some(participants) = database.table(schema::PARTICIPANT) {
        let (id, campaign) = (participants.column(schema::ID), participants.column(schema::CAMPAIGN));
        for row in &participants.rows {
            let own = credentials.get(&sort_key(row.value(id)));
            let (Some(table), Some(own)) = (credential, own) else {
                if credential.is_none() {
                    draft.add(row.value(id), shown(row.value(campaign)), String::new());
                }
                continue;
            };
            let cohort = shown(own.value(table.first_column(schema::COHORT_COLUMNS)));
            let entity = draft.add(row.value(id), shown(row.value(campaign)), cohort);
            draft.also(own.value(table.column(schema::DEVICE_KEY)), entity);
        }
    }
    draft.finish(database)
}

/// By campaign and organisation.
fn cohorts(database: &Database) -> HashMap<(String, String), String> {
    let Some(table) = database.table(schema::COHORT_OF_ORGANISATION) else { return HashMap::new() };
    let text = |row: &Row, column| shown(row.value(column));
    let (campaign, organisation) = (table.column(schema::CAMPAIGN), table.column(schema::ORGANISATION));
    let cohort = table.first_column(schema::COHORT_COLUMNS);
    let rows = table.rows.iter();
    rows.map(|row| ((text(row, campaign), text(row, organisation)), text(row, cohort))).collect()
}

/// A side that grows.
struct Draft {
    table: &'static str,
    columns: &'static [&'static str],
    by_id: HashMap<Vec<u8>, usize>,
    by_device: HashMap<Vec<u8>, usize>,
    side: Side,
}

/// A table's rows that name an entity, and its arrivals.
struct Named<'a> {
    table: &'a Table,
    rows: Vec<(usize, &'a Row)>,
    arrivals: Vec<(usize, &'a Arrival)>,
    /// No entity has two.
    single: bool,
}

impl Draft {
    fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, by_id: HashMap::new(), by_device: HashMap::new(), side: Side::default() }
    }

    fn add(&mut self, id: &Cell, campaign: String, cohort: String) -> usize {
        let entity = self.side.ids.len();
        self.by_id.insert(sort_key(id), entity);
        self.side.ids.push(shown(id));
        self.side.campaigns.push(campaign);
        self.side.cohorts.push(cohort);
        entity
    }

    fn also(&mut self, device: &Cell, entity: usize) {
        if *device != Cell::Null {
            self.by_device.insert(sort_key(device), entity);
        }
    }

    fn finish(mut self, database: &Database) -> Side {
        for table in &database.tables {
            let Some(named) = self.named(table, database) else { continue };
            let mut signals = self.whereabouts(&named);
            let mut values = Vec::new();
            for (column, name) in named.table.columns.iter().enumerate() {
                if !schema::PUBLIC_COLUMNS.contains(&name.as_str()) {
                    let full = format!("{}.{name}", named.table.name);
                    signals.extend(self.of_column(&named, column, &full));
                    values.push(owners(&named, column, full));
                }
            }
            self.side.signals.extend(signals.into_iter().filter(tells_apart));
            self.side.values.extend(values.into_iter().filter(|values| !values.owners.is_empty()));
        }
        self.side
    }

    /// The table's rows that name an entity; none if it cannot name one.
    fn named<'a>(&self, table: &'a Table, database: &'a Database) -> Option<Named<'a>> {
        let column = if table.name == self.table {
            table.column(schema::ID)
        } else {
            table.first_column(self.columns)
        };
        let device = table.column(schema::DEVICE_KEY);
        if column.is_none() && device.is_none() {
            return None;
        }
        let entity = |values: &[Cell]| {
            let cell = |column: Option<usize>| column.and_then(|column| values.get(column)).map(sort_key);
            let by_id = cell(column).and_then(|key| self.by_id.get(&key).copied());
            by_id.or_else(|| cell(device).and_then(|key| self.by_device.get(&key).copied()))
        };
        let rows: Vec<_> = table.rows.iter().filter_map(|row| Some((entity(&row.values)?, row))).collect();
        let arrivals = database.arrivals.iter().filter(|arrival| arrival.table == table.name);
        let arrivals = arrivals.filter_map(|arrival| Some((entity(&arrival.values)?, arrival))).collect();
        let mut seen = vec![false; self.side.ids.len()];
        let single = rows.iter().all(|(entity, _)| !std::mem::replace(&mut seen[*entity], true));
        Some(Named { table, rows, arrivals, single })
    }

    /// The least of `numbers` for each entity.
    fn signal(
        &self,
        name: String,
        kind: Kind,
        numbers: impl Iterator<Item = (usize, Option<f64>)>,
    ) -> Signal {
        let mut values: Vec<Option<f64>> = vec![None; self.side.ids.len()];
        for (entity, number) in numbers {
            let Some(number) = number else { continue };
            let least = values[entity].map_or(number, |before| before.min(number));
            values[entity] = Some(least);
        }
        Signal { name, kind, values }
    }

    /// Where the rows lie, when the log shows them, how many there are.
    fn whereabouts(&self, named: &Named<'_>) -> Vec<Signal> {
        let rows = || named.rows.iter();
        let of_rows = |what: &str, number: &dyn Fn(&Row) -> Option<f64>| {
            let numbers = rows().map(|(entity, row)| (*entity, number(row)));
            self.signal(format!("{}: {what}", named.table.name), Kind::Order, numbers)
        };
        let of_log = |what: &str, number: &dyn Fn(&Arrival) -> Option<f64>| {
            let numbers = named.arrivals.iter().map(|(entity, arrival)| (*entity, number(arrival)));
            self.signal(format!("{}: {what}", named.table.name), Kind::Order, numbers)
        };
        let mut signals = vec![
            of_rows("order of rows", &|row| Some(row.position as f64)),
            of_rows("rowid", &|row| row.rowid.map(|rowid| rowid as f64)),
            of_rows("place in the file", &|row| {
                row.place.map(|place| {
                    f64::from(place.page) * 65_536.0 + f64::from(65_536 - place.offset.min(65_536))
                })
            }),
            of_rows("place in its page", &|row| row.place.map(|place| -f64::from(place.offset))),
            of_log("first seen in the log", &|arrival| Some(arrival.first_commit as f64)),
            of_log("last changed in the log", &|arrival| arrival.changed_in.map(|commit| commit as f64)),
        ];
        if !named.single {
            let mut counts = vec![0.0; self.side.ids.len()];
            rows().for_each(|(entity, _)| counts[*entity] += 1.0);
            let counts = counts.into_iter().map(Some).enumerate();
            signals.push(self.signal(format!("{}: number of rows", named.table.name), Kind::Order, counts));
        }
        signals
    }

    /// What one column gives: instants, numbers, instants in ids, lengths, the alphabet.
    fn of_column(&self, named: &Named<'_>, column: usize, name: &str) -> Vec<Signal> {
        let cells = || named.rows.iter().map(move |(entity, row)| (*entity, row.value(Some(column))));
        let with = |read: fn(&Cell) -> Option<f64>| cells().map(move |(entity, cell)| (entity, read(cell)));
        let only = || cells().map(|(_, cell)| cell);
        if let Some(kind) = time_kind(only()) {
            return vec![self.signal(name.to_owned(), kind, with(as_seconds))];
        }
        if mostly(only(), |cell| as_number(cell).is_some()) {
            return vec![self.signal(name.to_owned(), Kind::Order, with(as_number))];
        }
        let mut signals = vec![self.signal(format!("{name}: length"), Kind::Order, with(length))];
        if mostly(only(), |cell| seconds_in_id(cell).is_some()) {
            signals.push(self.signal(format!("{name}: time in it"), Kind::Instants, with(seconds_in_id)));
        }
        if named.single {
            let mut order: Vec<(Vec<u8>, usize)> = cells()
                .filter(|(_, cell)| **cell != Cell::Null)
                .map(|(entity, cell)| (sort_key(cell), entity))
                .collect();
            order.sort_unstable();
            // Equal texts get equal numbers.
            let mut rank = 0;
            let ranks = (0..order.len()).map(|place| {
                if place > 0 && order[place].0 != order[place - 1].0 {
                    rank = place;
                }
                (order[place].1, Some(rank as f64))
            });
            let ranks: Vec<_> = ranks.collect();
            signals.push(self.signal(format!("{name}: alphabetical"), Kind::Order, ranks.into_iter()));
        }
        signals
    }
}

/// Whether a column holds instants, and how fine.
pub(super) fn time_kind<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> Option<Kind> {
    if !mostly(cells.clone(), |cell| as_seconds(cell).is_some()) {
        return None;
    }
    let whole = mostly(cells, |cell| as_seconds(cell).is_some_and(|seconds| seconds % DAY_SECONDS == 0.0));
    Some(if whole { Kind::Days } else { Kind::Instants })
}

/// Whether [`KIND_SHARE`] of the cells that are not null are so.
pub(super) fn mostly<'a>(cells: impl Iterator<Item = &'a Cell>, so: impl Fn(&Cell) -> bool) -> bool {
    let (mut all, mut fitting) = (0_usize, 0_usize);
    for cell in cells.filter(|cell| **cell != Cell::Null) {
        all += 1;
        fitting += usize::from(so(cell));
    }
    all >= LEAST_VALUES && fitting as f64 >= KIND_SHARE * all as f64
}

fn owners(named: &Named<'_>, column: usize, name: String) -> Values {
    let mut owners: HashMap<u64, Option<u32>> = HashMap::new();
    for (entity, row) in &named.rows {
        for spelling in spellings(row.value(Some(column))) {
            let mut hasher = DefaultHasher::new();
            spelling.hash(&mut hasher);
            let owner = owners.entry(hasher.finish()).or_insert(Some(*entity as u32));
            if *owner != Some(*entity as u32) {
                *owner = None;
            }
        }
    }
    Values { name, owners }
}

fn tells_apart(signal: &Signal) -> bool {
    let mut known = signal.values.iter().flatten();
    known.next().is_some_and(|first| known.any(|other| other != first))
}

/// The group of each person and of each participant: campaign and cohort, as far as both sides tell them.
pub fn groups(identity: &Side, conversation: &Side) -> (Vec<u32>, Vec<u32>) {
    let meet = |left: &[String], right: &[String]| {
        let right: std::collections::HashSet<&String> = right.iter().filter(|it| !it.is_empty()).collect();
        left.iter().any(|it| right.contains(it))
    };
    let campaigns = meet(&identity.campaigns, &conversation.campaigns);
    let cohorts = meet(&identity.cohorts, &conversation.cohorts);
    let mut numbers: HashMap<(String, String), u32> = HashMap::new();
    let mut of = |side: &Side| -> Vec<u32> {
        let keys = (0..side.ids.len()).map(|entity| {
            let part = |used: bool, all: &[String]| if used { all[entity].clone() } else { String::new() };
            (part(campaigns, &side.campaigns), part(cohorts, &side.cohorts))
        });
        let keys: Vec<_> = keys.collect();
        keys.into_iter()
            .map(|key| {
                let next = numbers.len() as u32;
                *numbers.entry(key).or_insert(next)
            })
            .collect()
    };
    (of(identity), of(conversation))
}
