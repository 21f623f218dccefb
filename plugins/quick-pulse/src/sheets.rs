//! What can be exported: one row for each answer.

use guest_sdk::state::{Go, each};
use guest_sdk::{Cell, Failure, Rows, Sheet, no_such_page};

use crate::config::Config;
use crate::{ANSWERS, Answers, Said};

/// After how many rows a call ends.
const AT_ONCE: usize = 1_000;
/// The one sheet.
const SHEET: &str = "answers";

pub fn all() -> Vec<Sheet> {
    let columns = ["Participant", "Group", "Question", "Answer"].map(str::to_owned).to_vec();
    vec![Sheet { id: SHEET.to_owned(), title: "Answers".to_owned(), columns }]
}

pub fn rows(config: &Config<'_>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
    if sheet != SHEET {
        return Err(no_such_page());
    }
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Answers>(ANSWERS, after, |participant, answers| {
        for question in config.asked(&answers) {
            let answer = match answers.get(&*question.id) {
                None | Some(Said::Nothing) => continue,
                Some(Said::Choices(choices)) => Cell::Text(choices.join(", ")),
                Some(Said::Number(number)) => Cell::Number(f64::from(*number)),
                Some(Said::Text(text)) => Cell::Text(text.clone()),
            };
            let group = participant.cohort.clone().map_or(Cell::Empty, Cell::Text);
            let token = Cell::Text(participant.token.clone());
            rows.rows.push(vec![token, group, Cell::Text(question.id.to_string()), answer]);
        }
        if rows.rows.len() < AT_ONCE {
            return Ok(Go::On);
        }
        rows.next = Some(participant.token.clone());
        Ok(Go::Stop)
    })?;
    Ok(rows)
}
