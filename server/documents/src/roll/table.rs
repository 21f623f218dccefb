//! Rows to people and problems, whatever file they stand in.

use domain::roll::{NumberedRow, RawRow, RosterRow, RowProblem, RowReason};

use super::columns::{Columns, column};
use super::{FullNames, MAX_CELL_CHARACTERS, MAX_ROWS, ROWS_BETWEEN_PROGRESS, RollFile, RollRefusal};

/// A cell that is read: its text, or why it has none.
pub(super) type Cell = Result<String, RowReason>;

/// Takes rows one by one.
pub(super) struct Table<'a> {
    file: RollFile,
    read: u64,
    names: &'a FullNames,
    progress: &'a dyn Fn(u64),
}

impl<'a> Table<'a> {
    /// A table under the head line that `columns` was found in.
    pub(super) fn under(columns: &mut Columns, names: &'a FullNames, progress: &'a dyn Fn(u64)) -> Self {
        let ignored_columns = std::mem::take(&mut columns.ignored);
        Self { file: RollFile { ignored_columns, ..RollFile::default() }, read: 0, names, progress }
    }

    /// Takes the cells of the row on `line`, in the order of [`Columns::at`].
    pub(super) fn take(&mut self, line: u64, cells: [Cell; 4]) -> Result<(), RollRefusal> {
        self.count()?;
        let [email, organisation, staff_group, own_reference] = cells.each_ref().map(text);
        let full = organisation.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let organisation = self.names.get(&full).map_or(organisation, String::as_str);
        let raw = RawRow { email, organisation, staff_group, own_reference };
        let unreadable: Vec<_> = (0..)
            .zip(cells.iter())
            .filter_map(|(which, cell)| cell.as_ref().err().map(|reason| (column(which), reason.clone())))
            .collect();
        match RosterRow::parse(raw) {
            Ok(row) if unreadable.is_empty() => self.file.rows.push(NumberedRow { line, row }),
            parsed => {
                // A cell without a text is wrong for that reason alone.
                let known = |at| unreadable.iter().any(|(column, _)| *column == at);
                let mut reasons = parsed.err().unwrap_or_default();
                reasons.retain(|(at, _)| !known(*at));
                reasons.extend(unreadable.iter().cloned());
                reasons.sort_by_key(|(column, _)| *column);
                self.file.problems.extend(reasons.into_iter().map(|(at, reason)| RowProblem {
                    line,
                    column: Some(at),
                    reason,
                }));
            }
        }
        Ok(())
    }

    /// Notes that the row on `line` as a whole is wrong.
    pub(super) fn refuse(&mut self, line: u64, reason: RowReason) -> Result<(), RollRefusal> {
        self.count()?;
        self.file.problems.push(RowProblem { line, column: None, reason });
        Ok(())
    }

    /// What was read.
    pub(super) fn finish(self) -> RollFile {
        (self.progress)(self.read);
        self.file
    }

    fn count(&mut self) -> Result<(), RollRefusal> {
        self.read += 1;
        if self.read > MAX_ROWS {
            return Err(RollRefusal::TooManyRows);
        }
        if self.read.is_multiple_of(ROWS_BETWEEN_PROGRESS) {
            (self.progress)(self.read);
        }
        Ok(())
    }
}

/// The cell's text if it is not longer than a cell may be.
pub(super) fn bounded(text: &str) -> Cell {
    // Counting stops at the limit, however long the cell.
    match text.len() > MAX_CELL_CHARACTERS && text.chars().nth(MAX_CELL_CHARACTERS).is_some() {
        true => Err(RowReason::TooLong { characters: text.chars().count(), most: MAX_CELL_CHARACTERS }),
        false => Ok(text.to_owned()),
    }
}

fn text(cell: &Cell) -> &str {
    cell.as_deref().unwrap_or_default()
}
