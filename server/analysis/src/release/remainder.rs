//! Who is *not* counted is a group as well: of 52 people of whom 50 have joined, two have not, and their colleagues may know who. How many could be
//! counted is known (from the roll, and the public key log), so figures must not come so near to it.
//!
//! So it is counted as if at least k of each group had stayed away: what is published is then exactly what would be published if they had, and nobody
//! can tell the two apart, however they add and subtract, and whatever rule they know. Where more are counted than could be, that number is a
//! guess (of an organisation whose people sign up themselves), and says nothing of anybody.

use std::collections::BTreeMap;

use domain::figures::Dimension;

/// People who are in the same groups: at most one of each dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The groups.
    pub groups: Vec<(Dimension, String)>,
    /// How many of them are counted.
    pub people: i64,
}

/// How many could be counted of each group, as far as that is known.
pub type Could = BTreeMap<(Dimension, String), i64>;

/// Counts fewer of `bundles`, until of each group none or at least `smallest` of those who could be are missing.
pub fn leave_a_remainder(bundles: &mut [Bundle], could: &Could, smallest: u32) {
    // Whoever is left out for one group is missing from another, which may have to be looked at again. It ends: people only become fewer.
    while could.iter().any(|(group, could)| leave_of(bundles, group, *could, i64::from(smallest))) {}
}

/// The same for one group. Gives whether anybody was left out.
fn leave_of(bundles: &mut [Bundle], group: &(Dimension, String), could: i64, smallest: i64) -> bool {
    let its: Vec<&mut Bundle> = bundles.iter_mut().filter(|bundle| bundle.groups.contains(group)).collect();
    let missing = could - its.iter().map(|bundle| bundle.people).sum::<i64>();
    if !(0..smallest).contains(&missing) {
        return false;
    }
    let mut too_many = smallest - missing;
    let mut changed = false;
    for bundle in its {
        let fewer = too_many.min(bundle.people);
        bundle.people -= fewer;
        too_many -= fewer;
        changed |= fewer > 0;
    }
    changed
}

#[cfg(test)]
mod tests;
