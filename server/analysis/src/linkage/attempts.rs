//! Guessing who is whom: each signal of the one side with each of the other, within each campaign and cohort.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::sides::{Kind, Side, Signal, Values, groups};

/// The most signals of a side that are tried.
pub const MAX_SIGNALS: usize = 120;

/// How a guess is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Whoever has the same value, if nobody else has it on either side.
    SameValue,
    /// The i-th of n is the i-th of m, scaled.
    Rank,
    /// The same from the other end.
    RankReversed,
    /// Whoever's instant is nearest.
    NearestTime,
    /// Whoever's instant comes next.
    NextTime,
}

impl Way {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SameValue => "same value",
            Self::Rank => "same rank",
            Self::RankReversed => "same rank from the end",
            Self::NearestTime => "nearest time",
            Self::NextTime => "next time",
        }
    }
}

/// One way of guessing with one pair of signals.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The identity side's signal.
    pub identity_signal: String,
    /// The conversation side's.
    pub conversation_signal: String,
    /// How.
    pub way: Way,
    /// A participant for each person, as places in the sides' `ids`.
    pub guesses: Vec<(u32, u32)>,
    /// Each participant's place in its group's order by the signal; nothing where there is no order.
    pub places: Option<Arc<Vec<Option<u32>>>>,
}

/// A signal's order within each group.
struct Ordered<'a> {
    signal: &'a Signal,
    groups: Arc<Vec<Vec<u32>>>,
}

/// Every attempt, made when it is asked for: together they would take too much memory.
pub fn link<'a>(identity: &'a Side, conversation: &'a Side) -> impl Iterator<Item = Attempt> + 'a {
    let (of_people, of_participants) = groups(identity, conversation);
    let count = of_people.iter().chain(&of_participants).max().map_or(0, |last| *last as usize + 1);
    let people: Vec<Ordered<'a>> = ordered(identity, &of_people, count);
    let participants: Vec<(Ordered<'a>, Arc<Vec<Option<u32>>>)> =
        ordered(conversation, &of_participants, count)
            .into_iter()
            .map(|ordered| {
                let places = Arc::new(places(&ordered, conversation.ids.len()));
                (ordered, places)
            })
            .collect();
    let by_order = people.into_iter().flat_map(move |left| {
        let attempts: Vec<_> = participants
            .iter()
            .flat_map(|(right, places)| {
                ways(&left, right).map(|way| (way, right.groups.clone(), right.signal, places.clone()))
            })
            .collect();
        let left = Arc::new(left);
        attempts.into_iter().map(move |(way, right_groups, right, places)| {
            let mut guesses = Vec::new();
            for (mine, theirs) in left.groups.iter().zip(right_groups.iter()) {
                guess(way, (left.signal, mine), (right, theirs), &mut guesses);
            }
            let (identity_signal, conversation_signal) = (left.signal.name.clone(), right.name.clone());
            Attempt { identity_signal, conversation_signal, way, guesses, places: Some(places) }
        })
    });
    by_order.chain(by_value(identity, conversation))
}

fn ordered<'a>(side: &'a Side, groups: &[u32], count: usize) -> Vec<Ordered<'a>> {
    let lots: Vec<u64> = side.ids.iter().map(|id| lot(id)).collect();
    let signals = side.signals.iter().take(MAX_SIGNALS);
    let orders = signals.map(|signal| {
        let mut entities: Vec<(f64, u64, u32)> = signal
            .values
            .iter()
            .zip(&lots)
            .zip(0..)
            .filter_map(|((value, lot), entity)| Some(((*value)?, *lot, entity)))
            .collect();
        // Ties are broken by lot: no order that happens to be in the dump may help.
        entities.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        let mut by_group = vec![Vec::new(); count];
        for (_, _, entity) in entities {
            by_group[groups[entity as usize] as usize].push(entity);
        }
        Ordered { signal, groups: Arc::new(by_group) }
    });
    orders.collect()
}

fn lot(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn places(ordered: &Ordered<'_>, entities: usize) -> Vec<Option<u32>> {
    let mut places = vec![None; entities];
    for group in ordered.groups.iter() {
        for (entity, place) in group.iter().zip(0..) {
            places[*entity as usize] = Some(place);
        }
    }
    places
}

fn ways(left: &Ordered<'_>, right: &Ordered<'_>) -> impl Iterator<Item = Way> + use<> {
    let clocks = left.signal.kind != Kind::Order && right.signal.kind != Kind::Order;
    let by_clock = [Way::NearestTime, Way::NextTime].into_iter().filter(move |_| clocks);
    [Way::Rank, Way::RankReversed].into_iter().chain(by_clock)
}

fn guess(
    way: Way,
    people: (&Signal, &[u32]),
    participants: (&Signal, &[u32]),
    guesses: &mut Vec<(u32, u32)>,
) {
    let ((left, mine), (right, theirs)) = (people, participants);
    if theirs.is_empty() {
        return;
    }
    let last = theirs.len() - 1;
    let at = |signal: &Signal, entity: u32| signal.values[entity as usize].unwrap_or_default();
    for (place, person) in mine.iter().enumerate() {
        let scaled = (2 * place + 1) * theirs.len() / (2 * mine.len());
        let next = || theirs.partition_point(|other| at(right, *other) < at(left, *person));
        let chosen = match way {
            Way::SameValue => return,
            Way::Rank => scaled.min(last),
            Way::RankReversed => last - scaled.min(last),
            Way::NextTime => next().min(last),
            Way::NearestTime => {
                let (after, before) = (next().min(last), next().saturating_sub(1));
                let away = |place: usize| (at(right, theirs[place]) - at(left, *person)).abs();
                if away(before) < away(after) { before } else { after }
            }
        };
        guesses.push((*person, theirs[chosen]));
    }
}

fn by_value<'a>(identity: &'a Side, conversation: &'a Side) -> impl Iterator<Item = Attempt> + 'a {
    let pairs =
        identity.values.iter().flat_map(|left| conversation.values.iter().map(move |right| (left, right)));
    pairs.filter_map(|(left, right)| {
        let guesses = shared(left, right);
        (!guesses.is_empty()).then(|| Attempt {
            identity_signal: left.name.clone(),
            conversation_signal: right.name.clone(),
            way: Way::SameValue,
            guesses,
            places: None,
        })
    })
}

/// The pairs that share a value which nobody else has.
fn shared(left: &Values, right: &Values) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = left
        .owners
        .iter()
        .filter_map(|(value, person)| Some(((*person)?, (*right.owners.get(value)?)?)))
        .collect();
    // One pair may share several spellings.
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
