//! Every scenario of every round type.

use std::path::{Path, PathBuf};

use plugin_host::scenario::{Scenario, run};
use plugin_host::{BUILT_IN, Log, check};

use crate::stage::Stage;

/// The round types with scenarios, and how many each has at least.
const ROUND_TYPES: &[(&str, usize)] =
    &[("pledge-review", 3), ("priority-ranking", 4), ("quick-pulse", 1), ("statement-vote", 1)];

#[tokio::test]
async fn every_scenario_of_every_round_type_goes_as_it_says() {
    let stage = Stage::new();
    for (name, at_least) in ROUND_TYPES {
        let plugin = stage.guest(name).await;
        let files = files(name);
        assert!(files.len() >= *at_least, "{name}: {} scenarios", files.len());
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let scenario: Scenario =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file:?}: {error}"));
            let log = Log::kept();
            if let Err(failure) = run(&stage.host, &plugin, &scenario, &log).await {
                panic!("{name}: {failure}\n{}", log.lines().join("\n"));
            }
        }
    }
}

#[tokio::test]
async fn a_scenario_that_does_not_hold_fails() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let wrong =
        r#"{ "name": "wrong", "config": "x", "steps": [{ "render": { "has": ["no such words"] } }] }"#;
    let failure =
        run(&stage.host, &plugin, &serde_json::from_str(wrong).unwrap(), &Log::dropped()).await.unwrap_err();
    assert_eq!(failure.step, 1);
    assert!(failure.what.contains("lacks"), "{failure}");
}

#[tokio::test]
async fn every_round_type_bears_a_close_look() {
    let stage = Stage::new();
    for (name, _) in ROUND_TYPES {
        let plugin = stage.guest(name).await;
        for file in files(name) {
            let scenario: Scenario = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let report = check(&stage.host, &plugin, &scenario.config.to_string()).await;
            assert_eq!(report.faults, [""; 0], "{name}, {file:?}");
            assert!(report.pages > 5 && report.sent > 0 && report.taken > 0, "{name}: {report:?}");
        }
    }
    assert_eq!(BUILT_IN.len(), ROUND_TYPES.len());
}

#[tokio::test]
async fn a_close_look_finds_faults() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    for fault in
        ["left-open", "panic", "mistake", "write-then-trap", "config-problems", "tally-value", "rows-ragged"]
    {
        let report = check(&stage.host, &plugin, fault).await;
        assert!(!report.faults.is_empty(), "{fault}: {report:?}");
    }
    assert_eq!(check(&stage.host, &plugin, "behave").await.faults, [""; 0]);
}

fn files(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins").join(name).join("scenarios");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
