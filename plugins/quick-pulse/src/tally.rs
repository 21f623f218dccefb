//! What the round comes to: of each question, how many answered it and how; by group as well. An answer to a question that somebody would not be asked any
//! more does not count.

use std::collections::BTreeMap;

use guest_sdk::state::{Go, each};
use guest_sdk::{Failure, Figure, Label, Measure, Results};

use crate::config::{Config, Kind, Question};
use crate::{ANSWERS, Answers, Said};

/// The measure of people who answered a question.
pub const ANSWERED: &str = "answered";
/// The measure of a scale's mean.
pub const MEAN: &str = "mean";

/// The measure of people who chose `option`.
pub fn measure_of(question: &Question<'_>, option: &str) -> String {
    format!("{}--{option}", question.id)
}

type Key = (String, String, Option<String>);

pub fn tally(config: &Config<'_>) -> Result<Results, Failure> {
    let mut counts = BTreeMap::<Key, u32>::new();
    let mut sums = BTreeMap::<(String, Option<String>), i64>::new();
    each::<Answers>(ANSWERS, None, |participant, answers| {
        for question in config.asked(&answers) {
            let Some(said) = answers.get(&*question.id).filter(|said| **said != Said::Nothing) else {
                continue;
            };
            for group in [None].into_iter().chain(participant.cohort.clone().map(Some)) {
                let mut count = |measure: &str| {
                    *counts
                        .entry((question.id.to_string(), measure.to_owned(), group.clone()))
                        .or_default() += 1;
                };
                count(ANSWERED);
                match said {
                    Said::Choices(choices) => question
                        .options()
                        .iter()
                        .filter(|option| choices.iter().any(|choice| option.id == **choice))
                        .for_each(|option| count(&measure_of(question, &option.id))),
                    Said::Number(number) => {
                        *sums.entry((question.id.to_string(), group.clone())).or_default() +=
                            i64::from(*number);
                    }
                    Said::Text(_) | Said::Nothing => {}
                }
            }
        }
        Ok(Go::On)
    })?;
    let means: Vec<Figure> = sums
        .into_iter()
        .filter_map(|((subject, cohort), sum)| {
            let people = *counts.get(&(subject.clone(), ANSWERED.to_owned(), cohort.clone()))?;
            let value = Some(sum as f64 / f64::from(people));
            Some(Figure { subject, measure: MEAN.to_owned(), cohort, people, value })
        })
        .collect();
    let counts = counts.into_iter().map(|((subject, measure, cohort), people)| Figure {
        subject,
        measure,
        cohort,
        people,
        value: None,
    });
    let subject =
        |question: &Question<'_>| Label { id: question.id.to_string(), text: question.text.to_string() };
    Ok(Results {
        subjects: config.questions.iter().map(subject).collect(),
        measures: measures(config),
        figures: counts.chain(means).collect(),
    })
}

fn measures(config: &Config<'_>) -> Vec<Measure> {
    let measure = |id: &str, text: &str| Measure { id: id.to_owned(), text: text.to_owned(), part_of: None };
    let mut measures = vec![measure(ANSWERED, "Answered"), measure(MEAN, "Mean")];
    for question in &config.questions {
        // Where one option is chosen, they add up to those who answered.
        let adds_up = matches!(question.kind, Kind::Choice { max_chosen: 1, .. });
        let of_options = question.options().iter().map(|option| Measure {
            part_of: adds_up.then(|| ANSWERED.to_owned()),
            ..measure(&measure_of(question, &option.id), &option.label)
        });
        measures.extend(of_options);
    }
    measures
}
