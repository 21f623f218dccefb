//! What can be exported: one row for each verdict on a version of a pledge, one for each answer to whether a change is right. People's own words are
//! not here: they are the host's posts, which their authors change and take back and moderators hide; the copy that is kept to fill in a form again
//! would bring them back.

use guest_sdk::state::{Go, each};
use guest_sdk::{Cell, Failure, Participant, Rows, Sheet, no_such_page};

use crate::config::Config;
use crate::kept::{Judged, RIGHT, Rights, VERDICTS, Verdicts};
use crate::tally::reasons;

/// After how many rows a call ends.
const AT_ONCE: usize = 1_000;

pub fn all() -> Vec<Sheet> {
    let sheet = |id: &str, title: &str, columns: &[&str]| Sheet {
        id: id.to_owned(),
        title: title.to_owned(),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
    };
    vec![
        sheet("verdicts", "Verdicts", &["Participant", "Pledge", "Version", "Verdict", "Reasons"]),
        sheet("right", "Did we get it right?", &["Participant", "Pledge", "Version", "Did we get it right?"]),
    ]
}

pub fn rows(config: &Config<'_>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
    match sheet {
        "verdicts" => verdicts(config, after),
        "right" => right(config, after),
        _ => Err(no_such_page()),
    }
}

fn verdicts(config: &Config<'_>, after: Option<&str>) -> Result<Rows, Failure> {
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Verdicts>(VERDICTS, after, |participant, given| {
        for (id, said) in &given.0 {
            let Some(pledge) = config.pledge(id) else { continue };
            for (version, judged) in &said.verdicts {
                let mut row = about(participant, &pledge.title, *version);
                row.extend([text(judged.verdict.words()), text(&labels(config, judged))]);
                rows.rows.push(row);
            }
        }
        Ok(go_on(&mut rows, participant))
    })?;
    Ok(rows)
}

/// The reasons in the words that people chose them by, in the settings' order. One that the settings no longer have is left out, as it is of the figures.
fn labels(config: &Config<'_>, judged: &Judged) -> String {
    let reasons = reasons(config, judged.verdict).iter();
    let given = reasons.filter(|reason| judged.reasons.iter().any(|id| reason.id == *id));
    given.map(|reason| &*reason.label).collect::<Vec<_>>().join("; ")
}

fn right(config: &Config<'_>, after: Option<&str>) -> Result<Rows, Failure> {
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Rights>(RIGHT, after, |participant, given| {
        for (id, by_version) in &given.0 {
            let Some(pledge) = config.pledge(id) else { continue };
            for (version, right) in by_version {
                let mut row = about(participant, &pledge.title, *version);
                row.push(text(right.words()));
                rows.rows.push(row);
            }
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

fn about(participant: &Participant, title: &str, version: u32) -> Vec<Cell> {
    vec![text(&participant.token), text(title), Cell::Number(f64::from(version))]
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}
