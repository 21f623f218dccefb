//! What a round type's round comes to: numbers about subjects, by group.

use serde::{Deserialize, Serialize};

/// One number of a round's results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundFigure {
    /// What it is about: a pledge, an option, a question.
    pub subject: String,
    /// What is counted about it.
    pub measure: String,
    /// The group; none for everybody.
    pub cohort: Option<String>,
    /// How many different participants stand behind it.
    pub people: u32,
    /// The number itself where it is not the people: a score, a mean, a share.
    pub value: Option<f64>,
}
