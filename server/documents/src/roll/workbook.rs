//! Bytes of an Excel workbook to rows: the first worksheet that can be seen, cell by cell.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use domain::roll::RowReason;

use super::columns::Columns;
use super::table::{Cell, Table, bounded};
use super::{FullNames, MAX_COLUMNS, RollFile, RollRefusal, archive};

/// Whole numbers above this are not exact in a workbook.
const MAX_EXACT: f64 = 1e15;

/// Reads the worksheet.
pub(super) fn read(bytes: &[u8], names: &FullNames, progress: &dyn Fn(u64)) -> Result<RollFile, RollRefusal> {
    archive::check(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| RollRefusal::Unreadable)?;
    let sheets = workbook.sheets_metadata().iter();
    let mut shown =
        sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let name = shown.next().ok_or(RollRefusal::NoWorksheet)?.name.clone();
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|_| RollRefusal::Unreadable)?;
    let mut sheet = Sheet {
        head: Vec::new(),
        under_head: None,
        row: 0,
        cells: EMPTY_ROW,
        is_blank: true,
        names,
        progress,
    };
    while let Some(cell) = cells.next_cell().map_err(|_| RollRefusal::Unreadable)? {
        let (row, column) = cell.get_position();
        sheet.take(row, column as usize, cell.get_value())?;
    }
    sheet.finish()
}

const EMPTY_ROW: [Cell; 4] = [const { Ok(String::new()) }; 4];

/// Gathers cells into rows. The first row that is not blank is the head line.
struct Sheet<'a> {
    head: Vec<String>,
    under_head: Option<(Columns, Table<'a>)>,
    row: u32,
    cells: [Cell; 4],
    is_blank: bool,
    names: &'a FullNames,
    progress: &'a dyn Fn(u64),
}

impl Sheet<'_> {
    fn take(&mut self, row: u32, place: usize, value: &DataRef<'_>) -> Result<(), RollRefusal> {
        if row != self.row {
            self.end_row()?;
            self.row = row;
        }
        match &self.under_head {
            Some((columns, _)) => {
                self.is_blank &= is_blank(value);
                if let Some(which) = columns.at(place) {
                    self.cells[which] = text_of(value);
                }
            }
            None => {
                // A cell of the head line that has no text names no column.
                let name = text_of(value).unwrap_or_default();
                if name.trim().is_empty() {
                    return Ok(());
                }
                if place >= MAX_COLUMNS {
                    return Err(RollRefusal::TooManyColumns);
                }
                if self.head.len() <= place {
                    self.head.resize(place + 1, String::new());
                }
                self.head[place] = name;
            }
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), RollRefusal> {
        match &mut self.under_head {
            Some((_, table)) => {
                let cells = std::mem::replace(&mut self.cells, EMPTY_ROW);
                if !std::mem::replace(&mut self.is_blank, true) {
                    table.take(u64::from(self.row) + 1, cells)?;
                }
            }
            None if !self.head.is_empty() => {
                let mut columns = Columns::find(&self.head)?;
                let table = Table::under(&mut columns, self.names, self.progress);
                self.under_head = Some((columns, table));
            }
            None => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<RollFile, RollRefusal> {
        self.end_row()?;
        let (_, table) = self.under_head.ok_or(RollRefusal::Empty)?;
        Ok(table.finish())
    }
}

fn is_blank(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::Empty => true,
        DataRef::String(text) => text.trim().is_empty(),
        DataRef::SharedString(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// A cell as text. Numbers are written as people typed them: a reference is often one.
fn text_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) => bounded(text),
        DataRef::SharedString(text) => bounded(text),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < MAX_EXACT => {
            Ok(format!("{number:.0}"))
        }
        DataRef::Float(number) => bounded(&number.to_string()),
        DataRef::Bool(_) | DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            Err(RowReason::NotText)
        }
        DataRef::Error(_) => Err(RowReason::NotText),
    }
}
