//! What chance alone would do.
//!
//! If nothing links, every assignment of participants to people is as likely as any other. Then a guess for one person is right with
//! probability 1/m, m being the participants it could be, whatever the way of guessing; n guesses are right n/m times on average: once,
//! where each of n people is matched to one of n participants. How often, for a one-to-one matching, is the number of fixed points of a
//! random permutation: its distribution differs from Poisson's with the same mean by less than 1/n!, and its variance is 1. Ways that guess
//! one participant for several people spread less, so that Poisson's tail overstates chance. "Within w places" is right with probability
//! up to (2w+1)/m, and is counted as binomial.

/// P(X ≥ `hits`) where X is Poisson's with mean `mean`.
pub fn poisson_tail(hits: u64, mean: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    let first = hits as f64 * mean.ln() - mean - ln_factorial(hits);
    // Terms shrink from `hits` on only if it is above the mean; below it, the other side is summed.
    if (hits as f64) < mean {
        let below = (0..hits).map(|k| (k as f64 * mean.ln() - mean - ln_factorial(k)).exp());
        return (1.0 - below.sum::<f64>()).clamp(0.0, 1.0);
    }
    sum_of_shrinking(first.exp(), |k| mean / (hits + k) as f64)
}

/// P(X ≥ `hits`) where X is how many of `tries` succeed, each with probability `probability`.
pub fn binomial_tail(hits: u64, tries: u64, probability: f64) -> f64 {
    if hits == 0 || probability >= 1.0 {
        return 1.0;
    }
    if hits > tries || probability <= 0.0 {
        return 0.0;
    }
    let odds = probability / (1.0 - probability);
    let term = |k: u64| {
        let ways = ln_factorial(tries) - ln_factorial(k) - ln_factorial(tries - k);
        (ways + k as f64 * probability.ln() + (tries - k) as f64 * (1.0 - probability).ln()).exp()
    };
    if (hits as f64) < tries as f64 * probability {
        return (1.0 - (0..hits).map(term).sum::<f64>()).clamp(0.0, 1.0);
    }
    sum_of_shrinking(term(hits), |k| odds * (tries - hits).saturating_sub(k - 1) as f64 / (hits + k) as f64)
}

/// `first`, and terms that are each `factor(1)`, `factor(2)` … times the one before, until they no longer count.
fn sum_of_shrinking(first: f64, factor: impl Fn(u64) -> f64) -> f64 {
    let (mut sum, mut term) = (first, first);
    for k in 1.. {
        term *= factor(k);
        sum += term;
        if term <= sum * 1e-15 {
            break;
        }
    }
    sum.clamp(0.0, 1.0)
}

/// ln(n!), exact to about 1e-10 from Stirling's series, summed below 32.
fn ln_factorial(n: u64) -> f64 {
    if n < 32 {
        return (2..=n).map(|k| (k as f64).ln()).sum();
    }
    let n = n as f64;
    n * n.ln() - n + (std::f64::consts::TAU * n).ln() / 2.0 + 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3))
}

/// The rank correlation (Spearman's) of pairs; nothing below three, or where one side is all the same.
pub fn rank_correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let left = mid_ranks(pairs.iter().map(|pair| pair.0));
    let right = mid_ranks(pairs.iter().map(|pair| pair.1));
    let mean = (pairs.len() as f64 - 1.0) / 2.0;
    let (mut both, mut lefts, mut rights) = (0.0, 0.0, 0.0);
    for (left, right) in left.iter().zip(&right) {
        both += (left - mean) * (right - mean);
        lefts += (left - mean).powi(2);
        rights += (right - mean).powi(2);
    }
    (lefts > 0.0 && rights > 0.0).then(|| both / (lefts * rights).sqrt())
}

/// Ranks from 0; equals share the middle of theirs.
fn mid_ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|left, right| values[*left].total_cmp(&values[*right]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for run in order.chunk_by(|left, right| values[*left] == values[*right]) {
        let middle = start as f64 + (run.len() as f64 - 1.0) / 2.0;
        run.iter().for_each(|place| ranks[*place] = middle);
        start += run.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= expected * 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn tails_known_from_tables() {
        near(poisson_tail(1, 1.0), 1.0 - (-1.0_f64).exp());
        near(poisson_tail(5, 1.0), 0.003_659_846_8);
        near(poisson_tail(8, 1.0), 1.024_919_667e-5);
        near(poisson_tail(40, 50.0), 0.935_429_63);
        near(binomial_tail(3, 3, 0.5), 0.125);
        near(binomial_tail(8, 10, 0.5), 56.0 / 1_024.0);
        near(binomial_tail(2, 10, 0.5), 1.0 - 11.0 / 1_024.0);
        assert_eq!([poisson_tail(0, 1.0), binomial_tail(4, 3, 0.5), poisson_tail(1, 0.0)], [1.0, 0.0, 0.0]);
        assert!(poisson_tail(1_000, 1.0) < 1e-300);
    }

    #[test]
    fn correlations() {
        let line: Vec<_> = (0..50).map(|n| (f64::from(n), f64::from(n * n))).collect();
        near(rank_correlation(&line).unwrap(), 1.0);
        assert_eq!(rank_correlation(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]), None);
        near(rank_correlation(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]).unwrap().abs(), 1.0);
    }
}
