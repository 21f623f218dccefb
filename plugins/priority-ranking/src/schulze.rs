//! Schulze's method: an option stands before another if the strongest chain of majorities from it to the other is stronger than any back.
//!
//! M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election method", Social Choice and
//! Welfare 36 (2011), with winning votes as the strength of a majority.

/// How many people put one option before another.
pub struct Duels {
    options: usize,
    /// `before[one * options + other]`.
    before: Vec<u32>,
}

impl Duels {
    pub fn new(options: usize) -> Self {
        Self { options, before: vec![0; options * options] }
    }

    /// Counts a ballot: numbers of options, the best first. Whoever leaves options out puts them below, beside each other.
    pub fn add(&mut self, ballot: &[usize]) {
        let mut is_above = vec![false; self.options];
        for &one in ballot {
            is_above[one] = true;
            for (other, _) in is_above.iter().enumerate().filter(|(_, is_above)| !**is_above) {
                self.before[one * self.options + other] += 1;
            }
        }
    }

    /// How many options each one beats by Schulze's method: more is better, and equals stand beside each other.
    pub fn beaten(&self) -> Vec<u32> {
        let n = self.options;
        let at = |one: usize, other: usize| one * n + other;
        let wins = |one, other| self.before[at(one, other)] > self.before[at(other, one)];
        let mut strength: Vec<u32> =
            (0..n * n).map(|pair| if wins(pair / n, pair % n) { self.before[pair] } else { 0 }).collect();
        for by in 0..n {
            for one in (0..n).filter(|one| *one != by) {
                for other in (0..n).filter(|other| *other != by && *other != one) {
                    let through = strength[at(one, by)].min(strength[at(by, other)]);
                    strength[at(one, other)] = strength[at(one, other)].max(through);
                }
            }
        }
        let beats = |one, other| strength[at(one, other)] > strength[at(other, one)];
        (0..n).map(|one| (0..n).filter(|other| beats(one, *other)).count() as u32).collect()
    }
}
