//! A row of a roll: parsed cells, or everything that is wrong with them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::email::{EmailAddress, EmailRefusal};
use crate::tenant_pack::MAX_SLUG_CHARACTERS;

/// Longest staff group, in characters (Unicode scalar values).
pub const MAX_STAFF_GROUP_CHARACTERS: usize = 100;
/// Longest own reference, in characters (Unicode scalar values).
pub const MAX_REFERENCE_CHARACTERS: usize = 60;

/// A column of a roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// The person's email address.
    Email,
    /// Short name of the organisation.
    Organisation,
    /// A group of staff, for reminders.
    StaffGroup,
    /// The organisation's own reference.
    OwnReference,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "email",
            Self::Organisation => "organisation",
            Self::StaffGroup => "staff group",
            Self::OwnReference => "own reference",
        })
    }
}

/// An organisation's short name as tenant packs write it: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganisationSlug(String);

impl OrganisationSlug {
    /// The short name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrganisationSlug {
    type Err = RowReason;

    /// Takes spaces around it and capital letters.
    fn from_str(raw: &str) -> Result<Self, RowReason> {
        let slug = trimmed(raw).to_ascii_lowercase();
        let plain =
            slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        match slug.is_empty() {
            true => Err(RowReason::NoOrganisation),
            false if !plain || slug.starts_with('-') || slug.len() > MAX_SLUG_CHARACTERS => {
                Err(RowReason::NotAShortName)
            }
            false => Ok(Self(slug)),
        }
    }
}

impl fmt::Display for OrganisationSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The cells of a row as a file has them; empty where the file has no such column.
#[derive(Clone, Copy, Default)]
pub struct RawRow<'a> {
    /// The person's email address.
    pub email: &'a str,
    /// Short name of the organisation.
    pub organisation: &'a str,
    /// A group of staff.
    pub staff_group: &'a str,
    /// The organisation's own reference.
    pub own_reference: &'a str,
}

/// A person on the roll. What stands in `staff_group` and `own_reference` is text that somebody else wrote: it may look like HTML or a
/// formula, and is escaped where it is shown and guarded where it is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// Where login details go.
    pub email: EmailAddress,
    /// Who employs the person.
    pub organisation: OrganisationSlug,
    /// A group of staff, for reminders.
    pub staff_group: Option<String>,
    /// The organisation's own reference.
    pub own_reference: Option<String>,
}

impl RosterRow {
    /// Cleans the cells and checks them.
    ///
    /// # Errors
    /// Everything that is wrong, at most one reason a column.
    pub fn parse(raw: RawRow<'_>) -> Result<Self, Vec<(Column, RowReason)>> {
        let email = EmailAddress::parse(raw.email).map_err(|refusal| (Column::Email, refusal.into()));
        let organisation = raw.organisation.parse().map_err(|reason| (Column::Organisation, reason));
        let staff_group = optional_text(raw.staff_group, MAX_STAFF_GROUP_CHARACTERS)
            .map_err(|reason| (Column::StaffGroup, reason));
        let own_reference = optional_text(raw.own_reference, MAX_REFERENCE_CHARACTERS)
            .map_err(|reason| (Column::OwnReference, reason));
        match (email, organisation, staff_group, own_reference) {
            (Ok(email), Ok(organisation), Ok(staff_group), Ok(own_reference)) => {
                Ok(Self { email, organisation, staff_group, own_reference })
            }
            (email, organisation, staff_group, own_reference) => {
                let reasons = [email.err(), organisation.err(), staff_group.err(), own_reference.err()];
                Err(reasons.into_iter().flatten().collect())
            }
        }
    }
}

/// A row and the line of the file on which it begins, from 1 (the head line). In a workbook: the row's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedRow {
    /// The line.
    pub line: u64,
    /// The row.
    pub row: RosterRow,
}

/// Something wrong with a row, which is then left out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}{}: {reason}", .column.map(|column| format!(", {column}")).unwrap_or_default())]
pub struct RowProblem {
    /// The line of the file on which the row begins, from 1 (the head line).
    pub line: u64,
    /// The column; none if it is the row as a whole.
    pub column: Option<Column>,
    /// What is wrong.
    pub reason: RowReason,
}

/// What is wrong with a cell. Cells are not repeated, but for a short name that is nobody's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RowReason {
    /// The email address cannot be one.
    #[error("{0}")]
    Email(#[from] EmailRefusal),
    /// The cell is empty.
    #[error("Write the organisation's short name. There is none.")]
    NoOrganisation,
    /// The cell holds something else than a short name.
    #[error(
        "Write the organisation's short name: lower-case letters, digits and hyphens, as its tenant pack does."
    )]
    NotAShortName,
    /// No organisation of the tenant has this short name.
    #[error("Use the short name of an organisation that takes part. There is no “{0}”.")]
    UnknownOrganisation(OrganisationSlug),
    /// Longer than the column's limit.
    #[error("Make it shorter. It has {characters} characters and the most is {most}.")]
    TooLong {
        /// How long it is, in characters.
        characters: usize,
        /// The most.
        most: usize,
    },
    /// Line breaks, control, direction-override or other invisible characters.
    #[error("Type the text again on one line. It holds a line break or a character that cannot be seen.")]
    Unfit,
    /// The row has more or fewer cells than the head line.
    #[error("Check the separators. The row has {found} cells and the head line {expected}.")]
    CellCount {
        /// Cells in the row.
        found: usize,
        /// Cells in the head line.
        expected: usize,
    },
    /// A cell of a workbook is not text or a plain number.
    #[error("Type it as text. The cell holds a date, a truth value or an error.")]
    NotText,
}

