//! Rows and columns as a file: CSV, XLSX or JSON. What somebody else wrote is shown by a spreadsheet, never run.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::spreadsheet::guarded;

/// The longest name of a worksheet, characters (Excel's own bound).
const SHEET_NAME_CHARACTERS: usize = 31;

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// What it is called.
    pub title: String,
    /// The columns' headings.
    pub columns: Vec<String>,
    /// As many cells as there are columns.
    pub rows: Vec<Vec<SheetCell>>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetCell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A number: finite.
    Number(f64),
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetKind {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A workbook (ISO/IEC 29500).
    Xlsx,
    /// An array of objects.
    Json,
}

/// Why a file was not written.
#[derive(Debug, Error)]
pub enum SheetFault {
    /// CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// XLSX: more rows or longer words than a workbook holds.
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    /// JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The writer.
    #[error(transparent)]
    Write(#[from] std::io::Error),
}

impl SheetKind {
    /// Every kind, in the order of pages.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Json];

    /// Its name, which is the ending of its files.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }

    /// The kind called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

impl Sheet {
    /// Writes it as `kind`.
    ///
    /// # Errors
    /// A [`SheetFault`].
    pub fn write(&self, kind: SheetKind, mut writer: impl Write) -> Result<(), SheetFault> {
        match kind {
            SheetKind::Csv => self.write_csv(writer),
            SheetKind::Xlsx => Ok(writer.write_all(&self.workbook()?)?),
            SheetKind::Json => Ok(serde_json::to_writer_pretty(writer, &self.objects())?),
        }
    }

    fn write_csv(&self, writer: impl Write) -> Result<(), SheetFault> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(self.columns.iter().map(|column| guarded(column).into_owned()))?;
        for row in &self.rows {
            csv.write_record(row.iter().map(|cell| match cell {
                SheetCell::Empty => String::new(),
                SheetCell::Text(text) => guarded(text).into_owned(),
                SheetCell::Number(number) => number.to_string(),
            }))?;
        }
        Ok(csv.flush()?)
    }

    /// Strings of a workbook are strings: nothing in them is calculated. They are guarded all the same, for whoever saves it as CSV.
    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let (mut workbook, bold) = (Workbook::new(), Format::new().set_bold());
        let sheet = workbook.add_worksheet();
        let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
        let name: String = self.title.chars().filter(allowed).take(SHEET_NAME_CHARACTERS).collect();
        sheet.set_name(if name.trim().is_empty() { "Sheet" } else { name.trim() })?;
        for (column, heading) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, guarded(heading), &bold)?;
        }
        for (number, row) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    SheetCell::Empty => {}
                    SheetCell::Text(text) => drop(sheet.write_string(number, column, guarded(text))?),
                    SheetCell::Number(value) => drop(sheet.write_number(number, column, *value)?),
                }
            }
        }
        workbook.save_to_buffer()
    }

    fn objects(&self) -> Vec<Map<String, Value>> {
        let object = |row: &Vec<SheetCell>| {
            let cells = self.columns.iter().zip(row).map(|(column, cell)| {
                let value = match cell {
                    SheetCell::Empty => Value::Null,
                    SheetCell::Text(text) => text.clone().into(),
                    SheetCell::Number(number) => (*number).into(),
                };
                (column.clone(), value)
            });
            cells.collect()
        };
        self.rows.iter().map(object).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn sheet() -> Sheet {
        let text = |text: &str| SheetCell::Text(text.to_owned());
        Sheet {
            title: "What is [missing]?".to_owned(),
            columns: vec!["Group".to_owned(), "Words".to_owned(), "Version".to_owned()],
            rows: vec![
                vec![SheetCell::Empty, text("=HYPERLINK(\"https://evil.example\")"), SheetCell::Number(2.0)],
                vec![text("uhb"), text("line\nbreak, \"quoted\""), SheetCell::Empty],
            ],
        }
    }

    fn written(kind: SheetKind) -> Vec<u8> {
        let mut file = Vec::new();
        sheet().write(kind, &mut file).unwrap();
        file
    }

    #[test]
    fn csv_shows_formulas_and_keeps_words_whole() {
        let file = written(SheetKind::Csv);
        let mut csv = csv::Reader::from_reader(file.as_slice());
        let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
        assert_eq!(rows[0].iter().collect::<Vec<_>>(), ["", "'=HYPERLINK(\"https://evil.example\")", "2"]);
        assert_eq!(&rows[1][1], "line\nbreak, \"quoted\"");
    }

    #[test]
    fn a_workbook_has_the_same_cells() {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(SheetKind::Xlsx))).unwrap();
        assert_eq!(book.sheet_names(), ["What is missing"]);
        let range = book.worksheet_range("What is missing").unwrap();
        assert_eq!(range.get((1, 1)), Some(&Data::String("'=HYPERLINK(\"https://evil.example\")".into())));
        assert_eq!(range.get((1, 2)), Some(&Data::Float(2.0)));
        assert_eq!(range.get((2, 0)), Some(&Data::String("uhb".into())));
    }

    #[test]
    fn json_has_an_object_for_each_row() {
        let rows: Value = serde_json::from_slice(&written(SheetKind::Json)).unwrap();
        assert_eq!(rows[0]["Version"], 2.0);
        assert_eq!(rows[0]["Group"], Value::Null);
        assert_eq!(rows[1]["Words"], "line\nbreak, \"quoted\"");
    }
}
