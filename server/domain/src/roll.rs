//! The roll: who is eligible in a campaign. Identity side only.
//!
//! Here: addresses and when two of them are the same person, what a row may hold, what is wrong with it, duplicates, and the
//! cohorts whose keys sign credentials. Not here: reading files (documents) and keeping the roll (storage). Nothing here
//! repeats an address in a message or in `Debug`, so that none can reach a log by accident; lines and columns name the place.

mod cohorts;
mod email;
mod row;
mod sort_out;

pub use cohorts::{Cohort, MIN_COHORT_PEOPLE, OTHERS, TooFew, cohorts};
pub(crate) use email::is_domain;
pub use email::{
    EmailAddress, EmailRefusal, MAX_EMAIL_BYTES, MAX_LOCAL_PART_BYTES, PlusAddressing, person_key,
};
pub use row::{
    Column, MAX_REFERENCE_CHARACTERS, MAX_STAFF_GROUP_CHARACTERS, NumberedRow, OrganisationSlug, RawRow,
    RosterRow, RowProblem, RowReason,
};
pub use sort_out::{Duplicate, SortedOut, sort_out};
