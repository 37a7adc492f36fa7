//! The calendar: the announced days, the arithmetic against a day-by-day count, and what is projected.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::{Calendar, CalendarTexts, DayKind};
use motcua::moment;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    moment::parse(text).unwrap()
}

fn days(first: &str, last: &str) -> impl Iterator<Item = NaiveDate> + use<> {
    let last = day(last);
    day(first).iter_days().take_while(move |day| *day <= last)
}

#[test]
fn the_working_days_of_each_announced_year() {
    let published = [253, 252, 250, 251, 250, 250, 252, 252, 250, 249, 249, 251, 250, 249, 249];
    for (year, expected) in (2013..).zip(published) {
        let of_year = days(&format!("{year}-01-01"), &format!("{year}-12-31"));
        let working = of_year.filter(|day| Calendar::vietnam().is_working_day(*day).unwrap()).count();
        assert_eq!(working, expected, "{year}");
    }
}

/// The published days off and worked Saturdays, 2013 to 2027: date, kind, names.
fn published() -> Vec<Vec<String>> {
    let text = include_str!("data/nonworking-days.csv");
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.unwrap().iter().map(String::from).collect()).collect()
}

#[test]
fn every_published_day_is_what_it_is_and_nothing_else_is_off() {
    let calendar = Calendar::vietnam();
    let rows = published();
    assert_eq!(rows.len(), 189);
    for row in &rows {
        let found = calendar.day(day(&row[0])).unwrap();
        assert_eq!(serde_json::to_value(found.kind).unwrap(), row[1].as_str());
        assert_eq!((found.name_vi, found.name_en), (row[2].as_str(), row[3].as_str()));
        assert!(found.source.url.starts_with("http") && !found.projected);
        assert!(found.known_since < found.date, "{} was known since {}", row[0], found.known_since);
    }
    for date in days("2013-01-01", "2027-12-31") {
        let found = calendar.day(date).unwrap();
        let listed = rows.iter().any(|row| row[0] == date.to_string());
        let weekend = date.weekday().number_from_monday() > 5;
        let ordinary = if weekend { !found.kind.is_working() } else { found.kind.is_working() };
        assert_eq!(ordinary, !listed, "{date}");
        assert!(!found.source.act.is_empty());
    }
}

/// Without a single announced row the laws and rules give nearly all days; each difference is explained in the data: it
/// is an exchange of days, or its row has a note.
#[test]
fn the_rules_alone_differ_only_where_the_data_says_why() {
    let header = CalendarTexts::embedded().days.1.lines().next().unwrap();
    let mut texts = CalendarTexts::embedded();
    texts.days = ("none.csv", header);
    let rules = Calendar::load(&texts).unwrap();
    let (mut exchanged, mut noted) = (0, Vec::new());
    for date in days("2013-01-01", "2027-12-31") {
        let (by_rule, announced) = (rules.day(date).unwrap(), Calendar::vietnam().day(date).unwrap());
        if matches!(announced.kind, DayKind::SwappedOff | DayKind::Worked) {
            exchanged += 1;
        } else if (by_rule.kind, by_rule.name_vi) != (announced.kind, announced.name_vi) {
            noted.push(date.to_string());
            assert!(!announced.note.is_empty(), "{date}: {:?}, announced {:?}", by_rule.kind, announced.kind);
        } else {
            assert_eq!(announced.note, "", "{date}");
        }
    }
    assert_eq!(exchanged, 31);
    assert_eq!(noted, ["2014-02-03", "2014-02-04", "2014-02-05"]);
}

#[test]
fn projected_days_follow_the_lunar_calendar_of_vietnam() {
    let calendar = Calendar::vietnam();
    // 2030 and 2053: one day earlier than in China.
    for (date, name) in [
        ("2028-01-26", "Tết Âm lịch"),
        ("2030-02-01", "Tết Âm lịch"),
        ("2053-02-18", "Tết Âm lịch"),
        ("2028-04-04", "Giỗ Tổ Hùng Vương (10/3 âm lịch)"),
        ("2028-11-24", "Ngày Văn hóa Việt Nam"),
        ("2100-09-02", "Quốc khánh 2/9"),
    ] {
        let found = calendar.day(day(date)).unwrap();
        assert_eq!((found.name_vi, found.projected), (name, true), "{date}");
    }
    // A holiday on a Saturday is made up on Monday; whether 24/11 is, is open, and the data says no.
    assert_eq!(calendar.day(day("2033-01-03")).unwrap().kind, DayKind::Compensatory);
    assert_eq!(calendar.day(day("2029-11-24")).unwrap().kind, DayKind::Holiday);
    assert!(calendar.is_working_day(day("2029-11-26")).unwrap());
}

