//! Bytes of a CSV file to rows, each with its line.

use csv::{ReaderBuilder, StringRecord};
use domain::roll::RowReason;

use super::columns::Columns;
use super::table::{Cell, Table, bounded};
use super::{FullNames, MAX_CELL_CHARACTERS, RollFile, RollRefusal};

/// The separators that are looked for in the head line.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Reads a whole file.
pub(super) fn read(bytes: &[u8], names: &FullNames, progress: &dyn Fn(u64)) -> Result<RollFile, RollRefusal> {
    let text = utf8(bytes)?;
    let separator = separator_of(text);
    let lines = lines_of_records(text.as_bytes(), separator)?;
    let mut csv = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut lines = lines.into_iter();
    // Reading from memory, with rows of any length, cannot fail. A record and its line are counted alike: see the tests.
    let mut next = |record: &mut StringRecord| {
        let more = csv.read_record(record).unwrap_or(false);
        more.then(|| lines.next().unwrap_or_default())
    };

    while next(&mut record).is_some() && is_blank(&record) {}
    if is_blank(&record) {
        return Err(RollRefusal::Empty);
    }
    let head: Vec<String> = trimmed_end(&record).map(str::to_owned).collect();
    let mut columns = Columns::find(&head)?;
    let mut table = Table::under(&mut columns, names, progress);
    while let Some(line) = next(&mut record) {
        if is_blank(&record) {
            continue;
        }
        let found = trimmed_end(&record).count().max(record.len().min(head.len()));
        match is_too_long(&record) {
            _ if found != head.len() => {
                table.refuse(line, RowReason::CellCount { found, expected: head.len() })?;
            }
            Some(characters) => {
                table.refuse(line, RowReason::TooLong { characters, most: MAX_CELL_CHARACTERS })?;
            }
            None => table.take(line, cells_of(&columns, &record))?,
        }
    }
    Ok(table.finish())
}

fn cells_of(columns: &Columns, record: &StringRecord) -> [Cell; 4] {
    let mut cells = [const { Ok(String::new()) }; 4];
    for (place, cell) in record.iter().enumerate() {
        if let Some(which) = columns.at(place) {
            cells[which] = bounded(cell);
        }
    }
    cells
}

fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// The cells without the empty ones at the end, which spreadsheets leave behind.
fn trimmed_end(record: &StringRecord) -> impl Iterator<Item = &str> {
    let is_used = |place: &usize| !record[*place].trim().is_empty();
    let used = (0..record.len()).rev().find(is_used).map_or(0, |last| last + 1);
    record.iter().take(used)
}

/// How long the first cell is that is too long, in any column: a sign that something swallowed other cells.
fn is_too_long(record: &StringRecord) -> Option<usize> {
    record.iter().find_map(|cell| match bounded(cell) {
        Err(RowReason::TooLong { characters, .. }) => Some(characters),
        _ => None,
    })
}

/// The text after a byte order mark, if it is text in UTF-8.
fn utf8(bytes: &[u8]) -> Result<&str, RollRefusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let wrong_at = match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => return Ok(text),
            Some(at) => at,
        },
        Err(error) => error.valid_up_to(),
    };
    let before = bytes[..wrong_at].iter().filter(|byte| **byte == b'\n').count() as u64;
    Err(RollRefusal::NotUtf8 { line: before + 1 })
}

/// The separator that stands most often in the first line that is not blank, outside quotes; a comma if none does.
fn separator_of(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut quoted = false;
    for byte in head.bytes() {
        quoted ^= byte == b'"';
        if let Some(which) = SEPARATORS.iter().position(|separator| *separator == byte && !quoted) {
            counts[which] += 1;
        }
    }
    // Of equals the first, as SEPARATORS orders them.
    let most = (0..SEPARATORS.len()).rev().max_by_key(|which| counts[*which]);
    SEPARATORS[most.unwrap_or_default()]
}

