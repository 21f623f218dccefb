//! Published figures as a file: one line for each figure and day on which it grew.

use std::io::Write;

use chrono::NaiveDate;

use crate::spreadsheet::guarded;

/// One figure at the end of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// By what groups are told apart: `all`, `organisation`, `staff-group`.
    pub by: String,
    /// Which group, as people call it: somebody else wrote it.
    pub group: String,
    /// What is counted.
    pub what: String,
    /// The day, in the tenant's zone.
    pub day: NaiveDate,
    /// The total at its end, in whole groups.
    pub total: i64,
}

/// Writes the rows as CSV. A group that a spreadsheet would take for a formula is [guarded](crate::spreadsheet).
///
/// # Errors
/// When `writer` fails.
pub fn write_figures(writer: impl Write, rows: &[FigureRow]) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["by", "group", "what", "day", "total"])?;
    for row in rows {
        let (day, total) = (row.day.to_string(), row.total.to_string());
        csv.write_record([&row.by, &*guarded(&row.group), &row.what, &day, &total])?;
    }
    Ok(csv.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_called_like_a_formula_is_shown_not_run() {
        let row = FigureRow {
            by: "staff-group".into(),
            group: "=HYPERLINK(\"https://evil.example\",\"Nurses\")".into(),
            what: "People joined".into(),
            day: NaiveDate::from_ymd_opt(2024, 5, 6).unwrap(),
            total: 1_600,
        };
        let mut file = Vec::new();
        write_figures(&mut file, &[row]).unwrap();
        let mut lines = csv::Reader::from_reader(file.as_slice());
        let record = lines.records().next().unwrap().unwrap();
        assert_eq!(&record[1], "'=HYPERLINK(\"https://evil.example\",\"Nurses\")");
        assert_eq!((&record[3], &record[4]), ("2024-05-06", "1600"));
    }
}
