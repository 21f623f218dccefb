//! What Linux counts of processes and of the machine; see proc(5).

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::time::sleep;

/// Linux counts processor time in hundredths of a second, whatever its own clock.
const TICK: Duration = Duration::from_millis(10);

/// Of one processor, what others may use of a quiet machine.
const QUIET: f64 = 0.2;
/// For how long it must be quiet, and how long that may take.
const LISTENING: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(20);

/// Processor time that a process has used, all its threads, in user and system mode.
pub fn cpu(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    stat_ticks(&stat).context("/proc/PID/stat is not as proc(5) says")
}

/// Processor time of all processes that `parent` started and that still run.
pub fn cpu_of_children(parent: u32) -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for entry in fs::read_dir("/proc")? {
        // Processes come and go meanwhile.
        let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else { continue };
        let of_parent = fields(&stat).and_then(|mut fields| fields.nth(1)?.parse().ok()) == Some(parent);
        sum += stat_ticks(&stat).filter(|_| of_parent).unwrap_or_default();
    }
    Ok(sum)
}

/// The process that started `pid`.
pub fn parent(pid: u32) -> Result<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let parent = fields(&stat).and_then(|mut fields| fields.nth(1)?.parse().ok());
    parent.context("/proc/PID/stat is not as proc(5) says")
}

/// Memory of a process that is in RAM now, bytes.
pub fn memory(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

/// Processor time that the whole machine has used, what the host took away included.
pub fn machine_cpu() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().context("/proc/stat is empty")?;
    let counts: Vec<u32> = line.split_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?;
    // user, nice, system, idle, iowait, irq, softirq, steal.
    let busy = counts.iter().take(8).sum::<u32>() - counts[3] - counts[4];
    Ok(TICK * busy)
}

/// Waits until nobody else uses the machine, or for as long as [`PATIENCE`].
pub async fn wait_for_quiet() -> Result<()> {
    let begun = Instant::now();
    loop {
        let before = machine_cpu()?;
        sleep(LISTENING).await;
        if machine_cpu()?.saturating_sub(before) < LISTENING.mul_f64(QUIET) {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            eprintln!("somebody else uses this machine all the time: the column `others` says how much");
            return Ok(());
        }
    }
}

/// Processors, their model, and how busy the machine was in the last minute.
pub fn machine() -> Result<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = fs::read_to_string("/proc/loadavg")?;
    let count = std::thread::available_parallelism()?;
    let (model, load) =
        (model.map_or("unknown", |found| found.1), load.split(' ').next().unwrap_or_default());
    Ok(format!("{count} processors ({model}), load {load} at the start"))
}

/// The fields after the name of the program, which may hold spaces: state, parent, …
fn fields(stat: &str) -> Option<impl Iterator<Item = &str>> {
    Some(stat.rsplit_once(')')?.1.split_whitespace())
}

fn stat_ticks(stat: &str) -> Option<Duration> {
    let mut times = fields(stat)?.skip(11).map(|field| field.parse::<u32>().ok());
    Some(TICK * (times.next()?? + times.next()??))
}
