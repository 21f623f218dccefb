//! Fields and names of a page.

use std::collections::BTreeSet;

use super::Node;
use crate::contract::{Button, ChoiceInput, NumberInput, OptionItem, PointsInput, RankInput, TextInput};
use crate::output::{
    BadOutput, Checked, check, check_count, check_label, check_lines, check_name, check_optional_label,
    check_unique,
};

/// The most characters of an answer.
pub const ANSWER_CHARACTERS: u32 = 4_000;
/// The most bytes that a character as people see them takes on the average of an answer.
const CHARACTER_BYTES: usize = 32;
/// The most lines that a field shows.
const FIELD_ROWS: u8 = 20;
/// The most options to choose from.
const CHOICE_OPTIONS: usize = 100;
/// The most options to rank or to give points.
const RANK_OPTIONS: usize = 50;
/// The most points to share.
const POINTS: u32 = 1_000;

/// The most bytes that an answer of so many characters may take.
pub(crate) fn answer_bytes(characters: u32) -> usize {
    characters as usize * CHARACTER_BYTES
}

pub(super) fn check_field(node: &Node) -> Checked {
    match node {
        Node::TextInput(it) => {
            check_question(&it.field, &it.label, it.hint.as_ref())?;
            check_text_input(it)
        }
        Node::ChoiceInput(it) => {
            check_question(&it.field, &it.label, it.hint.as_ref())?;
            check_choice_input(it)
        }
        Node::RankInput(it) => {
            check_question(&it.field, &it.label, it.hint.as_ref())?;
            check_options(&it.options, 2, RANK_OPTIONS)?;
            check(it.min_ranked as usize <= it.options.len(), BadOutput::OutOfBounds("fewest to rank"))?;
            check_chosen(&it.options, it.ranked.iter().map(String::as_str))
        }
        Node::PointsInput(it) => {
            check_question(&it.field, &it.label, it.hint.as_ref())?;
            check_points_input(it)
        }
        Node::NumberInput(NumberInput { field, label, hint, min, max, value, .. }) => {
            check_question(field, label, hint.as_ref())?;
            check(min <= max, BadOutput::OutOfBounds("number"))?;
            check(value.is_none_or(|value| (*min..=*max).contains(&value)), BadOutput::OutOfBounds("number"))
        }
        Node::Button(Button { id, label, .. }) => {
            check_name("button", id)?;
            check_label("button", label)
        }
        _ => Ok(()),
    }
}

fn check_question(field: &str, label: &str, hint: Option<&String>) -> Checked {
    check_name("field", field)?;
    check_label("label", label)?;
    check_optional_label("hint", hint)
}

fn check_text_input(it: &TextInput) -> Checked {
    check((1..=ANSWER_CHARACTERS).contains(&it.max_characters), BadOutput::OutOfBounds("characters"))?;
    check((1..=FIELD_ROWS).contains(&it.rows), BadOutput::OutOfBounds("rows of a field"))?;
    check_lines("value of a field", &it.value, answer_bytes(it.max_characters))
}

fn check_choice_input(it: &ChoiceInput) -> Checked {
    check_options(&it.options, 1, CHOICE_OPTIONS)?;
    let most = it.max_chosen as usize;
    check((1..=it.options.len()).contains(&most), BadOutput::OutOfBounds("most to choose"))?;
    check(it.chosen.len() <= most, BadOutput::OutOfBounds("chosen"))?;
    check_chosen(&it.options, it.chosen.iter().map(String::as_str))
}

fn check_points_input(it: &PointsInput) -> Checked {
    check_options(&it.options, 2, RANK_OPTIONS)?;
    check((1..=POINTS).contains(&it.total), BadOutput::OutOfBounds("points"))?;
    check_chosen(&it.options, it.given.iter().map(|share| share.choice.as_str()))?;
    let given: u64 = it.given.iter().map(|share| u64::from(share.points)).sum();
    check(given <= u64::from(it.total), BadOutput::OutOfBounds("points"))
}

fn check_options(options: &[OptionItem], fewest: usize, most: usize) -> Checked {
    check(options.len() >= fewest, BadOutput::OutOfBounds("options"))?;
    check_count("options", options.len(), most)?;
    for option in options {
        check_name("option", &option.value)?;
        check_label("option", &option.label)?;
        check_optional_label("hint of an option", option.hint.as_ref())?;
    }
    check_unique("option", options.iter().map(|option| option.value.as_str()))
}

fn check_chosen<'a>(options: &[OptionItem], chosen: impl Iterator<Item = &'a str> + Clone) -> Checked {
    let is_option = |value: &str| options.iter().any(|option| option.value == value);
    check(chosen.clone().all(is_option), BadOutput::Unknown("value of a field"))?;
    check_unique("value of a field", chosen)
}

/// Cards, forms and threads once on a page, fields and buttons once in their form, and a button in every form.
pub(super) fn check_names(nodes: &[Node]) -> Checked {
    let mut names = Names::default();
    names.read(nodes)
}

#[derive(Default)]
struct Names<'a> {
    cards: BTreeSet<&'a str>,
    forms: BTreeSet<&'a str>,
    subjects: BTreeSet<&'a str>,
    fields: BTreeSet<&'a str>,
    buttons: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn read(&mut self, nodes: &'a [Node]) -> Checked {
        for node in nodes {
            match node {
                Node::Card(card, _) => once(&mut self.cards, "card", &card.id)?,
                Node::Thread(thread) => once(&mut self.subjects, "thread", &thread.subject)?,
                Node::Button(button) => once(&mut self.buttons, "button", &button.id)?,
                Node::Form(id, inside) => {
                    once(&mut self.forms, "form", id)?;
                    self.fields.clear();
                    self.buttons.clear();
                    self.read(inside)?;
                    check(!self.buttons.is_empty(), BadOutput::Misplaced("a form without a button"))?;
                    continue;
                }
                other => {
                    if let Some(field) = field_name(other) {
                        once(&mut self.fields, "field", field)?;
                    }
                }
            }
            self.read(node.children())?;
        }
        Ok(())
    }
}

fn once<'a>(seen: &mut BTreeSet<&'a str>, what: &'static str, name: &'a str) -> Checked {
    check(seen.insert(name), BadOutput::Twice(what))
}

/// The field's name, if `node` is one.
pub(crate) fn field_name(node: &Node) -> Option<&str> {
    match node {
        Node::TextInput(TextInput { field, .. })
        | Node::ChoiceInput(ChoiceInput { field, .. })
        | Node::RankInput(RankInput { field, .. })
        | Node::PointsInput(PointsInput { field, .. })
        | Node::NumberInput(NumberInput { field, .. }) => Some(field),
        _ => None,
    }
}
