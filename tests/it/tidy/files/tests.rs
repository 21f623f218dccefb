//! For every rule a file that breaks it and one that keeps it.

use super::*;

fn file(path: &str, text: impl Into<String>) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.into() }
}

#[track_caller]
fn breaks(rule: fn(&SourceFile) -> Vec<String>, path: &str, text: impl Into<String>) {
    assert_eq!(rule(&file(path, text)).len(), 1, "{path}");
}

#[track_caller]
fn keeps(rule: fn(&SourceFile) -> Vec<String>, path: &str, text: impl Into<String>) {
    assert_eq!(rule(&file(path, text)), [""; 0], "{path}");
}

#[test]
fn length() {
    keeps(too_long, "server/domain/src/vote.rs", "a\n".repeat(RUST_LINES));
    keeps(too_long, "tests/vendor/axe.min.js", "a\n".repeat(RUST_LINES + 1));
    breaks(too_long, "server/domain/src/vote.rs", "a\n".repeat(RUST_LINES + 1));
}

#[test]
fn module_names() {
    breaks(nameless_modules, "server/web/src/utils.rs", "");
    breaks(nameless_modules, "server/web/src/helpers/mod.rs", "");
    breaks(nameless_modules, "server/web/src/lib.rs", "//! Web.\npub mod common {\n");
    keeps(nameless_modules, "server/web/src/lib.rs", "pub mod commons;\nmod misconduct;");
}

#[test]
fn openings() {
    breaks(libraries_without_an_opening, "server/web/src/lib.rs", "use std::fmt;");
    keeps(libraries_without_an_opening, "server/web/src/lib.rs", "//! The pages.");
    keeps(libraries_without_an_opening, "server/web/src/routes.rs", "use std::fmt;");
}

#[test]
fn marks_of_unfinished_work() {
    for mark in UNFINISHED {
        breaks(unfinished_work, "server/web/src/lib.rs", format!("fn later() {{ {mark} }}"));
        breaks(unfinished_work, "tests/run", format!("# {mark} later"));
    }
    keeps(unfinished_work, "server/web/src/lib.rs", format!("const {}NTIC: u8 = 1;", UNFINISHED[0]));
    keeps(unfinished_work, "tests/vendor/axe.min.js", UNFINISHED[0]);
}

#[test]
fn registries() {
    for host in REGISTRIES {
        breaks(addresses_of_registries, "docs/architecture.md", format!("see https://{host}/x"));
        for lock in ["Cargo.lock", "plugins/Cargo.lock"] {
            keeps(addresses_of_registries, lock, format!("source = \"registry+https://{host}-index\""));
        }
    }
    breaks(addresses_of_registries, "Cargo.lock", REGISTRIES[0]);
}

#[test]
fn machine_paths() {
    for folder in MACHINE {
        breaks(paths_of_this_machine, "docs/architecture.md", format!("look in {folder}here"));
        keeps(paths_of_this_machine, "docs/architecture.md", format!("frame{folder}here"));
    }
}

#[test]
fn top_level() {
    let keeping = ["README.md", "server/web/src/lib.rs", ".config/nextest.toml", "tests/run"];
    assert_eq!(strange_top_level_entries(&keeping.map(|path| file(path, ""))), [""; 0]);
    for strange in ["scripts/build.sh", "package.json"] {
        assert_eq!(strange_top_level_entries(&[file(strange, "")]).len(), 1, "{strange}");
    }
}

#[test]
fn explanations_of_dependencies() {
    let manifest =
        |table: &str| format!("[workspace]\n\n[workspace.dependencies]\n{table}\n[profile.dev]\nx = 1\n");
    let kept = manifest("domain = { path = \"server/domain\" }\n# --- data\n# JSON.\nserde_json = \"1\"\n");
    assert_eq!(unexplained_dependencies(&kept), [""; 0]);
    for broken in [
        "# --- data\nserde_json = \"1\"\n",
        "# JSON.\nserde_json = \"1\"\ntoml = \"1\"\n",
        "serde_json = \"1\"\n",
    ] {
        assert_eq!(unexplained_dependencies(&manifest(broken)).len(), 1, "{broken}");
    }
}
