//! Good rows, wrong ones and duplicates of a roll, before anything is kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use thiserror::Error;

use super::email::{PlusAddressing, person_key};
use super::row::{Column, NumberedRow, OrganisationSlug, RowProblem, RowReason};

/// A person who stands more than once. Lines are those of the file; nobody is named.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Duplicate {
    /// The same person with the same organisation on several lines. The first is kept.
    #[error(
        "line {first_line} is the same person as line(s) {}; the first is kept",
        later_lines.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
    )]
    SameRow {
        /// The line that is kept (or, if a [`Duplicate::AlreadyOnRoll`] names it, is not).
        first_line: u64,
        /// The lines that are left out, in the file's order: at least one.
        later_lines: Vec<u64>,
    },
    /// The same person with another organisation on a later line. The first is kept.
    #[error(
        "line {line} is the same person as line {first_line}, with {organisation} instead of {first_organisation}; the first is kept"
    )]
    TwoOrganisations {
        /// The line that is kept (or, if a [`Duplicate::AlreadyOnRoll`] names it, is not).
        first_line: u64,
        /// Its organisation.
        first_organisation: OrganisationSlug,
        /// The line that is left out.
        line: u64,
        /// Its organisation.
        organisation: OrganisationSlug,
    },
    /// The person is on the roll already. The roll stays as it is.
    #[error("line {line} ({organisation}) is on the roll already, with {on_roll}; the roll stays as it is")]
    AlreadyOnRoll {
        /// The line that is left out.
        line: u64,
        /// Its organisation.
        organisation: OrganisationSlug,
        /// The organisation on the roll: the same or another.
        on_roll: OrganisationSlug,
    },
}

impl Duplicate {
    /// The first line that it is about.
    pub fn first_line(&self) -> u64 {
        match self {
            Self::SameRow { first_line, .. } | Self::TwoOrganisations { first_line, .. } => *first_line,
            Self::AlreadyOnRoll { line, .. } => *line,
        }
    }
}

/// What came of a file's rows. Every row is in exactly one place: good, a problem, or a line left out by a duplicate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortedOut {
    /// The rows to keep once confirmed, as the file orders them: each person once.
    pub good: Vec<NumberedRow>,
    /// Rows whose organisation does not take part, as the file orders them.
    pub problems: Vec<RowProblem>,
    /// People who stand more than once, by the first line.
    pub duplicates: Vec<Duplicate>,
}

/// Sorts rows out. The first line of a person with an organisation that takes part is good; later ones are reported with both
/// lines, and nothing of them is kept or merged. `already` tells by [`person_key`] with which organisation somebody is on the
/// roll: then the first line is reported, too, and the roll stays as it is.
pub fn sort_out(
    rows: Vec<NumberedRow>,
    known_organisations: &HashSet<OrganisationSlug>,
    plus: PlusAddressing,
    already: &dyn Fn(&str) -> Option<OrganisationSlug>,
) -> SortedOut {
    let mut sorted = SortedOut::default();
    let mut first_of: HashMap<String, (u64, OrganisationSlug)> = HashMap::with_capacity(rows.len());
    let mut same_rows: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for NumberedRow { line, row } in rows {
        if !known_organisations.contains(&row.organisation) {
            let reason = RowReason::UnknownOrganisation(row.organisation);
            sorted.problems.push(RowProblem { line, column: Some(Column::Organisation), reason });
            continue;
        }
        let key = person_key(&row.email, plus);
        match first_of.get(&key) {
            Some((first_line, organisation)) if *organisation == row.organisation => {
                same_rows.entry(*first_line).or_default().push(line);
                continue;
            }
            Some((first_line, organisation)) => {
                sorted.duplicates.push(Duplicate::TwoOrganisations {
                    first_line: *first_line,
                    first_organisation: organisation.clone(),
                    line,
                    organisation: row.organisation,
                });
                continue;
            }
            None => {}
        }
        let on_roll = already(&key);
        first_of.insert(key, (line, row.organisation.clone()));
        match on_roll {
            Some(on_roll) => {
                let organisation = row.organisation;
                sorted.duplicates.push(Duplicate::AlreadyOnRoll { line, organisation, on_roll });
            }
            None => sorted.good.push(NumberedRow { line, row }),
        }
    }
    let same_rows = same_rows.into_iter();
    sorted
        .duplicates
        .extend(same_rows.map(|(first_line, later_lines)| Duplicate::SameRow { first_line, later_lines }));
    sorted.duplicates.sort_by_key(Duplicate::first_line);
    sorted
}

