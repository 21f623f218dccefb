//! `candour verify-anonymity`.

use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use analysis::linkage::score::{DEFAULT_WINDOW, FALSE_ALARM, SIGMAS};
use analysis::linkage::{
    self, Consistency, Database, Finding, Report, Score, Severity, Side, Tally, Verdict, consistency,
    conversation_side, identity_side, link, schema, score, suspicious,
};
use anyhow::{Context, Result, bail, ensure};
use documents::dumps::{self, Dump, MAX_DUMP_BYTES, read_dump};

/// What a SQLite database's write-ahead log is called after its name.
const LOG_SUFFIX: &str = "-wal";
/// The first line of the truth.
const TRUTH_COLUMNS: &str = "person,participant";
/// The largest file of truths, bytes: about a million pairs.
const MAX_TRUTH_BYTES: u64 = 100 << 20;
/// How many attempts are shown.
const SHOWN_ATTEMPTS: usize = 12;
/// How many suspicious marks are named one by one.
const SHOWN_FINDINGS: usize = 50;

/// What to compare.
#[derive(clap::Args)]
pub struct Args {
    /// The identity side: a SQLite file, read together with the -wal beside it, or what `pg_dump --format=plain` wrote
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// The conversation side, likewise
    #[arg(long, value_name = "FILE")]
    conversation: PathBuf,
    /// Who is whom, known from a trial: CSV with the columns person and participant. Without it only what could link is looked for
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
}

