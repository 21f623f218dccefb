//! The rules of the house, read from the workspace itself: `docs/architecture.md` in a form that fails.
//!
//! Each rule is a function over plain data that returns its breaches as sentences, with a case beside it that breaks
//! the rule. Adding a rule: write the function and its failing case in [`imports`] or [`files`], call it below.

mod files;
mod imports;
mod statements;

use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::MetadataCommand;

use files::SourceFile;
use imports::Package;

#[test]
fn rooms_import_only_what_they_may() {
    let packages = packages();
    assert!(packages.len() > 3, "cargo metadata shows the workspace");
    assert_kept(imports::strangers_among_rooms(&packages));
}

#[test]
fn one_vendor_one_room() {
    assert_kept(imports::vendors_outside_their_room(&packages()));
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert_kept(files::unexplained_dependencies(&manifest));
}

#[test]
fn top_level_entries_are_the_given_ones() {
    assert_kept(files::strange_top_level_entries(&files()));
}

#[test]
fn source_files_keep_the_house_rules() {
    let files = files();
    assert!(files.iter().any(|file| file.path == "tests/it/tidy.rs"), "git lists the work tree");
    let rules = [
        files::too_long,
        files::nameless_modules,
        files::libraries_without_an_opening,
        files::unfinished_work,
        files::addresses_of_registries,
        files::paths_of_this_machine,
    ];
    assert_kept(rules.iter().flat_map(|rule| files.iter().flat_map(rule)).collect());
}

#[test]
fn every_statement_names_its_tenant_and_none_could_stop_unnoticed() {
    let files = files();
    let (tables, statements) = (statements::tables(&files), statements::statements(&files));
    assert!(tables.len() > 20 && statements.len() > 100, "{} tables, {}", tables.len(), statements.len());
    let breach = |statement| statements::without_a_tenant(statement, &tables);
    assert_kept(statements.iter().filter_map(breach).collect());
    let mutants: Vec<_> = statements.iter().flat_map(statements::mutants).collect();
    assert!(mutants.len() >= statements.len(), "{} places to take out", mutants.len());
    let unnoticed = mutants.iter().filter(|mutant| breach(mutant).is_none());
    assert_kept(unnoticed.map(|mutant| format!("not noticed: {mutant:?}")).collect());
}

fn assert_kept(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "{} breaches of the house rules:\n{}", breaches.len(), breaches.join("\n"));
}

/// The workspace's root: the folder above this package's.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the workspace").to_owned()
}

/// Every package of the workspace with what it depends on directly.
fn packages() -> Vec<Package> {
    let root = root();
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec().unwrap();
    let package = |package: &cargo_metadata::Package| Package {
        name: package.name.to_string(),
        room: room(&root, package.manifest_path.as_std_path()),
        imports: package.dependencies.iter().map(|dependency| dependency.name.clone()).collect(),
    };
    metadata.packages.iter().map(package).collect()
}

/// `server/domain` of `…/server/domain/Cargo.toml`.
fn room(root: &Path, manifest: &Path) -> String {
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok());
    folder.expect("a member stands in the workspace").to_str().expect("paths are UTF-8").to_owned()
}

/// Every file that is tracked, or would be if it were added now.
fn files() -> Vec<SourceFile> {
    let root = root();
    let listing = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .expect("git is installed");
    assert!(listing.status.success(), "tidy needs a git clone: {}", String::from_utf8_lossy(&listing.stderr));
    let paths = String::from_utf8(listing.stdout).expect("paths are UTF-8");
    paths.split_terminator('\0').filter_map(|path| SourceFile::read(&root, path)).collect()
}
