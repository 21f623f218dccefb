//! Fields of a form: what stands in them, what helps, and what is wrong.

use std::collections::BTreeSet;

use actions::round_types::{
    ChoiceInput, Node, NumberInput, OptionItem, PointsInput, Problem, RankInput, TextInput,
};
use serde::Serialize;

use super::Refused;
use crate::text_html::beginning;
use crate::views::FieldError;

/// The most options whose places are chosen from a list; with more of them, places are typed.
const LISTED_PLACES: usize = 10;
/// How much of a question stands in the list of what is wrong, characters.
const QUESTION_CHARACTERS: usize = 80;
/// The longest number that a short field shows whole, characters.
const SHORT_NUMBER: usize = 4;

/// What a field is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// One line of words.
    Line,
    /// Several lines of words.
    Lines,
    /// A whole number.
    Number,
    /// One of several options.
    Radios,
    /// Some of several options.
    Checkboxes,
    /// A list of places beside each option.
    Places,
    /// A number beside each option: points, or a place among many.
    Amounts,
}

/// A field of a form.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// What it is drawn as.
    pub input: Input,
    /// Its id; the ids of all that belongs to it begin with it.
    pub id: String,
    /// What it is sent as.
    pub name: String,
    /// The question.
    pub label: String,
    /// Whether to say that it can be left empty: others of its form cannot.
    pub may_skip: bool,
    /// Help below the question.
    pub hint: Option<String>,
    /// The most characters of words.
    pub limit: Option<u32>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The ids of hint, limit and error, as far as there are any.
    pub described_by: String,
    /// What stands in it.
    pub value: String,
    /// How many lines it shows; for a number, how many characters.
    pub size: u32,
    /// Whether it takes nothing but digits.
    pub digits: bool,
    /// Its options.
    pub options: Vec<Choice>,
    /// Places to choose from, the first of which is sent as 1.
    pub places: Vec<String>,
}

/// An option of a field.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// What it is sent as.
    pub name: String,
    /// The value that is sent; of places and amounts, what stands in it.
    pub value: String,
    /// What people read.
    pub label: String,
    /// A line below the label.
    pub hint: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Field {
    /// What the list above the page says of it, if something is wrong with it: the question, as there can be several.
    pub(super) fn in_summary(&self) -> Option<FieldError> {
        let (question, is_cut) = beginning(&self.label, QUESTION_CHARACTERS);
        let colon = match question.chars().last() {
            _ if is_cut => "… ",
            Some('?' | '!' | '.' | ':') => " ",
            _ => ": ",
        };
        let target = self.options.first().map_or(&self.id, |option| &option.id);
        let error =
            |error: &String| FieldError { field: target.clone(), text: format!("{question}{colon}{error}") };
        self.error.as_ref().map(error)
    }
}

/// A form while it is drawn.
pub(super) struct OpenForm<'a> {
    name: &'a str,
    refused: Option<&'a Refused<'a>>,
    /// Some of its fields must be filled in and others not, so that it has to be said.
    is_mixed: bool,
}

/// What all kinds of fields have.
struct Question<'a> {
    field: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    required: bool,
    /// What the field takes, in the host's words.
    rule: Option<String>,
}

impl<'a> OpenForm<'a> {
    pub fn new(name: &'a str, nodes: &'a [Node], refused: Option<&'a Refused<'a>>) -> Self {
        let mut found = Vec::new();
        questions(nodes, &mut found);
        let required = found.iter().filter(|question| question.required).count();
        Self { name, refused, is_mixed: required > 0 && required < found.len() }
    }

    pub fn id(&self) -> String {
        format!("form_{}", self.name)
    }

    /// Problems that cannot be told beside a field.
    pub fn problems_of_no_field(&self, nodes: &'a [Node]) -> Vec<FieldError> {
        let mut found = Vec::new();
        questions(nodes, &mut found);
        let problems = self.refused.map(|refused| refused.problems).unwrap_or_default();
        let of_none = problems.iter().filter(|it| !found.iter().any(|one| is_about(it, one.field)));
        // The same sentence about several fields that are gone is said once.
        let sentences: BTreeSet<&str> = of_none.map(|problem| problem.message.as_str()).collect();
        let error = |text: &str| FieldError { field: self.id(), text: text.to_owned() };
        sentences.into_iter().map(error).collect()
    }

