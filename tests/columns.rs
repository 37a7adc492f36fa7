//! Columns, and the arithmetic against a count day by day over 111 years.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::column::{Ends, Roll, Rows, Values};
use motcua::calendar::{Calendar, CalendarTexts};
use motcua::deadline::column::{DueColumns, due};
use motcua::deadline::{
    Clock, CutOff, CutOffEffect, DayEnd, DayParts, LimitRule, Suspension, SuspensionPolicy, TimeLimit,
};
use motcua::moment;
use proptest::prelude::*;
use std::sync::LazyLock;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    moment::parse(text).unwrap()
}

fn epoch(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap()
}

fn seconds(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp()
}

fn from_1990(rest: &str) -> Calendar {
    let rules = CalendarTexts::embedded()
        .rules
        .1
        .replace("first = 2013-01-01", "first = 1990-01-01")
        .replace("from = 1999-10-02\nrest = [\"sat\", \"sun\"]", &format!("from = 1990-01-01\nrest = {rest}"))
        .replace("from = 1999-10-02\nopen", "from = 1990-01-01\nopen");
    let mut texts = CalendarTexts::embedded();
    texts.rules = ("rules.toml", &rules);
    // Where Saturdays are worked anyway, none is worked in exchange.
    let days: String = texts
        .days
        .1
        .lines()
        .filter(|line| rest.contains("sat") || !line.contains(",worked,"))
        .fold(String::new(), |text, line| text + line + "\n");
    texts.days = ("days.csv", &days);
    Calendar::load(&texts).unwrap()
}

const UNIT: &str = r#"
[[source]]
id = "x"
act = "x"
known_since = 1990-01-01
url = "https://example.gov.vn"
verified = false
[[open]]
from = 2005-01-01
weekdays = ["sat"]
open = ["07:30-11:30"]
working_day = true
source = "x"
[[closed]]
first = 2026-09-10
last = 2026-09-11
name_vi = "bão"
name_en = "storm"
source = "x"
"#;

/// Several calendars from 1990 to 2100.
static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
    let ordinary = from_1990("[\"sat\", \"sun\"]");
    let known = ordinary.as_known_on(day("2025-12-24"));
    let unit = ordinary.for_unit("unit.toml", UNIT).unwrap();
    vec![from_1990("[\"sun\"]"), known, unit, ordinary]
});

/// On every date from 1990 to 2100, every step from -400 to 400, by a walk from day to day.
#[test]
fn arithmetic_agrees_with_a_walk_on_every_date_and_step() {
    for calendar in CALENDARS.iter() {
        let all: Vec<NaiveDate> =
            day("1990-01-01").iter_days().take_while(|day| *day <= calendar.last_day()).collect();
        let works: Vec<bool> = all.iter().map(|day| calendar.day(*day).unwrap().kind.is_working()).collect();
        let days: Vec<i32> = all.iter().map(|day| epoch(*day)).collect();
        let steps: Vec<i32> = (-400..=400).collect();
        let (mut expected, mut found) = (vec![i32::MIN; 801], vec![0; 801]);
        let mut counts = vec![0i64; 801];
        let mut checked = 0u64;
        for i in 0..all.len() {
            expected.fill(i32::MIN);
            expected[400] = days[i];
            let (mut n, mut j) = (0, i);
            while n < 400 && j + 1 < all.len() {
                j += 1;
                if works[j] {
                    n += 1;
                    expected[400 + n] = days[j];
                }
            }
            let (mut n, mut j) = (0, i);
            while n < 400 && j > 0 {
                j -= 1;
                if works[j] {
                    n += 1;
                    expected[400 - n] = days[j];
                }
            }
            let dates = vec![days[i]; 801];
            let each = Values::Each(steps.as_slice());
            let outcome =
                calendar.add_working_days_column(&dates, each, Roll::NotCounted, Rows::default(), &mut found);
            let missing = expected.iter().filter(|day| **day == i32::MIN).count();
            assert_eq!(outcome.map_or_else(|bad| bad.rows.len(), |()| 0), missing, "{}", all[i]);
            assert_eq!(found, expected, "{}", all[i]);
            // One by one the same, and counting undoes adding.
            let k = 37 * i % 801;
            let one = calendar.add_working_days(all[i], steps[k]).ok().map(epoch);
            assert_eq!(one.unwrap_or(i32::MIN), expected[k]);
            let ends: Vec<i32> =
                expected.iter().map(|day| if *day == i32::MIN { days[i] } else { *day }).collect();
            let (from, to) = (Values::All(days[i]), Values::Each(ends.as_slice()));
            calendar
                .count_working_days_column(from, to, Ends::FirstExcluded, Rows::default(), &mut counts)
                .unwrap();
            for ((count, n), end) in counts.iter().zip(&steps).zip(&expected) {
                assert!(*end == i32::MIN || *count == i64::from(*n), "{} + {n}", all[i]);
            }
            checked += 801;
        }
        assert_eq!(checked, 40_542 * 801);
    }
}

