//! The calendars of units.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::{Calendar, DayKind};
use motcua::moment;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    moment::parse(text).unwrap()
}

const SOURCE: &str = r#"
[[source]]
id = "quyet-dinh"
act = "Quyết định số 1/QĐ-UBND"
known_since = 2025-12-01
url = "https://example.gov.vn/1"
verified = true
"#;

fn unit(rules: &str) -> Calendar {
    Calendar::vietnam().for_unit("unit.toml", &format!("{SOURCE}{rules}")).unwrap()
}

const SEASONS: &str = r#"
[[hours]]
from = 2026-01-01
open = ["07:30-11:30", "13:30-17:30"]
source = "quyet-dinh"

[[hours]]
from = 2026-01-01
season = ["04-16", "10-15"]
open = ["06:30-11:00", "13:00-16:30"]
source = "quyet-dinh"
"#;

#[test]
fn office_hours_by_season() {
    let calendar = unit(SEASONS);
    for (date, open, close) in [
        ("2025-12-31", "07:00", "17:00"),
        ("2026-04-15", "07:30", "17:30"),
        ("2026-04-16", "06:30", "16:30"),
        ("2026-10-15", "06:30", "16:30"),
        ("2026-10-16", "07:30", "17:30"),
    ] {
        let hours = calendar.open_and_close(day(date)).unwrap().unwrap();
        assert_eq!(hours, (at(&format!("{date} {open}")), at(&format!("{date} {close}"))), "{date}");
    }
    // Over the change of season: an hour in the winter's afternoon, the rest in the summer's morning.
    let due = calendar.add_working_time(at("2026-04-15 16:30"), TimeDelta::hours(3)).unwrap();
    assert_eq!(due, at("2026-04-16 08:30"));
    assert_eq!(calendar.count_working_time(at("2026-04-15 16:30"), due).unwrap(), TimeDelta::hours(3));
    // A season over the turn of the year.
    let winter = unit(&SEASONS.replace("\"04-16\", \"10-15\"", "\"10-16\", \"04-15\""));
    assert_eq!(winter.open_and_close(day("2026-01-05")).unwrap().unwrap().0, at("2026-01-05 06:30"));
    assert_eq!(winter.open_and_close(day("2026-06-05")).unwrap().unwrap().0, at("2026-06-05 07:30"));
}

const SATURDAYS: &str = r#"
[[open]]
from = 2026-01-01
weekdays = ["sat"]
open = ["07:30-11:30"]
working_day = false
source = "quyet-dinh"
"#;

#[test]
fn saturday_mornings_count_only_if_the_file_says_so() {
    let desk = unit(SATURDAYS);
    let saturday = day("2026-06-06");
    assert_eq!(desk.day(saturday).unwrap().kind, DayKind::WeeklyRest);
    assert_eq!(desk.add_working_days(day("2026-06-05"), 1).unwrap(), day("2026-06-08"));
    for (moment, open) in [
        ("2026-06-06 07:29", false),
        ("2026-06-06 07:30", true),
        ("2026-06-06 11:30", false),
        ("2026-06-05 12:00", false),
        ("2026-06-05 16:59", true),
        ("2026-06-07 08:00", false),
        // Never on a holiday: 2/5/2026 is an ordinary Saturday, 25/4 as well, 31/10 too.
        ("2026-05-02 08:00", true),
        ("2027-02-06 08:00", false),
    ] {
        assert_eq!(desk.is_open(at(moment)).unwrap(), open, "{moment}");
    }

    let worked = unit(&SATURDAYS.replace("working_day = false", "working_day = true"));
    assert_eq!(worked.day(saturday).unwrap().kind, DayKind::UnitOpen);
    assert_eq!(worked.add_working_days(day("2026-06-05"), 1).unwrap(), saturday);
    assert_eq!(worked.day(day("2027-02-06")).unwrap().kind, DayKind::Holiday, "Tết");
    assert_eq!(worked.day(day("2026-08-22")).unwrap().kind, DayKind::Worked, "worked by everybody, all day");
    assert_eq!(worked.open_and_close(day("2026-08-22")).unwrap().unwrap().1, at("2026-08-22 17:00"));
    let due = worked.add_working_time(at("2026-06-05 16:00"), TimeDelta::hours(6)).unwrap();
    assert_eq!(due, at("2026-06-08 08:00"), "one hour on Friday, four on Saturday, one on Monday");
}