    /// The field that `node` is.
    pub fn draw(&self, node: &'a Node) -> Option<Field> {
        let question = question(node)?;
        Some(match node {
            Node::TextInput(it) => self.text(&question, it),
            Node::ChoiceInput(it) => self.choice(&question, it),
            Node::RankInput(it) => self.rank(&question, it),
            Node::PointsInput(it) => self.points(&question, it),
            Node::NumberInput(it) => self.number(&question, it),
            _ => return None,
        })
    }

    fn text(&self, question: &Question<'_>, it: &TextInput) -> Field {
        let input = if it.rows > 1 { Input::Lines } else { Input::Line };
        let mut field = self.field(question, input, Some(it.max_characters));
        field.size = it.rows.into();
        field.value = self.typed(&it.field).unwrap_or(&it.value).to_owned();
        field
    }

    fn number(&self, question: &Question<'_>, it: &NumberInput) -> Field {
        let mut field = self.field(question, Input::Number, None);
        let longest = it.min.to_string().len().max(it.max.to_string().len());
        field.size = if longest > SHORT_NUMBER { 10 } else { 4 };
        // Keyboards of digits alone have no minus.
        field.digits = it.min >= 0;
        let before = it.value.map(|value| value.to_string()).unwrap_or_default();
        field.value = self.typed(&it.field).map_or(before, str::to_owned);
        field
    }

    fn choice(&self, question: &Question<'_>, it: &ChoiceInput) -> Field {
        let is_one = it.max_chosen == 1;
        let input = if is_one { Input::Radios } else { Input::Checkboxes };
        let mut field = self.field(question, input, None);
        let typed = self.refused.map(|refused| refused.typed.get(&it.field));
        let chosen = match typed {
            Some(typed) => typed.map(Vec::as_slice).unwrap_or_default(),
            None => &it.chosen,
        };
        field.options = options(&field.id, &it.options, |option| Choice {
            name: it.field.clone(),
            value: option.value.clone(),
            chosen: chosen.contains(&option.value),
            ..Choice::of(option)
        });
        // What is chosen by radio button cannot be taken back otherwise.
        if is_one && !it.required {
            let none = OptionItem { value: String::new(), label: "No answer".to_owned(), hint: None };
            let is_chosen = !field.options.iter().any(|option| option.chosen);
            let id = format!("{}_{}", field.id, field.options.len() + 1);
            field.options.push(Choice { id, name: it.field.clone(), chosen: is_chosen, ..Choice::of(&none) });
        }
        field
    }

    fn rank(&self, question: &Question<'_>, it: &RankInput) -> Field {
        let is_listed = it.options.len() <= LISTED_PLACES;
        let mut field = self.field(question, if is_listed { Input::Places } else { Input::Amounts }, None);
        if is_listed {
            field.places = (1..=it.options.len()).map(ordinal).collect();
        }
        let place = |value: &String| it.ranked.iter().position(|ranked| ranked == value);
        field.options = options(&field.id, &it.options, |option| {
            let before = place(&option.value).map(|place| (place + 1).to_string());
            self.amount(&it.field, option, before)
        });
        field
    }

    fn points(&self, question: &Question<'_>, it: &PointsInput) -> Field {
        let mut field = self.field(question, Input::Amounts, None);
        field.options = options(&field.id, &it.options, |option| {
            let given = it.given.iter().find(|share| share.choice == option.value);
            self.amount(&it.field, option, given.map(|share| share.points.to_string()))
        });
        field
    }

    /// An option with a number of its own, sent as `field.option`.
    fn amount(&self, field: &str, option: &OptionItem, before: Option<String>) -> Choice {
        let name = format!("{field}.{}", option.value);
        let value = self.typed(&name).map_or(before.unwrap_or_default(), |typed| typed.trim().to_owned());
        Choice { name, value, ..Choice::of(option) }
    }

    /// What was typed under `name`, if this form was not taken.
    fn typed(&self, name: &str) -> Option<&str> {
        let values = self.refused?.typed.get(name);
        Some(values.and_then(|values| values.first()).map_or("", String::as_str))
    }