/// A law that nobody knew of could not end another one.
#[test]
fn before_the_code_of_2012_was_known_that_of_1994_went_on() {
    let calendar = Calendar::vietnam().as_known_on(day("2012-01-01"));
    let tet = calendar.day(day("2014-01-31")).unwrap();
    assert_eq!((tet.kind, tet.name_en, tet.projected), (DayKind::Holiday, "Lunar New Year (Tết)", true));
    assert!(tet.source.act.contains("1994"));
    assert!(calendar.day(day("2026-11-24")).unwrap().kind.is_working());
}

#[test]
fn worked_saturdays_count() {
    let calendar = Calendar::vietnam();
    for (from, n, to) in [
        ("2024-05-03", 1, "2024-05-04"),
        ("2026-01-09", 1, "2026-01-10"),
        ("2024-04-27", 1, "2024-05-02"),
        ("2024-04-27", 0, "2024-04-27"),
        ("2024-05-04", -1, "2024-05-03"),
        ("2024-05-05", -1, "2024-05-04"),
        ("2023-01-19", 1, "2023-01-27"),
    ] {
        assert_eq!(calendar.add_working_days(day(from), n).unwrap(), day(to), "{from} + {n}");
    }
}

#[test]
fn arithmetic_agrees_with_counting_day_by_day() {
    let calendar = Calendar::vietnam();
    let all: Vec<NaiveDate> = days("2013-01-01", "2030-12-31").collect();
    let works: Vec<bool> = all.iter().map(|day| calendar.day(*day).unwrap().kind.is_working()).collect();
    for i in (420..all.len() - 420).step_by(3) {
        let (mut forward, mut back) = (0, 0);
        for k in 1..400 {
            if works[i + k] {
                forward += 1;
                assert_eq!(calendar.add_working_days(all[i], forward).unwrap(), all[i + k]);
            }
            assert_eq!(calendar.count_working_days(all[i], all[i + k]).unwrap(), forward);
            if works[i - k] {
                back += 1;
                assert_eq!(calendar.add_working_days(all[i], -back).unwrap(), all[i - k]);
            }
            assert_eq!(calendar.count_working_days(all[i], all[i - k]).unwrap(), -back);
        }
    }
}

#[test]
fn working_time_knows_lunch_nights_and_holidays() {
    let calendar = Calendar::vietnam();
    for (from, minutes, to) in [
        ("2026-06-05 09:00", 60, "2026-06-05 10:00"),
        ("2026-06-05 11:00", 60, "2026-06-05 14:00"),
        ("2026-06-05 11:00", 30, "2026-06-05 11:30"),
        ("2026-06-05 12:00", 1, "2026-06-05 13:31"),
        ("2026-06-05 16:00", 480, "2026-06-08 16:00"),
        ("2026-06-05 06:00", 480, "2026-06-05 17:00"),
        ("2026-06-06 10:00", 480, "2026-06-08 17:00"),
        ("2026-06-08 16:00", -480, "2026-06-05 16:00"),
        ("2026-06-08 07:00", -60, "2026-06-05 16:00"),
        ("2026-06-08 12:00", -30, "2026-06-08 11:00"),
        ("2026-06-06 10:00", 0, "2026-06-06 10:00"),
        ("2026-01-09 16:59", 2, "2026-01-10 07:01"),
    ] {
        let found = calendar.add_working_time(at(from), TimeDelta::minutes(minutes)).unwrap();
        assert_eq!(found, at(to), "{from} + {minutes}");
        let between = calendar.count_working_time(at(from), at(to)).unwrap();
        assert_eq!(between, TimeDelta::minutes(minutes), "{from} to {to}");
    }
}

