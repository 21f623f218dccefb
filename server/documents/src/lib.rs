//! Files in and out: Polis exports, code sheets, calendars, conversations as JSON, rolls, logos, figures, letters, the comms toolkit.
//!
//! Here: bytes to plain types and back, over readers and writers that are passed in. Not here: opening files, tables
//! (storage's), and deciding what may be exported (actions'). To add one more document: a file named after it, plain
//! structs for what goes in, named limits for what may come in, and a `…Refusal` that says what to put right. A cell that a
//! spreadsheet may open goes through [`spreadsheet`].

pub mod calendar;
pub mod code_sheet;
pub mod conversation_json;
pub mod dumps;
pub mod figures;
pub mod letter_book;
pub mod login_letters;
pub mod logo;
pub mod polis;
pub mod roll;
pub mod sheet;
pub mod spreadsheet;
pub mod toolkit;
mod typesetting;