/// Each way to treat a start that is no working day, by a walk.
fn rolled(calendar: &Calendar, date: NaiveDate, n: i32, roll: Roll) -> Option<NaiveDate> {
    let works = |day: NaiveDate| calendar.is_working_day(day).unwrap();
    let walk = |from: NaiveDate, step: i64| {
        let mut day = from + TimeDelta::days(step);
        while !works(day) {
            day += TimeDelta::days(step);
        }
        day
    };
    let (next, last) = (walk(date, 1), walk(date, -1));
    let start = match roll {
        _ if works(date) => date,
        Roll::NotCounted => date,
        Roll::Refuse => return None,
        Roll::Forward => next,
        Roll::Backward => last,
        Roll::ModifiedFollowing => {
            if next.month() == date.month() {
                next
            } else {
                last
            }
        }
        Roll::ModifiedPreceding => {
            if last.month() == date.month() {
                last
            } else {
                next
            }
        }
    };
    Some((0..n.abs()).fold(start, |day, _| walk(day, i64::from(n.signum()))))
}

fn any_roll() -> impl Strategy<Value = Roll> {
    prop::sample::select(vec![
        Roll::NotCounted,
        Roll::Forward,
        Roll::Backward,
        Roll::ModifiedFollowing,
        Roll::ModifiedPreceding,
        Roll::Refuse,
    ])
}

/// A start before the calendar, and its end within: no trick of numbers makes a count of it.
#[test]
fn a_count_begins_and_ends_inside_the_calendar() {
    let (calendar, rows) = (Calendar::vietnam(), Rows::default());
    let mut out = [0i64; 3];
    let from = [epoch(day("2026-06-01")), epoch(day("2012-12-31")), i32::MIN];
    let to = [epoch(day("2026-06-05")), epoch(day("2013-05-03")), epoch(day("2013-05-03"))];
    for ends in [Ends::FirstExcluded, Ends::LastExcluded] {
        let (from, to) = (Values::Each(from.as_slice()), Values::Each(to.as_slice()));
        let bad = calendar.count_working_days_column(from, to, ends, rows, &mut out).unwrap_err();
        assert_eq!((bad.rows.as_slice(), out), ([1].as_slice(), [4, i64::MIN, i64::MIN]));
        let bad = calendar.count_working_days_column(to, from, ends, rows, &mut out).unwrap_err();
        assert_eq!((bad.rows.as_slice(), out), ([1].as_slice(), [-4, i64::MIN, i64::MIN]));
    }
}

#[test]
fn bad_rows_are_named_and_the_others_answered() {
    let calendar = Calendar::vietnam();
    let mut dates: Vec<i64> = vec![epoch(day("2026-06-05")).into(); 10_000];
    dates[3] = 0;
    dates[5_000] = i64::MIN;
    dates[9_999] = i64::MAX;
    let mut out = vec![0i64; dates.len()];
    let rows = Rows { threads: 2 };
    let bad = calendar
        .add_working_days_column(&dates, Values::All(1i64), Roll::NotCounted, rows, &mut out)
        .unwrap_err();
    assert_eq!(bad.rows, [3, 9_999]);
    assert_eq!(bad.first.code(), "calendar.date_out_of_range");
    assert!(
        bad.to_string().contains("2 of the rows") && bad.to_string().contains("row 3: 1970-01-01"),
        "{bad}"
    );
    let missing = calendar.add_working_days_column(
        &dates[..1],
        Values::All(i32::MIN),
        Roll::Backward,
        rows,
        &mut [0; 1],
    );
    assert_eq!(missing, Ok(()), "no step, no day");
    assert_eq!((out[3], out[5_000], out[9_999]), (i64::MIN, i64::MIN, i64::MIN));
    assert!(out.iter().filter(|day| **day == i64::from(epoch(day_of("2026-06-08")))).count() == 9_997);
    let error = calendar
        .add_working_days_column(&dates, Values::All(1i64), Roll::NotCounted, Rows::default(), &mut out[1..])
        .unwrap_err();
    assert_eq!((error.first.code(), error.rows.len()), ("calendar.column_lengths", 0));
    let mut works = vec![true; 3];
    let days = [epoch(day("2024-05-04")), epoch(day("2024-05-05")), i32::MIN];
    calendar.is_working_day_column(&days, Rows::default(), &mut works).unwrap();
    assert_eq!(works, [true, false, false]);
}

fn day_of(text: &str) -> NaiveDate {
    day(text)
}