/// Where the walk through the file stands inside a row (RFC 4180).
enum Place {
    RowStart,
    CellStart,
    Bare,
    Quoted { since: u64 },
    AfterQuote { since: u64 },
}

/// The line on which each record begins, in the csv crate's sense of a record: lines without any character are none. Refuses
/// quotes that the crate would forgive, swallowing the rows that follow.
fn lines_of_records(bytes: &[u8], separator: u8) -> Result<Vec<u64>, RollRefusal> {
    let mut lines = Vec::new();
    let mut line = 1;
    let mut place = Place::RowStart;
    let mut after_return = false;
    for byte in bytes.iter().copied() {
        let ends_line = byte == b'\r' || (byte == b'\n' && !after_return);
        let is_end = matches!(byte, b'\r' | b'\n');
        if matches!(place, Place::RowStart) && !is_end {
            lines.push(line);
            place = Place::CellStart;
        }
        place = match (place, byte) {
            (Place::Quoted { since }, b'"') => Place::AfterQuote { since },
            (Place::Quoted { since }, _) => Place::Quoted { since },
            (Place::AfterQuote { since }, b'"') => Place::Quoted { since },
            (Place::CellStart, b'"') => Place::Quoted { since: line },
            (_, b'\r' | b'\n') => Place::RowStart,
            (_, byte) if byte == separator => Place::CellStart,
            (Place::AfterQuote { since }, _) => return Err(RollRefusal::BrokenQuote { line: since }),
            _ => Place::Bare,
        };
        line += u64::from(ends_line);
        after_return = byte == b'\r';
    }
    match place {
        Place::Quoted { since } => Err(RollRefusal::BrokenQuote { line: since }),
        _ => Ok(lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many records the csv crate finds.
    fn records(text: &str) -> usize {
        let mut csv = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        csv.records().map(Result::unwrap).count()
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let lines = |text| lines_of_records(text, b',').unwrap();
        assert_eq!(lines(b"a,b\nc,d\n"), [1, 2]);
        assert_eq!(lines(b"\n\na\r\n\r\nb\rc\r\rd"), [3, 5, 6, 8]);
        assert_eq!(lines(b"a,\"x\r\ny\nz\"\r\nb"), [1, 4]);
        assert_eq!(lines(b",\n \n\"\"\n"), [1, 2, 3]);
    }

    /// Every text of six of these characters: as many lines as the csv crate finds records.
    #[test]
    fn records_are_counted_as_the_csv_crate_counts_them() {
        const SIGNS: [char; 6] = ['a', ',', '"', '\n', '\r', ' '];
        let mut compared = 0;
        for number in 0..6_u32.pow(6) {
            let text: String = (0..6).map(|digit| SIGNS[(number / 6_u32.pow(digit) % 6) as usize]).collect();
            if let Ok(lines) = lines_of_records(text.as_bytes(), b',') {
                assert_eq!(lines.len(), records(&text), "{text:?}");
                compared += 1;
            }
        }
        assert!(compared > 10_000);
    }

    #[test]
    fn broken_quotes_are_found() {
        let broken = |text: &str| lines_of_records(text.as_bytes(), b',').unwrap_err();
        assert_eq!(broken("a\n\"b\nc"), RollRefusal::BrokenQuote { line: 2 });
        assert_eq!(broken("a\n\"b\"c\n"), RollRefusal::BrokenQuote { line: 2 });
        assert!(lines_of_records(b"a\"b,\"c\"\"d\"\n", b',').is_ok());
    }

    #[test]
    fn separators_are_taken_from_the_head_line() {
        for (head, separator) in [
            ("email,organisation\n;;;;", b','),
            ("\n \nemail;organisation", b';'),
            ("email\torganisation", b'\t'),
            ("\"a;b;c\",email", b','),
            ("email", b','),
        ] {
            assert_eq!(separator_of(head), separator, "{head}");
        }
    }
}
