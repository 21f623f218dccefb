//! What the round comes to: of each version of each pledge, how many people called it strong or wrong, and why; by group as well.

use std::collections::BTreeMap;

use guest_sdk::state::{Go, each};
use guest_sdk::{Failure, Figure, Label, Measure, Results};

use crate::MISSING;
use crate::config::{Config, Reason};
use crate::kept::{SUGGESTIONS, VERDICTS, Verdict, Verdicts};

/// The subject of the version `version` of the pledge `id`.
pub fn subject(id: &str, version: u32) -> String {
    format!("{id}-v{version}")
}

/// The measure of people who gave a verdict.
pub const ANSWERED: &str = "answered";

/// People by subject, measure and group.
type Counts = BTreeMap<(String, String, Option<String>), u32>;

pub fn tally(config: &Config<'_>) -> Result<Results, Failure> {
    let mut counts = Counts::new();
    each::<Verdicts>(VERDICTS, None, |participant, given| {
        let cohort = participant.cohort.as_ref();
        for (id, said) in &given.0 {
            let Some(pledge) = config.pledge(id).filter(|pledge| said.version <= pledge.version()) else {
                continue;
            };
            let subject = subject(&pledge.id, said.version);
            if let Some(verdict) = said.verdict {
                count(&mut counts, &subject, ANSWERED, cohort);
                count(&mut counts, &subject, verdict.id(), cohort);
                let reasons = reasons(config, verdict)
                    .iter()
                    .filter(|reason| said.reasons.iter().any(|id| reason.id == *id));
                for reason in reasons {
                    count(&mut counts, &subject, &measure_of(verdict, reason), None);
                }
            }
            if !said.comment.is_empty() {
                count(&mut counts, &subject, "commented", None);
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
    let figures = counts.into_iter().map(|((subject, measure, cohort), people)| Figure {
        subject,
        measure,
        cohort,
        people,
        value: None,
    });
    Ok(Results { subjects: subjects(config), measures: measures(config), figures: figures.collect() })
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

fn reasons<'a>(config: &'a Config<'_>, verdict: Verdict) -> &'a [Reason<'a>] {
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

fn measures(config: &Config<'_>) -> Vec<Measure> {
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
    for verdict in [Verdict::Strong, Verdict::Wrong] {
        let of_verdict = reasons(config, verdict).iter().map(|reason| {
            measure(&measure_of(verdict, reason), &format!("{}: {}", verdict.words(), reason.label), None)
        });
        measures.extend(of_verdict);
    }
    measures
        .extend([measure("commented", "Commented", None), measure("suggested", "Suggested something", None)]);
    measures
}
