//! A CSV file with named columns, in memory, with the line of every row.

use std::io::Read;
use std::str;

use csv::{ByteRecord, ReaderBuilder};

use super::problem::{PolisFile, Reason, RowProblem};

/// Largest file that is read, in bytes: some five million votes.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// Reads a whole file.
pub(super) fn load(file: PolisFile, reader: impl Read) -> Result<Vec<u8>, RowProblem> {
    let whole = |reason| RowProblem { file, line: 1, reason };
    let mut bytes = Vec::new();
    reader
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| whole(Reason::Unreadable(error.to_string())))?;
    match bytes.len() as u64 > MAX_FILE_BYTES {
        true => Err(whole(Reason::TooLarge)),
        false => Ok(bytes),
    }
}

/// Calls `visit` with the line and the `N` named cells of every row, in the file's order, and collects what it refuses.
///
/// Where quotes are broken the ends of rows cannot be trusted: then only those places are listed, and nothing is visited.
pub(super) fn visit_rows<const N: usize>(
    file: PolisFile,
    bytes: &[u8],
    columns: [&'static str; N],
    mut visit: impl FnMut(u64, [&str; N]) -> Result<(), Reason>,
) -> Vec<RowProblem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut problems = broken_quotes(file, bytes);
    if !problems.is_empty() {
        return problems;
    }
    let mut csv = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut lines = Lines { bytes, offset: 0, line: 1 };
    // Reading from memory, with rows of any length and bytes of any kind allowed, cannot fail.
    let mut next = |record: &mut ByteRecord| {
        let more = csv.read_byte_record(record).unwrap_or(false);
        let start = record.position().map_or(0, |position| position.byte());
        more.then(|| lines.line_at(start as usize))
    };

    let header_line = next(&mut record).unwrap_or(1);
    let expected = record.len();
    let places = match places_of(columns, &record) {
        Ok(places) => places,
        Err(reason) => return vec![RowProblem { file, line: header_line, reason }],
    };
    while let Some(line) = next(&mut record) {
        let outcome = cells_of(columns, places, &record, expected).and_then(|cells| visit(line, cells));
        if let Err(reason) = outcome {
            problems.push(RowProblem { file, line, reason });
        }
    }
    problems
}

/// Where in a row each of the columns stands.
fn places_of<const N: usize>(columns: [&'static str; N], header: &ByteRecord) -> Result<[usize; N], Reason> {
    let places_named = |name: &'static str| {
        (0..header.len()).filter(move |place| header[*place].trim_ascii() == name.as_bytes())
    };
    let missing: Vec<_> = columns.into_iter().filter(|name| places_named(name).next().is_none()).collect();
    if !missing.is_empty() {
        return Err(Reason::MissingColumns(missing));
    }
    if let Some(name) = columns.into_iter().find(|name| places_named(name).count() > 1) {
        return Err(Reason::RepeatedColumn(name));
    }
    Ok(columns.map(|name| places_named(name).next().unwrap_or_default()))
}

fn cells_of<'a, const N: usize>(
    columns: [&'static str; N],
    places: [usize; N],
    record: &'a ByteRecord,
    expected: usize,
) -> Result<[&'a str; N], Reason> {
    if record.len() != expected {
        return Err(Reason::CellCount { found: record.len(), expected });
    }
    let mut cells = [""; N];
    for (cell, (column, place)) in cells.iter_mut().zip(columns.into_iter().zip(places)) {
        *cell = str::from_utf8(&record[place]).map_err(|_| Reason::NotUtf8 { column })?;
    }
    Ok(cells)
}

/// Counts lines while going forward through a file. For the csv crate a row starts right after the one above: before the rest of
/// a CRLF and before blank lines, so that its own line numbers are too low then.
struct Lines<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row whose record starts at `start`, which may lie before the line end of the row above.
    fn line_at(&mut self, start: usize) -> u64 {
        let blank = self.bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.bytes[self.offset..start + blank];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.offset = start + blank;
        self.line
    }
}

/// Where a reader stands inside a row (RFC 4180).
enum Place {
    CellStart,
    Bare,
    Quoted { since: u64 },
    AfterQuote { since: u64 },
}

/// The lines on which a quoted cell begins that never ends, or goes on after its closing quote. The csv crate forgives both
/// and would swallow the rows that follow.
fn broken_quotes(file: PolisFile, bytes: &[u8]) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    let mut line = 1;
    let mut place = Place::CellStart;
    for byte in bytes {
        place = match (place, byte) {
            (Place::CellStart, b'"') => Place::Quoted { since: line },
            (Place::Quoted { since }, b'"') => Place::AfterQuote { since },
            (Place::Quoted { since }, _) => Place::Quoted { since },
            (Place::AfterQuote { since }, b'"') => Place::Quoted { since },
            (_, b',' | b'\r' | b'\n') => Place::CellStart,
            (Place::AfterQuote { since }, _) => {
                problems.push(RowProblem { file, line: since, reason: Reason::TextAfterQuote });
                Place::Bare
            }
            (Place::CellStart | Place::Bare, _) => Place::Bare,
        };
        line += u64::from(*byte == b'\n');
    }
    if let Place::Quoted { since } = place {
        problems.push(RowProblem { file, line: since, reason: Reason::UnclosedQuote });
    }
    problems
}