fn any_rule() -> impl Strategy<Value = LimitRule> {
    let limits = [
        "3 working_day",
        "0.5 working_day",
        "8 working_hour",
        "24 hour",
        "20 day",
        "1 month",
        "same_day",
        "4/3 working_day",
        "1.5 day",
        "2 week",
        "not_stated",
    ];
    let effects = [
        None,
        Some(CutOffEffect::CountFromNextWorkingDay),
        Some(CutOffEffect::DueNextWorkingDay),
        Some(CutOffEffect::ForwardNextWorkingDay),
    ];
    let policies = [
        SuspensionPolicy::Pause,
        SuspensionPolicy::Restart,
        SuspensionPolicy::KeepRunning,
        SuspensionPolicy::SecondStage,
    ];
    let parts = [DayParts::HalfDays, DayParts::OfficeMinutes, DayParts::EightHours];
    let select = (
        prop::sample::select(limits.to_vec()),
        prop::sample::select(effects.to_vec()),
        prop::sample::select(policies.to_vec()),
        prop::sample::select(parts.to_vec()),
        any::<bool>(),
    );
    let rule = select.prop_map(|(limit, effect, on_suspension, day_parts, midnight)| LimitRule {
        cut_off: effect.map(|effect| CutOff { time: "15:00:00".parse().unwrap(), effect }),
        on_suspension,
        day_parts,
        day_end: if midnight { DayEnd::Midnight } else { DayEnd::OfficeHours },
        second_stage: Some(TimeLimit::parse("18 working_day").unwrap()),
        ..LimitRule::new(TimeLimit::parse(limit).unwrap())
    });
    rule.prop_filter("the rule has to fit", |rule| rule.check().is_ok())
}

proptest! {
    #[test]
    fn every_roll_is_what_a_walk_gives(start in 500i64..30_000, n in -40i32..40, roll in any_roll()) {
        let calendar = Calendar::vietnam();
        let date = day("2013-01-01") + TimeDelta::days(start);
        let mut out = [0i32];
        let outcome = calendar.add_working_days_column(&[epoch(date)], Values::All(n), roll, Rows::default(), &mut out);
        match rolled(calendar, date, n, roll) {
            Some(expected) => prop_assert_eq!(out[0], epoch(expected)),
            None => prop_assert_eq!(outcome.unwrap_err().first.code(), "calendar.no_working_day"),
        }
    }

    #[test]
    fn a_column_of_moments_is_what_each_gives(
        starts in prop::collection::vec(0i64..2_000_000_000, 1..50), time in -400_000i64..400_000, threads in 1usize..4,
    ) {
        let calendar = &CALENDARS[2];
        let at: Vec<i64> = starts.iter().map(|start| seconds(at("1995-01-01 00:00")) + start).collect();
        let mut out = vec![0; at.len()];
        let rows = Rows { threads };
        calendar.add_working_seconds_column(&at, Values::All(time), rows, &mut out).unwrap();
        let mut counts = vec![0; at.len()];
        let (from, to) = (Values::Each(at.as_slice()), Values::Each(out.as_slice()));
        calendar.count_working_seconds_column(from, to, rows, &mut counts).unwrap();
        for ((at, out), count) in at.iter().zip(&out).zip(&counts) {
            let at = chrono::DateTime::from_timestamp(*at, 0).unwrap().naive_utc();
            let one = calendar.add_working_time(at, TimeDelta::seconds(time)).unwrap();
            prop_assert_eq!(*out, seconds(one));
            prop_assert_eq!(*count, time);
        }
    }

    #[test]
    fn a_column_of_due_dates_is_what_each_clock_gives(
        rules in prop::collection::vec(any_rule(), 3),
        rows in prop::collection::vec((0i64..12_000_000, 0u16..3, prop::option::of((-20_000i64..30_000, prop::option::of(0i64..60_000)))), 1..40),
    ) {
        let calendar = Calendar::vietnam();
        let first = seconds(at("2013-01-02 00:00"));
        let received: Vec<i64> = rows.iter().map(|row| first + row.0 * 60).collect();
        let which: Vec<u16> = rows.iter().map(|row| row.1).collect();
        let from: Vec<i64> = rows.iter().zip(&received).map(|(row, at)| row.2.map_or(i64::MIN, |s| at + s.0 * 60)).collect();
        let to: Vec<i64> = rows.iter().zip(&from).map(|(row, from)| {
            row.2.and_then(|s| s.1).map_or(i64::MIN, |to| from + to * 60)
        }).collect();
        let mut out = vec![0; rows.len()];
        let columns = DueColumns {
            received: &received, rules: &rules, which: Values::Each(&which), suspended: Some((&from, &to)),
        };
        due(calendar, &columns, Rows::default(), &mut out).unwrap();
        for i in 0..rows.len() {
            let moment = |second| chrono::DateTime::from_timestamp(second, 0).unwrap().naive_utc();
            let rule = rules[usize::from(which[i])];
            let suspension = (from[i] != i64::MIN).then(|| Suspension {
                from: moment(from[i]),
                to: (to[i] != i64::MIN).then(|| moment(to[i])),
                reason: String::new().into(),
                policy: rule.on_suspension,
                answer_within: None,
            });
            let clock = Clock::new(rule, moment(received[i]));
            let clock = clock.with_suspensions(suspension.into_iter().collect()).unwrap();
            let one = clock.due(calendar).unwrap().at();
            prop_assert_eq!(out[i], one.map_or(i64::MIN, seconds), "{:?}", clock);
        }
    }
}
