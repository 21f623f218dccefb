//! Tables, in Markdown. Each figure is the median of its runs, with the least and the most.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::ceilings::Ceilings;
use crate::closed_loop::Run;
use crate::hot_paths::HotPaths;
use crate::joins::{Arrivals, Guesses, Roll, Signing};
use crate::live::Live;
use crate::nudges::Mailing;
use crate::pace::{MOST_SCREENS, MOST_SECONDS, Route};
use crate::policy::{LINES, TENANTS};
use crate::process;
use crate::stage::Kind;
use crate::start::Start;
use crate::weight::Part;

/// The heading, and on what machine this is.
pub fn begin(kind: Kind) -> Result<()> {
    println!("\n## {kind}\n\n{}", process::machine()?);
    Ok(())
}

pub fn starts(starts: &[Start]) {
    let ready = spread(starts.iter().map(|start| milliseconds(start.ready_after)), 0);
    let memory = spread(starts.iter().map(|start| megabytes(start.memory)), 1);
    println!("\n| a process that has just started | |\n|---|---|");
    println!("| from its start to ready, ms | {ready} |\n| memory when idle, MB | {memory} |");
}

/// From the first page to the idea's being sent.
///
/// # Errors
/// When a route has more screens than the aim, or one by a link takes longer.
pub fn pace(routes: &[Route], idea: usize) -> Result<()> {
    println!("\n## A person's pace\n\n{}; an idea of {idea} characters\n", process::machine()?);
    println!(
        "| from the link to the first idea | screens of ours | seconds | reading (words) | typing | clicks | the email | machine |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for Route { name, spent, .. } in routes {
        let [all, reading, typing] = [spent.seconds(), spent.reading, spent.typing];
        println!(
            "| {name} | {} | {all:.1} | {reading:.1} ({}) | {typing:.1} | {:.0} | {:.0} | {:.1} |",
            spent.screens, spent.words, spent.clicking, spent.fetching, spent.machine
        );
    }
    let quick = |route: &Route| route.spent.seconds() <= MOST_SECONDS;
    let short = |route: &Route| route.spent.screens <= MOST_SCREENS;
    let reached = routes.iter().filter(|route| short(route) && quick(route)).count();
    println!(
        "\nAt most {MOST_SCREENS} screens and {MOST_SECONDS:.0} s: {reached} of {} routes",
        routes.len()
    );
    ensure!(routes.iter().all(short), "a route has more screens than the aim");
    ensure!(
        routes.iter().all(|route| quick(route) || route.from_the_list),
        "a route by a link takes longer than the aim"
    );
    Ok(())
}

pub fn weight(parts: &[Part]) {
    println!("\n| first page of the conversation | encoding | bytes with heads |\n|---|---|---|");
    for part in parts {
        println!("| `{}` | {} | {} |", part.path, part.encoding, part.bytes);
    }
    let sum: usize = parts.iter().map(|part| part.bytes).sum();
    println!("| in all, and nothing from another host | | {sum} |");
}

