//! Which statement comes next: the one from which most can be learnt.
//!
//! Most is learnt where few have voted yet and where those who did are divided; little where most pass. What may be seen of the votes is all that goes
//! into it; while that is nothing, statements come in an order of each participant's own.

use std::collections::BTreeMap;

use guest_sdk::Figure;

use crate::{Config, Statement, Votes};

/// After how many votes a statement is no longer new.
const NEW: f64 = 50.0;

pub fn choose<'a>(
    config: &'a Config<'_>,
    votes: &Votes,
    seed: u64,
    released: &[Figure],
) -> Option<&'a Statement<'a>> {
    let mut counts = BTreeMap::<(&str, &str), f64>::new();
    for figure in released.iter().filter(|figure| figure.cohort.is_none()) {
        counts.insert((&figure.subject, &figure.measure), f64::from(figure.people));
    }
    let worth = |statement: &Statement<'_>| {
        let count = |measure: &str| counts.get(&(&*statement.id, measure)).copied().unwrap_or_default();
        worth(count("agree"), count("disagree"), count("pass"))
    };
    let open = config.statements.iter().filter(|statement| !votes.contains_key(&*statement.id));
    let order = |statement: &Statement<'_>| hash(seed, &statement.id);
    open.max_by(|one, other| worth(one).total_cmp(&worth(other)).then_with(|| order(one).cmp(&order(other))))
}

/// How much one more vote would tell. With one imagined vote for each answer, so that the first few real ones do not decide.
fn worth(agree: f64, disagree: f64, pass: f64) -> f64 {
    let all = agree + disagree + pass + 3.0;
    let divided = 1.0 - (agree - disagree).abs() / all;
    let passed = (pass + 1.0) / all;
    let is_new = 1.0 + 3.0 / (1.0 + (all - 3.0) / NEW);
    divided * (1.0 - passed) * is_new
}

/// FNV-1a, mixed once more: an order that differs from participant to participant.
pub fn hash(seed: u64, text: &str) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
