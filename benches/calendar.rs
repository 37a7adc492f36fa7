//! Working days, working time, due dates: columns of ten million rows, and one at a time.

use crate::{Line, Peers, cpu, target};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::column::{Ends, Roll, Rows, Values};
use motcua::calendar::{Calendar, CalendarTexts};
use motcua::deadline::column::{DueColumns, due};
use motcua::deadline::{Clock, CutOff, CutOffEffect, LimitRule, SuspensionPolicy, TimeLimit};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::HashSet;
use std::process::Command;

pub(crate) const ROWS: usize = 10_000_000;
/// The days of 2015 to 2027.
pub(crate) const DAYS: i32 = 4_748;

pub(crate) struct Random {
    pub(crate) dates: Vec<i32>,
    pub(crate) steps: Vec<i32>,
}

pub(crate) fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2015, 1, 1).unwrap()
}

pub(crate) fn epoch(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days() as i32
}

/// Days of 2015 to 2027, 1 to 30 steps.
pub(crate) fn random() -> Random {
    let mut random = Pcg64::seed_from_u64(1);
    let begin = epoch(first());
    let dates = (0..ROWS).map(|_| begin + random.random_range(0..DAYS)).collect();
    Random { dates, steps: (0..ROWS).map(|_| random.random_range(1..31)).collect() }
}

/// The two bare tables: for each day the working days up to it, for each working day its day.
pub(crate) struct Bare {
    pub(crate) begin: i32,
    pub(crate) rank: Vec<u16>,
    pub(crate) nth: Vec<u16>,
}

impl Bare {
    pub(crate) fn new(calendar: &Calendar) -> Self {
        let days = 0..DAYS + 400;
        let works: Vec<bool> = days
            .map(|day| calendar.is_working_day(first() + TimeDelta::days(day.into())) == Ok(true))
            .collect();
        let nth = (0..).zip(&works).filter(|(_, works)| **works).map(|(day, _)| day).collect();
        let rank = works.iter().scan(0, |count, works| {
            *count += u16::from(*works);
            Some(*count)
        });
        Self { begin: epoch(first()), rank: rank.collect(), nth }
    }

    fn works(&self, day: usize) -> bool {
        day == 0 || self.rank[day] != self.rank[day - 1]
    }
}

