//! Fifty million dossiers by commune and month, beside the engines that analysts use and a bare pass, on the same rows.
//! `make bench ONLY=cohorts` prints it; ROWS=5000000 takes less time, ENGINES= none of the peers.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "it is a program of measurements"
)]

use chrono::NaiveDate;
use cpu_time::ProcessTime;
use motcua::calendar::Calendar;
use motcua::measure::{Cohorts, Columns, NO_DAY, Plan, Span};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;
use serde_json::Value;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const COMMUNES: u32 = 3_321;
const FIRST: &str = "2024-01-01";
const LAST: &str = "2025-12-31";

#[derive(Default)]
struct Rows {
    group: Vec<u32>,
    received: Vec<i32>,
    due: Vec<i32>,
    finished: Vec<i32>,
    online: Vec<u8>,
    digitised: Vec<u8>,
    paid_online: Vec<u8>,
    rating: Vec<i8>,
}

impl Rows {
    fn columns(&self) -> Columns<'_> {
        let Self { group, received, due, finished, online, digitised, paid_online, rating } = self;
        Columns { group, received, due, finished, online, digitised, paid_online, rating }
    }

    fn write(&self, folder: &Path) {
        let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).unwrap();
        write("group", self.group.iter().flat_map(|n| n.to_le_bytes()).collect());
        for (name, days) in [("received", &self.received), ("due", &self.due), ("finished", &self.finished)] {
            write(name, days.iter().flat_map(|day| day.to_le_bytes()).collect());
        }
        write("online", self.online.clone());
        write("digitised", self.digitised.clone());
        write("paid_online", self.paid_online.clone());
        write("rating", self.rating.iter().map(|rating| rating.cast_unsigned()).collect());
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn number(day: NaiveDate) -> i32 {
    (day - NaiveDate::default()).num_days() as i32
}

/// Working days up to and with each day of the calendar from the first of reception on.
fn ranks() -> Vec<i32> {
    let calendar = Calendar::vietnam();
    let days = day(FIRST).iter_days().take_while(|day| *day <= calendar.last_day());
    let count = |rank: &mut i32, day| {
        *rank += i32::from(calendar.is_working_day(day).unwrap());
        Some(*rank)
    };
    days.scan(0, count).collect()
}

