//! What the round comes to: of each version of each pledge, how many people called it strong or wrong, and why; by group as well.

use std::collections::BTreeMap;

use guest_sdk::state::{Go, each};
use guest_sdk::{Failure, Figure, Label, Measure, Results};

use crate::MISSING;
use crate::config::{Config, Reason};
use crate::kept::{Judged, RIGHT, Right, Rights, SUGGESTIONS, VERDICTS, Verdict, Verdicts};

/// The subject of the version `version` of the pledge `id`.
pub fn subject(id: &str, version: u32) -> String {
    format!("{id}-v{version}")
}

/// The measure of people who gave a verdict.
pub const ANSWERED: &str = "answered";

/// The measure of people who said whether a change is right.
pub const SAID_RIGHT: &str = "right";

/// People by subject, measure and group.
type Counts = BTreeMap<(String, String, Option<String>), u32>;

pub fn tally(config: &Config<'_>) -> Result<Results, Failure> {
    let mut counts = Counts::new();
    each::<Verdicts>(VERDICTS, None, |participant, given| {
        let cohort = participant.cohort.as_ref();
        for (id, said) in &given.0 {
            let Some(pledge) = config.pledge(id) else { continue };
            for (version, judged) in said.verdicts.range(..=pledge.version()) {
                count_verdict(&mut counts, config, &subject(id, *version), judged, cohort);
            }
            if let Some(comment) = said.comment.as_ref().filter(|it| it.version <= pledge.version()) {
                count(&mut counts, &subject(id, comment.version), "commented", None);
            }
        }
        Ok(Go::On)
    })?;
    each::<Rights>(RIGHT, None, |participant, given| {
        for (id, by_version) in &given.0 {
            let Some(pledge) = config.pledge(id) else { continue };
            for (version, right) in by_version.range(..=pledge.version()) {
                let (subject, cohort) = (subject(id, *version), participant.cohort.as_ref());
                count(&mut counts, &subject, SAID_RIGHT, cohort);
                count(&mut counts, &subject, &right_measure(*right), cohort);
            }
        }
        Ok(Go::On)
    })?;
    each::<Vec<String>>(SUGGESTIONS, None, |participant, given| {
        if given.iter().any(|text| !text.is_empty()) {
            count(&mut counts, MISSING, "suggested", participant.cohort.as_ref());
        }
        Ok(Go::On)
    })?;
    let measures = measures(config, counts.keys().any(|(_, measure, _)| measure == SAID_RIGHT));
    let figures = counts.into_iter().map(|((subject, measure, cohort), people)| Figure {
        subject,
        measure,
        cohort,
        people,
        value: None,
    });
    Ok(Results { subjects: subjects(config), measures, figures: figures.collect() })
}

fn count_verdict(
    counts: &mut Counts,
    config: &Config<'_>,
    subject: &str,
    judged: &Judged,
    cohort: Option<&String>,
) {
    count(counts, subject, ANSWERED, cohort);
    count(counts, subject, judged.verdict.id(), cohort);
    let given = |reason: &&Reason<'_>| judged.reasons.iter().any(|id| reason.id == *id);
    for reason in reasons(config, judged.verdict).iter().filter(given) {
        count(counts, subject, &measure_of(judged.verdict, reason), None);
    }
}

/// Everybody, and the group if there is one.
fn count(counts: &mut Counts, subject: &str, measure: &str, cohort: Option<&String>) {
    let mut add = |cohort: Option<String>| {
        *counts.entry((subject.to_owned(), measure.to_owned(), cohort)).or_default() += 1;
    };
    add(None);
    if cohort.is_some() {
        add(cohort.cloned());
    }
}

/// The reasons to choose from for `verdict`.
pub fn reasons<'a>(config: &'a Config<'_>, verdict: Verdict) -> &'a [Reason<'a>] {
    match verdict {
        Verdict::Strong => &config.strong_reasons,
        Verdict::Wrong => &config.wrong_reasons,
    }
}

fn measure_of(verdict: Verdict, reason: &Reason<'_>) -> String {
    format!("{}-{}", verdict.id(), reason.id)
}

fn subjects(config: &Config<'_>) -> Vec<Label> {
    let versions = config.pledges.iter().flat_map(|pledge| {
        (1..=pledge.version()).map(move |version| {
            let title = &pledge.title;
            let text = if pledge.version() == 1 {
                title.to_string()
            } else {
                format!("{title} (version {version})")
            };
            Label { id: subject(&pledge.id, version), text }
        })
    });
    let missing = Label { id: MISSING.to_owned(), text: "What is missing".to_owned() };
    versions.chain([missing]).collect()
}

/// The measures of all reasons, with their words.
pub fn reason_measures<'a>(config: &'a Config<'_>) -> impl Iterator<Item = (String, String)> + 'a {
    [Verdict::Strong, Verdict::Wrong].into_iter().flat_map(|verdict| {
        reasons(config, verdict).iter().map(move |reason| {
            (measure_of(verdict, reason), format!("{}: {}", verdict.words(), reason.label))
        })
    })
}

/// The measure of people who said `right` of a change.
pub fn right_measure(right: Right) -> String {
    format!("{SAID_RIGHT}-{}", right.id())
}

/// How many people `released` says stand behind a number about everybody; none if it may not be seen.
pub fn people(released: &[Figure], subject: &str, measure: &str) -> Option<u32> {
    let is_it =
        |figure: &&Figure| figure.subject == subject && figure.measure == measure && figure.cohort.is_none();
    released.iter().find(is_it).map(|figure| figure.people)
}

/// Whether changes are right is among them once somebody has said so: a round that comes from version 1 comes to exactly what it came to.
fn measures(config: &Config<'_>, with_right: bool) -> Vec<Measure> {
    let measure = |id: &str, text: &str, part_of: Option<&str>| Measure {
        id: id.to_owned(),
        text: text.to_owned(),
        part_of: part_of.map(str::to_owned),
    };
    let mut measures = vec![
        measure(ANSWERED, "Answered", None),
        measure("strong", "Strong", Some(ANSWERED)),
        measure("wrong", "Wrong", Some(ANSWERED)),
    ];
    measures.extend(reason_measures(config).map(|(id, words)| measure(&id, &words, None)));
    measures
        .extend([measure("commented", "Commented", None), measure("suggested", "Suggested something", None)]);
    if with_right {
        measures.push(measure(SAID_RIGHT, "Said whether the change is right", None));
        let parts = Right::ALL.map(|right| measure(&right_measure(right), right.words(), Some(SAID_RIGHT)));
        measures.extend(parts);
    }
    measures
}