pub(crate) fn lines(peers: &Peers) -> Vec<Line> {
    let calendar = Calendar::vietnam().as_ref();
    let Random { dates, steps } = random();
    let bare = Bare::new(calendar);
    let mut out = vec![0i32; ROWS];
    let mut counts = vec![0i64; ROWS];
    let mut moments = vec![0i64; ROWS];
    let rows = Rows::default();

    let add = cpu(ROWS, || {
        calendar
            .add_working_days_column(&dates, Values::Each(&steps), Roll::NotCounted, rows, &mut out)
            .unwrap()
    });
    let bare_add = cpu(ROWS, || {
        for ((date, n), out) in dates.iter().zip(&steps).zip(&mut out) {
            let rank = bare.rank[(date - bare.begin) as usize];
            *out = bare.begin + i32::from(bare.nth[(i32::from(rank) + n - 1) as usize]);
        }
    });
    let ends: Vec<i32> = dates.iter().zip(&steps).map(|(date, n)| date + n * 12).collect();
    let count = cpu(ROWS, || {
        let (from, to) = (Values::Each(&dates), Values::Each(&ends));
        calendar.count_working_days_column(from, to, Ends::FirstExcluded, rows, &mut counts).unwrap()
    });
    let bare_count = cpu(ROWS, || {
        for ((from, to), out) in dates.iter().zip(&ends).zip(&mut counts) {
            let rank = |date: i32| i64::from(bare.rank[(date - bare.begin) as usize]);
            *out = rank(*to) - rank(*from);
        }
    });

    let mut random = Pcg64::seed_from_u64(2);
    let at: Vec<i64> = dates
        .iter()
        .map(|date| i64::from(*date) * 86_400 + i64::from(random.random_range(0..1_440u32)) * 60)
        .collect();
    let hours = cpu(ROWS, || {
        calendar.add_working_seconds_column(&at, Values::All(12 * 3600), rows, &mut moments).unwrap()
    });
    // Minutes worked up to each minute of a day, and the minute by which so many are worked; 480 a day.
    let worked: Vec<u16> =
        (0..1_440u16).map(|m| m.clamp(420, 690) - 420 + m.clamp(810, 1020) - 810).collect();
    let minute: Vec<u16> = (0..=480u16).map(|m| if m <= 270 { 420 + m } else { 540 + m }).collect();
    let bare_hours = cpu(ROWS, || {
        for (at, out) in at.iter().zip(&mut moments) {
            let minutes = (*at as u64 / 60) as u32;
            let day = (minutes / 1_440) as i32 - bare.begin;
            let works = bare.works(day as usize);
            let before = u32::from(bare.rank[day as usize]) - u32::from(works);
            let today = if works { u32::from(worked[(minutes % 1_440) as usize]) } else { 0 };
            let target = before * 480 + today + 720 - 1;
            let day = i64::from(bare.begin) + i64::from(bare.nth[(target / 480) as usize]);
            *out = day * 86_400 + i64::from(minute[(target % 480) as usize + 1]) * 60;
        }
    });

    let cut_off = CutOff {
        time: chrono::NaiveTime::from_hms_opt(15, 0, 0).unwrap(),
        effect: CutOffEffect::CountFromNextWorkingDay,
    };
    let rule =
        LimitRule { cut_off: Some(cut_off), ..LimitRule::new(TimeLimit::parse("10 working_day").unwrap()) };
    let from: Vec<i64> = at.iter().zip(&steps).map(|(at, n)| at + i64::from(n % 9 + 1) * 86_400).collect();
    let to: Vec<i64> = from.iter().zip(&steps).map(|(from, n)| from + i64::from(*n) * 86_400).collect();
    let due_column = cpu(ROWS, || {
        let columns = DueColumns {
            received: &at,
            rules: &[rule],
            which: Values::All(0),
            suspended: Some((&from, &to)),
        };
        due(calendar, &columns, rows, &mut moments).unwrap()
    });
    let bare_due = cpu(ROWS, || {
        for (((at, from), to), out) in at.iter().zip(&from).zip(&to).zip(&mut moments) {
            let day = |at: i64| ((at as u64 / 86_400) as i32 - bare.begin) as usize;
            let paused = bare.rank[day(*to)] - bare.rank[day(*from)];
            let rank = bare.rank[day(*at)] + 9 + paused;
            *out = (i64::from(bare.begin) + i64::from(bare.nth[usize::from(rank)])) * 86_400 + 61_200;
        }
    });

    let nine: Vec<NaiveDateTime> = dates
        .iter()
        .take(20_000)
        .map(|day| (NaiveDate::default() + TimeDelta::days(i64::from(*day))).and_hms_opt(9, 17, 0).unwrap())
        .collect();
    let limit = LimitRule::new(TimeLimit::parse("10 working_day").unwrap());
    let clocks: Vec<Clock> = nine
        .iter()
        .map(|at| {
            let mut clock = Clock::new(limit, *at);
            clock.suspend(*at + TimeDelta::days(2), "", SuspensionPolicy::Pause).unwrap();
            clock.resume(*at + TimeDelta::days(9)).unwrap();
            clock
        })
        .collect();
    let one_due = cpu(clocks.len(), || {
        clocks
            .iter()
            .map(|clock| clock.due(calendar).unwrap().at().unwrap().day0())
            .fold(0, u32::wrapping_add)
    });
    let off: HashSet<NaiveDate> = (0..DAYS + 400)
        .map(|day| first() + TimeDelta::days(day.into()))
        .filter(|day| day.weekday().number_from_monday() < 6 && calendar.is_working_day(*day) == Ok(false))
        .collect();
    let by_hand = cpu(clocks.len(), || {
        // What every vendor writes: day by day, a set of holidays, no worked Saturday.
        let works = |day: &NaiveDate| day.weekday().number_from_monday() < 6 && !off.contains(day);
        let one = |clock: &Clock| {
            let from = clock.started().date();
            let paused = (3..=9).filter(|n| works(&(from + TimeDelta::days(*n)))).count();
            let (mut day, mut left) = (from, 10 + paused);
            while left > 0 {
                day = day.succ_opt().unwrap();
                left -= usize::from(works(&day));
            }
            day.day0()
        };
        clocks.iter().map(one).fold(0, u32::wrapping_add)
    });
    let explain = cpu(1_000, || {
        clocks.iter().take(1_000).map(|clock| clock.explain(calendar).unwrap().skipped.len()).sum::<usize>()
    });
    let one_add = cpu(nine.len(), || {
        nine.iter()
            .map(|at| calendar.add_working_days(at.date(), 10).unwrap().day0())
            .fold(0, u32::wrapping_add)
    });

    let century = century();
    let compile = cpu(1, || century.as_known_on(century.last_day()));
    let walk = cpu(1, || century.first_day().iter_days().take(40_542).map(|day| day.day0()).sum::<u32>());

    let line = |case, ours, (peer, peer_name), limit, limit_name| Line {
        case,
        operation: "a row",
        clock: "cpu",
        ours,
        peer,
        peer_name,
        limit,
        limit_name,
    };
    let bare_name = "two bare tables";
    let none = || (None, String::new());
    let by_hand = (Some(by_hand), "loop over days with a set of holidays".into());
    let from_python = |name| peers.get(name).0.unwrap_or(f64::NAN);
    let c = scalars_in_c();
    vec![
        line("add working days, a column", add, peers.get("add_swaps"), bare_add, bare_name),
        line("add working days, a column", add, peers.get("add_polars_swaps"), bare_add, bare_name),
        line("add working days, a column", add, peers.get("add"), bare_add, bare_name),
        line("add working days, a column", add, peers.get("add_polars"), bare_add, bare_name),
        line("count working days, a column", count, peers.get("count_swaps"), bare_count, bare_name),
        line("count working days, a column", count, peers.get("count_polars_swaps"), bare_count, bare_name),
        line("count working days, a column", count, peers.get("count"), bare_count, bare_name),
        line("add 12 working hours, a column", hours, peers.get("hours"), bare_hours, "four bare tables"),
        line("due dates with cut-off and suspension, a column", due_column, none(), bare_due, bare_name),
        line("add working days, one", one_add, none(), bare_add, "a row of a column"),
        line("due date with a suspension, one", one_due, by_hand, bare_due, "a row of a column"),
        line("the same through C", c.0, none(), one_due, "in Rust"),
        line("the same from Python", from_python("python_due"), none(), one_due, "in Rust"),
        line(
            "a NumPy column of added days, from Python",
            from_python("python_column"),
            none(),
            add,
            "in Rust",
        ),
        line("explain a due date", explain, none(), one_due, "the due date alone"),
        line("the same through C, as JSON", c.1, none(), explain, "in Rust"),
        line("the same from Python", from_python("python_explain"), none(), explain, "in Rust"),
        Line {
            operation: "111 years",
            ..line("compile 1990 to 2100", compile, none(), walk, "walking the days")
        },
    ]
}

