//! What a guest gave back, as untrusted input: bounds that every string and name is held to, and the results that are not pages.

use std::collections::BTreeSet;

use crate::contract::{Cell, Description, Figure, Outcome, Problem, Results, Rows, Sheet};

/// The longest sentence, label or heading, bytes.
pub const LABEL_BYTES: usize = 1_000;
/// The longest running text, bytes.
pub const PROSE_BYTES: usize = 20_000;
/// The longest name, bytes.
pub const NAME_BYTES: usize = 64;
/// The most problems that one call may name.
const PROBLEMS: usize = 100;
/// The most posts that one form may make.
const POSTS: usize = 20;
/// The most subjects, or measures, of a tally.
const TALLY_NAMES: usize = 1_000;
/// The most figures of a tally.
const FIGURES: usize = 50_000;
/// The most sheets, or columns of one.
const SHEET_COLUMNS: usize = 100;
/// The most rows that one call of `export` gives.
const ROWS: usize = 5_000;

/// Why what a guest gave cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOutput {
    /// Too many of something.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// Longer than its bound, or invisible characters in it.
    #[error("{0}: too long, or with invisible characters")]
    BadText(&'static str),
    /// Not a name.
    #[error("{0}: not a name of lower-case letters, digits and hyphens")]
    BadName(&'static str),
    /// Given twice.
    #[error("{0}: the same name twice")]
    Twice(&'static str),
    /// Something is open at the end, closed before it was opened, or too deep.
    #[error("blocks do not pair up: {0}")]
    Unbalanced(&'static str),
    /// A block where it must not be.
    #[error("{0}")]
    Misplaced(&'static str),
    /// A number outside its bounds, or one that does not fit another.
    #[error("{0}: out of bounds")]
    OutOfBounds(&'static str),
    /// An address that may not be linked to.
    #[error("an address that may not be linked to")]
    BadAddress,
    /// Something speaks of what is not there.
    #[error("{0}: not among those that were declared")]
    Unknown(&'static str),
}

pub(crate) type Checked = Result<(), BadOutput>;

/// One line of at most [`LABEL_BYTES`] bytes, with something in it.
pub(crate) fn check_label(what: &'static str, text: &str) -> Checked {
    check(
        !text.trim().is_empty() && text.len() <= LABEL_BYTES && text.chars().all(is_visible),
        BadOutput::BadText(what),
    )
}

/// The same, or nothing.
pub(crate) fn check_optional_label(what: &'static str, text: Option<&String>) -> Checked {
    text.map_or(Ok(()), |text| check_label(what, text))
}

/// Lines of at most `most` bytes in all.
pub(crate) fn check_lines(what: &'static str, text: &str, most: usize) -> Checked {
    let is_fine = |character| character == '\n' || character == '\t' || is_visible(character);
    check(text.len() <= most && text.chars().all(is_fine), BadOutput::BadText(what))
}

/// 1 to [`NAME_BYTES`] lower-case letters, digits and hyphens.
pub(crate) fn check_name(what: &'static str, name: &str) -> Checked {
    check(is_name(name), BadOutput::BadName(what))
}

/// Names with slashes between them, or nothing: the first page.
pub(crate) fn check_page_name(name: &str) -> Checked {
    check(is_page_name(name), BadOutput::BadName("page"))
}

/// Whether `name` can be a page's.
pub fn is_page_name(name: &str) -> bool {
    name.is_empty() || (name.len() <= NAME_BYTES && name.split('/').all(is_name))
}

/// At most `most`.
pub(crate) fn check_count(what: &'static str, count: usize, most: usize) -> Checked {
    check(count <= most, BadOutput::TooMany(what))
}

pub(crate) fn check(holds: bool, otherwise: BadOutput) -> Checked {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Whether all `names` differ.
pub(crate) fn check_unique<'a>(what: &'static str, names: impl Iterator<Item = &'a str>) -> Checked {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    check(names.windows(2).all(|pair| pair[0] != pair[1]), BadOutput::Twice(what))
}

fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_BYTES).contains(&name.len()) && name.bytes().all(is_fine)
}

/// Neither a control character nor one that turns the direction of what follows: text could look like something else.
fn is_visible(character: char) -> bool {
    const TURNING: [std::ops::RangeInclusive<char>; 3] =
        ['\u{200e}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];
    !character.is_control() && !TURNING.iter().any(|range| range.contains(&character))
}

pub(crate) fn check_problems(problems: &[Problem]) -> Checked {
    check_count("problems", problems.len(), PROBLEMS)?;
    problems.iter().try_for_each(|problem| {
        check_lines("path of a problem", &problem.path, LABEL_BYTES)?;
        check_name("code of a problem", &problem.code)?;
        check_label("problem", &problem.message)
    })
}

pub(crate) fn check_outcome(outcome: &Outcome) -> Checked {
    check_optional_label("notice", outcome.notice.as_ref())?;
    check_page_name(&outcome.page)?;
    check_count("posts", outcome.posts.len(), POSTS)?;
    check_unique("post", outcome.posts.iter().map(|post| post.id.as_str()))?;
    outcome.posts.iter().try_for_each(|post| {
        check_name("post", &post.id)?;
        check_name("subject of a post", &post.subject)?;
        check_lines("text of a post", &post.text, PROSE_BYTES)
    })
}

pub(crate) fn check_description(description: &Description) -> Checked {
    check(description.data_version >= 1, BadOutput::OutOfBounds("data version"))?;
    check_count("sheets", description.sheets.len(), SHEET_COLUMNS)?;
    check_unique("sheet", description.sheets.iter().map(|sheet| sheet.id.as_str()))?;
    description.sheets.iter().try_for_each(|sheet| {
        check_name("sheet", &sheet.id)?;
        check_label("title of a sheet", &sheet.title)?;
        check_count("columns", sheet.columns.len(), SHEET_COLUMNS)?;
        sheet.columns.iter().try_for_each(|column| check_label("column", column))
    })
}

pub(crate) fn check_rows(sheet: &Sheet, rows: &Rows) -> Checked {
    check_count("rows", rows.rows.len(), ROWS)?;
    if let Some(next) = &rows.next {
        check_lines("place to go on", next, LABEL_BYTES)?;
        check(!rows.rows.is_empty(), BadOutput::Misplaced("rows that never end"))?;
    }
    rows.rows.iter().try_for_each(|row| {
        check(row.len() == sheet.columns.len(), BadOutput::OutOfBounds("cells of a row"))?;
        row.iter().try_for_each(|cell| match cell {
            Cell::Empty => Ok(()),
            Cell::Text(text) => check_lines("cell", text, PROSE_BYTES),
            Cell::Number(number) => check(number.is_finite(), BadOutput::OutOfBounds("cell")),
        })
    })
}

/// Names declared, once each, and every figure about them.
pub(crate) fn check_tally(tally: &Results) -> Checked {
    check_count("subjects", tally.subjects.len(), TALLY_NAMES)?;
    check_count("measures", tally.measures.len(), TALLY_NAMES)?;
    check_count("figures", tally.figures.len(), FIGURES)?;
    for subject in &tally.subjects {
        check_name("subject", &subject.id)?;
        check_label("subject", &subject.text)?;
    }
    for measure in &tally.measures {
        check_name("measure", &measure.id)?;
        check_label("measure", &measure.text)?;
    }
    check_unique("subject", tally.subjects.iter().map(|subject| subject.id.as_str()))?;
    check_unique("measure", tally.measures.iter().map(|measure| measure.id.as_str()))?;
    let subjects: BTreeSet<&str> = tally.subjects.iter().map(|subject| subject.id.as_str()).collect();
    let measures: BTreeSet<&str> = tally.measures.iter().map(|measure| measure.id.as_str()).collect();
    let wholes = tally.measures.iter().filter_map(|measure| measure.part_of.as_deref());
    check({ wholes }.all(|whole| measures.contains(whole)), BadOutput::Unknown("measure"))?;
    let mut cells = BTreeSet::new();
    tally.figures.iter().try_for_each(|figure| {
        let Figure { subject, measure, cohort, value, .. } = figure;
        check(subjects.contains(subject.as_str()), BadOutput::Unknown("subject"))?;
        check(measures.contains(measure.as_str()), BadOutput::Unknown("measure"))?;
        check_optional_label("cohort", cohort.as_ref())?;
        check(value.is_none_or(f64::is_finite), BadOutput::OutOfBounds("figure"))?;
        check(cells.insert((subject, measure, cohort)), BadOutput::Twice("figure"))
    })
}
