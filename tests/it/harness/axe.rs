//! The accessibility audit: axe-core, run inside the page that a browser shows.

use std::fmt;

use serde_json::Value;

/// axe-core as published (see `tests/vendor/README.md`).
pub const SOURCE: &str = include_str!("../../vendor/axe.min.js");

/// Runs every WCAG 2.2 A and AA rule and the good practices; target size is off by default in axe, not with us.
pub const RUN: &str = "
    return axe.run(document, {
        resultTypes: ['violations'],
        preload: false,
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        rules: { 'target-size': { enabled: true } },
    });";

/// Where pages may not run scripts, their timers do not run either and axe would wait for ever; promises still do.
pub const WITHOUT_TIMERS: &str = "window.setTimeout = later => { Promise.resolve().then(later); return 0; };";

/// One broken rule, and where on the page.
#[derive(Debug)]
pub struct Violation {
    /// axe's name of the rule, such as `color-contrast`.
    pub rule: String,
    /// What to do about it.
    pub help: String,
    /// The elements concerned: their selector and what is wrong with each.
    pub places: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}\n    {}", self.rule, self.help, self.places.join("\n    "))
    }
}

/// Reads the violations out of what `axe.run` returned.
///
/// # Panics
/// When the audit did not look at anything: no finding must not be mistaken for a good page.
pub fn violations(report: &Value) -> Vec<Violation> {
    let passed = report["passes"].as_array().map_or(0, Vec::len);
    let found = report["violations"].as_array().expect("axe reports a list of violations");
    assert!(passed + found.len() > 0, "axe looked at nothing: {report}");
    found.iter().map(violation).collect()
}

fn violation(entry: &Value) -> Violation {
    let nodes = entry["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let places = nodes.iter().map(|node| {
        let why = text(&node["failureSummary"]).replace('\n', " ");
        format!("{}: {why}", node["target"])
    });
    Violation { rule: text(&entry["id"]), help: text(&entry["help"]), places: places.collect() }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
