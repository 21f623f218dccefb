//! In which order a write-ahead log shows rows first: transaction by transaction, the leaf pages that each wrote.

use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::{Hash, Hasher};

use super::log::Log;
use super::pages::Pages;
use super::tree::{TreePage, walk};
use super::{Schema, ordered_values, schema};
use crate::dumps::{Arrival, Cell, DumpRefusal, History, MAX_ROWS, at_most};

/// What is known so far.
struct Reader {
    schema: Vec<Schema>,
    /// Which table each page belongs to, by its place in `schema`.
    owners: HashMap<u32, usize>,
    /// Where each row, by table's name and key, stands in `arrivals`, and what it said last, hashed.
    rows: HashMap<(usize, u64), (usize, u64)>,
    names: Vec<String>,
    arrivals: Vec<Arrival>,
}

/// Reads `log` over `database`, oldest transaction first. Pages that do not fit the format are passed over.
pub fn read(database: &[u8], log: &Log<'_>) -> Result<History, DumpRefusal> {
    let commits = log.commits.len() as u64;
    let Some(first) = log.commits.first() else { return Ok(History::default()) };
    // A database whose first page is still in the log only.
    let first_page = first.iter().find(|(page, _)| *page == 1).filter(|_| database.is_empty());
    let log_bytes = log.commits.iter().map(Vec::len).sum::<usize>() * log.page_size.unwrap_or_default();
    let mut pages =
        Pages::new(database, first_page.copied().into_iter().collect(), log.page_size, log_bytes)?;
    let mut reader = Reader {
        schema: Vec::new(),
        owners: HashMap::new(),
        rows: HashMap::new(),
        names: Vec::new(),
        arrivals: Vec::new(),
    };
    reader.learn_schema(&mut pages);
    for (commit, number) in log.commits.iter().zip(1..) {
        for (page, bytes) in commit {
            pages.lay(*page, bytes);
        }
        pages.allow(commit.len() * pages.size);
        let mut changed: Vec<u32> = commit.iter().map(|(page, _)| *page).collect();
        changed.sort_unstable();
        changed.dedup();
        // Every change of the schema counts itself on the first page.
        if changed.contains(&1) {
            reader.learn_schema(&mut pages);
        }
        reader.pass_down(&pages, &changed);
        for page in changed {
            reader.read_leaf(&mut pages, page, number)?;
        }
    }
    Ok(History { commits, arrivals: reader.arrivals })
}

impl Reader {
    /// Reads the schema anew and, for trees that are new, whose their pages are.
    fn learn_schema(&mut self, pages: &mut Pages<'_>) {
        pages.allow(pages.size * 64);
        let Ok(found) = schema(pages) else { return };
        let known: Vec<(u32, String)> = self.schema.iter().map(|it| (it.root, it.name.clone())).collect();
        self.schema = found;
        let place_of = |root: u32, name: &str, schema: &[Schema]| {
            schema.iter().position(|it| it.root == root && it.name == name)
        };
        // Places in the schema may have moved.
        let moved: Vec<Option<usize>> =
            known.iter().map(|(root, name)| place_of(*root, name, &self.schema)).collect();
        self.owners.retain(|_, owner| match moved.get(*owner).copied().flatten() {
            Some(place) => {
                *owner = place;
                true
            }
            None => false,
        });
        for place in 0..self.schema.len() {
            let root = self.schema[place].root;
            if self.owners.get(&root) == Some(&place) {
                continue;
            }
            let mut mine = Vec::new();
            // Damage further down leaves the rest known.
            let _ = walk(pages, root, &mut Default::default(), &mut |_, page, _| {
                mine.push(page);
                Ok(())
            });
            self.owners.extend(mine.into_iter().map(|page| (page, place)));
        }
    }

    /// Children belong to whom their parent belongs to; a child that is new has a parent that changed with it.
    fn pass_down(&mut self, pages: &Pages<'_>, changed: &[u32]) {
        let inner = changed.iter().filter_map(|page| {
            let children: Vec<u32> = TreePage::read(pages, *page).ok()?.children().collect();
            (!children.is_empty()).then_some((*page, children))
        });
        let mut waiting: HashMap<u32, Vec<u32>> = inner.collect();
        // Downwards from parents whose parent did not change: these are known already.
        let mut below: std::collections::HashSet<u32> = waiting.values().flatten().copied().collect();
        below.retain(|page| waiting.contains_key(page));
        let mut ready: Vec<u32> = waiting.keys().filter(|page| !below.contains(page)).copied().collect();
        while let Some(page) = ready.pop() {
            let Some(children) = waiting.remove(&page) else { continue };
            let Some(owner) = self.owners.get(&page).copied() else { continue };
            for child in children {
                self.owners.insert(child, owner);
                ready.push(child);
            }
        }
    }

    fn read_leaf(&mut self, pages: &mut Pages<'_>, page: u32, commit: u64) -> Result<(), DumpRefusal> {
        let Some(owner) = self.owners.get(&page).copied() else { return Ok(()) };
        let Ok(read) = TreePage::read(pages, page) else { return Ok(()) };
        let Some(table) = self.schema.get(owner) else { return Ok(()) };
        if table.layout.without_rowid == read.by_rowid {
            return Ok(());
        }
        let name = match self.names.iter().position(|name| *name == table.name) {
            Some(place) => place,
            None => {
                self.names.push(table.name.clone());
                self.names.len() - 1
            }
        };
        for cell in &read.cells {
            if read.by_rowid && cell.rowid.is_none() {
                continue;
            }
            let Some(record) = cell.record(pages) else { continue };
            let Some(values) = ordered_values(&record, cell.rowid, &table.layout, pages.encoding) else {
                continue;
            };
            let key = match cell.rowid {
                Some(rowid) => hash(&rowid),
                None => hash_cells(table.layout.key.iter().filter_map(|place| values.get(*place))),
            };
            let said = hash_cells(values.iter());
            match self.rows.entry((name, key)) {
                Entry::Vacant(new) => {
                    at_most("rows in its log", self.arrivals.len() + 1, MAX_ROWS)?;
                    new.insert((self.arrivals.len(), said));
                    let table = table.name.clone();
                    self.arrivals.push(Arrival { table, values, first_commit: commit, changed_in: None });
                }
                Entry::Occupied(mut known) => {
                    let (place, before) = *known.get();
                    if before != said {
                        known.insert((place, said));
                        self.arrivals[place].changed_in = Some(commit);
                    }
                }
            }
        }
        Ok(())
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn hash_cells<'a>(cells: impl Iterator<Item = &'a Cell>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in cells {
        match cell {
            Cell::Null => 0_u8.hash(&mut hasher),
            Cell::Integer(value) => (1_u8, value).hash(&mut hasher),
            Cell::Real(value) => (2_u8, value.to_bits()).hash(&mut hasher),
            Cell::Text(value) => (3_u8, value).hash(&mut hasher),
            Cell::Blob(value) => (4_u8, value).hash(&mut hasher),
        }
    }
    hasher.finish()
}
