//! The rule against two adversaries: one who adds and subtracts whatever was published, and one who knows the rule and tries every history
//! that would have published the same.

use std::collections::BTreeMap;

use domain::figures::{Cell, Dimension, Measure};

use super::{Amount, Counted, Published, merge_small, release};

/// The minimal standard generator of Park and Miller, seeded by the test.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 % limit
    }
}

fn voting(groups: &[i64]) -> Counted {
    let by_name = groups.iter().enumerate().map(|(place, people)| (format!("g{place}"), *people));
    Counted {
        measure: Measure::Voting,
        all: Amount::of_people(groups.iter().sum()),
        groups: vec![(Dimension::Organisation, by_name.collect())],
    }
}

fn cell(dimension: Dimension, member: &str) -> Cell {
    Cell { measure: Measure::Voting, dimension, member: member.to_owned() }
}

fn shown(published: &Published, groups: usize) -> Vec<i64> {
    let of = |dimension, member: &str| published.get(&cell(dimension, member)).copied().unwrap_or_default();
    let members = (0..groups).map(|place| of(Dimension::Organisation, &format!("g{place}")));
    std::iter::once(of(Dimension::All, "")).chain(members).collect()
}

#[test]
fn groups_appear_together_in_whole_groups() {
    let mut published = Published::new();
    let mut after = |groups: &[i64]| {
        let news = release(&[voting(groups)], &published, 10);
        published.extend(news);
        shown(&published, groups.len())
    };
    assert_eq!(after(&[9, 0]), [0, 0, 0]);
    assert_eq!(after(&[12, 3]), [10, 0, 0], "the total has a step; groups wait for two");
    assert_eq!(after(&[17, 4]), [20, 10, 0]);
    assert_eq!(
        after(&[25, 10]),
        [30, 10, 0],
        "both have grown, one by little: not before the total has grown by 20"
    );
    assert_eq!(after(&[29, 19]), [40, 20, 10]);
    assert_eq!(after(&[5, 0]), [40, 20, 10], "what was erased takes nothing back");
    assert!(release(&[voting(&[5, 0])], &published, 10).is_empty());
}

#[test]
fn acts_need_people_and_have_no_groups() {
    let votes = |count, people| Counted {
        measure: Measure::Votes,
        all: Amount { count, people },
        groups: vec![(Dimension::Organisation, BTreeMap::from([("a".to_owned(), count)]))],
    };
    let total = Cell { measure: Measure::Votes, dimension: Dimension::All, member: String::new() };
    let of = |count, people| release(&[votes(count, people)], &Published::new(), 10);
    assert_eq!(of(500, 9), BTreeMap::from([(total.clone(), 0)]));
    assert_eq!(of(507, 10), BTreeMap::from([(total, 500)]));
}