#[cfg(test)]
mod tests {
    use super::super::row::{RawRow, RosterRow};
    use super::*;

    fn slug(name: &str) -> OrganisationSlug {
        name.parse().unwrap()
    }

    fn rows(cells: &[(&str, &str)]) -> Vec<NumberedRow> {
        let parse = |(email, organisation): &(&str, &str)| {
            RosterRow::parse(RawRow { email, organisation, ..RawRow::default() }).unwrap()
        };
        (2..).zip(cells.iter().map(parse)).map(|(line, row)| NumberedRow { line, row }).collect()
    }

    fn sorted(cells: &[(&str, &str)], plus: PlusAddressing, on_roll: &[(&str, &str)]) -> SortedOut {
        let known = ["uhb", "icb"].map(slug).into();
        let on_roll: HashMap<_, _> =
            on_roll.iter().map(|(key, name)| ((*key).to_owned(), slug(name))).collect();
        sort_out(rows(cells), &known, plus, &|key| on_roll.get(key).cloned())
    }

    fn good_lines(sorted: &SortedOut) -> Vec<u64> {
        sorted.good.iter().map(|row| row.line).collect()
    }

    #[test]
    fn the_first_line_of_a_person_is_good_and_later_ones_are_reported() {
        let cells = [
            ("jo@a.example", "uhb"),
            ("al@a.example", "icb"),
            ("JO@A.example", "uhb"),
            ("jo+ward@a.example", "uhb"),
            ("Al@a.example", "uhb"),
        ];
        let together = sorted(&cells, PlusAddressing::SamePerson, &[]);
        assert_eq!(good_lines(&together), [2, 3]);
        let two = Duplicate::TwoOrganisations {
            first_line: 3,
            first_organisation: slug("icb"),
            line: 6,
            organisation: slug("uhb"),
        };
        let same = Duplicate::SameRow { first_line: 2, later_lines: vec![4, 5] };
        assert_eq!(together.duplicates, [same, two]);
        assert_eq!(
            together.duplicates[0].to_string(),
            "line 2 is the same person as line(s) 4, 5; the first is kept"
        );

        let apart = sorted(&cells, PlusAddressing::Different, &[]);
        assert_eq!(good_lines(&apart), [2, 3, 5]);
        assert_eq!(apart.duplicates[0], Duplicate::SameRow { first_line: 2, later_lines: vec![4] });
    }

    #[test]
    fn who_is_on_the_roll_already_is_reported_and_left_alone() {
        let cells = [("jo@a.example", "uhb"), ("Al+x@a.example", "icb"), ("jo@a.example", "uhb")];
        let on_roll = [("jo@a.example", "uhb"), ("al@a.example", "uhb")];
        let sorted = sorted(&cells, PlusAddressing::SamePerson, &on_roll);
        assert!(sorted.good.is_empty());
        let already =
            |line, organisation| Duplicate::AlreadyOnRoll { line, organisation, on_roll: slug("uhb") };
        let again = Duplicate::SameRow { first_line: 2, later_lines: vec![4] };
        assert_eq!(sorted.duplicates, [already(2, slug("uhb")), again, already(3, slug("icb"))]);
    }

    #[test]
    fn an_unknown_organisation_is_a_problem_and_makes_nobody_a_duplicate() {
        let cells = [("jo@a.example", "uhbt"), ("jo@a.example", "uhb")];
        let sorted = sorted(&cells, PlusAddressing::SamePerson, &[]);
        assert_eq!(good_lines(&sorted), [3]);
        assert!(sorted.duplicates.is_empty());
        assert_eq!(sorted.problems.len(), 1);
        assert!(sorted.problems[0].to_string().starts_with("line 2, organisation: Use the short name"));
        assert!(sorted.problems[0].to_string().contains("“uhbt”"));
    }
}
