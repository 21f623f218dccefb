//! What may be seen of what a round type counted: decision 21.
//!
//! 1. **Whole groups.** Of people, only multiples of k are published; what is below k is not there.
//! 2. **Scores of everybody only**, and only as exactly as k people could not change them: to steps of the largest score of its kind times k,
//!    shared among those who are behind it. With the exact number a count could be worked out, and with those of groups that of whoever is left.
//! 3. **Not cornered.** Rounding leaves 0 to k−1 out of each cell of groups by parts. If what can be left out of all of them together is a
//!    multiple of k, a total can show that all of it is, and so how much of each: then groups, or parts, are not told apart.
//! 4. **Nobody's difference.** What was published before a round was opened again stays, but for subjects that are new or about which two
//!    groups' worth of people more were counted since.

use std::collections::{BTreeMap, BTreeSet};

use domain::round_results::RoundFigure;

use super::STEPS_TOGETHER;

/// What is published of `counted`, in its order, where `before` was published. `parts` says which measures add up to which.
pub fn release_round(
    counted: &[RoundFigure],
    before: &[RoundFigure],
    parts: &BTreeMap<String, String>,
    smallest: u32,
) -> Vec<RoundFigure> {
    let largest = |figures: &[RoundFigure]| {
        let mut largest: BTreeMap<String, u32> = BTreeMap::new();
        for figure in figures {
            let people = largest.entry(figure.subject.clone()).or_default();
            *people = figure.people.max(*people);
        }
        largest
    };
    let (now, then) = (largest(counted), largest(before));
    let grown = |subject: &str| {
        let growth = i64::from(now.get(subject).copied().unwrap_or_default())
            - i64::from(then.get(subject).copied().unwrap_or_default());
        growth >= STEPS_TOGETHER * i64::from(smallest)
    };
    let is_new = |figure: &RoundFigure| !then.contains_key(&figure.subject) || grown(&figure.subject);
    let mut released: Vec<RoundFigure> =
        anew(counted, parts, smallest).into_iter().filter(|figure| is_new(figure)).collect();
    let renewed: BTreeSet<String> = released.iter().map(|figure| figure.subject.clone()).collect();
    released.extend(before.iter().filter(|figure| !renewed.contains(&figure.subject)).cloned());
    released
}

/// What would be published of `counted` if nothing had been before.
fn anew(counted: &[RoundFigure], parts: &BTreeMap<String, String>, smallest: u32) -> Vec<RoundFigure> {
    let cohorts: BTreeSet<&str> = counted.iter().filter_map(|figure| figure.cohort.as_deref()).collect();
    let parts_of = |whole: &str| parts.values().filter(|of| *of == whole).count();
    let cornered = |cells: usize| cells > 0 && cells.is_multiple_of(smallest as usize);
    let tells_groups = |measure: &str| {
        let whole = parts.get(measure).map_or(measure, String::as_str);
        !cornered(cohorts.len()) && !cornered(cohorts.len() * parts_of(whole).max(1))
    };
    let tells_parts = |measure: &str| parts.get(measure).is_none_or(|whole| !cornered(parts_of(whole)));
    let may_be_seen = |figure: &&RoundFigure| {
        figure.people >= smallest
            && tells_parts(&figure.measure)
            && (figure.cohort.is_none() || (figure.value.is_none() && tells_groups(&figure.measure)))
    };
    let mut tops: BTreeMap<&str, f64> = BTreeMap::new();
    for figure in counted.iter().filter(|figure| figure.cohort.is_none()) {
        let top = tops.entry(&figure.measure).or_default();
        *top = figure.value.unwrap_or_default().abs().max(*top);
    }
    let seen = |figure: &RoundFigure| {
        let people = figure.people - figure.people % smallest;
        let top = tops.get(figure.measure.as_str()).copied().unwrap_or_default();
        let step = top * f64::from(smallest) / f64::from(people);
        RoundFigure { people, value: figure.value.map(|value| in_steps(value, step)), ..figure.clone() }
    };
    counted.iter().filter(may_be_seen).map(seen).collect()
}

