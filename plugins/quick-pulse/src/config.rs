//! The settings: questions, and on what each depends.

use std::borrow::Cow;
use std::collections::BTreeSet;

use guest_sdk::{Problem, problem};
use serde::Deserialize;

use crate::{Answers, Said};

/// The most questions.
const QUESTIONS: usize = 30;
/// The most options of one.
const OPTIONS: usize = 30;
/// The longest name of a question or an option, letters: both together are a measure's name.
const NAME: usize = 30;
/// The most values of a scale.
const SCALE: i32 = 100;
/// The longest answer in words, characters.
const TEXT: u32 = 4_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config<'a> {
    /// Words before the questions, in Markdown.
    #[serde(borrow, default)]
    pub introduction: Cow<'a, str>,
    /// In the order to ask.
    #[serde(borrow)]
    pub questions: Vec<Question<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Question<'a> {
    /// Its name: lower-case letters, digits and hyphens.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The question.
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    /// Help below it.
    #[serde(borrow, default)]
    pub hint: Option<Cow<'a, str>>,
    /// Whether it must be answered to go on.
    #[serde(default)]
    pub required: bool,
    /// What is asked for.
    #[serde(borrow)]
    pub kind: Kind<'a>,
    /// Asked only of those who said this before.
    #[serde(borrow, default)]
    pub only_if: Option<Condition<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Kind<'a> {
    /// One or more options.
    #[serde(rename_all = "kebab-case")]
    Choice {
        #[serde(borrow)]
        options: Vec<Choice<'a>>,
        #[serde(default = "one")]
        max_chosen: u32,
    },
    /// A whole number.
    Scale { min: i32, max: i32 },
    /// Words.
    #[serde(rename_all = "kebab-case")]
    Text { max_characters: u32 },
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Condition<'a> {
    /// An earlier question with options.
    #[serde(borrow)]
    pub question: Cow<'a, str>,
    /// One of these was chosen.
    #[serde(borrow)]
    pub is_any_of: Vec<Cow<'a, str>>,
}

fn one() -> u32 {
    1
}

impl<'a> Config<'a> {
    /// The questions that somebody who gave `answers` is asked. What a question hangs on was itself asked.
    pub fn asked<'b>(&'b self, answers: &'b Answers) -> impl Iterator<Item = &'b Question<'a>> {
        self.questions.iter().filter(|question| self.is_asked(question, answers))
    }

    fn is_asked(&self, question: &Question<'_>, answers: &Answers) -> bool {
        let Some(condition) = &question.only_if else { return true };
        let Some(earlier) = self.questions.iter().find(|one| one.id == condition.question) else {
            return false;
        };
        // Each hangs on an earlier one, as `problems` has seen to: this ends.
        let has_said = matches!(answers.get(&*condition.question), Some(Said::Choices(choices))
            if choices.iter().any(|choice| condition.is_any_of.iter().any(|one| one == choice)));
        has_said && self.is_asked(earlier, answers)
    }

    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=QUESTIONS).contains(&self.questions.len()) {
            problems.push(problem("/questions", "how-many", format!("Give 1 to {QUESTIONS} questions.")));
        }
        let mut seen = BTreeSet::new();
        for (index, question) in self.questions.iter().enumerate() {
            let path = format!("/questions/{index}");
            question.find_problems(&path, &mut problems);
            if let Some(condition) = &question.only_if {
                let earlier = self.questions[..index].iter().find(|one| one.id == condition.question);
                let has = |id: &Cow<'_, str>| {
                    earlier.is_some_and(|earlier| earlier.options().iter().any(|option| option.id == *id))
                };
                if condition.is_any_of.is_empty() || !condition.is_any_of.iter().all(has) {
                    let message = "Name an earlier question and some of its options.";
                    problems.push(problem(format!("{path}/only-if"), "no-such-answer", message));
                }
            }
            if !seen.insert(&question.id) {
                problems.push(problem("/questions", "twice", format!("{} is there twice.", question.id)));
            }
        }
        problems
    }
}

impl<'a> Question<'a> {
    /// What can be chosen; nothing where something else is asked for.
    pub fn options(&self) -> &[Choice<'a>] {
        match &self.kind {
            Kind::Choice { options, .. } => options,
            Kind::Scale { .. } | Kind::Text { .. } => &[],
        }
    }

    fn find_problems(&self, path: &str, problems: &mut Vec<Problem>) {
        if !is_name(&self.id) {
            let message = "Use lower-case letters, digits and hyphens, 30 at most.";
            problems.push(problem(format!("{path}/id"), "not-a-name", message));
        }
        if self.text.trim().is_empty() {
            problems.push(problem(format!("{path}/text"), "empty", "Write the question."));
        }
        let (is_fine, message) = match &self.kind {
            Kind::Choice { options, max_chosen } => {
                let names: BTreeSet<_> = options.iter().map(|option| &option.id).collect();
                let are_fine =
                    options.iter().all(|option| is_name(&option.id) && !option.label.trim().is_empty());
                let fits = (2..=OPTIONS).contains(&options.len())
                    && (1..=options.len()).contains(&(*max_chosen as usize));
                (
                    are_fine && fits && names.len() == options.len(),
                    "Give 2 to 30 options with names of their own and labels.",
                )
            }
            Kind::Scale { min, max } => {
                (min < max && max.saturating_sub(*min) <= SCALE, "Let the scale go up, by 100 at most.")
            }
            Kind::Text { max_characters } => {
                ((1..=TEXT).contains(max_characters), "Allow 1 to 4,000 characters.")
            }
        };
        if !is_fine {
            problems.push(problem(format!("{path}/kind"), "not-a-question", message));
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME).contains(&name.len()) && name.bytes().all(is_fine)
}
