//! The head line: which column stands where, and which are left out.

use domain::roll::Column;

use super::{MAX_COLUMNS, RollRefusal};

/// The spellings of each column, as [`plain`] makes them. The first is the one that messages use.
const SPELLINGS: [(Column, &[&str]); 4] = [
    (Column::Email, &["email", "email address", "e mail", "e mail address", "work email"]),
    (Column::Organisation, &["organisation", "organization", "employer"]),
    (Column::StaffGroup, &["staff group", "group"]),
    (Column::OwnReference, &["own reference", "reference", "staff number"]),
];
/// Longest name of a column that is repeated, in characters.
const MAX_NAME_CHARACTERS: usize = 60;

/// Where in a row the columns stand, from 0, in the order of [`SPELLINGS`].
#[derive(Debug)]
pub(super) struct Columns {
    places: [Option<usize>; 4],
    /// Names of the columns that are not read.
    pub(super) ignored: Vec<String>,
}

impl Columns {
    /// Finds the columns in the cells of the head line.
    pub(super) fn find(head: &[String]) -> Result<Self, RollRefusal> {
        if head.len() > MAX_COLUMNS {
            return Err(RollRefusal::TooManyColumns);
        }
        let mut places = [None; 4];
        let mut ignored = Vec::new();
        for (place, name) in head.iter().enumerate() {
            let name_plain = plain(name);
            let known = SPELLINGS.iter().position(|(_, names)| names.contains(&name_plain.as_str()));
            match known {
                Some(known) if places[known].is_some() => {
                    return Err(RollRefusal::RepeatedColumn(SPELLINGS[known].1[0]));
                }
                Some(known) => places[known] = Some(place),
                None if name_plain.is_empty() => ignored.push(format!("column {} (no name)", place + 1)),
                None => ignored.push(shown(name)),
            }
        }
        let required = [Column::Email, Column::Organisation];
        let missing = SPELLINGS
            .iter()
            .zip(places)
            .filter(|((column, _), place)| required.contains(column) && place.is_none());
        let missing: Vec<_> = missing.map(|((_, names), _)| names[0]).collect();
        match missing.is_empty() {
            true => Ok(Self { places, ignored }),
            false => Err(RollRefusal::MissingColumns(missing)),
        }
    }

    /// Which of the four cells that are read stands at `place` of a row: 0 to 3, email first.
    pub(super) fn at(&self, place: usize) -> Option<usize> {
        self.places.iter().position(|known| *known == Some(place))
    }
}

/// Which column the cell `which` is of, as [`Columns::at`] counts.
pub(super) fn column(which: usize) -> Column {
    SPELLINGS[which].0
}

/// Lower case, with one space where spaces, hyphens and underscores are.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '\u{2010}' | '\u{2011}'));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// A name that is safe to print: shortened, control characters made visible.
fn shown(name: &str) -> String {
    let mut shown: String =
        name.trim().chars().take(MAX_NAME_CHARACTERS).flat_map(char::escape_debug).collect();
    if name.trim().chars().nth(MAX_NAME_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(head: &[&str]) -> Result<([Option<usize>; 4], Vec<String>), RollRefusal> {
        let head: Vec<_> = head.iter().map(|name| (*name).to_owned()).collect();
        Columns::find(&head).map(|columns| (columns.places, columns.ignored))
    }

    #[test]
    fn columns_are_found_in_any_order_and_spelling() {
        let (places, ignored) = found(&["Staff_Number", " E-MAIL  address", "Group", "Employer"]).unwrap();
        assert_eq!(places, [Some(1), Some(3), Some(2), Some(0)]);
        assert!(ignored.is_empty());
        let (places, ignored) = found(&["organization", "Surname", "", "email", "Home\naddress"]).unwrap();
        assert_eq!(places, [Some(3), Some(0), None, None]);
        assert_eq!(ignored, ["Surname", "column 3 (no name)", "Home\\naddress"]);
        let (_, ignored) = found(&["email", "employer", &"x".repeat(900)]).unwrap();
        assert_eq!(ignored[0].chars().count(), MAX_NAME_CHARACTERS + 1);
    }

    #[test]
    fn heads_that_cannot_be_understood_are_refused() {
        assert_eq!(
            found(&["name", "group"]),
            Err(RollRefusal::MissingColumns(vec!["email", "organisation"]))
        );
        let missing = found(&["email"]).unwrap_err();
        assert_eq!(
            missing.to_string(),
            "Name the columns in the first line. There is no column organisation."
        );
        assert_eq!(found(&["email", "e-mail", "employer"]), Err(RollRefusal::RepeatedColumn("email")));
        let many = vec!["x"; MAX_COLUMNS + 1];
        assert_eq!(found(&many), Err(RollRefusal::TooManyColumns));
    }
}