/// `value` to the next step of 1, 2 or 5 times a power of ten that is at least `step`.
fn in_steps(value: f64, step: f64) -> f64 {
    if step <= 0.0 || !step.is_finite() || !value.is_finite() {
        return 0.0;
    }
    let power = 10_f64.powi(step.log10().floor() as i32);
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|it| *it >= step);
    let step = step.unwrap_or(10.0 * power);
    // Adding 0 makes −0 plain 0.
    (value / step).round() * step + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(measure: &str, cohort: Option<&str>, people: u32, value: Option<f64>) -> RoundFigure {
        let (subject, measure) = ("one".to_owned(), measure.to_owned());
        RoundFigure { subject, measure, cohort: cohort.map(str::to_owned), people, value }
    }

    fn parts() -> BTreeMap<String, String> {
        ["strong", "wrong"].map(|part| (part.to_owned(), "answered".to_owned())).into()
    }

    fn first(counted: &[RoundFigure], parts: &BTreeMap<String, String>) -> Vec<RoundFigure> {
        release_round(counted, &[], parts, 10)
    }

    #[test]
    fn only_whole_groups_are_seen() {
        let counted = [
            figure("answered", None, 57, None),
            figure("strong", None, 48, None),
            figure("wrong", None, 9, None),
        ];
        let seen = first(&counted, &parts());
        assert_eq!(seen, [figure("answered", None, 50, None), figure("strong", None, 40, None)]);
    }

    #[test]
    fn scores_are_everybodys_and_as_exact_as_there_are_people() {
        let counted = [
            figure("mean", None, 1_000, Some(3.471)),
            figure("mean", Some("a"), 20, Some(0.9)),
            figure("score", None, 30, Some(1_234.0)),
            figure("score", None, 9, Some(12.0)),
        ];
        let seen = first(&counted, &BTreeMap::new());
        assert_eq!(seen, [figure("mean", None, 1_000, Some(3.45)), figure("score", None, 30, Some(1_000.0))]);
        assert_eq!((in_steps(0.0, 0.0), in_steps(-0.01, 1.0), in_steps(f64::NAN, 1.0)), (0.0, 0.0, 0.0));
    }

    /// A mark from 1 to 5: everybody gives the best but for a few. Whoever knows the rule tries every history that shows the same.
    #[test]
    fn no_mean_tells_that_between_one_and_nine_people_thought_otherwise() {
        let mut histories: BTreeMap<(u32, u64), BTreeSet<u32>> = BTreeMap::new();
        for people in 10..=60_u32 {
            for others in 0..=people {
                let mean = 5.0 - f64::from(others) / f64::from(people);
                let shown = first(&[figure("mean", None, people, Some(mean))], &BTreeMap::new());
                let shown = (shown[0].people, shown[0].value.unwrap().to_bits());
                histories.entry(shown).or_default().insert(others);
            }
        }
        for (shown, others) in histories {
            assert!(!others.iter().all(|count| (1..10).contains(count)), "{shown:?}: {others:?}");
        }
    }

    #[test]
    fn groups_and_parts_that_could_be_cornered_are_not_told_apart() {
        let cohorts = ["a", "b", "c", "d", "e"];
        let of = |measure: &'static str| cohorts.map(|cohort| figure(measure, Some(cohort), 20, None));
        let counted = [of("answered"), of("strong"), of("other")].concat();
        let seen = first(&counted, &parts());
        // Five groups by two parts are ten cells; five groups alone are not.
        assert!(seen.iter().all(|figure| figure.measure == "other"), "{seen:?}");
        assert_eq!(seen.len(), 5);
        let ten: BTreeMap<String, String> =
            (0..10).map(|option| (format!("option-{option}"), "answered".to_owned())).collect();
        let counted = [figure("answered", None, 60, None), figure("option-3", None, 20, None)];
        assert_eq!(first(&counted, &ten), [figure("answered", None, 60, None)]);
    }

    /// Everybody who sees the figures adds and subtracts them: no difference is between 1 and k−1.
    #[test]
    fn no_sum_or_difference_is_a_small_number() {
        let cohorts = [Some("a"), Some("b"), Some("c")];
        let mut counted = Vec::new();
        for (at, cohort) in cohorts.into_iter().enumerate() {
            let (strong, wrong) = (13 + 7 * at as u32, 11 + at as u32);
            counted.push(figure("answered", cohort, strong + wrong, None));
            counted.push(figure("strong", cohort, strong, None));
            counted.push(figure("wrong", cohort, wrong, None));
        }
        counted.push(figure("answered", None, 96, None));
        let seen = first(&counted, &parts());
        assert!(seen.len() > 6);
        assert!(seen.iter().all(|figure| figure.people % 10 == 0 && figure.people > 0), "{seen:?}");
    }

    #[test]
    fn after_a_reopening_only_what_has_grown_or_is_new_comes_out_anew() {
        let of = |subject: &str, people| RoundFigure {
            subject: subject.to_owned(),
            ..figure("answered", None, people, None)
        };
        let before = first(&[of("rotas", 57), of("rest", 30)], &parts());
        // One more of the first, twenty of the second, and a subject that nobody was asked about.
        let counted = [of("rotas", 61), of("rest", 50), of("rotas-v2", 40)];
        let seen = release_round(&counted, &before, &parts(), 10);
        assert_eq!(seen, [of("rest", 50), of("rotas-v2", 40), of("rotas", 50)]);
    }
}
