//! Made-up databases: who is whom is drawn by lot, in the order of joining, and then hidden as the design says, or not.

use super::super::*;

/// People who joined.
pub const JOINED: usize = 1_000;
/// People who did not.
const OTHERS: usize = 200;
/// Rows that are shuffled together.
const BATCH: usize = 20;
/// A second in 2027.
const START: i64 = 1_800_000_000;

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Serials,
    Times,
    Dates,
    Unshuffled,
    UnshuffledPeople,
    Batches,
    SharedHash,
    TimedIds,
    Logs,
    FirstWords,
}

pub struct World {
    pub identity: Database,
    pub conversation: Database,
    pub truth: Vec<(String, String)>,
}

/// Seeded numbers (SplitMix64).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    fn id(&mut self, timed: Option<i64>) -> Vec<u8> {
        let mut id = self.bytes(16);
        id[6] = (id[6] & 0x0f) | 0x40;
        if let Some(seconds) = timed {
            id[..6].copy_from_slice(&(seconds as u64 * 1_000).to_be_bytes()[2..]);
            id[6] = (id[6] & 0x0f) | 0x70;
        }
        id
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.next() as usize % (last + 1));
        }
    }
}

/// A table whose rows are given in the order of joining.
struct Draft {
    name: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Draft {
    fn new(name: &'static str, columns: &[&'static str]) -> Self {
        Self { name, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a column, its value worked out from the place in the order of joining.
    fn with(&mut self, column: &'static str, value: impl Fn(usize) -> Cell) {
        self.columns.push(column);
        self.rows.iter_mut().enumerate().for_each(|(place, row)| row.push(value(place)));
    }

    fn sorted_by(mut self, column: usize) -> Self {
        self.rows.sort_by_key(|row| spelling::sort_key(&row[column]));
        self
    }

    fn table(self) -> Table {
        let rows = self.rows.into_iter().zip(0..);
        Table {
            name: self.name.to_owned(),
            columns: self.columns.into_iter().map(str::to_owned).collect(),
            rows: rows.map(|(values, position)| Row { position, values, ..Row::default() }).collect(),
        }
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

impl World {
    pub fn sides(&self) -> (Side, Side) {
        (identity_side(&self.identity), conversation_side(&self.conversation))
    }

    pub fn new(seed: u64, flaws: &[Flaw]) -> Self {
        let has = |flaw| flaws.contains(&flaw);
        let mut draws = Draws(seed);
        let [tenant, campaign] = [draws.bytes(16), draws.bytes(16)].map(Cell::Blob);
        let organisations = [draws.bytes(16), draws.bytes(16)].map(Cell::Blob);
        let mut people = Draft::new(
            schema::PERSON,
            &["tenant_id", "id", "campaign_id", "organisation_id", "email", "staff_group", "request"],
        );
        let mut credentials = Draft::new(
            schema::CREDENTIAL,
            &["tenant_id", "device_key", "campaign_id", "cohort", "participant_id"],
        );
        let mut participants = Draft::new(schema::PARTICIPANT, &["tenant_id", "id", "campaign_id", "seed"]);
        let mut truth = Vec::new();
        for place in 0..JOINED {
            let at = Some(START + 90 * place as i64).filter(|_| has(Flaw::TimedIds));
            let [person, participant] = [draws.id(at), draws.id(at.map(|at| at + 7))].map(Cell::Blob);
            truth.push((spelling::shown(&person), spelling::shown(&participant)));
            let cohort = place % 2;
            let length = 3 + draws.next() as usize % 9;
            let email = format!("{}@trust.example", spelling::shown(&Cell::Blob(draws.bytes(length))));
            let group = text(["nurse", "porter", "therapist"][draws.next() as usize % 3]);
            let request = Cell::Blob(draws.bytes(32));
            people.rows.push(vec![
                tenant.clone(),
                person,
                campaign.clone(),
                organisations[cohort].clone(),
                text(email),
                group,
                request,
            ]);
            let key = Cell::Blob(draws.bytes(32));
            let cohort = text(["north", "south"][cohort]);
            credentials.rows.push(vec![tenant.clone(), key, campaign.clone(), cohort, participant.clone()]);
            let seed = Cell::Integer(draws.next() as i64);
            participants.rows.push(vec![tenant.clone(), participant, campaign.clone(), seed]);
        }
        let posts = posts(&mut draws, &participants, has(Flaw::FirstWords));
        if has(Flaw::Serials) {
            people.with("number", |place| Cell::Integer(place as i64 + 1));
            participants.with("number", |place| Cell::Integer(place as i64 + 1));
        }
        if has(Flaw::SharedHash) {
            let requests: Vec<String> =
                people.rows.iter().map(|row| spelling::shown(&row[6]).to_uppercase()).collect();
            participants.with("token", |place| text(requests[place].clone()));
        }
        if has(Flaw::Times) {
            let delays: Vec<i64> = (0..JOINED).map(|_| 5 + (draws.next() % 60) as i64).collect();
            let at = |place: usize| chrono::DateTime::from_timestamp(START + 90 * place as i64, 0).unwrap();
            people.with("issued_at", |place| text(at(place).to_rfc3339()));
            credentials
                .with("registered_at", |place| Cell::Integer(START + 90 * place as i64 + delays[place]));
        }
        if has(Flaw::Dates) {
            let day = |place: usize| text(format!("2027-03-{:02}", 1 + place / 50));
            people.with("issued_on", day);
            credentials.with("registered_on", day);
        }
        let logs = has(Flaw::Logs).then(|| logs(&people, &credentials));
        for _ in 0..OTHERS {
            let mut row = people.rows[draws.next() as usize % JOINED].clone();
            row[1] = Cell::Blob(draws.id(Some(START).filter(|_| has(Flaw::TimedIds))));
            row[4] = text(format!("{}@trust.example", draws.next()));
            row[6] = Cell::Null;
            people.rows.insert(0, row);
        }
        if has(Flaw::Batches) {
            people.rows[OTHERS..].chunks_mut(BATCH).for_each(|batch| draws.shuffle(batch));
            credentials.rows.chunks_mut(BATCH).for_each(|batch| draws.shuffle(batch));
        } else if has(Flaw::UnshuffledPeople) {
            credentials = credentials.sorted_by(1);
        } else if !has(Flaw::Unshuffled) {
            people = people.sorted_by(1);
            credentials = credentials.sorted_by(1);
        }
        let mut of_organisation = Draft::new(
            schema::COHORT_OF_ORGANISATION,
            &["tenant_id", "campaign_id", "organisation_id", "cohort"],
        );
        for (organisation, cohort) in organisations.into_iter().zip(["north", "south"]) {
            of_organisation.rows.push(vec![tenant.clone(), campaign.clone(), organisation, text(cohort)]);
        }
        let mut identity =
            Database { tables: vec![people.table(), of_organisation.table()], ..Database::default() };
        let waiting =
            Draft::new(schema::WAITING, &["tenant_id", "participant_id", "campaign_id", "device_key"]);
        let mut conversation = Database {
            tables: vec![
                credentials.table(),
                participants.sorted_by(1).table(),
                posts.table(),
                waiting.table(),
            ],
            ..Database::default()
        };
        if let Some((mine, theirs)) = logs {
            (identity.arrivals, identity.commits) = (mine, 1 + JOINED as u64);
            (conversation.arrivals, conversation.commits) = (theirs, 1 + JOINED as u64);
        }
        Self { identity, conversation, truth }
    }
}

/// Up to three posts a participant, in an order drawn by lot; or each one's first in the order of joining.
fn posts(draws: &mut Draws, participants: &Draft, in_order: bool) -> Draft {
    let mut posts =
        Draft::new("post", &["tenant_id", "id", "author_id", "body", "written_on", "written_at_revision"]);
    let mut authors: Vec<usize> = (0..JOINED).collect();
    if !in_order {
        authors = (0..JOINED * 3 / 2).map(|_| draws.next() as usize % JOINED).collect();
    }
    for (author, revision) in authors.into_iter().zip(1..) {
        let author = &participants.rows[author];
        let length = 5 + draws.next() as usize % 200;
        let body = spelling::shown(&Cell::Blob(draws.bytes(length)));
        let day = text(format!("2027-04-{:02}", 1 + revision / 60));
        posts.rows.push(vec![
            author[0].clone(),
            Cell::Blob(draws.id(None)),
            author[1].clone(),
            text(body),
            day,
            Cell::Integer(revision),
        ]);
    }
    posts
}

/// The roll in one transaction, then a transaction each; registrations wait in one that is gone by now.
fn logs(people: &Draft, credentials: &Draft) -> (Vec<Arrival>, Vec<Arrival>) {
    let mine = people.rows.iter().zip(2..).map(|(row, commit)| Arrival {
        table: schema::PERSON.to_owned(),
        values: row.clone(),
        first_commit: 1,
        changed_in: Some(commit),
    });
    let theirs = credentials.rows.iter().zip(2..).map(|(row, commit)| Arrival {
        table: schema::WAITING.to_owned(),
        values: vec![row[0].clone(), Cell::Null, row[2].clone(), row[1].clone()],
        first_commit: commit,
        changed_in: None,
    });
    (mine.collect(), theirs.collect())
}
