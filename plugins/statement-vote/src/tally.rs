//! What the round comes to: of each statement, how many agree, disagree and pass; by group as well.

use std::collections::BTreeMap;

use guest_sdk::state::{Go, each};
use guest_sdk::{Failure, Figure, Label, Measure, Results};

use crate::{Config, VOTES, Vote, Votes};

pub fn tally(config: &Config<'_>) -> Result<Results, Failure> {
    const VOTED: &str = "voted";
    let mut counts = BTreeMap::<(String, &str, Option<String>), u32>::new();
    each::<Votes>(VOTES, None, |participant, votes| {
        for (id, vote) in
            votes.iter().filter(|(id, _)| config.statements.iter().any(|statement| statement.id == **id))
        {
            for group in [None].into_iter().chain(participant.cohort.clone().map(Some)) {
                *counts.entry((id.clone(), VOTED, group.clone())).or_default() += 1;
                *counts.entry((id.clone(), vote.id(), group)).or_default() += 1;
            }
        }
        Ok(Go::On)
    })?;
    let figures = counts.into_iter().map(|((subject, measure, cohort), people)| {
        let measure = measure.to_owned();
        Figure { subject, measure, cohort, people, value: None }
    });
    let measure = |id: &str, text: &str, part_of: Option<&str>| Measure {
        id: id.to_owned(),
        text: text.to_owned(),
        part_of: part_of.map(str::to_owned),
    };
    let parts = Vote::ALL.map(|vote| measure(vote.id(), vote.words(), Some(VOTED)));
    Ok(Results {
        subjects: config
            .statements
            .iter()
            .map(|statement| Label { id: statement.id.to_string(), text: statement.text.to_string() })
            .collect(),
        measures: [measure(VOTED, "Voted", None)].into_iter().chain(parts).collect(),
        figures: figures.collect(),
    })
}
