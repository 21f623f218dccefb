//! Guesses against the truth: how many were right, how many chance would have had, and whether that is too many.
//!
//! Each attempt is judged by its own distribution (see [`super::chance`]). Its *bound* is chance plus [`SIGMAS`] standard deviations; but
//! with hundreds of attempts some pass that by chance, and the report says how many. An attempt *links* only if it passes its bound and the
//! probability of as many hits by chance is below [`FALSE_ALARM`] divided by the number of tests (Bonferroni: whether or not the tests depend
//! on each other, a clean pair of dumps is called linked with probability below [`FALSE_ALARM`]).

use std::collections::HashMap;

use super::attempts::{Attempt, Way};
use super::chance::{binomial_tail, poisson_tail};
use super::evidence::Cell;
use super::sides::{Side, groups};
use super::spelling::shown;

/// The bound's distance from chance, standard deviations.
pub const SIGMAS: f64 = 3.0;
/// The probability of calling a clean pair of dumps linked.
pub const FALSE_ALARM: f64 = 0.01;
/// How far beside counts as near, places, unless told otherwise: a batch.
pub const DEFAULT_WINDOW: u32 = 20;

/// What one attempt's hits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No more than chance.
    AtChance,
    /// Above its own bound, as some of this many tests must be.
    AboveBound,
    /// More than chance allows over all tests.
    Links,
}

/// Hits against chance.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    /// How many were right.
    pub hits: u64,
    /// How many chance has on average.
    pub expected_by_chance: f64,
    /// Chance's standard deviation.
    pub sigma: f64,
    /// Chance plus [`SIGMAS`] of these.
    pub bound: f64,
    /// The probability of as many hits or more by chance.
    pub probability: f64,
    /// The probability that chance passes the bound.
    pub false_alarm: f64,
    /// What follows.
    pub verdict: Verdict,
}

/// One attempt's result.
#[derive(Clone, Debug)]
pub struct Score {
    /// The identity side's signal.
    pub identity_signal: String,
    /// The conversation side's.
    pub conversation_signal: String,
    /// How.
    pub way: Way,
    /// How many people of whom the truth is known were guessed.
    pub guesses: u64,
    /// Guesses that were right.
    pub right: Tally,
    /// Guesses that were right or near it.
    pub near: Option<Tally>,
}

impl Score {
    /// The worse of the two verdicts.
    pub fn verdict(&self) -> Verdict {
        self.near.map_or(self.right.verdict, |near| near.verdict.max(self.right.verdict))
    }
}

/// All results.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By attempt.
    pub scores: Vec<Score>,
    /// Pairs of the truth that both sides know.
    pub pairs: usize,
    /// Pairs of the truth that they do not.
    pub unknown_pairs: usize,
    /// Tests: one for each attempt, and one more where nearness counts.
    pub tests: usize,
    /// How many of the tests pass their bound by chance, on average.
    pub expected_above_bound: f64,
    /// The probability that at least one does, if they were independent.
    pub any_above_bound: f64,
    /// How near counts, places.
    pub window: u32,
}

impl Report {
    /// The attempts that link.
    pub fn linking(&self) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(|score| score.verdict() == Verdict::Links)
    }

    /// How many tests passed their own bound.
    pub fn above_bound(&self) -> usize {
        let tallies = self.scores.iter().flat_map(|score| [Some(score.right), score.near]).flatten();
        tallies.filter(|tally| tally.verdict >= Verdict::AboveBound).count()
    }
}

/// Holds `attempts` against `truth`: pairs of a person's and a participant's id, in any spelling.
pub fn score(
    identity: &Side,
    conversation: &Side,
    attempts: impl Iterator<Item = Attempt>,
    truth: &[(String, String)],
    window: u32,
) -> Report {
    let known = Truth::new(identity, conversation, truth);
    let mut report =
        Report { pairs: known.pairs, unknown_pairs: truth.len() - known.pairs, window, ..Report::default() };
    report.scores = attempts.map(|attempt| known.judge(&attempt, window)).collect();
    let tallies =
        || report.scores.iter().flat_map(|score| [Some(&score.right), score.near.as_ref()]).flatten();
    let alarms: Vec<f64> = tallies().map(|tally| tally.false_alarm).collect();
    let strict = FALSE_ALARM / alarms.len().max(1) as f64;
    report.tests = alarms.len();
    report.expected_above_bound = alarms.iter().sum();
    report.any_above_bound = 1.0 - alarms.iter().map(|alarm| 1.0 - alarm).product::<f64>();
    for score in &mut report.scores {
        for tally in [Some(&mut score.right), score.near.as_mut()].into_iter().flatten() {
            tally.verdict = match tally.hits as f64 > tally.bound {
                true if tally.probability < strict => Verdict::Links,
                true => Verdict::AboveBound,
                false => Verdict::AtChance,
            };
        }
    }
    report
}

