//! What can be exported: one row for each vote.

use guest_sdk::state::{Go, each};
use guest_sdk::{Cell, Failure, Rows, Sheet, no_such_page};

use crate::{VOTES, Votes};

/// After how many rows a call ends.
const AT_ONCE: usize = 1_000;
/// The one sheet.
const SHEET: &str = "votes";

pub fn all() -> Vec<Sheet> {
    let columns = ["Participant", "Group", "Statement", "Vote"].map(str::to_owned).to_vec();
    vec![Sheet { id: SHEET.to_owned(), title: "Votes".to_owned(), columns }]
}

pub fn rows(sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
    if sheet != SHEET {
        return Err(no_such_page());
    }
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Votes>(VOTES, after, |participant, votes| {
        for (id, vote) in votes {
            let group = participant.cohort.clone().map_or(Cell::Empty, Cell::Text);
            let token = Cell::Text(participant.token.clone());
            rows.rows.push(vec![token, group, Cell::Text(id), Cell::Text(vote.id().to_owned())]);
        }
        if rows.rows.len() < AT_ONCE {
            return Ok(Go::On);
        }
        rows.next = Some(participant.token.clone());
        Ok(Go::Stop)
    })?;
    Ok(rows)
}