/// Communes of very different sizes, limits of 1 to 30 working days, most settled in time; handed in over two years, in their
/// order or shuffled.
fn rows(count: usize, is_shuffled: bool) -> Rows {
    let mut random = Pcg64Mcg::seed_from_u64(20_251_122);
    let (first, ranks) = (number(day(FIRST)), ranks());
    // Of each working day its place in the calendar.
    let works: Vec<i32> = (0..ranks.len())
        .filter(|n| ranks[*n] > if *n == 0 { 0 } else { ranks[n - 1] })
        .map(|n| first + n as i32)
        .collect();
    let of_two_years = works.iter().filter(|works| **works <= number(day(LAST))).count();
    let normal = |random: &mut Pcg64Mcg| (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let mut sizes: Vec<f64> = (0..COMMUNES).map(|_| (1.2 * normal(&mut random)).exp()).collect();
    let all: f64 = sizes.iter().sum();
    sizes.iter_mut().fold(0.0, |sum, size| {
        *size = sum + *size / all;
        *size
    });
    let limits = [1, 1, 1, 3, 3, 3, 5, 5, 5, 5, 7, 7, 7, 10, 10, 10, 15, 15, 20, 30];
    // A table instead of a logarithm for each row.
    let spread: Vec<f64> = (0..4_096).map(|_| (0.55 * normal(&mut random) - 0.35).exp()).collect();
    let last = number(day(LAST));
    let mut made = Rows::default();
    for n in 0..count {
        let group = sizes.partition_point(|bound| *bound < random.random::<f64>()).min(COMMUNES as usize - 1);
        let place = match is_shuffled {
            true => random.random_range(0..of_two_years),
            false => n * of_two_years / count,
        };
        let limit = limits[random.random_range(0..limits.len())];
        let took = (spread[random.random_range(0..spread.len())] * limit as f64) as usize;
        let finished = works[place + took.min(200)];
        let is_open = finished > last || random.random_bool(0.01);
        made.group.push(group as u32);
        made.received.push(works[place]);
        made.due.push(works[place + limit]);
        made.finished.push(if is_open { NO_DAY } else { finished });
        made.online.push(u8::from(random.random_bool(0.6)));
        made.digitised.push(u8::from(random.random_bool(0.6)));
        made.paid_online.push(u8::from(random.random_bool(0.45)));
        let is_rated = !is_open && random.random_bool(0.2);
        made.rating.push(if is_rated { random.random_range(1..=5) } else { -1 });
    }
    made
}

/// The bare pass: no check of a row, one month table, one table of working days, flat counters, a histogram for the
/// percentiles.
struct Bare {
    counts: Vec<[u32; 16]>,
    bins: Vec<[u32; 128]>,
}

fn bare(columns: &Columns<'_>, months: &[u32], ranks: &[i32], first: i32, last: i32, is_full: bool) -> Bare {
    let cells = 24 * COMMUNES as usize;
    let mut made =
        Bare { counts: vec![[0; 16]; cells], bins: vec![[0; 128]; if is_full { cells } else { 0 }] };
    for n in 0..columns.group.len() {
        let (received, due, finished) = (columns.received[n], columns.due[n], columns.finished[n]);
        let cell = (months[(received - first) as usize] + columns.group[n]) as usize;
        let counts = &mut made.counts[cell];
        let is_settled = finished != NO_DAY;
        counts[0] += 1;
        counts[1] += u32::from(is_settled);
        counts[2] += u32::from(is_settled & (finished < due));
        counts[3] += u32::from(finished == due);
        counts[4] += u32::from(finished > due);
        counts[5] += u32::from(!is_settled & (due < last));
        counts[6] += u32::from(columns.online[n] == 1);
        counts[7] += u32::from(columns.digitised[n] == 1);
        counts[8] += u32::from(columns.paid_online[n] == 1);
        let rating = columns.rating[n];
        counts[9] += u32::from(rating >= 0);
        counts[10] += rating.max(0) as u32;
        if is_full && is_settled {
            let took = ranks[(finished - first) as usize] - ranks[(received - first) as usize];
            made.bins[cell][took.min(127) as usize] += 1;
        }
    }
    made
}

fn count(columns: &Columns<'_>, plan: &Plan<'_>, threads: usize) -> Cohorts {
    let mut cohorts = Cohorts::new(plan).unwrap();
    cohorts.add(columns, threads).unwrap();
    cohorts
}

/// CPU and wall seconds of the quickest of some runs, and what came of it.
fn quickest<T>(runs: usize, mut run: impl FnMut() -> T) -> (f64, f64, T) {
    let mut best: Option<(f64, f64, T)> = None;
    for _ in 0..runs {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        let made = black_box(run());
        let (cpu, wall) = (cpu.elapsed().as_secs_f64(), wall.elapsed().as_secs_f64());
        if best.as_ref().is_none_or(|(least, ..)| cpu < *least) {
            best = Some((cpu, wall, made));
        }
    }
    best.unwrap()
}

/// The sums that every engine gives over all groups, to see that all counted the same.
fn sums(cohorts: &Cohorts, is_full: bool) -> (usize, Vec<f64>) {
    let mut sums = vec![0.0; if is_full { 12 } else { 10 }];
    let mut groups = 0;
    for (group, begin) in
        (0..COMMUNES).flat_map(|group| cohorts.spans().iter().map(move |begin| (group, *begin)))
    {
        let cohort = cohorts.get(group, begin).unwrap();
        if cohort.received == 0 {
            continue;
        }
        groups += 1;
        let counts = [
            cohort.received,
            cohort.resolved,
            cohort.early,
            cohort.on_time,
            cohort.late,
            cohort.overdue,
            cohort.online,
            cohort.digitised.numerator,
            cohort.paid_online.numerator,
        ];
        let counts = counts.into_iter().map(|count| count as f64);
        let shares = [
            cohort.mean_rating(),
            cohorts.percentile(group, begin, 50.0),
            cohorts.percentile(group, begin, 90.0),
        ];
        let all = counts.chain(shares.into_iter().map(Option::unwrap_or_default));
        sums.iter_mut().zip(all).for_each(|(sum, count)| *sum += count);
    }
    (groups, sums)
}

fn peer(folder: &Path, engine: &str, threads: usize, query: &str, rows: usize) -> Option<Value> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let python = root.join(std::env::var_os("VENV")?).join("bin/python");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/cohorts.py");
    let output = Command::new(python)
        .args([Path::new(script), folder])
        .args([engine, &threads.to_string(), query, "2", &rows.to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{engine}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).ok()
}

/// KiB of this process.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    if std::env::args().any(|argument| argument == "--test") || !"cohorts".contains(only.as_str()) {
        return;
    }
    let all: usize = std::env::var("ROWS").map_or(50_000_000, |rows| rows.parse().unwrap());
    let engines = std::env::var("ENGINES").unwrap_or("duckdb polars datafusion pandas".into());
    let engines: Vec<&str> = engines.split_whitespace().collect();
    let folder = tempfile::tempdir_in(
        std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from),
    )
    .unwrap();
    let (first, last, ranks) = (number(day(FIRST)), number(day(LAST)), ranks());
    std::fs::write(
        folder.path().join("ranks"),
        ranks.iter().flat_map(|rank| rank.to_le_bytes()).collect::<Vec<_>>(),
    )
    .unwrap();
    std::fs::write(folder.path().join("epoch"), first.to_le_bytes()).unwrap();
    let months: Vec<u32> = day(FIRST)
        .iter_days()
        .take_while(|date| *date <= day(LAST))
        .map(|date| {
            let month =
                chrono::Datelike::year(&date) * 12 + chrono::Datelike::month0(&date) as i32 - 2024 * 12;
            month as u32 * COMMUNES
        })
        .collect();
    println!(
        "| rows | table | threads | ours | memory besides the rows | the bare pass | ours ÷ bare | the quickest peer | peer ÷ ours | all peers |"
    );
    println!(
        "|------|-------|--------:|-----:|------------------------:|--------------:|------------:|------------------:|------------:|-----------|"
    );
    for is_shuffled in [false, true] {
        eprintln!("making {all} rows …");
        let rows = rows(all, is_shuffled);
        rows.write(folder.path());
        for (query, threads) in [("full", 1), ("full", 2), ("counts", 1), ("counts", 2)] {
            let is_full = query == "full";
            let plan = Plan {
                groups: COMMUNES,
                span: Span::Month,
                first: day(FIRST),
                last: day(LAST),
                times: is_full.then(|| &**Calendar::vietnam()),
            };
            // The peak of what is held besides the rows, of one count.
            std::fs::write("/proc/self/clear_refs", "5").unwrap();
            let held = memory("VmRSS");
            drop(black_box(count(&rows.columns(), &plan, threads)));
            let peak = (memory("VmHWM") - held) / 1024;
            let (ours, wall, cohorts) = quickest(5, || count(&rows.columns(), &plan, threads));
            let bare_columns = rows.columns();
            let (limit, ..) = quickest(5, || bare(&bare_columns, &months, &ranks, first, last, is_full));
            let (groups, expected) = sums(&cohorts, is_full);
            let mut peers: Vec<(f64, String)> = Vec::new();
            for engine in &engines {
                // It takes too much memory of all rows.
                let of = if *engine == "pandas" { all / 10 } else { all };
                eprintln!("measuring {engine} …");
                let Some(found) = peer(folder.path(), engine, threads, query, of) else { continue };
                if of == all {
                    let sums: Vec<f64> =
                        found["sums"].as_array().unwrap().iter().map(|sum| sum.as_f64().unwrap()).collect();
                    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * b.abs();
                    assert!(
                        found["groups"] == groups && sums.iter().zip(&expected).all(close),
                        "{engine}: {found}, ours {groups} {expected:?}"
                    );
                }
                let cpu = found["cpu"].as_f64().unwrap() * all as f64 / of as f64;
                let name = found["name"].as_str().unwrap();
                peers.push((
                    cpu,
                    if of == all { name.into() } else { format!("{name}, of a tenth of the rows") },
                ));
            }
            peers.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            let named: Vec<String> = peers.iter().map(|(cpu, name)| format!("{name} {cpu:.1} s")).collect();
            let quickest = peers.first().map_or("–".into(), |(cpu, _)| format!("{cpu:.2} s"));
            let times = peers.first().map_or("–".into(), |(cpu, _)| format!("{:.1}", cpu / ours));
            println!(
                "| {} | {query} | {threads} | {ours:.2} s (wall {wall:.2} s) | {peak} MiB | {limit:.2} s | {:.2} | {quickest} | {times} | {} |",
                if is_shuffled { "shuffled" } else { "in their order" },
                ours / limit,
                named.join(", "),
            );
        }
    }
}
