//! What can be exported: one row for each pledge that somebody said something of, one for each suggestion.

use guest_sdk::state::{Go, each};
use guest_sdk::{Cell, Failure, Participant, Rows, Sheet, no_such_page};

use crate::config::Config;
use crate::kept::{SUGGESTIONS, VERDICTS, Verdicts};

/// After how many rows a call ends.
const AT_ONCE: usize = 1_000;

pub fn all() -> Vec<Sheet> {
    let sheet = |id: &str, title: &str, columns: &[&str]| Sheet {
        id: id.to_owned(),
        title: title.to_owned(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
    };
    vec![
        sheet(
            "verdicts",
            "Verdicts",
            &["Participant", "Group", "Pledge", "Version", "Verdict", "Reasons", "Comment"],
        ),
        sheet("suggestions", "What is missing", &["Participant", "Group", "Suggestion"]),
    ]
}

pub fn rows(config: &Config<'_>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
    match sheet {
        "verdicts" => verdicts(config, after),
        "suggestions" => suggestions(after),
        _ => Err(no_such_page()),
    }
}

fn verdicts(config: &Config<'_>, after: Option<&str>) -> Result<Rows, Failure> {
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Verdicts>(VERDICTS, after, |participant, given| {
        for (id, said) in &given.0 {
            let Some(pledge) = config.pledge(id) else { continue };
            let verdict = said.verdict.map_or(Cell::Empty, |verdict| text(verdict.words()));
            let mut row = who(participant);
            row.extend([text(&pledge.title), Cell::Number(f64::from(said.version)), verdict]);
            row.extend([text(&said.reasons.join(", ")), text(&said.comment)]);
            rows.rows.push(row);
        }
        Ok(go_on(&mut rows, participant))
    })?;
    Ok(rows)
}

fn suggestions(after: Option<&str>) -> Result<Rows, Failure> {
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Vec<String>>(SUGGESTIONS, after, |participant, given| {
        for suggestion in given.iter().filter(|suggestion| !suggestion.is_empty()) {
            let mut row = who(participant);
            row.push(text(suggestion));
            rows.rows.push(row);
        }
        Ok(go_on(&mut rows, participant))
    })?;
    Ok(rows)
}

fn go_on(rows: &mut Rows, participant: &Participant) -> Go {
    if rows.rows.len() < AT_ONCE {
        return Go::On;
    }
    rows.next = Some(participant.token.clone());
    Go::Stop
}

fn who(participant: &Participant) -> Vec<Cell> {
    vec![text(&participant.token), participant.cohort.as_deref().map_or(Cell::Empty, text)]
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}
