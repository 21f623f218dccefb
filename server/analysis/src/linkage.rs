//! Can the two sides be put together again? Plays the thief of both databases: takes whatever their dumps show (ids, times, the order of
//! rows, sizes), proposes which participant each person is, and says how often that was right and how often chance would be.
//!
//! Here, in the order of use: [`evidence`] is what a dump shows; [`sides`] takes people and participants with their signals out of it,
//! by the names in [`schema`]; [`attempts`] guesses; [`score`] holds guesses against the truth, where a test knows it;
//! [`findings`] says without any truth what could link; [`consistency`] counts, for each credential, the people it may belong to.
//! To add a signal: one place in [`sides`]. To add a way of guessing: one [`attempts::Way`].

pub mod attempts;
pub mod chance;
pub mod consistency;
pub mod evidence;
pub mod findings;
pub mod schema;
pub mod score;
pub mod sides;
pub mod spelling;

#[cfg(test)]
mod tests;

pub use attempts::{Attempt, Way, link};
pub use consistency::{Consistency, consistency};
pub use evidence::{Arrival, Cell, Database, Place, Remnant, Row, Table};
pub use findings::{Finding, Severity, suspicious};
pub use score::{Report, Score, Tally, Verdict, score};
pub use sides::{Kind, Side, Signal, conversation_side, identity_side};