#[test]
fn outside_its_years_it_refuses() {
    let calendar = Calendar::vietnam();
    let code = |result: Result<_, motcua::calendar::CalendarError>| {
        result.map(|_: NaiveDate| ()).unwrap_err().code()
    };
    assert_eq!(code(calendar.add_working_days(day("2012-12-31"), 1)), "calendar.date_out_of_range");
    assert_eq!(code(calendar.add_working_days(day("2101-01-01"), 1)), "calendar.date_out_of_range");
    assert_eq!(code(calendar.add_working_days(day("2100-12-01"), 400)), "calendar.result_out_of_range");
    assert_eq!(code(calendar.add_working_days(day("2013-01-05"), -10)), "calendar.result_out_of_range");
    assert_eq!(code(calendar.add_working_days(day("2026-01-05"), i32::MAX)), "calendar.result_out_of_range");
    assert_eq!(code(calendar.add_working_days(day("2026-01-05"), i32::MIN)), "calendar.result_out_of_range");
    let far = calendar.add_working_time(at("2026-01-05 08:00"), TimeDelta::MAX).unwrap_err();
    assert_eq!(far.code(), "calendar.result_out_of_range");
    let error = calendar.day(NaiveDate::MAX).unwrap_err();
    assert!(error.to_string().contains("from 2013-01-01 to 2100-12-31") && error.vi().contains("ngoài lịch"));
    assert_eq!((calendar.first_day(), calendar.last_day()), (day("2013-01-01"), day("2100-12-31")));
}

#[test]
fn a_calendar_file_tells_all_its_problems_at_once() {
    let rules = CalendarTexts::embedded()
        .rules
        .1
        .replace("\"07:00-11:30\", \"13:30-17:00\"", "\"11:30-07:00\"")
        .replace("on = \"09-02\"\noffsets", "on = \"02-30\"\noffsets")
        .replace("source = \"quyet-dinh-188-1999\"", "source = \"nowhere\"");
    let mut texts = CalendarTexts::embedded();
    texts.rules = ("rules.toml", &rules);
    let days = texts.days.1.replace("2013-01-01,holiday", "2013-13-01,holiday")
        + "2026-06-06,holiday,2026-01-01,x,x,2026,\n";
    texts.days = ("days.csv", &days);
    let problems = Calendar::load(&texts).unwrap_err();
    let found: Vec<_> =
        problems.0.iter().map(|problem| (problem.code, problem.file.as_str(), problem.line)).collect();
    let line = |text: &str| rules.lines().position(|line| line.contains(text)).unwrap() + 1;
    for expected in [
        ("file.row", "days.csv", 2),
        ("calendar.day", "days.csv", 191),
        ("calendar.unknown_source", "rules.toml", line("[[week]]")),
        ("calendar.hours", "rules.toml", line("[[hours]]")),
    ] {
        assert!(found.contains(&expected), "{expected:?} in\n{problems}");
    }
    assert!(problems.0.iter().any(|problem| problem.message.contains("02-30")), "{problems}");
}

proptest! {
    #[test]
    fn adding_then_counting_returns_the_number(start in 0i64..30_000, n in -400i32..400) {
        let calendar = Calendar::vietnam();
        let from = day("2013-01-01") + TimeDelta::days(start);
        if let Ok(to) = calendar.add_working_days(from, n) {
            prop_assert_eq!(calendar.count_working_days(from, to).unwrap(), n);
        }
    }

    #[test]
    fn working_time_adds_up(start in 0i64..40_000_000, a in -200_000i64..200_000, b in -200_000i64..200_000) {
        let calendar = Calendar::vietnam();
        let from = at("2014-01-01 00:00") + TimeDelta::minutes(start);
        let (a, b) = (TimeDelta::seconds(a), TimeDelta::seconds(b));
        if let Ok(to) = calendar.add_working_time(from, a) {
            prop_assert_eq!(calendar.count_working_time(from, to).unwrap(), a);
            if let (Ok(twice), Ok(once)) = (calendar.add_working_time(to, b), calendar.add_working_time(from, a + b)) {
                // The same working time has passed, though on the edge of a day it may be another moment.
                prop_assert_eq!(calendar.count_working_time(once, twice).unwrap(), TimeDelta::zero());
            }
        }
    }

    #[test]
    fn adding_is_monotone(start in 0i64..30_000, later in 0i64..60, n in 0i32..200) {
        let calendar = Calendar::vietnam();
        let from = day("2013-01-01") + TimeDelta::days(start);
        let (a, b) = (calendar.add_working_days(from, n), calendar.add_working_days(from + TimeDelta::days(later), n));
        if let (Ok(a), Ok(b)) = (a, b) {
            prop_assert!(a <= b);
        }
    }
}
