//! The settings.

use std::borrow::Cow;
use std::collections::BTreeSet;

use guest_sdk::{OptionItem, Problem, problem};
use serde::Deserialize;

/// The most options.
const OPTIONS: usize = 30;
/// The most points to share.
const POINTS: u32 = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config<'a> {
    /// What people are asked.
    #[serde(borrow)]
    pub question: Cow<'a, str>,
    /// Words before the form, in Markdown.
    #[serde(borrow, default)]
    pub introduction: Cow<'a, str>,
    /// What is put in order.
    #[serde(borrow)]
    pub options: Vec<Choice<'a>>,
    /// How.
    pub way: Way,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Choice<'a> {
    /// Its name: lower-case letters, digits and hyphens.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// What people read.
    #[serde(borrow)]
    pub label: Cow<'a, str>,
    /// A line below.
    #[serde(borrow, default)]
    pub hint: Option<Cow<'a, str>>,
}

/// How people say what matters to them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Way {
    /// They put options in order.
    Rank,
    /// They share points.
    Points {
        /// How many each person has.
        total: u32,
    },
}

impl Way {
    /// The measure that orders the options.
    pub fn measure(&self) -> &'static str {
        match self {
            Self::Rank => "borda",
            Self::Points { .. } => "points",
        }
    }
}

impl Choice<'_> {
    pub fn item(&self) -> OptionItem {
        let (value, label) = (self.id.to_string(), self.label.to_string());
        OptionItem { value, label, hint: self.hint.as_ref().map(ToString::to_string) }
    }
}

impl Config<'_> {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.question.trim().is_empty() {
            problems.push(problem("/question", "empty", "Write the question."));
        }
        if !(2..=OPTIONS).contains(&self.options.len()) {
            problems.push(problem("/options", "how-many", format!("Give 2 to {OPTIONS} options.")));
        }
        let mut seen = BTreeSet::new();
        for (index, option) in self.options.iter().enumerate() {
            if !is_name(&option.id) {
                let message = "Use lower-case letters, digits and hyphens, 64 at most.";
                problems.push(problem(format!("/options/{index}/id"), "not-a-name", message));
            }
            if option.label.trim().is_empty() {
                problems.push(problem(format!("/options/{index}/label"), "empty", "Say what the option is."));
            }
            if !seen.insert(&option.id) {
                problems.push(problem("/options", "twice", format!("{} is there twice.", option.id)));
            }
        }
        if matches!(self.way, Way::Points { total } if !(1..=POINTS).contains(&total)) {
            problems.push(problem("/way/points/total", "how-many", format!("Give 1 to {POINTS} points.")));
        }
        problems
    }
}

fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_fine)
}
