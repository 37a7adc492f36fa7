//! What is fast, beside what others do and what the machine can do, in one run. `make bench` prints a line for each
//! case and writes `target/bench.json`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "it is a program of measurements"
)]

mod announcement;
mod calendar;
mod callers;
mod consultation;
mod dossiers;
mod journal;
mod measure;
mod peers;
mod postgres;
mod routing;
#[path = "../tests/common/postgres.rs"]
mod server;
mod workflow;

use cpu_time::{ProcessTime, ThreadTime};
use peers::{Peers, root};
use serde::Serialize;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

/// One case: nanoseconds for each operation.
#[derive(Debug, Serialize)]
struct Line {
    case: &'static str,
    /// What one operation is.
    operation: &'static str,
    /// `cpu` or, where a disk is waited for, `wall`.
    clock: &'static str,
    ours: f64,
    peer: Option<f64>,
    peer_name: String,
    limit: f64,
    limit_name: &'static str,
}

/// Median CPU time of a run, in nanoseconds an operation: one run to warm up, then nine.
fn cpu<T>(operations: usize, mut run: impl FnMut() -> T) -> f64 {
    black_box(run());
    median((0..9).map(|_| {
        let begun = ThreadTime::now();
        black_box(run());
        begun.elapsed().as_nanos() as f64 / operations as f64
    }))
}

/// The same by the wall clock, for what waits for a disk.
fn wall<T>(operations: usize, mut run: impl FnMut() -> T) -> f64 {
    black_box(run());
    median((0..5).map(|_| {
        let begun = Instant::now();
        black_box(run());
        begun.elapsed().as_nanos() as f64 / operations as f64
    }))
}

/// CPU time of all threads, for what starts some.
fn cpu_of_all<T>(operations: usize, mut run: impl FnMut() -> T) -> f64 {
    black_box(run());
    median((0..5).map(|_| {
        let begun = ProcessTime::now();
        black_box(run());
        begun.elapsed().as_nanos() as f64 / operations as f64
    }))
}

fn median(runs: impl Iterator<Item = f64>) -> f64 {
    let mut runs: Vec<f64> = runs.collect();
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn shown(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.2} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns => format!("{:.2} ms", ns / 1e6),
    }
}

type Room = (&'static str, &'static [&'static str], fn(&Peers) -> Vec<Line>);

/// What is measured, with the scripts that measure its peers.
const ROOMS: [Room; 10] = [
    ("calendar and deadline", &["peers.py"], calendar::lines),
    ("measures", &["peers.py"], measure::lines),
    ("workflow", &["workflow.mjs", "workflow.py"], workflow::lines),
    ("workflow: a late announcement", &[], announcement::lines),
    ("routing", &[], routing::lines),
    ("dossiers", &[], dossiers::lines),
    ("journal: append", &[], journal::appends),
    ("journal: read", &[], journal::reads),
    ("postgres: append", &[], postgres::lines),
    ("callers", &[], callers::lines),
];

fn main() {
    // `cargo test` runs every bench once with this argument; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // `make bench ONLY=journal` measures one of them.
    let only = std::env::var("ONLY").unwrap_or_default();
    let rooms: Vec<_> = ROOMS.iter().filter(|(room, ..)| room.contains(only.as_str())).collect();
    let mut scripts: Vec<&str> = rooms.iter().flat_map(|(_, scripts, _)| *scripts).copied().collect();
    scripts.dedup();
    let peers = Peers::measure(&scripts, "speed");
    let mut lines = Vec::new();
    for (room, _, measure) in &rooms {
        eprintln!("measuring {room} …");
        lines.extend(measure(&peers));
    }
    println!("| case | operation | ours | peer | physical limit | ours ÷ limit | peer ÷ ours |");
    println!("|------|-----------|-----:|-----:|---------------:|-------------:|------------:|");
    for line in &lines {
        let none = || if line.peer_name.is_empty() { "–".into() } else { line.peer_name.clone() };
        let peer = line.peer.map_or_else(none, |ns| format!("{} ({})", shown(ns), line.peer_name));
        let digits = |ratio: f64| if ratio < 2.0 { 2 } else { 1 };
        let faster = line
            .peer
            .map(|ns| ns / line.ours)
            .map_or_else(|| "–".into(), |ratio| format!("{ratio:.*}", digits(ratio)));
        println!(
            "| {} | {} | {} | {peer} | {} ({}) | {:.1} | {faster} |",
            line.case,
            line.operation,
            shown(line.ours),
            shown(line.limit),
            line.limit_name,
            line.ours / line.limit,
        );
    }
    let json = serde_json::to_string_pretty(&lines).expect("figures serialise");
    std::fs::write(target().join("bench.json"), json).expect("target can be written");
    if !rooms.iter().any(|(room, ..)| room.starts_with("calendar")) {
        return;
    }
    println!("\n| calendar | wrong among 10 million due dates |");
    println!("|----------|------:|");
    for (calendar, share) in calendar::shares(&peers) {
        println!("| {calendar} | {:.2} % |", share * 100.0);
    }
    println!("\nmemory of a calendar's tables, 1990 to 2100: {} KiB", calendar::century().bytes() / 1024);
}