pub fn hot_paths(rounds: &[(HotPaths, Ceilings)]) {
    println!(
        "\n| request | a second | p50 ms | p99 ms | server µs | database µs | server MB | generator | others |\
         \n|---|---|---|---|---|---|---|---|---|"
    );
    let of = |pick: fn(&HotPaths) -> &Run| rounds.iter().map(|(paths, _)| *pick(paths)).collect::<Vec<_>>();
    let (vote, page) = (of(|paths| &paths.vote), of(|paths| &paths.page));
    let (gzip, edge) = (of(|paths| &paths.page_gzip), of(|paths| &paths.edge));
    let (answer, activity) = (of(|paths| &paths.answer), of(|paths| &paths.activity));
    let all = [
        ("vote", &vote),
        ("answer to a round type", &answer),
        ("page", &page),
        ("page of a round type", &activity),
        ("page, gzip", &gzip),
        ("`/robots.txt`", &edge),
    ];
    for (name, runs) in all {
        println!("| {name} | {} |", figures(runs));
    }

    // In each run against the same run: a noisy minute touches both.
    let share = answer.iter().zip(&vote).map(|(answer, vote)| 100.0 * answer.rate / vote.rate);
    println!("\nAnswers to a round type, in the rate of votes: {} %.", spread(share, 0));
    let later = activity
        .iter()
        .zip(&page)
        .map(|(activity, page)| milliseconds(activity.p99) - milliseconds(page.p99));
    println!("The p99 of its page is later than that of the conversation's by {} ms.", spread(later, 1));

    println!("\n| ceiling | a second | share of it reached |\n|---|---|---|");
    let rate = |runs: &[Run]| median(runs.iter().map(|run| run.rate));
    let against = |name: &str, ceiling: Vec<f64>, reached: f64| {
        let share = 100.0 * reached / median(ceiling.iter().copied());
        println!("| {name} | {} | {share:.0} % |", spread(ceiling, 0));
    };
    for (number, (driver, _)) in rounds[0].1.moments.iter().enumerate() {
        let ceiling = rounds.iter().map(|(_, ceilings)| ceilings.moments[number].1).collect();
        against(&format!("page: its statement, {driver}"), ceiling, rate(&page));
    }
    against("page: `/robots.txt`", edge.iter().map(|run| run.rate).collect(), rate(&page));
    for (number, (driver, _)) in rounds[0].1.votes.iter().enumerate() {
        let ceiling = rounds.iter().map(|(_, ceilings)| ceilings.votes[number].1).collect();
        against(&format!("vote: 64 in a transaction, {driver}"), ceiling, rate(&vote));
    }
    against("vote: `/robots.txt`", edge.iter().map(|run| run.rate).collect(), rate(&vote));
    let syncs = rounds.iter().map(|(_, ceilings)| ceilings.syncs);
    println!("| disk: 4 KB appended and synced | {} | |", spread(syncs, 0));
}

pub fn check(wrong: i64) {
    println!("\nPosts whose counts differ from their votes after all this: {wrong}.");
}

pub fn live(live: &Live) {
    let at = |share: f64| {
        spread(
            live.rounds.iter().map(|delays| {
                let place = (delays.len() as f64 * share) as usize;
                milliseconds(delays[place.min(delays.len() - 1)])
            }),
            0,
        )
    };
    println!("\n| {} live streams | |\n|---|---|", live.streams);
    println!("| all opened after, s | {:.1} |", live.opened_in.as_secs_f64());
    println!("| server's memory for each, KB | {:.1} |", live.memory_per_stream as f64 / 1024.0);
    println!("| a new contribution is with half of them after, ms | {} |", at(0.5));
    println!("| with 99 of 100 | {} |", at(0.99));
    println!("| with all | {} |", at(1.0));
    println!("| server's processor time for each, µs | {:.1} |", microseconds(live.server));
}

/// The heading of what is measured of coming in.
pub fn begin_joins() -> Result<()> {
    println!("\n## Coming in\n\n{}", process::machine()?);
    Ok(())
}

pub fn signing(rounds: &[Signing]) {
    let all = |figure: fn(&Signing) -> f64| rounds.iter().map(figure).collect::<Vec<_>>();
    let (sign, private) = (all(|run| run.sign), all(|run| run.raw_private));
    let (verify, whole, public) =
        (all(|run| run.verify), all(|run| run.whole_check), all(|run| run.raw_public));
    println!("\n| on one core | a second | share of OpenSSL's bare operation |\n|---|---|---|");
    let line = |name: &str, of: &[f64], ceiling: &[f64]| {
        let share = 100.0 * median(of.iter().copied()) / median(ceiling.iter().copied());
        println!("| {name} | {} | {share:.0} % |", spread(of.iter().copied(), 0));
    };
    line("signing, checked afterwards", &sign, &private);
    line("OpenSSL's private operation, 2048 bits", &private, &private);
    line("verifying a credential", &verify, &public);
    line("all that a registration checks", &whole, &public);
    line("OpenSSL's public operation", &public, &public);
}

pub fn rolls(kind: Kind, rounds: &[Roll]) {
    let seconds =
        |figure: &dyn Fn(&Roll) -> Duration| spread(rounds.iter().map(|roll| figure(roll).as_secs_f64()), 2);
    println!(
        "\n| 80,000 people, {kind} | held after, s | confirmed after, s | in all, s |\n|---|---|---|---|"
    );
    for (name, of) in [("CSV", (|roll| &roll.csv) as fn(&Roll) -> &_), ("XLSX", |roll| &roll.xlsx)] {
        let all = seconds(&|roll| of(roll).hold + of(roll).confirm);
        println!(
            "| {name} | {} | {} | {all} |",
            seconds(&|roll| of(roll).hold),
            seconds(&|roll| of(roll).confirm)
        );
    }
    println!("| forgetting the order | | | {} |", seconds(&|roll| roll.rewrite));
}