const STORM: &str = r#"
[[closed]]
first = 2026-09-10
last = 2026-09-14
from = "13:30"
to = "11:30"
name_vi = "Đóng cửa tránh bão"
name_en = "Closed because of a storm"
known_since = 2026-09-09
source = "quyet-dinh"
"#;

#[test]
fn a_storm_closes_half_days_and_whole_days() {
    let calendar = unit(STORM);
    let kind = |date| calendar.day(day(date)).unwrap().kind;
    assert_eq!(kind("2026-09-10"), DayKind::Working, "its morning was worked");
    assert_eq!(kind("2026-09-11"), DayKind::UnitClosed);
    assert_eq!(kind("2026-09-12"), DayKind::WeeklyRest);
    assert_eq!(kind("2026-09-14"), DayKind::Working);
    let closed = calendar.day(day("2026-09-11")).unwrap();
    assert_eq!(
        (closed.name_vi, closed.source.act.as_str()),
        ("Đóng cửa tránh bão", "Quyết định số 1/QĐ-UBND")
    );
    assert_eq!(calendar.add_working_days(day("2026-09-10"), 1).unwrap(), day("2026-09-14"));
    assert_eq!(calendar.open_and_close(day("2026-09-10")).unwrap().unwrap().1, at("2026-09-10 11:30"));
    assert!(
        !calendar.is_open(at("2026-09-14 08:00")).unwrap()
            && calendar.is_open(at("2026-09-14 14:00")).unwrap()
    );
    let due = calendar.add_working_time(at("2026-09-10 10:30"), TimeDelta::hours(2)).unwrap();
    assert_eq!(due, at("2026-09-14 14:30"));
    // Nobody could know of it before.
    let before = calendar.as_known_on(day("2026-09-08"));
    assert_eq!(before.add_working_days(day("2026-09-10"), 1).unwrap(), day("2026-09-11"));
    let changed: Vec<String> =
        before.changes(&calendar).iter().map(|day| day.after.date.to_string()).collect();
    assert_eq!(changed, ["2026-09-10", "2026-09-11", "2026-09-14"], "one day, and the hours of two");
    assert!(before.is_open(at("2026-09-11 08:00")).unwrap());
    let desk = unit(&format!("{SATURDAYS}{STORM}"));
    assert!(!desk.is_open(at("2026-09-12 08:00")).unwrap());
    assert!(desk.as_known_on(day("2026-09-08")).is_open(at("2026-09-12 08:00")).unwrap());
}

/// What a unit decided later was not known before; and what makes two due dates differ is named, hours too.
#[test]
fn units_have_a_history_too() {
    use motcua::deadline::{Clock, Due, LimitRule, TimeLimit};
    let calendar =
        unit(&format!("{SEASONS}{SATURDAYS}{STORM}").replace("working_day = false", "working_day = true"));
    let before = calendar.as_known_on(day("2025-11-30"));
    assert_eq!(before.day(day("2026-06-06")).unwrap().kind, DayKind::WeeklyRest);
    assert_eq!(before.open_and_close(day("2026-06-08")).unwrap().unwrap().0, at("2026-06-08 07:00"));
    let storm = unit(STORM);
    let clock =
        Clock::new(LimitRule::new(TimeLimit::parse("8 working_hour").unwrap()), at("2026-09-10 08:00"));
    let earlier = storm.as_known_on(day("2026-09-08"));
    let change = clock.compare(&earlier, &storm).unwrap();
    assert_eq!(
        (change.before, change.after),
        (Due::At(at("2026-09-11 08:00")), Due::At(at("2026-09-15 08:00")))
    );
    assert_eq!(change.because.len(), 3);
    // A closed afternoon does not make a half end earlier in the morning, and a worked Saturday keeps its name.
    let half =
        Clock::new(LimitRule::new(TimeLimit::parse("0.5 working_day").unwrap()), at("2026-09-09 14:00"));
    assert_eq!(half.due(&storm).unwrap(), Due::At(at("2026-09-10 11:30")));
    let saturday = unit(
        &STORM
            .replace("2026-09-10", "2026-08-22")
            .replace("2026-09-14", "2026-08-22")
            .replace("11:30", "16:00"),
    );
    let name = saturday.day(day("2026-08-22")).unwrap().name_vi;
    assert!(name.contains("Làm bù") && name.contains("bão"), "{name}");
}

