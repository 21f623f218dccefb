//! Names of people: a common first name, or a title with a surname.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::Word;

/// First names that are no other word, in small letters.
static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| listed(include_str!("first_names.txt")));
/// First names that are other words, too: only with a capitalised word behind them inside a sentence.
static ALSO_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| listed(include_str!("also_words.txt")));

/// What stands before a surname.
const TITLES: [&str; 12] =
    ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "reverend"];
/// Before a first name, these make a place of it: "St Mary's", "Queen Elizabeth Hospital".
const PLACE_BEFORE: [&str; 8] = ["st", "saint", "queen", "king", "prince", "princess", "lady", "royal"];
/// So do these, behind it: "Florence Ward", "Charles Street".
const PLACE_BEHIND: [&str; 22] = [
    "ward",
    "hospital",
    "road",
    "street",
    "house",
    "centre",
    "center",
    "unit",
    "park",
    "building",
    "wing",
    "lane",
    "avenue",
    "suite",
    "clinic",
    "hall",
    "court",
    "site",
    "trust",
    "school",
    "college",
    "university",
];
/// Capitalised words that are no surname.
const NO_SURNAME: [&str; 30] = [
    "i",
    "i'm",
    "i've",
    "i'd",
    "i'll",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "christmas",
    "easter",
    "nhs",
    "datix",
    "band",
    "team",
];

fn listed(text: &'static str) -> HashSet<&'static str> {
    text.split_whitespace().collect()
}

/// The names in `words`, as they stand there.
pub(super) fn find(words: &[Word<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let (before, behind) = (at.checked_sub(1).map(|at| words[at]), words.get(at + 1));
        let lower = word.lower();
        let surname = behind.filter(|behind| is_surname(behind));
        let titled = TITLES.contains(&lower.as_str()) && is_title(word);
        let named = !is_place(before.as_ref(), behind)
            && (NAMES.contains(lower.as_str())
                || (ALSO_WORDS.contains(lower.as_str())
                    && word.is_capitalised()
                    && !word.first
                    && surname.is_some()));
        if titled || named {
            match surname {
                Some(surname) => {
                    found.push(format!("{} {}", word.text, surname.text));
                    at += 1;
                }
                None if named => found.push(word.text.to_owned()),
                None => {}
            }
        }
        at += 1;
    }
    found
}

/// "Dr" and "Mrs", but not "DR" (disaster recovery) nor "miss" (the verb).
fn is_title(word: &Word<'_>) -> bool {
    word.is_capitalised()
}

/// Whether a capitalised word can be a surname: no beginning of a sentence, no day, no place.
fn is_surname(word: &Word<'_>) -> bool {
    let lower = word.lower();
    // After "Dr." a sentence seems to begin.
    let new_sentence = word.first && word.before != Some(' ');
    word.is_capitalised()
        && !new_sentence
        && word.text.chars().count() > 1
        && word.text.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
        && !NO_SURNAME.contains(&lower.as_str())
        && !PLACE_BEHIND.contains(&lower.as_str())
}

fn is_place(before: Option<&Word<'_>>, behind: Option<&Word<'_>>) -> bool {
    before.is_some_and(|word| PLACE_BEFORE.contains(&word.lower().as_str()))
        || behind.is_some_and(|word| word.is_capitalised() && PLACE_BEHIND.contains(&word.lower().as_str()))
}
