//! What a participant sent, read against the form that the guest described: before the guest sees any of it.
//!
//! A form arrives as names with values, as browsers send it. A field for words, a number or choices has its own name; one that is ranked or
//! given points has `field.option` for each option, with a place from 1 or a number of points. Empty is the same as absent.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation;

use crate::contract::{
    Answer, ChoiceInput, NumberInput, PointsInput, Problem, RankInput, Share, TextInput, Value,
};
use crate::page::{Node, answer_bytes};

/// What was sent: every name with its values, in the order in which they came.
pub type Sent = BTreeMap<String, Vec<String>>;

/// Whether a button called `pressed` is in the form.
pub(crate) fn has_button(form: &[Node], pressed: &str) -> bool {
    form.iter().any(|node| match node {
        Node::Button(button) => button.id == pressed,
        other => has_button(other.children(), pressed),
    })
}

/// The answers in `sent` to the fields of `form`, in their order.
///
/// # Errors
/// What cannot be taken, all at once.
pub(crate) fn read(form: &[Node], sent: &Sent) -> Result<Vec<Answer>, Vec<Problem>> {
    let mut reading = Reading { sent, known: BTreeSet::new(), answers: Vec::new(), problems: Vec::new() };
    reading.read(form);
    for name in sent.keys().filter(|name| !reading.known.contains(*name)) {
        reading.problems.push(problem(name, "unknown", "This page has changed. Please answer again."));
    }
    if reading.problems.is_empty() { Ok(reading.answers) } else { Err(reading.problems) }
}

struct Reading<'a> {
    sent: &'a Sent,
    known: BTreeSet<String>,
    answers: Vec<Answer>,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn read(&mut self, nodes: &[Node]) {
        for node in nodes {
            let read = match node {
                Node::TextInput(it) => (&it.field, self.text(it)),
                Node::ChoiceInput(it) => (&it.field, self.choices(it)),
                Node::RankInput(it) => (&it.field, self.ranking(it)),
                Node::PointsInput(it) => (&it.field, self.points(it)),
                Node::NumberInput(it) => (&it.field, self.number(it)),
                other => {
                    self.read(other.children());
                    continue;
                }
            };
            match read {
                (field, Ok(Some(value))) => self.answers.push(Answer { field: field.clone(), value }),
                (_, Ok(None)) => {}
                (field, Err((code, message))) => self.problems.push(problem(field, code, &message)),
            }
        }
    }

    /// What was sent under `name`, without what is empty.
    fn take(&mut self, name: &str) -> Vec<&str> {
        self.known.insert(name.to_owned());
        let values = self.sent.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect()
    }

    fn text(&mut self, it: &TextInput) -> Read {
        let values = self.take(&it.field);
        let Some(first) = values.first() else { return nothing(it.required) };
        let text = first.replace("\r\n", "\n").replace('\r', "\n");
        let text = if it.rows == 1 { text.replace('\n', " ") } else { text };
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
            return refuse("not-text", "Use letters, numbers and signs only.");
        }
        let most = it.max_characters;
        if text.len() > answer_bytes(most) || text.graphemes(true).count() > most as usize {
            return refuse("too-long", format!("Use {most} characters or fewer."));
        }
        Ok(Some(Value::Text(text)))
    }

    fn choices(&mut self, it: &ChoiceInput) -> Read {
        let values = self.take(&it.field);
        let is_option = |value: &&str| it.options.iter().any(|option| option.value == **value);
        if !values.iter().all(is_option) {
            return refuse("not-an-option", "Choose from what is on the page.");
        }
        // In the options' order, each once.
        let chosen = it.options.iter().filter(|option| values.contains(&option.value.as_str()));
        let chosen: Vec<String> = chosen.map(|option| option.value.clone()).collect();
        if chosen.is_empty() {
            return nothing(it.required);
        }
        if chosen.len() > it.max_chosen as usize {
            return refuse("too-many", format!("Choose {} or fewer.", it.max_chosen));
        }
        Ok(Some(Value::Choices(chosen)))
    }

    fn ranking(&mut self, it: &RankInput) -> Read {
        let options: Vec<&str> = it.options.iter().map(|option| option.value.as_str()).collect();
        let mut places = Vec::new();
        for (option, place) in self.numbers(&it.field, &options)? {
            if !(1..=options.len()).contains(&(place as usize)) {
                return refuse("no-such-place", format!("Use places from 1 to {}.", options.len()));
            }
            places.push((place, option));
        }
        places.sort_unstable();
        if places.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return refuse("same-place", "Give each a place of its own.");
        }
        if places.len() < it.min_ranked as usize {
            return refuse("too-few", format!("Rank at least {}.", it.min_ranked));
        }
        let ranking: Vec<String> = places.into_iter().map(|(_, option)| option).collect();
        Ok((!ranking.is_empty()).then_some(Value::Ranking(ranking)))
    }

    fn points(&mut self, it: &PointsInput) -> Read {
        let options: Vec<&str> = it.options.iter().map(|option| option.value.as_str()).collect();
        let shares: Vec<Share> = self
            .numbers(&it.field, &options)?
            .into_iter()
            .filter(|(_, points)| *points > 0)
            .map(|(option, points)| Share { choice: option, points })
            .collect();
        let given: u64 = shares.iter().map(|share| u64::from(share.points)).sum();
        if given > u64::from(it.total) {
            return refuse("too-many", format!("You have {} points and gave {given}.", it.total));
        }
        if shares.is_empty() { nothing(it.required) } else { Ok(Some(Value::Points(shares))) }
    }

    /// The numbers sent for each of `options`, where there is one.
    fn numbers(&mut self, field: &str, options: &[&str]) -> Result<Vec<(String, u32)>, Refused> {
        let mut numbers = Vec::new();
        for option in options {
            let values = self.take(&format!("{field}.{option}"));
            let Some(first) = values.first() else { continue };
            let Ok(number) = first.parse() else { return Err(no_number()) };
            numbers.push(((*option).to_owned(), number));
        }
        Ok(numbers)
    }

    fn number(&mut self, it: &NumberInput) -> Read {
        let values = self.take(&it.field);
        let Some(first) = values.first() else { return nothing(it.required) };
        let Ok(number) = first.parse::<i32>() else { return Err(no_number()) };
        if !(it.min..=it.max).contains(&number) {
            return refuse("out-of-bounds", format!("Use a number from {} to {}.", it.min, it.max));
        }
        Ok(Some(Value::Number(number)))
    }
}

/// A code and a sentence.
type Refused = (&'static str, String);
type Read = Result<Option<Value>, Refused>;

fn nothing(is_required: bool) -> Read {
    if is_required { refuse("empty", "Answer this before you go on.") } else { Ok(None) }
}

fn refuse(code: &'static str, message: impl Into<String>) -> Read {
    Err((code, message.into()))
}

fn no_number() -> Refused {
    ("not-a-number", "Use a whole number, such as 3.".to_owned())
}

fn problem(path: &str, code: &str, message: &str) -> Problem {
    Problem { path: path.to_owned(), code: code.to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests;