#[test]
fn a_unit_file_tells_all_its_problems_at_once() {
    let text = format!(
        "{SOURCE}{}{}{}",
        SEASONS.replace("07:30-11:30", "11:30-07:30").replace("04-16", "16-04"),
        STORM.replace("quyet-dinh", "nowhere"),
        STORM.replace("13:30", "25:00").replace("known_since", "known"),
    );
    let problems = Calendar::vietnam().for_unit("unit.toml", &text).unwrap_err();
    let codes: Vec<&str> = problems.0.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        ["calendar.hours", "calendar.season", "calendar.unknown_source", "file.form"],
        "{problems}"
    );
    let again = STORM
        .replace("first = 2026-09-10", "first = 2026-09-14")
        .replace("last = 2026-09-14", "last = 2026-09-15");
    let problems = Calendar::vietnam().for_unit("unit.toml", &format!("{SOURCE}{STORM}{again}")).unwrap_err();
    assert!(problems.to_string().contains("close the same day"), "{problems}");
    let problems = Calendar::vietnam().for_unit("unit.toml", "[[shift]]\n").unwrap_err();
    assert_eq!(problems.0[0].code, "file.unknown_key");
}

/// Working time minute by minute, on the calendar of a unit with seasons and a storm.
#[test]
fn working_time_agrees_with_a_walk_from_minute_to_minute() {
    let calendar = unit(&format!("{SEASONS}{STORM}"));
    let minute = TimeDelta::minutes(1);
    let mut seed = 7u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..300 {
        let start = at("2026-03-01 00:00") + TimeDelta::minutes(i64::try_from(random(400_000)).unwrap());
        let minutes = i64::try_from(1 + random(1_500)).unwrap();
        let (mut now, mut left) = (start, minutes);
        while left > 0 {
            left -= i64::from(calendar.is_open(now).unwrap());
            now += minute;
        }
        let time = TimeDelta::minutes(minutes);
        assert_eq!(calendar.add_working_time(start, time).unwrap(), now, "{start} + {minutes}");
        assert_eq!(calendar.count_working_time(start, now).unwrap(), time);
        let (mut back, mut left) = (start, minutes);
        while left > 0 {
            back -= minute;
            left -= i64::from(calendar.is_open(back).unwrap());
        }
        assert_eq!(calendar.add_working_time(start, -time).unwrap(), back, "{start} - {minutes}");
    }
}

#[test]
fn the_example_of_the_format_loads() {
    let text = include_str!("../core/data/calendar/units.md");
    let example = text.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let calendar = Calendar::vietnam().for_unit("units.md", example).unwrap();
    assert!(calendar.is_open(at("2026-06-06 08:00")).unwrap());
    assert_eq!(calendar.open_and_close(day("2026-09-10")).unwrap().unwrap().1, at("2026-09-10 13:30"));
    let changes = Calendar::vietnam().changes(&calendar);
    assert!(changes.iter().all(|day| day.before.kind == day.after.kind), "a morning is left of both days");
}

#[test]
fn calendars_share_what_they_have_in_common() {
    // What a table takes is counted once for each calendar; the texts of the law are shared by all.
    let calendar = Calendar::vietnam();
    assert!(calendar.bytes() < 1 << 20, "{}", calendar.bytes());
    assert!(unit(SATURDAYS).bytes() < 1 << 20);
}
