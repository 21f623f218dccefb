//! Which figures may be published, so that nobody can work out anything about fewer than k people from them: the rule of decision 16.
//!
//! Everything is a cumulative count, and k is the campaign's smallest group.
//!
//! 1. **Whole groups.** Only multiples of k are published: k, 2k, … So every sum and every difference of published figures, of any days,
//!    groups and measures, is a multiple of k, and none is between 1 and k−1.
//! 2. **People behind acts.** Ideas, comments and votes are published in all alone, and not before k people have done them.
//! 3. **Never back.** What was published is never taken back when words are erased.
//! 4. **Together.** The groups of a dimension are published together, when the published total has grown by [`STEPS_TOGETHER`] × k since the
//!    last time: then more than k people are new, and the moment at which a group's figure moves is nobody's.
//! 5. **Not cornered.** What whole groups leave out of each of n groups is 0 to k−1, n × (k−1) together at most. If that is a multiple of k,
//!    a total can show that all of it is left out, and so how much of each. It is one when n is: [`merge_small`] makes no such n.

mod rounds;

use std::collections::{BTreeMap, BTreeSet};

use domain::figures::{Cell, Dimension, Measure, in_whole_groups};

pub use rounds::release_round;

/// By how many times k the total grows before groups are published again.
pub const STEPS_TOGETHER: i64 = 2;

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub count: i64,
    /// How many different people are behind them.
    pub people: i64,
}

impl Amount {
    /// So many people.
    pub fn of_people(people: i64) -> Self {
        Self { count: people, people }
    }
}

/// One measure as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What is counted.
    pub measure: Measure,
    /// Of everybody.
    pub all: Amount,
    /// People by group, for each dimension in which they are told apart: every group stands there, those with nobody as well.
    pub groups: Vec<(Dimension, BTreeMap<String, i64>)>,
}

/// Published figures.
pub type Published = BTreeMap<Cell, i64>;

/// What is to be published now, given what is published: cells that are new or have grown. A group appears with 0 at first.
pub fn release(counted: &[Counted], published: &Published, smallest: u32) -> Published {
    let mut news = Published::new();
    for one in counted {
        let all = Cell { measure: one.measure, dimension: Dimension::All, member: String::new() };
        let enough = one.all.people >= i64::from(smallest);
        let count = if enough { in_whole_groups(one.all.count, smallest) } else { 0 };
        let total = count.max(value(published, &all));
        put(&mut news, published, all, total);
        for (dimension, groups) in one.groups.iter().filter(|_| one.measure.counts_people()) {
            let cell = |member: &str| Cell {
                measure: one.measure,
                dimension: *dimension,
                member: member.to_owned(),
            };
            // What they were last published from.
            let stamp = cell("");
            let due = total >= value(published, &stamp) + STEPS_TOGETHER * i64::from(smallest);
            for (member, people) in groups {
                let cell = cell(member);
                let before = value(published, &cell);
                let now = if due { in_whole_groups(*people, smallest).max(before) } else { before };
                put(&mut news, published, cell, now);
            }
            let from = if due { total } else { value(published, &stamp) };
            put(&mut news, published, stamp, from);
        }
    }
    news
}

fn value(published: &Published, cell: &Cell) -> i64 {
    published.get(cell).copied().unwrap_or_default()
}

fn put(news: &mut Published, published: &Published, cell: Cell, value: i64) {
    if published.get(&cell) != Some(&value) {
        news.insert(cell, value);
    }
}

/// Which groups stand for themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The groups that do.
    pub own: BTreeSet<String>,
    /// Whether there are others, who are counted together.
    pub others: bool,
}

/// Sorts groups by how many are eligible in each. In plain words: groups with at least `smallest` people stand for themselves, the smaller
/// ones are one group together. If that has fewer than `smallest` people, or if the number of groups were a multiple of `smallest` (with or
/// without one more, of those who cannot be told apart), the smallest of those that stand for themselves join it.
pub fn merge_small(sizes: &BTreeMap<String, i64>, smallest: u32) -> Merged {
    let least = i64::from(smallest);
    let (own, small): (Vec<_>, Vec<_>) = sizes.iter().partition(|(_, size)| **size >= least);
    let mut together: i64 = small.iter().map(|(_, size)| **size).sum();
    let mut others = !small.is_empty();
    // The smallest last; of two equally small ones the one whose name comes first.
    let mut own: Vec<(i64, &String)> = own.into_iter().map(|(name, size)| (*size, name)).collect();
    own.sort_by(|one, other| other.cmp(one));
    let divides = |groups: usize| groups > 0 && groups.is_multiple_of(smallest as usize);
    loop {
        let groups = own.len() + usize::from(others);
        let is_cornered = divides(groups) || divides(groups + 1);
        let is_small = others && together < least;
        if !is_cornered && !is_small {
            break;
        }
        let Some((size, _)) = own.pop() else { break };
        together += size;
        others = true;
    }
    Merged { own: own.into_iter().map(|(_, name)| name.clone()).collect(), others }
}

#[cfg(test)]
mod tests;