/// The text without spaces of any width around it. Line breaks and tabs stay, to be refused: a spreadsheet adds none by itself.
pub(super) fn trimmed(raw: &str) -> &str {
    raw.trim_matches(|c: char| c.is_whitespace() && !c.is_control())
}

/// The text trimmed and in NFC, or none if nothing is left.
fn optional_text(raw: &str, most: usize) -> Result<Option<String>, RowReason> {
    let text: String = trimmed(raw).nfc().collect();
    if text.chars().any(is_unfit) {
        return Err(RowReason::Unfit);
    }
    let characters = text.chars().count();
    match characters {
        0 => Ok(None),
        _ if characters > most => Err(RowReason::TooLong { characters, most }),
        _ => Ok(Some(text)),
    }
}

/// Characters that have no place on one line of plain text: control characters, line and paragraph separators, direction controls,
/// and what is drawn as nothing.
pub(super) fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{180E}'
                | '\u{3164}'
                | '\u{FEFF}'
        )
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: RawRow<'static> =
        RawRow { email: "jo@a.example", organisation: "uhb", staff_group: "Nursing", own_reference: "7" };

    fn reasons(raw: RawRow<'_>) -> Vec<(Column, RowReason)> {
        RosterRow::parse(raw).unwrap_err()
    }

    #[test]
    fn cells_are_cleaned_and_optional_ones_may_be_empty() {
        let row =
            RosterRow::parse(RawRow { organisation: " UHB ", staff_group: "  Ärzte ", ..GOOD }).unwrap();
        assert_eq!(row.organisation.as_str(), "uhb");
        assert_eq!(row.staff_group.as_deref(), Some("Ärzte"));
        let row = RosterRow::parse(RawRow { staff_group: " ", own_reference: "", ..GOOD }).unwrap();
        assert_eq!((row.staff_group, row.own_reference), (None, None));
    }

    #[test]
    fn formulas_and_markup_stay_text_where_they_can_and_are_refused_where_they_cannot() {
        for text in ["=HYPERLINK(\"http://x\")", "+cmd", "@SUM(A1)", "-2", "<script>alert(1)</script>"] {
            let row = RosterRow::parse(RawRow { staff_group: text, own_reference: text, ..GOOD }).unwrap();
            assert_eq!((row.staff_group.as_deref(), row.own_reference.as_deref()), (Some(text), Some(text)));
            let refused = reasons(RawRow { email: text, organisation: text, ..GOOD });
            assert_eq!(refused.len(), 2, "{text}");
            assert_eq!(refused[1], (Column::Organisation, RowReason::NotAShortName));
        }
    }

    #[test]
    fn line_breaks_and_unseen_characters_are_refused() {
        for text in
            ["a\r\nBcc: x", "a\nb", "a\tb", "a\0", "a\u{202e}b", "a\u{2066}b", "a\u{200b}b", "a\u{2028}b"]
        {
            let refused = reasons(RawRow { staff_group: text, own_reference: text, ..GOOD });
            let unfit = [(Column::StaffGroup, RowReason::Unfit), (Column::OwnReference, RowReason::Unfit)];
            assert_eq!(refused, unfit, "{text:?}");
            assert_eq!(reasons(RawRow { organisation: text, ..GOOD })[0].1, RowReason::NotAShortName);
        }
    }

    #[test]
    fn texts_are_bounded() {
        let longest = "é".repeat(MAX_STAFF_GROUP_CHARACTERS);
        assert!(RosterRow::parse(RawRow { staff_group: &longest, ..GOOD }).is_ok());
        let refused =
            reasons(RawRow { staff_group: &format!("{longest}é"), own_reference: &longest, ..GOOD });
        assert_eq!(refused[0].1, RowReason::TooLong { characters: 101, most: 100 });
        assert_eq!(refused[1].1, RowReason::TooLong { characters: 100, most: 60 });
        let slug = "a".repeat(MAX_SLUG_CHARACTERS + 1);
        assert_eq!(reasons(RawRow { organisation: &slug, ..GOOD })[0].1, RowReason::NotAShortName);
    }

    #[test]
    fn a_problem_names_the_place_and_not_the_person() {
        let (column, reason) = reasons(RawRow { email: "jo bloggs@a.example", ..GOOD }).remove(0);
        let words = RowProblem { line: 7, column: Some(column), reason }.to_string();
        assert!(words.starts_with("line 7, email: Take out spaces"), "{words}");
        assert!(!words.contains("bloggs"));
    }
}