/// Plays the thief of both databases. The exit code is 1 when something links or is suspicious.
pub fn run(args: &Args) -> Result<ExitCode> {
    let truth = args.truth.as_deref().map(read_truth).transpose()?;
    let identity = read_side(&args.identity, schema::PERSON)?;
    let conversation = read_side(&args.conversation, schema::PARTICIPANT)?;
    let outcome = examine(&identity, &conversation, truth.as_deref());
    print!("{}", outcome.text);
    Ok(if outcome.clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was found, and whether it is nothing.
struct Outcome {
    text: String,
    clean: bool,
}

fn examine(identity: &Database, conversation: &Database, truth: Option<&[(String, String)]>) -> Outcome {
    let (people, participants) = (identity_side(identity), conversation_side(conversation));
    let findings = suspicious((identity, conversation), (&people, &participants));
    let pairs = consistency(&people, &participants);
    let report = truth.map(|truth| {
        let attempts = link(&people, &participants);
        score(&people, &participants, attempts, truth, DEFAULT_WINDOW)
    });
    let mut text = String::new();
    describe_sides(&mut text, &people, &participants, &pairs);
    match &report {
        Some(report) => describe_attempts(&mut text, report),
        None => text.push_str("No truth was given: what links is not measured, only what could.\n\n"),
    }
    describe_findings(&mut text, &findings);
    let suspicious = findings.iter().filter(|finding| finding.severity == Severity::Suspicious).count();
    let linking = report.as_ref().map_or(0, |report| report.linking().count());
    let unequal = pairs.excluded_by_date > 0 || pairs.impossible_credentials > 0;
    let untested = report.as_ref().is_some_and(|report| report.pairs == 0);
    let verdict = match (linking, suspicious, unequal) {
        (1.., ..) => format!("LINKED: {linking} attempts tell who is whom more often than chance allows."),
        (0, 1.., _) => format!("SUSPICIOUS: {suspicious} marks could tell who is whom; mend them."),
        (0, 0, true) => {
            "SUSPICIOUS: some pairs are impossible, so that the others are more likely.".to_owned()
        }
        (0, 0, false) if untested => {
            "UNTESTED: no pair of the truth is in these dumps: pass the truth of this trial.".to_owned()
        }
        (0, 0, false) => "CLEAN: nothing in these dumps tells who is whom.".to_owned(),
    };
    text.push_str(&verdict);
    text.push('\n');
    Outcome { text, clean: linking == 0 && suspicious == 0 && !unequal && !untested }
}

fn describe_sides(text: &mut String, people: &Side, participants: &Side, pairs: &Consistency) {
    let least = pairs.smallest_anonymity_set.map_or("none".to_owned(), |least| least.to_string());
    let lines = [
        ("people who joined", people.ids.len().to_string()),
        ("participants with a credential", participants.ids.len().to_string()),
        (
            "signals of people, of participants",
            format!("{}, {}", people.signals.len(), participants.signals.len()),
        ),
        ("pairs of one campaign and cohort", pairs.pairs.to_string()),
        ("of these excluded by a date", pairs.excluded_by_date.to_string()),
        ("credentials that nobody fits", pairs.impossible_credentials.to_string()),
        ("fewest people a credential fits", least),
    ];
    for (what, number) in lines {
        let _ = writeln!(text, "{what:36}{number:>12}");
    }
    text.push('\n');
}

fn describe_attempts(text: &mut String, report: &Report) {
    let _ = writeln!(
        text,
        "{} pairs of the truth are in the dumps, {} are not. {} attempts, {} tests.\n",
        report.pairs,
        report.unknown_pairs,
        report.scores.len(),
        report.tests
    );
    let mut scores: Vec<&Score> = report.scores.iter().collect();
    scores.sort_by(|left, right| least_likely(left).total_cmp(&least_likely(right)));
    let _ = writeln!(
        text,
        "{:>7} {:>8} {:>7} {:>8} | {:>7} {:>8} {:>8} | attempt, the least likely first",
        "right", "chance", "sigma", "bound", "near", "chance", "bound"
    );
    for score in scores.iter().take(SHOWN_ATTEMPTS) {
        let near = score.near.map_or_else(
            || format!("{:>7} {:>8} {:>8}", "-", "-", "-"),
            |near| format!("{:>7} {:>8.1} {:>8.1}", near.hits, near.expected_by_chance, near.bound),
        );
        let Tally { hits, expected_by_chance, sigma, bound, .. } = score.right;
        let mark = match score.verdict() {
            Verdict::AtChance => "",
            Verdict::AboveBound => " (above its bound)",
            Verdict::Links => " LINKS",
        };
        let _ = writeln!(
            text,
            "{hits:>7} {expected_by_chance:>8.2} {sigma:>7.2} {bound:>8.2} | {near} | {} x {}, {}{mark}",
            score.identity_signal,
            score.conversation_signal,
            score.way.words()
        );
    }
    let _ = writeln!(
        text,
        "\nRight is the very participant, near within {} places. Chance is one right guess for each campaign and cohort where each person is matched to \
         one participant. The bound is chance plus {SIGMAS} sigma: by chance alone {:.1} of {} tests pass it on average (at least one with \
         probability {:.2}), and {} did. An attempt links if it passes its bound and chance would do as well with probability below {FALSE_ALARM} \
         divided by the number of tests, so that clean dumps are called linked with probability below {FALSE_ALARM}.\n",
        report.window,
        report.expected_above_bound,
        report.tests,
        report.any_above_bound,
        report.above_bound(),
    );
}

/// The probability of a score's better count by chance.
fn least_likely(score: &Score) -> f64 {
    score.near.map_or(score.right.probability, |near| near.probability.min(score.right.probability))
}

fn describe_findings(text: &mut String, findings: &[Finding]) {
    for finding in findings.iter().take(SHOWN_FINDINGS) {
        let severity = match finding.severity {
            Severity::Suspicious => "SUSPICIOUS",
            Severity::Note => "note",
        };
        let _ = writeln!(text, "{severity:11}{}: {}", finding.check, finding.says);
    }
    if findings.len() > SHOWN_FINDINGS {
        let _ = writeln!(text, "… and {} more", findings.len() - SHOWN_FINDINGS);
    }
    if !findings.is_empty() {
        text.push('\n');
    }
}

/// Reads one side's dump, which must have the table called `needed`.
fn read_side(path: &Path, needed: &str) -> Result<Database> {
    let bytes = read_bounded(path, MAX_DUMP_BYTES as u64)?;
    let mut log = OsString::from(path);
    log.push(LOG_SUFFIX);
    let log = PathBuf::from(log);
    let log = if log.exists() { Some(read_bounded(&log, MAX_DUMP_BYTES as u64)?) } else { None };
    let dump = read_dump(&bytes, log.as_deref());
    let database = database(dump.with_context(|| format!("{} cannot be read", path.display()))?);
    if database.table(needed).is_none() {
        bail!(
            "{} has no table `{needed}`: is it the other side, or a dump of before `candour migrate`?",
            path.display()
        );
    }
    Ok(database)
}

fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>> {
    let context = || format!("{} cannot be read", path.display());
    let length = fs::metadata(path).with_context(context)?.len();
    ensure!(length <= most, "{} has {length} bytes, more than {most}: check it in parts", path.display());
    fs::read(path).with_context(context)
}

fn read_truth(path: &Path) -> Result<Vec<(String, String)>> {
    let text = String::from_utf8(read_bounded(path, MAX_TRUTH_BYTES)?)
        .with_context(|| format!("{} is not text", path.display()))?;
    truth(&text).with_context(|| format!("{} is no list of who is whom", path.display()))
}

fn truth(text: &str) -> Result<Vec<(String, String)>> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    ensure!(lines.next().map(str::trim) == Some(TRUTH_COLUMNS), "its first line must be `{TRUTH_COLUMNS}`");
    let pairs = lines.zip(2..).filter(|(line, _)| !line.trim().is_empty()).map(|(line, number)| {
        let (person, participant) = line
            .split_once(',')
            .with_context(|| format!("line {number} must be two ids with a comma between"))?;
        let bare = |id: &str| id.trim().trim_matches('"').to_owned();
        Ok((bare(person), bare(participant)))
    });
    pairs.collect()
}

/// The dump as the analysis knows it: the two rooms do not know each other.
fn database(dump: Dump) -> Database {
    let cells = |cells: Vec<dumps::Cell>| cells.into_iter().map(cell).collect();
    let row = |row: dumps::Row| linkage::Row {
        position: row.position,
        rowid: row.rowid,
        place: row.place.map(|place| linkage::Place { page: place.page, offset: place.offset }),
        values: cells(row.values),
    };
    let tables = dump.tables.into_iter().map(|table| linkage::Table {
        name: table.name,
        columns: table.columns,
        rows: table.rows.into_iter().map(row).collect(),
    });
    let arrivals = dump.history.arrivals.into_iter().map(|arrival| linkage::Arrival {
        table: arrival.table,
        values: cells(arrival.values),
        first_commit: arrival.first_commit,
        changed_in: arrival.changed_in,
    });
    let remnants = dump.remnants.into_iter();
    Database {
        tables: tables.collect(),
        commits: dump.history.commits,
        arrivals: arrivals.collect(),
        remnants: remnants
            .map(|it| linkage::Remnant { place: it.place, bytes: it.bytes, by_splits: it.by_splits })
            .collect(),
    }
}

fn cell(cell: dumps::Cell) -> linkage::Cell {
    match cell {
        dumps::Cell::Null => linkage::Cell::Null,
        dumps::Cell::Integer(number) => linkage::Cell::Integer(number),
        dumps::Cell::Real(number) => linkage::Cell::Real(number),
        dumps::Cell::Text(text) => linkage::Cell::Text(text),
        dumps::Cell::Blob(bytes) => linkage::Cell::Blob(bytes),
    }
}

#[cfg(test)]
mod tests;
