//! SQLite's file format, as its documentation describes it ("Database File Format", "WAL-mode File Format"): enough to read rows and to
//! see where they lie. Indexes, views and virtual tables are passed over: an index holds nothing that its table does not.

mod create_table;
mod history;
mod log;
mod pages;
mod record;
mod remnants;
mod tree;

use std::collections::HashSet;

use create_table::Layout;
use log::Log;
use pages::Pages;
use record::Encoding;

pub(super) use pages::MAGIC;

use super::{
    Cell, Dump, DumpRefusal, MAX_COLUMNS, MAX_DUMP_BYTES, MAX_TABLES, Place, Remnant, Row, Table, at_most,
};

/// Where the schema's own tree begins.
const SCHEMA_ROOT: u32 = 1;
/// What SQLite's own tables begin with.
const INTERNAL: &str = "sqlite_";

/// One table of `sqlite_schema`.
struct Schema {
    name: String,
    root: u32,
    layout: Layout,
}

/// Reads a database file and, if there is one, the write-ahead log beside it: rows as the last transaction left them, where they lie, in
/// which order the log shows them, and what deleted rows left behind.
///
/// # Errors
/// A [`DumpRefusal`].
pub fn read_sqlite(database: &[u8], log: Option<&[u8]>) -> Result<Dump, DumpRefusal> {
    let log_bytes = log.unwrap_or_default();
    at_most("bytes", database.len(), MAX_DUMP_BYTES)?;
    at_most("bytes in its log", log_bytes.len(), MAX_DUMP_BYTES)?;
    let log = Log::read(log_bytes);
    let size = log.page_size.filter(|_| !log.commits.is_empty());
    let mut pages = Pages::new(database, log.pages(), size, log_bytes.len())?;
    let schema = schema(&mut pages)?;
    let mut seen = HashSet::from([SCHEMA_ROOT]);
    let mut tables = Vec::new();
    let mut rows = 0;
    for table in &schema {
        let table = read_table(&mut pages, table, &mut seen)?;
        rows += table.rows.len();
        at_most("rows", rows, super::MAX_ROWS)?;
        tables.push(table);
    }
    let mut remnants = remnants::find(&mut pages, &schema);
    if log.stale_bytes > 0 {
        let place = "write-ahead log behind its last transaction".to_owned();
        remnants.push(Remnant { place, bytes: log.stale_bytes, by_splits: false });
    }
    Ok(Dump { tables, history: history::read(database, &log)?, remnants })
}

/// The ordinary tables, SQLite's own left out.
fn schema(pages: &mut Pages<'_>) -> Result<Vec<Schema>, DumpRefusal> {
    let mut found = Vec::new();
    for row in tree::rows(pages, SCHEMA_ROOT, &mut HashSet::new())? {
        let values = record::values(&row.record, pages.encoding);
        // type, name, tbl_name, rootpage, sql
        let Some([Cell::Text(kind), Cell::Text(name), _, Cell::Integer(root), Cell::Text(statement)]) =
            values.as_deref()
        else {
            continue;
        };
        let Ok(root) = u32::try_from(*root) else { continue };
        if kind != "table" || name.starts_with(INTERNAL) || root == 0 {
            continue;
        }
        let Some(layout) = Layout::of(statement) else { continue };
        at_most("tables", found.len() + 1, MAX_TABLES)?;
        at_most("columns", layout.columns.len(), MAX_COLUMNS)?;
        found.push(Schema { name: name.clone(), root, layout });
    }
    Ok(found)
}

fn read_table(pages: &mut Pages<'_>, table: &Schema, seen: &mut HashSet<u32>) -> Result<Table, DumpRefusal> {
    let mut rows = Vec::new();
    for found in tree::rows(pages, table.root, seen)? {
        let values = ordered_values(&found.record, found.rowid, &table.layout, pages.encoding);
        let values = values.ok_or(DumpRefusal::Page { page: found.page, what: "a row that is no record" })?;
        let place = Place { page: found.page, offset: found.offset };
        rows.push(Row { position: rows.len() as u64, rowid: found.rowid, place: Some(place), values });
    }
    Ok(Table { name: table.name.clone(), columns: table.layout.columns.clone(), rows })
}

/// A record's values in the order of the table's columns. Columns that were added after the row was written are null here, whatever
/// their default.
fn ordered_values(
    record: &[u8],
    rowid: Option<i64>,
    layout: &Layout,
    encoding: Encoding,
) -> Option<Vec<Cell>> {
    let mut values = vec![Cell::Null; layout.columns.len()];
    for (value, place) in record::values(record, encoding)?.into_iter().zip(layout.stored_order()) {
        values[place] = value;
    }
    if let (Some(place), Some(rowid)) = (layout.rowid_alias, rowid) {
        values[place] = Cell::Integer(rowid);
    }
    Some(values)
}

#[cfg(test)]
mod tests;
