//! What came of a roll's file, for whoever imports it. Lines, columns and reasons name the place; no address is repeated.

use std::io::Write;

use actions::HeldRoll;
use anyhow::Result;
use documents::spreadsheet::guarded;

/// Bad rows, and duplicates, that are printed one by one.
const SHOWN: usize = 50;

/// Prints it.
pub fn print(roll: &HeldRoll) {
    list("bad rows", roll.problems.iter());
    list("duplicates", roll.duplicates.iter());
    if !roll.ignored_columns.is_empty() {
        println!("not read: {}", roll.ignored_columns.join(", "));
    }
}

fn list<T: ToString>(what: &str, all: impl ExactSizeIterator<Item = T>) {
    let count = all.len();
    if count == 0 {
        return;
    }
    println!("{count} {what}:");
    all.take(SHOWN).for_each(|each| println!("  {}", each.to_string()));
    if let more @ 1.. = count.saturating_sub(SHOWN) {
        println!("  … and {more} more: --problems FILE.csv writes them all");
    }
}

/// Writes every bad row and every duplicate as CSV with the columns `line`, `column` and `reason`.
///
/// # Errors
/// When the file cannot be written.
pub fn write(writer: impl Write, roll: &HeldRoll) -> Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["line", "column", "reason"])?;
    for problem in &roll.problems {
        let column = problem.column.map(|column| column.to_string()).unwrap_or_default();
        row(&mut csv, problem.line, &column, &problem.reason.to_string())?;
    }
    for duplicate in &roll.duplicates {
        row(&mut csv, duplicate.first_line(), "", &duplicate.to_string())?;
    }
    Ok(csv.flush()?)
}

fn row<W: Write>(csv: &mut csv::Writer<W>, line: u64, column: &str, reason: &str) -> Result<()> {
    Ok(csv.write_record([&*guarded(&line.to_string()), &*guarded(column), &*guarded(reason)])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::ImportId;
    use domain::roll::{Column, Duplicate, RowProblem, RowReason};

    #[test]
    fn every_bad_row_and_every_duplicate_is_written() {
        let problem =
            |line| RowProblem { line, column: Some(Column::Organisation), reason: RowReason::NoOrganisation };
        let roll = HeldRoll {
            import: ImportId::named(&["x"]),
            held: 0,
            problems: (2..102).map(problem).collect(),
            duplicates: vec![Duplicate::SameRow { first_line: 102, later_lines: vec![103, 104] }],
            ignored_columns: vec![],
        };
        let mut file = Vec::new();
        write(&mut file, &roll).unwrap();
        let text = String::from_utf8(file).unwrap();
        assert_eq!(text.lines().count(), 102);
        assert!(text.starts_with("line,column,reason\n2,organisation,"), "{text}");
        assert!(text.contains("102,,\"line 102 is the same person as line(s) 103, 104"), "{text}");
    }
}
