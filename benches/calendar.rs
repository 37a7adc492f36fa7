//! Working days, working time, due dates.

use crate::{Line, Peers, cpu};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::Calendar;
use motcua::deadline::{Clock, LimitRule, SuspensionPolicy, TimeLimit};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::HashSet;

const ROWS: usize = 1_000_000;

pub(crate) fn lines(peers: &Peers) -> Vec<Line> {
    let calendar = Calendar::vietnam();
    let mut random = Pcg64::seed_from_u64(1);
    let first = NaiveDate::from_ymd_opt(2015, 1, 1).unwrap();
    let days: Vec<i32> = (0..ROWS).map(|_| random.random_range(0..4_700)).collect();
    let steps: Vec<i32> = (0..ROWS).map(|_| random.random_range(1..31)).collect();
    let dates: Vec<NaiveDate> = days.iter().map(|day| first + TimeDelta::days(i64::from(*day))).collect();

    // The bare look-up: for each day the working days up to it, for each working day its day.
    let span = 6_000;
    let works: Vec<bool> =
        (0..span).map(|day| calendar.is_working_day(first + TimeDelta::days(day)) == Ok(true)).collect();
    let nth: Vec<i32> = (0..).zip(&works).filter(|(_, works)| **works).map(|(day, _)| day).collect();
    let rank: Vec<i32> = works
        .iter()
        .scan(0, |count, works| {
            *count += i32::from(*works);
            Some(*count)
        })
        .collect();

    let add = cpu(ROWS, || {
        dates
            .iter()
            .zip(&steps)
            .map(|(day, n)| calendar.add_working_days(*day, *n).unwrap().num_days_from_ce())
            .fold(0, i32::wrapping_add)
    });
    let bare = cpu(ROWS, || {
        days.iter()
            .zip(&steps)
            .map(|(day, n)| nth[(rank[*day as usize] + n - 1) as usize])
            .fold(0, i32::wrapping_add)
    });
    let count = cpu(ROWS, || {
        dates
            .iter()
            .zip(&steps)
            .map(|(day, n)| calendar.count_working_days(*day, *day + TimeDelta::days(i64::from(*n))).unwrap())
            .fold(0, i32::wrapping_add)
    });
    let bare_count = cpu(ROWS, || {
        days.iter()
            .zip(&steps)
            .map(|(day, n)| rank[(day + n) as usize] - rank[*day as usize])
            .fold(0, i32::wrapping_add)
    });

    let nine: Vec<NaiveDateTime> = dates.iter().map(|day| day.and_hms_opt(9, 17, 0).unwrap()).collect();
    let twelve_hours = TimeDelta::hours(12);
    let hours = cpu(ROWS, || {
        nine.iter()
            .map(|at| calendar.add_working_time(*at, twelve_hours).unwrap().day0())
            .fold(0, u32::wrapping_add)
    });
    let bare_hours = cpu(ROWS, || {
        // Eight hours a day: the position in working minutes, then the day and the minute of it.
        days.iter()
            .map(|day| {
                let (at, works) = (*day as usize, works[*day as usize]);
                let before = (rank[at] - i32::from(works)) * 480 + if works { 137 } else { 0 };
                let target = before + 720;
                nth[(target / 480) as usize].wrapping_add(target % 480)
            })
            .fold(0, i32::wrapping_add)
    });

    let limit = LimitRule::new(TimeLimit::parse("10 working_day").unwrap());
    let clocks: Vec<Clock> = nine
        .iter()
        .take(20_000)
        .map(|at| {
            let mut clock = Clock::new(limit, *at);
            clock.suspend(*at + TimeDelta::days(2), "", SuspensionPolicy::Pause).unwrap();
            clock.resume(*at + TimeDelta::days(9)).unwrap();
            clock
        })
        .collect();
    let due = cpu(clocks.len(), || {
        clocks
            .iter()
            .map(|clock| clock.due(calendar).unwrap().at().unwrap().day0())
            .fold(0, u32::wrapping_add)
    });
    let off: HashSet<NaiveDate> = (0..span)
        .map(|day| first + TimeDelta::days(day))
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
    let bare_due = cpu(clocks.len(), || {
        let one = |day: &i32| {
            let (from, to) = (day + 2, day + 9);
            let paused = rank[to as usize] - rank[from as usize];
            nth[(rank[*day as usize] + 9 + paused) as usize]
        };
        days.iter().take(clocks.len()).map(one).fold(0, i32::wrapping_add)
    });
    let explain = cpu(1_000, || {
        clocks.iter().take(1_000).map(|clock| clock.explain(calendar).unwrap().skipped.len()).sum::<usize>()
    });

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
    vec![
        line("add working days", add, peers.get("add"), bare, "two table look-ups"),
        line("count working days", count, peers.get("count"), bare_count, "two table look-ups"),
        line("add 12 working hours", hours, peers.get("hours"), bare_hours, "table look-ups"),
        line(
            "due date with a suspension",
            due,
            (Some(by_hand), "loop over days with a set of holidays".into()),
            bare_due,
            "table look-ups",
        ),
        line("explain a due date", explain, (None, String::new()), due, "the due date alone"),
    ]
}
