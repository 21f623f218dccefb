//! Who may do what: how long a check takes with a thousand tenants of which each has lines of its own, and how long one tenant's policy
//! takes to build when its lines have changed. On one core, without a server.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use domain::ids::TenantId;
use policy::{Bound, Effect, Line, Role, TenantLines, TenantPolicy, deeds};

use crate::options::Options;
use crate::report;

/// How many tenants.
pub const TENANTS: usize = 1_000;
/// How many lines of its own each has.
pub const LINES: usize = 20;
/// Builds them all, then checks `--rounds` times for `--seconds`.
pub fn measure(options: &Options) -> Result<()> {
    let tenants: Vec<TenantId> =
        (0..TENANTS).map(|number| TenantId::named(&["bench", &number.to_string()])).collect();
    let (mut kept, mut builds): (Vec<TenantPolicy>, _) = (Vec::new(), Vec::new());
    for (number, tenant) in tenants.iter().enumerate() {
        let text = own_lines(number);
        let begin = Instant::now();
        let lines = TenantLines::read(&text).map_err(|problems| anyhow!("{problems:?}"))?;
        let policy = TenantPolicy::with(*tenant, &lines);
        builds.push(begin.elapsed());
        kept.push(policy);
    }
    // Another question for each tenant, so that no answer can be foreseen.
    let cells: Vec<_> = Role::ALL
        .into_iter()
        .flat_map(|role| deeds().map(move |(kind, action)| (role, kind, action)))
        .collect();
    // 7 is prime to the number of cells, so that all of them are asked about.
    let questions: Vec<_> = (0..TENANTS).map(|number| cells[number * 7 % cells.len()]).collect();
    // One run is the nanoseconds of a check, tenant after tenant.
    let runs = (0..options.rounds).map(|_| {
        per_tenant(options.run, |number| {
            let (role, kind, action) = questions[number];
            kept[number].check(role, kind, action)
        })
    });
    report::policy(&runs.collect::<Vec<_>>(), &builds)
}

/// [`LINES`] lines within the bounds, others for each tenant.
fn own_lines(tenant: usize) -> String {
    let every = Role::ALL.into_iter().flat_map(|role| {
        [Effect::Allow, Effect::Deny]
            .into_iter()
            .flat_map(move |effect| deeds().map(move |(kind, action)| Line { effect, role, kind, action }))
    });
    let within: Vec<Line> = every.filter(|line| Bound::on(line).is_none()).collect();
    let mut chosen: Vec<Line> = Vec::new();
    // 101 is prime, so that each tenant goes through them in its own order.
    for step in 0.. {
        let line = within[(tenant * 13 + step * 101) % within.len()];
        let said =
            |other: &Line| (other.role, other.kind, other.action) == (line.role, line.kind, line.action);
        if !chosen.iter().any(said) {
            chosen.push(line);
        }
        if chosen.len() == LINES {
            break;
        }
    }
    chosen.iter().map(|line| format!("{line}\n")).collect()
}

/// How long one `check` takes, in nanoseconds, over all tenants again and again for `lasting`.
fn per_tenant(lasting: Duration, check: impl Fn(usize) -> bool) -> f64 {
    let (begin, mut checks) = (Instant::now(), 0);
    while begin.elapsed() < lasting {
        for number in 0..TENANTS {
            black_box(check(black_box(number)));
        }
        checks += TENANTS;
    }
    begin.elapsed().as_secs_f64() * 1e9 / checks as f64
}
