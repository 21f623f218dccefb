//! What the round comes to: how many ranked each option, how many put it first, and where both counts put it; by group as well.

use std::collections::BTreeMap;

use guest_sdk::state::{Go, each};
use guest_sdk::{Failure, Figure, Label, Measure, Results};

use crate::borda;
use crate::config::{Config, Way};
use crate::schulze::Duels;
use crate::{GIVEN, Given};

/// What is counted of one group, or of everybody.
struct Count {
    people: u32,
    chosen: Vec<u32>,
    first: Vec<u32>,
    score: Vec<f64>,
    duels: Duels,
}

impl Count {
    fn new(options: usize) -> Self {
        let (chosen, first, score) = (vec![0; options], vec![0; options], vec![0.0; options]);
        Self { people: 0, chosen, first, score, duels: Duels::new(options) }
    }

    fn add_ranking(&mut self, ballot: &[usize]) {
        self.people += 1;
        for (option, points) in borda::points(ballot, self.score.len()).into_iter().enumerate() {
            self.score[option] += points;
        }
        ballot.iter().for_each(|&option| self.chosen[option] += 1);
        if let Some(&best) = ballot.first() {
            self.first[best] += 1;
        }
        self.duels.add(ballot);
    }

    fn add_points(&mut self, points: &[(usize, u32)]) {
        self.people += 1;
        for &(option, points) in points {
            self.chosen[option] += 1;
            self.score[option] += f64::from(points);
        }
    }

    fn figures(&self, config: &Config<'_>, cohort: Option<&String>) -> Vec<Figure> {
        let mut figures = Vec::new();
        let beaten = self.duels.beaten();
        for (index, option) in config.options.iter().enumerate() {
            let mut figure = |measure: &str, people: u32, value: Option<f64>| {
                let (subject, measure) = (option.id.to_string(), measure.to_owned());
                figures.push(Figure { subject, measure, cohort: cohort.cloned(), people, value });
            };
            figure("chosen", self.chosen[index], None);
            figure(config.way.measure(), self.people, Some(self.score[index]));
            if matches!(config.way, Way::Rank) {
                figure("first", self.first[index], None);
                figure("schulze", self.people, Some(f64::from(beaten[index])));
            }
        }
        figures
    }
}

pub fn tally(config: &Config<'_>) -> Result<Results, Failure> {
    let options = config.options.len();
    let number = |id: &str| config.options.iter().position(|option| option.id == id);
    let mut counts = BTreeMap::<Option<String>, Count>::new();
    each::<Given>(GIVEN, None, |participant, given| {
        let groups = [None].into_iter().chain(participant.cohort.clone().map(Some));
        match (&config.way, given) {
            (Way::Rank, Given::Ranking(ranking)) => {
                let ballot: Vec<usize> = ranking.iter().filter_map(|id| number(id)).collect();
                if !ballot.is_empty() {
                    groups.for_each(|group| count_of(&mut counts, group, options).add_ranking(&ballot));
                }
            }
            (Way::Points { .. }, Given::Points(points)) => {
                let points: Vec<(usize, u32)> =
                    points.iter().filter_map(|(id, points)| Some((number(id)?, *points))).collect();
                if !points.is_empty() {
                    groups.for_each(|group| count_of(&mut counts, group, options).add_points(&points));
                }
            }
            _ => {}
        }
        Ok(Go::On)
    })?;
    let subject = |option: &crate::config::Choice<'_>| Label {
        id: option.id.to_string(),
        text: option.label.to_string(),
    };
    Ok(Results {
        subjects: config.options.iter().map(subject).collect(),
        measures: measures(&config.way),
        figures: counts.iter().flat_map(|(group, count)| count.figures(config, group.as_ref())).collect(),
    })
}

fn count_of(
    counts: &mut BTreeMap<Option<String>, Count>,
    group: Option<String>,
    options: usize,
) -> &mut Count {
    counts.entry(group).or_insert_with(|| Count::new(options))
}

fn measures(way: &Way) -> Vec<Measure> {
    let measure = |id: &str, text: &str| Measure { id: id.to_owned(), text: text.to_owned(), part_of: None };
    match way {
        Way::Rank => vec![
            measure("chosen", "Ranked it"),
            measure("first", "Put it first"),
            measure("borda", "Points by Borda's count"),
            measure("schulze", "Options it beats by Schulze's method"),
        ],
        Way::Points { .. } => vec![measure("chosen", "Gave it points"), measure("points", "Points")],
    }
}
