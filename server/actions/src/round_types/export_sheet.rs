//! What a round's activity collected, as rows: for the independent analyst. The round type says what stands in them.

use documents::sheet::{Sheet, SheetCell, SheetKind};
use plugin_host::contract::{Cell, Phase};

use super::calling::note_failure;
use super::snapshot::Snapshot;
use crate::actor::record;
use crate::{ActionError, Actions, Actor, RoundInfo, Tenant};

/// The most rows of one file: what a workbook holds, less its heading.
const MAX_ROWS: usize = 1_048_575;
/// The most words of one file, bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How often a guest is asked for more rows.
const MAX_CALLS: usize = 2_000;

/// A sheet that a round can be exported as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSheet {
    /// Its name.
    pub id: String,
    /// What it is called.
    pub title: String,
}

impl Actions {
    /// The sheets that `round` can be exported as; none for an open discussion, or while its round type does not work.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_sheets(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
    ) -> Result<Vec<ListedSheet>, ActionError> {
        let Some(runs) = self.runs(tenant, round).await? else { return Ok(Vec::new()) };
        let sheets = runs.plugin.description().sheets.iter();
        let listed = sheets.map(|sheet| ListedSheet { id: sheet.id.clone(), title: sheet.title.clone() });
        Ok(listed.collect())
    }

    /// The sheet called `id` of `round` as a file, all as of one moment. Groups are not told: a row is one person's. Nothing if there is no such
    /// sheet, or the round type does not work.
    ///
    /// # Errors
    /// Database faults.
    pub async fn export_sheet(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        round: &RoundInfo,
        (id, kind): (&str, SheetKind),
    ) -> Result<Option<Vec<u8>>, ActionError> {
        let Some(runs) = self.runs(tenant, round).await? else { return Ok(None) };
        let described = runs.plugin.description().sheets.iter().find(|sheet| sheet.id == id);
        let Some(described) = described else { return Ok(None) };
        let mut sheet =
            Sheet { title: described.title.clone(), columns: described.columns.clone(), rows: Vec::new() };
        let state = Snapshot::at_one_moment(&self.conversation, tenant.id, round.id).without_cohorts();
        let call = self.call(round, &runs, Phase::Closed, None, state);
        let Ok(machine) = self.round_types.machine().await else { return Ok(None) };
        let mut after: Option<String> = None;
        let mut bytes = 0;
        for call_number in 1.. {
            let rows = match machine.host.export(&call, id, after.as_deref()).await {
                Ok(rows) => rows,
                Err(failure) => {
                    note_failure(tenant, round, &failure);
                    return Ok(None);
                }
            };
            bytes += rows.rows.iter().flatten().map(size).sum::<usize>();
            sheet.rows.extend(rows.rows.into_iter().map(|row| row.into_iter().map(cell).collect()));
            // A guest that never ends, or stands still, is no guest to wait for.
            let is_too_much = sheet.rows.len() > MAX_ROWS || bytes > MAX_BYTES || call_number > MAX_CALLS;
            if is_too_much || (rows.next.is_some() && rows.next == after) {
                return Err(ActionError::Fault(format!(
                    "{id} of {} is more than one file holds",
                    round.slug
                )));
            }
            after = rows.next;
            if after.is_none() {
                break;
            }
        }
        // It holds a reading of its moment.
        drop(call);
        let rows = sheet.rows.len();
        let written = tokio::task::spawn_blocking(move || {
            let mut file = Vec::new();
            sheet.write(kind, &mut file).map(|()| file)
        });
        let file = written.await.map_err(|fault| ActionError::Fault(fault.to_string()))?;
        let file = file.map_err(|fault| ActionError::Fault(format!("export: {fault}")))?;
        let write = self.conversation.write(tenant.id).await?;
        let detail = format!("{id}, {rows} rows, {}", kind.slug());
        let now = crate::moderation::hour(self.clock.now());
        record(write.audit_trail(), actor, now, "answers.export", &round.slug, &detail).await?;
        write.commit().await?;
        Ok(Some(file))
    }
}

fn size(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Empty | Cell::Number(_) => 8,
    }
}

fn cell(cell: Cell) -> SheetCell {
    match cell {
        Cell::Empty => SheetCell::Empty,
        Cell::Text(text) => SheetCell::Text(text),
        Cell::Number(number) => SheetCell::Number(number),
    }
}
