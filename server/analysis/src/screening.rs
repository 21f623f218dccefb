//! What in a text a moderator should look at before others read it: names, strong words, web addresses, and details that say who somebody is.
//!
//! Every rule errs in both directions, and none decides: what it finds is held for a person to look at. Words that are common in hospitals are
//! what the tests try to have it trip over.

mod identifying;
mod names;
#[cfg(test)]
mod tests;
mod words;

use domain::moderation::Rule;
use linkify::{LinkFinder, LinkKind};
use rustrict::{CensorStr, Type};
use words::words;

/// The most findings of one rule that are given back.
const MAX_FINDINGS: usize = 10;

/// Words about bodies that are work here, mild ones, and towns.
const EVERYDAY: [&str; 18] = [
    "anal",
    "anus",
    "rectal",
    "rectum",
    "vaginal",
    "vagina",
    "penis",
    "penile",
    "breast",
    "breasts",
    "testicular",
    "semen",
    "sex",
    "sexual",
    "bloody",
    "crap",
    "penistone",
    "cockermouth",
];

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The words that it stopped at; nothing where the whole text is meant.
    pub found: Option<String>,
}

/// What `rules` find in `text`, in the order of [`Rule::ALL`].
pub fn screen(text: &str, rules: &[Rule]) -> Vec<Finding> {
    let tokens = words(text);
    let mut findings = Vec::new();
    for rule in Rule::ALL.into_iter().filter(|rule| rules.contains(rule)) {
        let found: Vec<Option<String>> = match rule {
            Rule::Names => names::find(&tokens).into_iter().map(Some).collect(),
            Rule::Profanity => is_strong(text).then_some(None).into_iter().collect(),
            Rule::Links => addresses(text).map(Some).collect(),
            Rule::Identifying => {
                let emails = links(text, LinkKind::Email).into_iter();
                emails.chain(identifying::find(&tokens)).map(Some).collect()
            }
        };
        findings.extend(found.into_iter().take(MAX_FINDINGS).map(|found| Finding { rule, found }));
    }
    findings
}

/// The rules that found something, each once.
pub fn flags(findings: &[Finding]) -> Vec<Rule> {
    Rule::ALL.into_iter().filter(|rule| findings.iter().any(|finding| finding.rule == *rule)).collect()
}

/// Swearing, slurs and insults of some strength. Words about bodies are everyday work here, and "bloody" hurts nobody.
fn is_strong(text: &str) -> bool {
    let plain: Vec<&str> = text.split_whitespace().filter(|word| !is_everyday(word)).collect();
    let strong = (Type::PROFANE | Type::OFFENSIVE) & Type::MODERATE_OR_HIGHER;
    plain.join(" ").as_str().is(strong | (Type::MEAN & Type::SEVERE))
}

/// Words of clinics, and numbers, in which a filter made for games reads digits as letters.
fn is_everyday(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = word.chars().filter(char::is_ascii_digit).count();
    digits > word.chars().filter(|c| c.is_alphabetic()).count()
        || EVERYDAY.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Web addresses: with their scheme, or beginning with "www.".
fn addresses(text: &str) -> impl Iterator<Item = String> {
    let bare = text.split_whitespace().filter(|word| word.to_ascii_lowercase().starts_with("www."));
    links(text, LinkKind::Url).into_iter().chain(bare.map(str::to_owned))
}

fn links(text: &str, kind: LinkKind) -> Vec<String> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[kind]);
    finder.links(text).map(|link| link.as_str().to_owned()).collect()
}
