//! Bars of a chart, and numbers as people write them.

use actions::round_types::Bar;

use super::DrawnBar;
use crate::charts::bar;

/// How finely the length of a bar is told apart.
const STEPS: f64 = 1_000.0;
/// From here on, a number is written with its power of ten.
const HUGE: f64 = 1e12;
/// Below this, a number that is not nothing would be written as 0.
const TINY: f64 = 0.005;

/// Bars side by side, the longest of which is whole.
pub(super) fn bars(bars: &[Bar]) -> Vec<DrawnBar> {
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let drawn = |it: &Bar| DrawnBar {
        label: it.label.clone(),
        figure: figure(it.value),
        svg: bar(steps(it.value, most), STEPS as i64),
    };
    bars.iter().map(drawn).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "between 0 and STEPS")]
fn steps(value: f64, most: f64) -> i64 {
    if most > 0.0 { (value / most * STEPS).round() as i64 } else { 0 }
}

/// A number, not negative, with at most two places: 1234.5 is "1,234.5".
fn figure(value: f64) -> String {
    if value >= HUGE {
        return format!("{value:.2e}");
    }
    if value > 0.0 && value < TINY {
        return "less than 0.01".to_owned();
    }
    let written = format!("{value:.2}");
    let (whole, places) = written.split_once('.').unwrap_or((&written, ""));
    let places = places.trim_end_matches('0');
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if places.is_empty() { grouped } else { format!("{grouped}.{places}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, written) in [
            (0.0, "0"),
            (0.001, "less than 0.01"),
            (0.25, "0.25"),
            (3.0, "3"),
            (99.999, "100"),
            (1_234.5, "1,234.5"),
            (1_610_000.0, "1,610,000"),
            (1e300, "1.00e300"),
        ] {
            assert_eq!(figure(value), written);
        }
    }

    #[test]
    fn bars_are_drawn_to_the_longest() {
        let chart = |values: &[f64]| {
            let bar = |value: &f64| Bar { label: "One".into(), value: *value };
            bars(&values.iter().map(bar).collect::<Vec<_>>())
        };
        let drawn = chart(&[0.5, f64::MAX, f64::MAX / 4.0]);
        for (bar, width) in drawn.iter().zip([0, 1000, 250]) {
            assert!(bar.svg.contains(&format!("__fill\" width=\"{width}\"")), "{}", bar.svg);
        }
        assert!(chart(&[0.0])[0].svg.contains("__fill\" width=\"0\""));
    }
}
