//! What may stand in a file, and where a file may stand.

use std::path::Path;

/// A text file of the work tree.
pub struct SourceFile {
    /// Its path below the workspace's root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// The most lines that a file of Rust may have.
const RUST_LINES: usize = 400;

/// The entries that the product's owner gave, and the files that belong beside them. Dotfiles come on top.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "server",
    "plugins",
    "migrations",
    "tenants",
    "docs",
    "tests",
    "README.md",
    "LICENSE",
    "Cargo.lock",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
];

/// Names that say nothing about what is inside.
const NAMELESS: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc"];

/// Marks of work left lying. Written in halves, so that this file passes its own rule.
const UNFINISHED: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimple", "mented!"), concat!("to", "do!")];

/// Hosts of package registries: where packages come from is each machine's own setting, not the project's.
const REGISTRIES: &[&str] = &[
    concat!("crates", ".io"),
    concat!("registry.npm", "js.org"),
    concat!("registry.yarn", "pkg.com"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("proxy.go", "lang.org"),
];

/// Folders of the machine that somebody happened to work on.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// Other people's files, taken over as they are.
const VENDORED: &str = "/vendor/";

impl SourceFile {
    /// Reads a file below `root`; none if it is gone or not text.
    pub fn read(root: &Path, path: &str) -> Option<Self> {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        Some(Self { path: path.to_owned(), text })
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_ours(&self) -> bool {
        !self.path.contains(VENDORED) && !is_lock(&self.path)
    }

    /// Code and settings, as against data, pages and prose.
    fn is_source(&self) -> bool {
        const ENDINGS: &[&str] = &[".rs", ".toml", ".sh", ".wit", ".js", "tests/run", ".ci/run"];
        self.is_ours() && ENDINGS.iter().any(|ending| self.path.ends_with(ending))
    }

    /// A breach for each line that `breaks` the rule called `what`.
    fn lines_that(&self, what: &str, breaks: impl Fn(&str) -> bool) -> Vec<String> {
        let numbered = self.text.lines().zip(1..);
        let broken = numbered.filter(|(line, _)| breaks(line));
        broken.map(|(_, number)| format!("{}:{number}: {what}", self.path)).collect()
    }
}

/// Rust files that one cannot take in.
pub fn too_long(file: &SourceFile) -> Vec<String> {
    let lines = file.text.lines().count();
    if !file.is_rust() || lines <= RUST_LINES {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines, more than {RUST_LINES}: which two things are in it?", file.path)]
}

/// Modules whose name says nothing, as a file, a folder or inline.
pub fn nameless_modules(file: &SourceFile) -> Vec<String> {
    if !file.is_rust() {
        return Vec::new();
    }
    let mut steps = file.path.trim_end_matches(".rs").split('/');
    if steps.any(|step| NAMELESS.contains(&step)) {
        return vec![format!("{}: a module is named after what it is for", file.path)];
    }
    file.lines_that("a module is named after what it is for", |line| {
        let declared = line.trim().trim_start_matches("pub ").strip_prefix("mod ");
        declared.is_some_and(|name| NAMELESS.contains(&name.trim_end_matches([' ', '{', ';'])))
    })
}

/// Crates that do not open with what they are for.
pub fn libraries_without_an_opening(file: &SourceFile) -> Vec<String> {
    if !file.path.ends_with("src/lib.rs") || file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{}: open with `//!`: what it is for, what is not in it, how to add one more", file.path)]
}

/// Marks of work left lying.
pub fn unfinished_work(file: &SourceFile) -> Vec<String> {
    if !file.is_source() {
        return Vec::new();
    }
    file.lines_that("finish it, or open an issue", |line| UNFINISHED.iter().any(|mark| has_word(line, mark)))
}

/// What cargo has written: of this workspace, or of the guests'.
fn is_lock(path: &str) -> bool {
    path == "Cargo.lock" || path.ends_with("/Cargo.lock")
}

/// Package registries named anywhere but in the sources of Cargo.lock.
pub fn addresses_of_registries(file: &SourceFile) -> Vec<String> {
    let in_lock = |line: &str| is_lock(&file.path) && line.starts_with("source = ");
    file.lines_that("names a package registry", |line| {
        !in_lock(line) && REGISTRIES.iter().any(|host| line.contains(host))
    })
}

/// Paths that only exist where somebody happened to work.
pub fn paths_of_this_machine(file: &SourceFile) -> Vec<String> {
    if !file.is_ours() {
        return Vec::new();
    }
    file.lines_that("names a folder of one machine", |line| {
        MACHINE.iter().any(|folder| has_path(line, folder))
    })
}

/// Entries beside the given ones at the top of the work tree.
pub fn strange_top_level_entries(files: &[SourceFile]) -> Vec<String> {
    let mut entries: Vec<&str> = files.iter().filter_map(|file| file.path.split('/').next()).collect();
    entries.dedup();
    let strange = entries.iter().filter(|entry| !entry.starts_with('.') && !TOP_LEVEL.contains(entry));
    strange.map(|entry| format!("{entry}: the top-level entries are fixed")).collect()
}

/// Dependencies of others in the workspace's manifest without a comment in the line above.
pub fn unexplained_dependencies(manifest: &str) -> Vec<String> {
    let after = manifest.split_once("[workspace.dependencies]").map_or("", |(_, after)| after);
    let table: Vec<&str> = after.lines().take_while(|line| !line.starts_with('[')).collect();
    let pairs = table.iter().zip(table.iter().skip(1));
    let unexplained = pairs.filter(|(above, line)| is_foreign_dependency(line) && !explains(above));
    unexplained
        .map(|(_, line)| format!("Cargo.toml: say in a comment above what it is for: {line}"))
        .collect()
}

fn is_foreign_dependency(line: &str) -> bool {
    line.starts_with(|first: char| first.is_ascii_alphanumeric())
        && line.contains('=')
        && !line.contains("path = ")
}

/// A comment, but not the title of a group.
fn explains(line: &str) -> bool {
    line.starts_with("# ") && !line.starts_with("# ---")
}

/// Whether `word` stands in `line` by itself, not as part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_word =
        |character: Option<char>| character.is_some_and(|it| it.is_alphanumeric() || it == '_');
    line.match_indices(word).any(|(start, _)| {
        let (before, after) = (&line[..start], &line[start + word.len()..]);
        !part_of_word(before.chars().next_back()) && !part_of_word(after.chars().next())
    })
}

/// Whether `line` names a path that begins with `folder`.
fn has_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|it| it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | '*' | '}'))
    })
}

#[cfg(test)]
mod tests;
