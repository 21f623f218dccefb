//! Invented people for a roll.

use std::fmt::Write;

/// Given names; with each of [`SURNAMES`] they make 60 people.
const GIVEN_NAMES: [&str; 20] = [
    "amara", "bryn", "chidi", "dalia", "esme", "farid", "greta", "hiro", "imani", "jonas", "kavya", "leila",
    "mateo", "noor", "orla", "priya", "quinn", "rosa", "samir", "tova",
];
/// Surnames that nobody has.
const SURNAMES: [&str; 3] = ["example", "sample", "specimen"];
/// What they do.
const STAFF_GROUPS: [&str; 4] = ["Nursing", "Estates", "Admin", "Therapies"];

/// Their addresses at `organisation`, in the order in which they are invited.
pub fn addresses(organisation: &str) -> impl Iterator<Item = String> {
    SURNAMES.into_iter().flat_map(move |surname| {
        GIVEN_NAMES.into_iter().map(move |given| format!("{given}.{surname}@{organisation}.example"))
    })
}

/// A roll of them all, as its organisation would send it: CSV.
pub fn roll(organisation: &str) -> String {
    let mut csv = "email,organisation,staff group,own reference\n".to_owned();
    for (number, email) in (1..).zip(addresses(organisation)) {
        let group = STAFF_GROUPS[number % STAFF_GROUPS.len()];
        // Writing to a string does not fail.
        let _ = writeln!(csv, "{email},{organisation},{group},E-{number:04}");
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use documents::roll::{RollKind, read_roll};

    #[test]
    fn sixty_different_people_whom_a_roll_takes() {
        let file = read_roll(RollKind::Csv, roll("uhb").as_bytes(), &|_| {}).unwrap();
        assert!(file.problems.is_empty() && file.ignored_columns.is_empty(), "{:?}", file.problems);
        let emails: std::collections::BTreeSet<_> =
            file.rows.iter().map(|row| row.row.email.as_str().to_owned()).collect();
        assert_eq!(emails.len(), 60);
        assert!(emails.contains("amara.example@uhb.example"));
    }
}
