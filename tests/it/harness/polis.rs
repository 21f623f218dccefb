//! The real conversation, read by code that shares nothing with the server's reader.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::answer::Counts;

/// A statement of the export.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its text.
    pub body: String,
    /// Whether moderators rejected it.
    pub rejected: bool,
    /// What the last vote of each voter comes to.
    pub counts: Counts,
}

/// The folder with comments.csv and votes.csv: the project's shared data, or the copy inside the demonstration.
pub fn folder() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../../shared/data/polis-biodiversity", "../server/app/demo/polis-biodiversity"];
    let found =
        places.map(|place| tests.join(place)).into_iter().find(|place| place.join("votes.csv").is_file());
    found.expect("the real conversation lies in server/app/demo/polis-biodiversity")
}

/// Every statement by its number in the export.
pub fn statements(folder: &Path) -> BTreeMap<u64, Statement> {
    let comments = rows(&fs::read_to_string(folder.join("comments.csv")).expect("comments.csv can be read"));
    let votes = rows(&fs::read_to_string(folder.join("votes.csv")).expect("votes.csv can be read"));
    let mut last: BTreeMap<(u64, u64), (i64, i64)> = BTreeMap::new();
    for vote in &votes {
        let number =
            |name: &str| vote[name].parse::<i64>().unwrap_or_else(|error| panic!("{vote:?}: {error}"));
        let key = (number("comment-id") as u64, number("voter-id") as u64);
        let cast = (number("timestamp"), number("vote"));
        // Of two at the same millisecond the one further down in the file is the later.
        let standing = last.entry(key).or_insert(cast);
        if cast.0 >= standing.0 {
            *standing = cast;
        }
    }
    let statement = |row: &BTreeMap<String, String>| {
        let id = row["comment-id"].parse().expect("statements are numbered");
        let count =
            |value| last.iter().filter(|((on, _), (_, vote))| *on == id && *vote == value).count() as i64;
        let counts = Counts { agree: count(1), disagree: count(-1), pass: count(0) };
        let body = row["comment-body"].trim().to_owned();
        (id, Statement { body, rejected: row["moderated"] == "-1", counts })
    };
    comments.iter().map(statement).collect()
}

/// The rows of a CSV file (RFC 4180) by the names in its first line.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, quoted) {
            ('"', true) if characters.peek() == Some(&'"') => field.extend(characters.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            _ => field.push(character),
        }
    }
    if !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    let names = rows.remove(0);
    rows.into_iter().map(|row| names.iter().cloned().zip(row).collect()).collect()
}
