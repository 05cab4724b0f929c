//! The clocks of the benches: wall, CPU of a thread, CPU of a process.

use std::fs;
use std::time::{Duration, Instant};

/// The wall clock. The engine's own code takes time as an argument; a bench measures it.
#[expect(clippy::disallowed_methods, reason = "measuring time is what a bench is for")]
pub fn now() -> Instant {
    Instant::now()
}

/// CPU nanoseconds the calling thread has used, from the scheduler's own count.
pub fn thread_cpu_ns() -> u64 {
    on_cpu("/proc/thread-self/schedstat")
}

/// CPU nanoseconds of all living threads of a process; `self` for this one.
pub fn process_cpu_ns(pid: &str) -> u64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return 0 };
    tasks.flatten().map(|task| on_cpu(&format!("{}/schedstat", task.path().display()))).sum()
}

fn on_cpu(path: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

/// Load average over the last minute.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

/// Calls `work` in rounds of at least `round` and gives the CPU microseconds of one call, a value per round.
pub fn cpu_us_per_call(rounds: usize, calls: usize, mut work: impl FnMut(usize)) -> Vec<f64> {
    (0..rounds)
        .map(|round| {
            let before = thread_cpu_ns();
            (0..calls).for_each(|call| work(round * calls + call));
            ns_to_us(thread_cpu_ns() - before) / real(calls)
        })
        .collect()
}

/// Wall microseconds of each single call.
pub fn each_call_us(calls: usize, mut work: impl FnMut(usize)) -> Vec<f64> {
    (0..calls)
        .map(|call| {
            let start = now();
            work(call);
            micros(start.elapsed())
        })
        .collect()
}

/// Resident memory of this process, kB.
pub fn resident_kb() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Microseconds.
pub fn micros(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}

/// Nanoseconds as microseconds.
pub fn ns_to_us(ns: u64) -> f64 {
    real(usize::try_from(ns).unwrap_or(usize::MAX)) / 1000.0
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
pub fn real(count: usize) -> f64 {
    count as f64
}

/// The value below which `share` of the values lie.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of the list")]
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * real(sorted.len().saturating_sub(1))).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// The middle value.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}