pub fn mailings(kind: Kind, rounds: &[Mailing]) {
    println!(
        "\n| emails to many, {kind} | emails a second | memory before, MB | at most, MB |\n|---|---|---|---|"
    );
    let mut sizes: Vec<usize> = rounds.iter().map(|round| round.people).collect();
    sizes.dedup();
    for people in sizes {
        let all = |figure: fn(&Mailing) -> f64, places| {
            spread(rounds.iter().filter(|round| round.people == people).map(figure), places)
        };
        println!(
            "| to {people} people | {} | {} | {} |",
            all(|round| round.people as f64 / round.took.as_secs_f64(), 0),
            all(|round| megabytes(round.memory.0), 0),
            all(|round| megabytes(round.memory.1), 0)
        );
    }
}

pub fn arrivals(kind: Kind, rounds: &[Arrivals]) {
    let all = |figure: fn(&Arrivals) -> f64, places| spread(rounds.iter().map(figure), places);
    println!("\n| joining by login details, {kind}, groups of 20 | |\n|---|---|");
    println!("| joined a second | {} |", all(|round| round.rate, 0));
    println!("| that is, in an hour | {} |", all(|round| round.rate * 3_600.0, 0));
    println!(
        "| from the link to being in, half of them within, ms | {} |",
        all(|round| milliseconds(round.median), 0)
    );
    println!("| 99 of 100 within, ms | {} |", all(|round| milliseconds(round.p99), 0));
    println!("| server's processor time for each, ms | {} |", all(|round| milliseconds(round.server), 1));
    println!("| PostgreSQL's, ms | {} |", all(|round| milliseconds(round.database), 1));
    println!("| processors that the server kept busy | {} |", all(|round| round.server_busy, 2));
    println!("| this client | {} |", all(|round| round.client_busy, 2));
    println!("| others | {} |", all(|round| round.others_busy, 2));
}

/// The heading of what is measured of guessing.
pub fn begin_guesses() -> Result<()> {
    println!("\n## Guessing codes\n\n{}", process::machine()?);
    Ok(())
}

pub fn guesses(kind: Kind, runs: &[Guesses]) {
    println!(
        "\n| wrong codes from, {kind} | sent a second | for, s | tried in all | tried a second |\n|---|---|---|---|---|"
    );
    for run in runs {
        let seconds = run.lasting.as_secs_f64();
        let (sent, tried) = (run.sent as f64 / seconds, run.tried as f64 / seconds);
        println!("| {} | {sent:.0} | {seconds:.0} | {} | {tried:.1} |", run.from, run.tried);
    }
    println!("\nAfter each, a good code from an address that had not guessed came in.");
}

/// Of checking, and of building each tenant's policy.
pub fn policy(runs: &[f64], builds: &[Duration]) -> Result<()> {
    println!("\n## Who may do what\n\n{}", process::machine()?);
    println!("\n| {TENANTS} tenants, {LINES} lines of its own each | |\n|---|---|");
    println!("| `check()`, ns | {} |", spread(runs.iter().copied(), 1));
    let build = spread(builds.iter().map(|build| milliseconds(*build)), 1);
    println!("| reading one tenant's lines and building its policy, ms | {build} |");
    Ok(())
}

fn figures(runs: &[Run]) -> String {
    let all = |figure: fn(&Run) -> f64, places| spread(runs.iter().map(figure), places);
    [
        all(|run| run.rate, 0),
        all(|run| milliseconds(run.median), 1),
        all(|run| milliseconds(run.p99), 1),
        all(|run| microseconds(run.server), 0),
        all(|run| microseconds(run.database), 0),
        all(|run| megabytes(run.memory), 0),
        all(|run| run.generator, 2),
        all(|run| run.others, 2),
    ]
    .join(" | ")
}

fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// `median (least–most)`.
fn spread(figures: impl IntoIterator<Item = f64>, places: usize) -> String {
    let figures: Vec<f64> = figures.into_iter().collect();
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(0.0, f64::max);
    match median(figures) {
        same if least == most => format!("{same:.places$}"),
        median => format!("{median:.places$} ({least:.places$}–{most:.places$})"),
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
