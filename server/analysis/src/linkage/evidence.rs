//! What a dump of one database shows. The same shape as documents' dumps; `app` moves one into the other, because rooms like this one
//! do not know each other.

/// One database.
#[derive(Clone, Debug, Default)]
pub struct Database {
    /// Its tables.
    pub tables: Vec<Table>,
    /// Transactions that its write-ahead log holds.
    pub commits: u64,
    /// Rows that the log shows, gone or not.
    pub arrivals: Vec<Arrival>,
    /// Bytes of rows that are gone.
    pub remnants: Vec<Remnant>,
}

/// One table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its name without the schema.
    pub name: String,
    /// Its columns, in the order of values.
    pub columns: Vec<String>,
    /// Its rows, in physical order.
    pub rows: Vec<Row>,
}

/// One row, and where it lies.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Where it comes among the rows.
    pub position: u64,
    /// SQLite's hidden serial.
    pub rowid: Option<i64>,
    /// Where in SQLite's file.
    pub place: Option<Place>,
    /// What it says.
    pub values: Vec<Cell>,
}

/// A place in SQLite's file.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The page.
    pub page: u32,
    /// Bytes from its beginning; pages fill from their end.
    pub offset: u32,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A row as a write-ahead log shows it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The table's name.
    pub table: String,
    /// What it said first.
    pub values: Vec<Cell>,
    /// The first transaction that holds it.
    pub first_commit: u64,
    /// The last that changed it after that.
    pub changed_in: Option<u64>,
}

/// Bytes of rows that are gone.
#[derive(Clone, Debug)]
pub struct Remnant {
    /// Where, in words.
    pub place: String,
    /// How many.
    pub bytes: u64,
    /// Moving rows leaves such bytes too.
    pub by_splits: bool,
}

impl Database {
    /// The table called `name`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    /// The place of the column called `name`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The place of the first column that is called one of `names`.
    pub fn first_column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.column(name))
    }
}

impl Row {
    /// The value in `column`; nothing if there is none.
    pub fn value(&self, column: Option<usize>) -> &Cell {
        column.and_then(|column| self.values.get(column)).unwrap_or(&Cell::Null)
    }
}