/// The due date with a suspension, and its explanation, through the C interface.
fn scalars_in_c() -> (f64, f64) {
    let target = target();
    let program = target.join("bench-scalar");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/scalar.c");
    let include = concat!(env!("CARGO_MANIFEST_DIR"), "/../bindings-c/include");
    let built = Command::new("gcc")
        .args(["-O2", "-std=c11", source, "-I", include, "-o"])
        .args([program.as_os_str(), target.join("release/libmotcua.a").as_os_str()])
        .args(["-lpthread", "-ldl", "-lm", "-lgcc_s"])
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "build the library first: cargo build --release -p motcua-c"
    );
    let output = Command::new(program).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    (found["due"].as_f64().unwrap(), found["explain"].as_f64().unwrap())
}

/// The share of wrong due dates among ten million, by calendar: what was published decides.
pub(crate) fn shares(peers: &Peers) -> Vec<(String, f64)> {
    let Random { dates, steps } = random();
    let begin = epoch(first());
    let day = |i: i32| first() + TimeDelta::days(i.into());
    let published = include_str!("../tests/data/nonworking-days.csv");
    let kind = |date: NaiveDate| {
        let date = date.to_string();
        published.lines().find(|line| line.starts_with(&date)).and_then(|line| line.split(',').nth(1))
    };
    let weekday = |date: NaiveDate| date.weekday().number_from_monday() < 6;
    let kinds: Vec<Option<&str>> = (0..DAYS + 60).map(|i| kind(day(i))).collect();
    let calendar = |works: &dyn Fn(NaiveDate, Option<&str>) -> bool| -> Vec<bool> {
        kinds.iter().zip(0..).map(|(kind, i)| works(day(i), *kind)).collect()
    };
    let due = |works: &[bool]| -> Vec<i32> {
        let nth: Vec<i32> = (0..).zip(works).filter(|(_, works)| **works).map(|(i, _)| i).collect();
        let rank: Vec<usize> = works
            .iter()
            .scan(0, |count, works| {
                *count += usize::from(*works);
                Some(*count)
            })
            .collect();
        let rows = dates.iter().zip(&steps);
        rows.map(|(date, n)| begin + nth[rank[(date - begin) as usize] + *n as usize - 1]).collect()
    };
    let golden = due(&calendar(&|date, kind| match kind {
        Some(kind) => kind == "worked",
        // After the last published year all agree to be guesses; rows that reach there are left out.
        None => weekday(date),
    }));
    let end = epoch(NaiveDate::from_ymd_opt(2027, 12, 31).unwrap());
    let share = |found: &[i32]| {
        let rows = golden.iter().zip(found).filter(|(golden, _)| **golden <= end);
        let (wrong, all) = rows.fold((0u32, 0u32), |(wrong, all), (golden, found)| {
            (wrong + u32::from(golden != found), all + 1)
        });
        f64::from(wrong) / f64::from(all)
    };
    let mut ours = vec![0; ROWS];
    Calendar::vietnam()
        .add_working_days_column(&dates, Values::Each(&steps), Roll::NotCounted, Rows::default(), &mut ours)
        .unwrap();
    let derived = |kind: Option<&str>| matches!(kind, Some("holiday" | "compensatory"));
    let mut shares = vec![
        ("motcua".into(), share(&ours)),
        ("weekends only".into(), share(&due(&calendar(&|date, _| weekday(date))))),
        (
            "every day off, no worked Saturdays (numpy, polars, pandas)".into(),
            share(&due(&calendar(&|date, kind| weekday(date) && kind.is_none()))),
        ),
        (
            "the statute and its make-up days, no exchanges".into(),
            share(&due(&calendar(&|date, kind| weekday(date) && !derived(kind)))),
        ),
    ];
    if let Some(works) = peers.0.get("by_package").and_then(|package| package["works"].as_array()) {
        let offset = (first() - NaiveDate::from_ymd_opt(2015, 1, 1).unwrap()).num_days() as usize;
        let works: Vec<bool> = works[offset..].iter().map(|works| works.as_bool() == Some(true)).collect();
        let name = format!("PyPI {}", peers.get("by_package").1);
        shares.push((name, share(&due(&works[..kinds.len()]))));
    }
    shares
}

/// The calendar from 1990 on, as if its laws had held then.
pub(crate) fn century() -> Calendar {
    let texts = CalendarTexts::embedded();
    let rules =
        texts.rules.1.replace("first = 2013-01-01", "first = 1990-01-01").replace("1999-10-02", "1990-01-01");
    Calendar::load(&CalendarTexts { rules: ("rules.toml", &rules), ..texts }).unwrap()
}
