//! Whoever knows the rule, and how many could be counted of each group, and tries every history: is it certain for any that fewer than k stayed away?

use std::collections::BTreeMap;

use domain::figures::{Dimension, Measure};

use super::{Bundle, Could, leave_a_remainder};
use crate::release::{Amount, Counted, Published, release};

/// Who is where: each part is in one group of each dimension that is named, and has so many people.
struct World {
    parts: &'static [(&'static [(Dimension, &'static str)], i64)],
    smallest: u32,
}

const ORGANISATION: Dimension = Dimension::Organisation;
const STAFF: Dimension = Dimension::StaffGroup;

impl World {
    fn could(&self) -> Could {
        let mut could = Could::new();
        for (groups, people) in self.parts {
            for (dimension, group) in *groups {
                *could.entry((*dimension, (*group).to_owned())).or_default() += people;
            }
        }
        could
    }

    fn bundles(&self, people: &[i64]) -> Vec<Bundle> {
        let named = |(of, name): &(Dimension, &str)| (*of, (*name).to_owned());
        let parts = self.parts.iter().zip(people);
        parts
            .map(|((groups, _), people)| Bundle {
                groups: groups.iter().map(named).collect(),
                people: *people,
            })
            .collect()
    }

    fn in_group(&self, group: &(Dimension, String), people: &[i64]) -> i64 {
        let its = self.bundles(people).into_iter().filter(|bundle| bundle.groups.contains(group));
        its.map(|bundle| bundle.people).sum()
    }

    /// What is published after each of some looks.
    fn shown(&self, history: &[Vec<i64>], leaves: bool) -> Vec<Published> {
        let mut published = Published::new();
        let look = |people: &Vec<i64>| {
            let mut bundles = self.bundles(people);
            if leaves {
                leave_a_remainder(&mut bundles, &self.could(), self.smallest);
            }
            let mut groups: BTreeMap<Dimension, BTreeMap<String, i64>> = BTreeMap::new();
            for bundle in &bundles {
                for (dimension, group) in &bundle.groups {
                    *groups.entry(*dimension).or_default().entry(group.clone()).or_default() += bundle.people;
                }
            }
            let all = Amount::of_people(bundles.iter().map(|bundle| bundle.people).sum());
            let counted = Counted { measure: Measure::Joined, all, groups: groups.into_iter().collect() };
            published.extend(release(&[counted], &published, self.smallest));
            // What groups were last published from is shown to nobody.
            let is_seen =
                |cell: &domain::figures::Cell| cell.dimension == Dimension::All || !cell.member.is_empty();
            published.clone().into_iter().filter(|(cell, _)| is_seen(cell)).collect()
        };
        history.iter().map(look).collect()
    }

    /// Every way in which people can come within so many looks.
    fn histories(&self, looks: usize) -> Vec<Vec<Vec<i64>>> {
        let mut histories: Vec<Vec<Vec<i64>>> = vec![Vec::new()];
        for _ in 0..looks {
            let longer = histories.into_iter().flat_map(|history| {
                let last = history.last().cloned().unwrap_or_else(|| vec![0; self.parts.len()]);
                let mut nexts = vec![Vec::new()];
                for ((_, most), from) in self.parts.iter().zip(last) {
                    let more = |next: Vec<i64>| {
                        (from..=*most).map(move |people| [next.clone(), vec![people]].concat())
                    };
                    nexts = nexts.into_iter().flat_map(more).collect();
                }
                nexts.into_iter().map(move |next| [history.clone(), vec![next]].concat()).collect::<Vec<_>>()
            });
            histories = longer.collect();
        }
        histories
    }

    /// A group of which it is certain, at some look, that fewer than k stayed away.
    fn certainty(&self, looks: usize, leaves: bool) -> Option<String> {
        let histories = self.histories(looks);
        let mut by_what_was_shown: BTreeMap<Vec<Published>, Vec<&Vec<Vec<i64>>>> = BTreeMap::new();
        for history in &histories {
            by_what_was_shown.entry(self.shown(history, leaves)).or_default().push(history);
        }
        assert!(by_what_was_shown.len() > 2, "hardly anything is ever shown");
        for (group, could) in self.could() {
            for (look, same) in
                (0..looks).flat_map(|look| by_what_was_shown.values().map(move |same| (look, same)))
            {
                let is_close = |history: &&Vec<Vec<i64>>| {
                    could - self.in_group(&group, &history[look]) < i64::from(self.smallest)
                };
                if same.iter().all(is_close) {
                    return Some(format!("{group:?} at look {look}: {:?}", same[0]));
                }
            }
        }
        None
    }
}

#[test]
fn nobody_can_be_certain_that_only_few_stayed_away() {
    let worlds: [(&[(&[(Dimension, &str)], i64)], u32, usize); 5] = [
        (&[(&[(ORGANISATION, "a")], 11)], 3, 2),
        (&[(&[(ORGANISATION, "a")], 6), (&[(ORGANISATION, "b")], 8)], 3, 2),
        (&[(&[(ORGANISATION, "a")], 7), (&[(ORGANISATION, "b")], 15)], 4, 1),
        // One group that consists of another and some more: the rest of it must not come out.
        (
            &[
                (&[(ORGANISATION, "a"), (STAFF, "nurses")], 8),
                (&[(ORGANISATION, "a"), (STAFF, "others")], 7),
                (&[(ORGANISATION, "b"), (STAFF, "others")], 9),
            ],
            3,
            1,
        ),
        (
            &[
                (&[(ORGANISATION, "a"), (STAFF, "nurses")], 5),
                (&[(ORGANISATION, "b"), (STAFF, "nurses")], 5),
                (&[(ORGANISATION, "b"), (STAFF, "others")], 4),
                (&[(ORGANISATION, "c"), (STAFF, "others")], 5),
            ],
            3,
            1,
        ),
    ];
    for (place, (parts, smallest, looks)) in worlds.into_iter().enumerate() {
        let world = World { parts, smallest };
        assert_eq!(world.certainty(looks, true), None, "world {place}");
        assert!(world.certainty(looks, false).is_some(), "world {place}: the adversary has no teeth");
    }
}

#[test]
fn as_many_are_left_out_as_must_be() {
    let left = |could: i64, people: i64| {
        let group = (ORGANISATION, "a".to_owned());
        let mut bundles = [Bundle { groups: vec![group.clone()], people }];
        leave_a_remainder(&mut bundles, &Could::from([(group, could)]), 10);
        bundles[0].people
    };
    assert_eq!([left(52, 0), left(52, 42), left(52, 43), left(52, 52)], [0, 42, 42, 42]);
    assert_eq!(left(52, 53), 53, "how many could was a guess");
    assert_eq!([left(8, 3), left(8, 8)], [0, 0], "too few to count any");
}