/// The truth, by places in the sides.
struct Truth {
    of_person: Vec<Option<u32>>,
    groups: Vec<u32>,
    /// Participants of the truth in each group.
    sizes: HashMap<u32, f64>,
    pairs: usize,
}

impl Truth {
    fn new(identity: &Side, conversation: &Side, truth: &[(String, String)]) -> Self {
        let index = |side: &Side| -> HashMap<String, u32> { side.ids.iter().cloned().zip(0..).collect() };
        let (people, participants) = (index(identity), index(conversation));
        let (_, groups) = groups(identity, conversation);
        let normal = |id: &str| shown(&Cell::Text(id.trim().to_owned()));
        let (mut of_person, mut sizes, mut pairs) = (vec![None; identity.ids.len()], HashMap::new(), 0);
        for (person, participant) in truth {
            let found = (people.get(&normal(person)), participants.get(&normal(participant)));
            let (Some(person), Some(participant)) = found else { continue };
            of_person[*person as usize] = Some(*participant);
            *sizes.entry(groups[*participant as usize]).or_insert(0.0) += 1.0;
            pairs += 1;
        }
        Self { of_person, groups, sizes, pairs }
    }

    fn judge(&self, attempt: &Attempt, window: u32) -> Score {
        let (mut guesses, mut hits, mut chance) = (0, 0, 0.0);
        let (mut near, mut near_chance) = (0, 0.0);
        let places = attempt.places.as_deref();
        let lengths = places.map(|places| self.lengths(places));
        for (person, guessed) in &attempt.guesses {
            let Some(true_one) = self.of_person[*person as usize] else { continue };
            let group = self.groups[*guessed as usize];
            let size = self.sizes.get(&group).copied().unwrap_or(1.0);
            guesses += 1;
            hits += u64::from(true_one == *guessed);
            chance += 1.0 / size;
            let (Some(places), Some(lengths)) = (places, &lengths) else { continue };
            let Some(place) = places[*guessed as usize] else { continue };
            let last = lengths.get(&group).copied().unwrap_or(1) - 1;
            let reach = (place + window).min(last) - place.saturating_sub(window) + 1;
            near_chance += (f64::from(reach) / size).min(1.0);
            let true_place = places[true_one as usize].filter(|_| self.groups[true_one as usize] == group);
            near += u64::from(true_place.is_some_and(|true_place| true_place.abs_diff(place) <= window));
        }
        Score {
            identity_signal: attempt.identity_signal.clone(),
            conversation_signal: attempt.conversation_signal.clone(),
            way: attempt.way,
            guesses,
            right: tally(hits, chance, chance, |hits| poisson_tail(hits, chance)),
            near: places.map(|_| {
                let share = near_chance / (guesses as f64).max(1.0);
                tally(near, near_chance, near_chance * (1.0 - share), |hits| {
                    binomial_tail(hits, guesses, share)
                })
            }),
        }
    }

    /// How many participants of each group have a place.
    fn lengths(&self, places: &[Option<u32>]) -> HashMap<u32, u32> {
        let mut lengths = HashMap::new();
        for (group, _) in self.groups.iter().zip(places).filter(|(_, place)| place.is_some()) {
            *lengths.entry(*group).or_insert(0) += 1;
        }
        lengths
    }
}

fn tally(hits: u64, expected: f64, variance: f64, tail: impl Fn(u64) -> f64) -> Tally {
    let sigma = variance.max(0.0).sqrt();
    let bound = expected + SIGMAS * sigma;
    Tally {
        hits,
        expected_by_chance: expected,
        sigma,
        bound,
        probability: tail(hits),
        false_alarm: tail(bound.floor() as u64 + 1),
        verdict: Verdict::AtChance,
    }
}
