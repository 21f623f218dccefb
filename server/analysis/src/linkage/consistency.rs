//! Is every issuance as likely to belong to a credential as every other? For each pair of one cohort: does anything in the dumps exclude
//! it? The fewest people that a credential may belong to is the anonymity that was really given.

use std::collections::HashMap;

use super::schema;
use super::sides::{Kind, Side, groups};
use super::spelling::DAY_SECONDS;

/// How many of the pairs are possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consistency {
    /// People for whom a credential was signed.
    pub issuances: usize,
    /// Credentials that have come in.
    pub credentials: usize,
    /// Pairs of one campaign and cohort.
    pub pairs: u64,
    /// Pairs that a date excludes: registered on an earlier day than issued.
    pub excluded_by_date: u64,
    /// The fewest people that a credential may belong to; none without credentials.
    pub smallest_anonymity_set: Option<u64>,
    /// Credentials to which nobody fits: counts that cannot be.
    pub impossible_credentials: u64,
}

/// Tries every pair.
pub fn consistency(identity: &Side, conversation: &Side) -> Consistency {
    let (of_people, of_credentials) = groups(identity, conversation);
    let (issued, registered) =
        (days(identity, schema::ISSUED_COLUMNS), days(conversation, schema::REGISTERED_COLUMNS));
    // Days in ascending order; people without one fit any day.
    let mut dated: HashMap<u32, Vec<f64>> = HashMap::new();
    let mut undated: HashMap<u32, u64> = HashMap::new();
    for (group, day) in of_people.iter().zip(&issued) {
        match day {
            Some(day) => dated.entry(*group).or_default().push(*day),
            None => *undated.entry(*group).or_default() += 1,
        }
    }
    dated.values_mut().for_each(|days| days.sort_unstable_by(f64::total_cmp));
    let mut found = Consistency {
        issuances: identity.ids.len(),
        credentials: conversation.ids.len(),
        ..Consistency::default()
    };
    for (group, day) in of_credentials.iter().zip(&registered) {
        let known = dated.get(group).map_or(&[][..], |days| days);
        let all = undated.get(group).copied().unwrap_or_default() + known.len() as u64;
        let later = day.map_or(0, |day| known.len() - known.partition_point(|issued| *issued <= day)) as u64;
        found.pairs += all;
        found.excluded_by_date += later;
        found.impossible_credentials += u64::from(all == later);
        let least = found.smallest_anonymity_set.map_or(all - later, |least| least.min(all - later));
        found.smallest_anonymity_set = Some(least);
    }
    found
}

/// The day of each entity by the first signal that is a column of `names`.
fn days(side: &Side, names: &[&str]) -> Vec<Option<f64>> {
    let named = |name: &str| names.iter().any(|column| name.rsplit('.').next() == Some(column));
    let signal = side.signals.iter().find(|signal| signal.kind != Kind::Order && named(&signal.name));
    match signal {
        Some(signal) => {
            signal.values.iter().map(|value| value.map(|at| (at / DAY_SECONDS).floor())).collect()
        }
        None => vec![None; side.ids.len()],
    }
}
