//! Borda's count: of n options, the first in somebody's order gets n − 1 points, the next n − 2, and so on. Those that somebody left out share what is
//! left equally, so that leaving out neither helps nor harms.

/// Points of each option in `ballot`, which has numbers of options from 0 to `options` − 1, the best first.
pub fn points(ballot: &[usize], options: usize) -> Vec<f64> {
    let left_out = options.saturating_sub(ballot.len());
    // What is left is 0 + 1 + … + (left_out − 1), in equal parts.
    let share = (left_out.max(1) - 1) as f64 / 2.0;
    let mut points = vec![share; options];
    for (place, &option) in ballot.iter().enumerate() {
        points[option] = (options - 1 - place) as f64;
    }
    points
}
