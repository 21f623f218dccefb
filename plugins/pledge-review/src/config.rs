//! The settings: pledges with their versions and what they rest on, and the reasons to choose from.

use std::borrow::Cow;
use std::collections::BTreeSet;

use guest_sdk::{Problem, problem};
use serde::Deserialize;

use crate::tally::reason_measures;

/// The most pledges.
const PLEDGES: usize = 40;
/// The most reasons for one verdict.
const REASONS: usize = 12;
/// The most versions of one pledge.
const VERSIONS: usize = 20;
/// The longest text of a version, or of what led to it, characters.
const TEXT: usize = 4_000;
/// The most suggestions that one person can make.
const SUGGESTIONS: u8 = 10;
/// The longest name, letters. Names of pledges and their versions stand together in a subject of at most 64.
const NAME: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config<'a> {
    /// In the order to show.
    #[serde(borrow)]
    pub pledges: Vec<Pledge<'a>>,
    /// Why a pledge is strong, to choose from.
    #[serde(borrow, default)]
    pub strong_reasons: Vec<Reason<'a>>,
    /// Why a pledge is wrong, to choose from.
    #[serde(borrow, default)]
    pub wrong_reasons: Vec<Reason<'a>>,
    /// How many suggestions of what is missing one person can make.
    #[serde(default = "three")]
    pub suggestions: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pledge<'a> {
    /// Its name: lower-case letters, digits and hyphens. Stays the same when the pledge changes.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// A few words.
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    /// From the first to the present one, which people review.
    #[serde(borrow)]
    pub versions: Vec<Version<'a>>,
    /// What it rests on.
    #[serde(borrow, default)]
    pub evidence: Vec<Link<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Version<'a> {
    /// The pledge, in Markdown.
    #[serde(borrow)]
    pub text: Cow<'a, str>,
    /// What led from the version before to this one, in plain words.
    #[serde(borrow, default)]
    pub because: Option<Cow<'a, str>>,
    /// The reasons of the version before that led to this one, such as `wrong-vague`: the verdict and the reason's code.
    #[serde(borrow, default)]
    pub reasons: Vec<Cow<'a, str>>,
    /// What the change rests on, such as a finding of the report.
    #[serde(borrow, default)]
    pub evidence: Vec<Link<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Link<'a> {
    /// What it says.
    #[serde(borrow)]
    pub label: Cow<'a, str>,
    /// Where it leads: `https:`, or a path on the tenant's own site such as `/reports/first-conversation#finding-3`.
    #[serde(borrow)]
    pub address: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reason<'a> {
    /// Its code: lower-case letters, digits and hyphens.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// What people read.
    #[serde(borrow)]
    pub label: Cow<'a, str>,
}

fn three() -> u8 {
    3
}

impl Config<'_> {
    pub fn pledge(&self, id: &str) -> Option<&Pledge<'_>> {
        self.pledges.iter().find(|pledge| pledge.id == id)
    }

    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=PLEDGES).contains(&self.pledges.len()) {
            problems.push(problem("/pledges", "how-many", format!("Give 1 to {PLEDGES} pledges.")));
        }
        if !(1..=SUGGESTIONS).contains(&self.suggestions) {
            problems.push(problem(
                "/suggestions",
                "how-many",
                format!("Allow 1 to {SUGGESTIONS} suggestions."),
            ));
        }
        for (index, pledge) in self.pledges.iter().enumerate() {
            pledge.find_problems(&format!("/pledges/{index}"), &mut problems);
            self.find_unknown_reasons(pledge, index, &mut problems);
        }
        find_twice("/pledges", self.pledges.iter().map(|pledge| &pledge.id), &mut problems);
        for (path, reasons) in
            [("/strong-reasons", &self.strong_reasons), ("/wrong-reasons", &self.wrong_reasons)]
        {
            if reasons.len() > REASONS {
                problems.push(problem(path, "how-many", format!("Give {REASONS} reasons or fewer.")));
            }
            if !reasons.iter().all(|reason| is_name(&reason.id) && !reason.label.trim().is_empty()) {
                problems.push(problem(
                    path,
                    "not-a-reason",
                    "Give each reason a code of lower-case letters and its words.",
                ));
            }
            find_twice(path, reasons.iter().map(|reason| &reason.id), &mut problems);
        }
        problems
    }

    fn find_unknown_reasons(&self, pledge: &Pledge<'_>, index: usize, problems: &mut Vec<Problem>) {
        let is_known = |name: &Cow<'_, str>| reason_measures(self).any(|(id, _)| id == **name);
        if !pledge.versions.iter().flat_map(|version| &version.reasons).all(is_known) {
            let message = "Name reasons of these settings, such as wrong-vague.";
            problems.push(problem(format!("/pledges/{index}/versions"), "no-such-reason", message));
        }
    }
}

impl Pledge<'_> {
    /// The number of the version that people review, from 1.
    pub fn version(&self) -> u32 {
        u32::try_from(self.versions.len()).unwrap_or(u32::MAX)
    }

    /// What people review.
    pub fn text(&self) -> &str {
        self.versions.last().map_or("", |version| &version.text)
    }

    /// Whether there was another version before.
    pub fn has_changed(&self) -> bool {
        self.versions.len() > 1
    }

    fn find_problems(&self, path: &str, problems: &mut Vec<Problem>) {
        if !is_name(&self.id) {
            let message = "Use lower-case letters, digits and hyphens, 50 at most.";
            problems.push(problem(format!("{path}/id"), "not-a-name", message));
        }
        if self.title.trim().is_empty() {
            problems.push(problem(format!("{path}/title"), "empty", "Give the pledge a title."));
        }
        if self.versions.is_empty() || self.versions.iter().any(|version| version.text.trim().is_empty()) {
            problems.push(problem(format!("{path}/versions"), "empty", "Write the pledge."));
        }
        if self.versions.iter().skip(1).any(|version| version.because.is_none()) {
            let message = "Say what led to each later version.";
            problems.push(problem(format!("{path}/versions"), "no-reason", message));
        }
        let is_long = |text: &str| text.chars().count() > TEXT;
        let are_long =
            |version: &Version<'_>| is_long(&version.text) || version.because.as_deref().is_some_and(is_long);
        if self.versions.len() > VERSIONS || self.versions.iter().any(are_long) {
            let message = format!("Give {VERSIONS} versions or fewer, each of {TEXT} characters at most.");
            problems.push(problem(format!("{path}/versions"), "too-long", message));
        }
        let mut links = self.versions.iter().flat_map(|version| &version.evidence).chain(&self.evidence);
        if !links.all(Link::is_fine) {
            let message = "Give each link words, and an address that begins with https:// or with one slash.";
            problems.push(problem(format!("{path}/evidence"), "not-a-link", message));
        }
    }
}

impl Link<'_> {
    fn is_fine(&self) -> bool {
        let address = &*self.address;
        let is_here = address.starts_with('/') && !address.starts_with("//");
        !self.label.trim().is_empty() && (is_here || address.starts_with("https://"))
    }
}

fn find_twice<'a>(path: &str, ids: impl Iterator<Item = &'a Cow<'a, str>>, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            problems.push(problem(path, "twice", format!("{id} is there twice.")));
        }
    }
}

/// Reasons and pledges become parts of names of at most 64 letters.
fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME).contains(&name.len()) && name.bytes().all(is_fine)
}