    fn field(&self, question: &Question<'_>, input: Input, limit: Option<u32>) -> Field {
        let id = format!("{}_{}", self.id(), question.field);
        let hint = joined(question.hint, question.rule.as_deref());
        let error = self.error(question.field);
        let parts = [("hint", hint.is_some()), ("limit", limit.is_some()), ("error", error.is_some())];
        let described =
            parts.iter().filter(|(_, is_there)| *is_there).map(|(part, _)| format!("{id}_{part}"));
        let described_by = described.collect::<Vec<_>>().join(" ");
        Field {
            input,
            id,
            name: question.field.to_owned(),
            label: question.label.to_owned(),
            may_skip: self.is_mixed && !question.required,
            hint,
            limit,
            error,
            described_by,
            value: String::new(),
            size: 0,
            digits: true,
            options: Vec::new(),
            places: Vec::new(),
        }
    }

    fn error(&self, field: &str) -> Option<String> {
        let problems = self.refused?.problems.iter().filter(|problem| is_about(problem, field));
        let words: Vec<&str> = problems.map(|problem| problem.message.as_str()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

impl Choice {
    fn of(option: &OptionItem) -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            value: String::new(),
            label: option.label.clone(),
            hint: option.hint.clone(),
            chosen: false,
        }
    }
}

/// Whether `problem` is about `field` or one of its options.
fn is_about(problem: &Problem, field: &str) -> bool {
    problem.path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn questions<'a>(nodes: &'a [Node], into: &mut Vec<Question<'a>>) {
    for node in nodes {
        into.extend(question(node));
        questions(node.children(), into);
    }
}

fn question(node: &Node) -> Option<Question<'_>> {
    let (field, label, hint, required) = match node {
        Node::TextInput(it) => (&it.field, &it.label, &it.hint, it.required),
        Node::ChoiceInput(it) => (&it.field, &it.label, &it.hint, it.required),
        Node::RankInput(it) => (&it.field, &it.label, &it.hint, it.min_ranked > 0),
        Node::PointsInput(it) => (&it.field, &it.label, &it.hint, it.required),
        Node::NumberInput(it) => (&it.field, &it.label, &it.hint, it.required),
        _ => return None,
    };
    Some(Question { field, label, hint: hint.as_deref(), required, rule: rule(node) })
}

/// What a field takes, where that cannot be seen.
fn rule(node: &Node) -> Option<String> {
    match node {
        Node::ChoiceInput(it) if it.max_chosen > 1 && (it.max_chosen as usize) < it.options.len() => {
            Some(format!("Choose up to {}.", it.max_chosen))
        }
        Node::RankInput(it) => {
            let places = if it.options.len() > LISTED_PLACES {
                format!("Type a place beside each, from 1 to {}: 1 is the best.", it.options.len())
            } else {
                "Give each a place of its own: 1st is the best.".to_owned()
            };
            Some(match it.min_ranked {
                0 => format!("{places} You can leave some out."),
                least if least as usize == it.options.len() => places,
                least => format!("{places} Choose a place for at least {least}."),
            })
        }
        Node::PointsInput(it) => Some(format!("You have {} points to share.", it.total)),
        Node::NumberInput(it) => Some(format!("Use a whole number from {} to {}.", it.min, it.max)),
        _ => None,
    }
}

/// Two hints as sentences after each other.
fn joined(hint: Option<&str>, rule: Option<&str>) -> Option<String> {
    match (hint.map(str::trim), rule) {
        (Some(hint), Some(rule)) => {
            let stop = if hint.ends_with(['.', '!', '?', ':']) { "" } else { "." };
            Some(format!("{hint}{stop} {rule}"))
        }
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// Options with their ids, which begin with the field's `id`.
fn options(id: &str, options: &[OptionItem], draw: impl Fn(&OptionItem) -> Choice) -> Vec<Choice> {
    let numbered = options.iter().zip(1..);
    numbered
        .map(|(option, number): (_, u32)| Choice { id: format!("{id}_{number}"), ..draw(option) })
        .collect()
}

/// 1 as "1st".
fn ordinal(place: usize) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}
