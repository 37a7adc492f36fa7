//! What is fast, beside what others do and what the machine can do, in one run. `make bench` prints a line for each
//! case and writes `target/bench.json`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "it is a program of measurements"
)]

mod calendar;
mod dossiers;
mod journal;
mod measure;
mod routing;

use cpu_time::ThreadTime;
use serde::Serialize;
use serde_json::Value;
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

fn median(runs: impl Iterator<Item = f64>) -> f64 {
    let mut runs: Vec<f64> = runs.collect();
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

/// What the peers in Python took, by name; measured in this run by `peers.py`.
struct Peers(Value);

impl Peers {
    fn measure() -> Self {
        let Some(venv) = std::env::var_os("VENV") else { return Self(Value::Null) };
        let python = root().join(venv).join("bin/python");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers.py");
        let output = std::process::Command::new(python).arg(script).output().expect("the peers run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self(serde_json::from_slice(&output.stdout).expect("the peers print JSON"))
    }

    /// What ours took from Python; none if Python was not asked.
    fn ns(&self, name: &str) -> f64 {
        self.0[name]["ns"].as_f64().unwrap_or(f64::NAN)
    }

    fn get(&self, name: &str) -> (Option<f64>, String) {
        let label = self.0[name]["name"].as_str().unwrap_or("not installed").to_owned();
        (self.0[name]["ns"].as_f64(), label)
    }
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
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

fn main() {
    // `cargo test` runs every bench once with this argument; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    eprintln!("measuring the peers in Python …");
    let peers = Peers::measure();
    let mut lines = Vec::new();
    for (room, measure) in [
        ("calendar and deadline", calendar::lines as fn(&Peers) -> Vec<Line>),
        ("routing", routing::lines),
        ("dossiers", dossiers::lines),
        ("journal", journal::lines),
        ("measures", measure::lines),
    ] {
        // `make bench ONLY=journal` measures one of them.
        if std::env::var("ONLY").is_ok_and(|only| !room.contains(only.as_str())) {
            continue;
        }
        eprintln!("measuring {room} …");
        lines.extend(measure(&peers));
    }
    println!("| case | operation | ours | peer | physical limit | ours ÷ limit | peer ÷ ours |");
    println!("|------|-----------|-----:|-----:|---------------:|-------------:|------------:|");
    for line in &lines {
        let peer = line.peer.map_or_else(|| "–".into(), |ns| format!("{} ({})", shown(ns), line.peer_name));
        let faster = line.peer.map_or_else(|| "–".into(), |ns| format!("{:.1}", ns / line.ours));
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
    println!("\n| calendar | wrong among 10 million due dates |");
    println!("|----------|------:|");
    for (calendar, share) in calendar::shares(&peers) {
        println!("| {calendar} | {:.2} % |", share * 100.0);
    }
    println!("\nmemory of a calendar's tables, 1990 to 2100: {} KiB", calendar::century().bytes() / 1024);
}