/// Whatever happens, in whichever order it is looked at: only multiples of k, never back, groups never more than their people were.
#[test]
fn no_sum_or_difference_of_what_was_published_is_small() {
    let mut chance = Chance(20_231_130);
    let mut differences = 0_u64;
    for _ in 0..200 {
        let smallest = 5 + u32::try_from(chance.below(11)).unwrap();
        let k = i64::from(smallest);
        let (rows, columns) = (1 + chance.below(4) as usize, 1 + chance.below(4) as usize);
        // People by organisation and by staff group at once: the dimensions overlap, and one may be nested in the other.
        let nested = chance.below(3) == 0;
        let mut people = vec![vec![0_i64; columns]; rows];
        let mut most = vec![0_i64; rows];
        let mut published = Published::new();
        let mut snapshots: Vec<Vec<(Dimension, i64)>> = Vec::new();
        for _ in 0..60 {
            for _ in 0..chance.below(12) {
                let row = chance.below(rows as u64) as usize;
                let column = if nested { row % columns } else { chance.below(columns as u64) as usize };
                let step = if chance.below(20) == 0 { -1 } else { 1 };
                people[row][column] = (people[row][column] + step).max(0);
            }
            let by_row: Vec<i64> = people.iter().map(|row| row.iter().sum()).collect();
            let by_column: Vec<i64> = (0..columns).map(|at| people.iter().map(|row| row[at]).sum()).collect();
            most.iter_mut().zip(&by_row).for_each(|(most, now)| *most = (*most).max(*now));
            let named =
                |counts: &[i64]| counts.iter().enumerate().map(|(at, n)| (format!("g{at}"), *n)).collect();
            let counted = Counted {
                measure: Measure::Joined,
                all: Amount::of_people(by_row.iter().sum()),
                groups: vec![
                    (Dimension::Organisation, named(&by_row)),
                    (Dimension::StaffGroup, named(&by_column)),
                ],
            };
            let news = release(&[counted], &published, smallest);
            for (cell, value) in &news {
                assert!(*value >= published.get(cell).copied().unwrap_or_default(), "taken back");
            }
            published.extend(news);
            for (at, most) in most.iter().enumerate() {
                let cell = Cell {
                    measure: Measure::Joined,
                    dimension: Dimension::Organisation,
                    member: format!("g{at}"),
                };
                assert!(published[&cell] <= *most, "more than there ever were");
            }
            snapshots.push(published.iter().map(|(cell, value)| (cell.dimension, *value)).collect());
        }
        // Any two windows of any cells, added or subtracted, and whole dimensions against each other.
        for _ in 0..2_000 {
            let mut any = || {
                let snapshot = &snapshots[chance.below(snapshots.len() as u64) as usize];
                let whole = chance.below(3) == 0;
                let (dimension, one) = snapshot[chance.below(snapshot.len() as u64) as usize];
                let all =
                    snapshot.iter().filter(|(other, _)| *other == dimension).map(|(_, value)| value).sum();
                if whole { all } else { one }
            };
            let (a, b, c, d): (i64, i64, i64, i64) = (any(), any(), any(), any());
            for found in [a - b, a + b - c, (a - b) - (c - d), a - b - c - d] {
                assert!(found.abs() == 0 || found.abs() >= k, "{found} with k = {k}");
                differences += 1;
            }
        }
    }
    assert_eq!(differences, 1_600_000);
}

/// Everything that can happen to some groups within two or three looks: whoever knows the rule and tries every history that would have
/// shown the same never finds a group's people, nor its growth between two looks, to be certainly some number of 1 to k−1.
#[test]
fn whoever_knows_the_rule_and_tries_every_history_learns_no_small_number() {
    for (smallest, groups, looks, steps) in
        [(3, 2, 3, 4), (4, 2, 2, 4), (5, 2, 2, 3), (4, 3, 2, 3), (3, 4, 2, 2)]
    {
        assert_eq!(certain_small_numbers(smallest, groups, looks, steps), None);
    }
    // A multiple of k groups is what they must not be: the adversary has teeth.
    let found = certain_small_numbers(3, 3, 1, 3).expect("three groups with k = 3 are cornered");
    assert!(found.starts_with("[[6, 0, 0, 0]]"), "{found}");
}

/// The first number of 1 to k−1 that is the same in every history that would have shown the same, up to so many steps of the total.
fn certain_small_numbers(smallest: u32, groups: usize, looks: usize, steps: i64) -> Option<String> {
    let k = i64::from(smallest);
    let histories = every_history(groups, looks, k * (steps + 1) - 1);
    let mut by_what_was_shown: BTreeMap<Vec<Vec<i64>>, Vec<&Vec<Vec<i64>>>> = BTreeMap::new();
    for history in &histories {
        by_what_was_shown.entry(published_by(history, smallest)).or_default().push(history);
    }
    assert!(by_what_was_shown.len() > steps.unsigned_abs() as usize, "hardly anything is ever shown");
    for (shown, same) in &by_what_was_shown {
        for (group, until) in (0..groups).flat_map(|group| (0..looks).map(move |until| (group, until))) {
            for from in 0..=until {
                let before = |history: &[Vec<i64>]| if from == 0 { 0 } else { history[from - 1][group] };
                let growth = |history: &&Vec<Vec<i64>>| history[until][group] - before(history);
                let first = growth(&same[0]);
                if (1..k).contains(&first) && same.iter().all(|history| growth(history) == first) {
                    return Some(format!(
                        "{shown:?}: group {group} grew by {first} from look {from} to {until}"
                    ));
                }
            }
        }
    }
    None
}

