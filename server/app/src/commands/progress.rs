//! Progress bars: drawn on a terminal, and nowhere else.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for so many of `unit`.
pub fn bar(all: u64, unit: &str) -> ProgressBar {
    styled(ProgressBar::new(all), &format!("{{bar:40}} {{pos}} of {{len}} {unit}, {{per_sec}}"))
}

/// What counts `unit` of which nobody knows how many there are.
pub fn counter(unit: &str) -> ProgressBar {
    styled(ProgressBar::no_length(), &format!("{{pos}} {unit}, {{per_sec}}"))
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
