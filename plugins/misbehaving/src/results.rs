//! Attacks by what a call gives back.

use guest_sdk::{Cell, Failure, Figure, Label, Measure, Outcome, Post, Problem, Results, Rows};

fn text(text: &str) -> String {
    text.to_owned()
}

fn problem(code: &str, message: &str) -> Problem {
    Problem { path: text("words"), code: text(code), message: text(message) }
}

pub fn problems(attack: &str) -> Vec<Problem> {
    match attack {
        "config-problems" => vec![problem("code", "No."); 101],
        "config-loop" => loop {
            std::hint::black_box(attack);
        },
        _ => Vec::new(),
    }
}

pub fn failure(attack: &str) -> Result<(), Failure> {
    Err(match attack {
        "giant-refusal" => Failure::Refused("no ".repeat(1_000)),
        "turned-refusal" => Failure::Refused(text("no\u{202e}")),
        "problems" => Failure::Invalid(vec![problem("code", "No."); 101]),
        "problem-code" => Failure::Invalid(vec![problem("<b>", "No.")]),
        "giant-mistake" => Failure::Internal("mistake ".repeat(10_000)),
        "mistake" => Failure::Internal(text("it has a mistake")),
        _ => return Ok(()),
    })
}

pub fn outcome(attack: &str) -> Outcome {
    let post = |id: &str, subject: &str| Post { id: text(id), subject: text(subject), text: text("Words.") };
    let fine = Outcome { notice: None, page: String::new(), posts: Vec::new() };
    match attack {
        "outcome-elsewhere" => Outcome { page: text("https://example.org/"), ..fine },
        "outcome-upwards" => Outcome { page: text("../../sign-out"), ..fine },
        "giant-notice" => Outcome { notice: Some("n".repeat(1_001)), ..fine },
        "posts" => {
            Outcome { posts: (0..21).map(|number| post(&format!("post-{number}"), "s")).collect(), ..fine }
        }
        "post-twice" => Outcome { posts: vec![post("same", "s"), post("same", "s")], ..fine },
        "post-subject" => Outcome { posts: vec![post("id", "../other")], ..fine },
        _ => fine,
    }
}

pub fn tally(attack: &str) -> Results {
    let figure = Figure { subject: text("s"), measure: text("m"), cohort: None, people: 1, value: None };
    let label = |id: &str| Label { id: text(id), text: text("Label") };
    let measure = |id: &str, part_of: Option<&str>| Measure {
        id: text(id),
        text: text("Measure"),
        part_of: part_of.map(text),
    };
    let results =
        |figures| Results { subjects: vec![label("s")], measures: vec![measure("m", None)], figures };
    match attack {
        "tally-subject" => results(vec![Figure { subject: text("other"), ..figure }]),
        "tally-measure" => results(vec![Figure { measure: text("other"), ..figure }]),
        "tally-twice" => results(vec![figure.clone(), figure]),
        "tally-value" => results(vec![Figure { value: Some(f64::NAN), ..figure }]),
        "tally-part" => Results { measures: vec![measure("m", Some("other"))], ..results(Vec::new()) },
        "tally-subjects" => Results { subjects: vec![label("s"); 1_001], ..results(Vec::new()) },
        "tally-same-subjects" => Results { subjects: vec![label("s"); 2], ..results(Vec::new()) },
        "tally-figures" => results(vec![figure; 60_000]),
        _ => results(vec![figure]),
    }
}

pub fn rows(attack: &str) -> Rows {
    let rows = |rows| Rows { rows, next: None };
    match attack {
        "rows-ragged" => rows(vec![vec![Cell::Empty, Cell::Empty]]),
        "rows-endless" => Rows { rows: Vec::new(), next: Some(text("on")) },
        "rows-many" => rows(vec![vec![Cell::Empty]; 5_001]),
        "rows-not-a-number" => rows(vec![vec![Cell::Number(f64::NAN)]]),
        "rows-giant" => rows(vec![vec![Cell::Text("w".repeat(20_001))]]),
        _ => rows(vec![vec![Cell::Number(1.0)]]),
    }
}