/// Cumulative people of each group at each look, up to `most` in all.
fn every_history(groups: usize, looks: usize, most: i64) -> Vec<Vec<Vec<i64>>> {
    let mut histories = vec![Vec::new()];
    for _ in 0..looks {
        let mut longer = Vec::new();
        for history in histories {
            let last = history.last().cloned().unwrap_or_else(|| vec![0; groups]);
            for now in every_next(&last, most - last.iter().sum::<i64>()) {
                let mut next: Vec<Vec<i64>> = history.clone();
                next.push(now);
                longer.push(next);
            }
        }
        histories = longer;
    }
    histories
}

/// What `groups` can become when at most `more` people come.
fn every_next(groups: &[i64], more: i64) -> Vec<Vec<i64>> {
    let Some((first, rest)) = groups.split_first() else { return vec![Vec::new()] };
    let with_first = |come: i64| {
        every_next(rest, more - come).into_iter().map(move |others| [vec![first + come], others].concat())
    };
    (0..=more).flat_map(with_first).collect()
}

fn published_by(history: &[Vec<i64>], smallest: u32) -> Vec<Vec<i64>> {
    let mut published = Published::new();
    let look = |groups: &Vec<i64>| {
        let news = release(&[voting(groups)], &published, smallest);
        published.extend(news);
        shown(&published, groups.len())
    };
    history.iter().map(look).collect()
}

#[test]
fn small_groups_are_counted_together() {
    let merged = |sizes: &[(&str, i64)], smallest| {
        let sizes = sizes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
        let merged = merge_small(&sizes, smallest);
        (merged.own.into_iter().collect::<Vec<_>>().join(" "), merged.others)
    };
    let by_ten = |sizes: &[(&str, i64)]| merged(sizes, 10);
    assert_eq!(by_ten(&[("a", 40), ("b", 10)]), ("a b".to_owned(), false));
    assert_eq!(by_ten(&[("a", 40), ("b", 9), ("c", 3)]), ("a".to_owned(), true));
    assert_eq!(
        by_ten(&[("a", 40), ("b", 30), ("c", 9)]),
        ("a".to_owned(), true),
        "b joins c, so that c is not alone"
    );
    assert_eq!(by_ten(&[("a", 30), ("b", 30), ("c", 1)]), ("b".to_owned(), true));
    assert_eq!(by_ten(&[("c", 9)]), (String::new(), true));
    assert_eq!(by_ten(&[]), (String::new(), false));
    let five = [("a", 90), ("b", 80), ("c", 70), ("d", 60), ("e", 50)];
    assert_eq!(merged(&five[..3], 5), ("a b c".to_owned(), false));
    assert_eq!(
        merged(&five[..4], 5),
        ("a b".to_owned(), true),
        "with those by printed codes they would be five"
    );
    assert_eq!(
        merged(&five, 5),
        ("a b".to_owned(), true),
        "d and e together make four, which will not do either"
    );
    for (groups, smallest) in (0..60).flat_map(|groups| [5, 7, 10].map(|smallest| (groups, smallest))) {
        let sizes = (0..groups).map(|group| (format!("g{group:02}"), 1 + group * 7 % 40)).collect();
        let merged = merge_small(&sizes, smallest);
        let number = i64::try_from(merged.own.len()).unwrap() + i64::from(merged.others);
        for number in [number, number + 1].into_iter().filter(|_| number > 0) {
            assert_ne!(number % i64::from(smallest), 0, "{groups} groups with k = {smallest}");
        }
    }
}
