//! What holds of due dates whatever the limit, the start and the pauses.

#[path = "common/time.rs"]
mod time;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use motcua::calendar::Calendar;
use motcua::deadline::{
    Clock, CutOff, CutOffEffect, DayEnd, DayParts, Direction, LimitRule, Suspension, SuspensionPolicy,
    TimeLimit,
};
use proptest::prelude::*;
use std::sync::LazyLock;
use time::{at, rule};

/// A unit with seasons, worked Saturday mornings, and a storm.
static OWN: LazyLock<Calendar> = LazyLock::new(|| {
    let text = r#"
[[source]]
id = "x"
act = "x"
known_since = 2010-01-01
url = "https://example.gov.vn"
verified = false
[[hours]]
from = 2010-01-01
season = ["04-16", "10-15"]
open = ["06:30-11:00", "13:00-16:31"]
source = "x"
[[hours]]
from = 2010-01-01
weekdays = ["fri"]
open = ["07:30-12:30"]
source = "x"
[[open]]
from = 2015-01-01
weekdays = ["sat"]
open = ["07:30-11:30"]
working_day = true
source = "x"
[[closed]]
first = 2018-09-10
last = 2018-09-12
from = "14:30"
to = "10:15"
name_vi = "bão"
name_en = "storm"
source = "x"
"#;
    Calendar::vietnam().for_unit("unit.toml", text).unwrap()
});

fn any_limit() -> impl Strategy<Value = TimeLimit> {
    let units = ["hour", "working_hour", "day", "working_day"];
    let span =
        (1u32..240, prop::sample::select(units.to_vec()), any::<bool>()).prop_map(|(halves, unit, whole)| {
            let text = if whole { format!("{halves} {unit}") } else { format!("{halves}/2 {unit}") };
            TimeLimit::parse(&text).unwrap()
        });
    let month = (1u32..24).prop_map(|n| TimeLimit::parse(&format!("{n} month")).unwrap());
    prop_oneof![4 => span, 1 => month, 1 => Just(TimeLimit::SameDay)]
}

fn any_cut_off() -> impl Strategy<Value = Option<CutOff>> {
    let effects = [CutOffEffect::DueNextWorkingDay, CutOffEffect::CountFromNextWorkingDay];
    let time = NaiveTime::from_hms_opt(15, 0, 0).unwrap();
    prop::option::of(prop::sample::select(effects.to_vec()).prop_map(move |effect| CutOff { time, effect }))
}

fn due_at(limit: TimeLimit, start: NaiveDateTime) -> NaiveDateTime {
    Clock::new(LimitRule::new(limit), start).due(Calendar::vietnam()).unwrap().at().unwrap()
}

proptest! {
    #[test]
    fn due_is_monotone_in_the_start(
        limit in any_limit(), cut_off in any_cut_off(), start in 0i64..12_000_000, later in 0i64..20_000,
    ) {
        let start = at("2013-01-02 00:00") + TimeDelta::minutes(start);
        let mut rule = LimitRule { cut_off, ..LimitRule::new(limit) };
        if rule.check().is_err() {
            rule.cut_off = rule.cut_off.map(|cut| CutOff { effect: CutOffEffect::CountFromNextWorkingDay, ..cut });
        }
        let due = |start| {
            Clock::new(rule, start).due(Calendar::vietnam()).unwrap().at().unwrap()
        };
        prop_assert!(due(start) <= due(start + TimeDelta::minutes(later)));
        prop_assert!(due(start) >= start.min(due_at(TimeLimit::SameDay, start)));
        prop_assert!(due(start) >= due_at(limit, start), "a cut-off never makes anything due earlier");
    }

    /// Whoever has more time is not due earlier; counted back, not later. For every unit, part, policy and end, with a
    /// pause or without, on the calendar of the state and on a unit's.
    #[test]
    fn due_is_monotone_in_the_limit(
        start in 0i64..5_000_000, n in 1u32..2_000, more in 0u32..180, unit in 0usize..7, parts in 0usize..3,
        midnight in any::<bool>(), back in any::<bool>(), own in any::<bool>(), pause in prop::option::of((0i64..9_000, 0i64..9_000)),
    ) {
        let unit = ["hour", "working_hour", "day", "working_day", "week", "month", "year"][unit];
        let start = at("2016-01-04 00:00") + TimeDelta::minutes(start % if unit == "year" { 3_000_000 } else { 5_000_000 });
        let shrunk = match unit { "year" => 40, "month" => 4, "week" => 2, _ => 1 };
        let calendar = if own { &OWN } else { Calendar::vietnam().as_ref() };
        let due = |sixtieths: u32| {
            let limit = TimeLimit::parse(&format!("{}/60 {unit}", sixtieths)).ok()?;
            let rule = LimitRule {
                day_parts: [DayParts::HalfDays, DayParts::OfficeMinutes, DayParts::EightHours][parts],
                day_end: if midnight { DayEnd::Midnight } else { DayEnd::OfficeHours },
                direction: if back { Direction::Before } else { Direction::After },
                ..LimitRule::new(limit)
            };
            let mut clock = Clock::new(rule, start);
            if let Some((from, length)) = pause.filter(|_| !back) {
                clock.suspend(start + TimeDelta::minutes(from), "chờ", SuspensionPolicy::Pause).unwrap();
                clock.resume(start + TimeDelta::minutes(from + length)).unwrap();
            }
            clock.due(calendar).ok()?.at()
        };
        if let (Some(less), Some(more)) = (due(n / shrunk), due((n + more) / shrunk)) {
            prop_assert!(if back { more <= less } else { less <= more }, "{less} {more}");
        }
    }

    /// Whoever comes later is not due earlier, whatever the pause that begins once both are counted.
    #[test]
    fn due_is_monotone_in_the_start_with_pauses(
        limit in any_limit(), cut_off in any_cut_off(), start in 0i64..5_000_000, later in 0i64..6_000,
        wait in 0i64..6_000, length in 0i64..9_000, own in any::<bool>(), midnight in any::<bool>(),
    ) {
        let calendar = if own { &OWN } else { Calendar::vietnam().as_ref() };
        let (first, second) = (at("2016-01-04 00:00") + TimeDelta::minutes(start), TimeDelta::minutes(later));
        let next = calendar.add_working_days((first + second).date(), 1).unwrap();
        let counted = calendar.open_and_close(next).unwrap().unwrap().0;
        let day_end = if midnight { DayEnd::Midnight } else { DayEnd::OfficeHours };
        let rule = LimitRule { cut_off, day_end, ..LimitRule::new(limit) };
        let due = |received| {
            let pause = Suspension {
                from: counted + TimeDelta::minutes(wait),
                to: Some(counted + TimeDelta::minutes(wait + length)),
                reason: String::new().into(),
                policy: SuspensionPolicy::Pause,
                answer_within: None,
            };
            Clock::new(rule, received).with_suspensions(vec![pause]).unwrap().due(calendar).unwrap().at().unwrap()
        };
        if rule.check().is_ok() {
            prop_assert!(due(first) <= due(first + second), "{} {}: {} {}", first, first + second, due(first), due(first + second));
        }
    }

    #[test]
    fn a_pause_of_k_working_days_moves_the_due_date_by_k(
        start in 0i64..4_000, n in 1i32..40, begin in 0i32..40, k in 0i32..60, split in 0i32..60,
    ) {
        let calendar = Calendar::vietnam();
        let received = calendar.working_day_from(at("2013-01-02 00:00").date() + TimeDelta::days(start)).unwrap();
        let nine = |day: NaiveDate| day.and_hms_opt(9, 0, 0).unwrap();
        let after = |day: NaiveDate, n: i32| calendar.add_working_days(day, n).unwrap();
        let (from, to) = (after(received, begin.min(n)), after(received, begin.min(n) + k));
        let middle = after(from, split.min(k));
        let mut clocks = [(); 2].map(|()| Clock::new(rule(&format!("{n} working_day")), nine(received)));
        clocks[0].suspend(nine(from), "chờ", SuspensionPolicy::Pause).unwrap();
        clocks[0].resume(nine(to)).unwrap();
        for (from, to) in [(from, middle), (middle, to)] {
            clocks[1].suspend(nine(from), "chờ", SuspensionPolicy::Pause).unwrap();
            clocks[1].resume(nine(to)).unwrap();
        }
        let due = clocks.map(|clock| clock.due(calendar).unwrap().at().unwrap().date());
        prop_assert_eq!(due[0], after(received, n + k));
        prop_assert_eq!(due[1], due[0], "splitting a suspension changes nothing");
    }

    #[test]
    fn reading_never_panics_and_writing_is_read_back(text in "\\PC{0,20}", limit in any_limit()) {
        let _ = TimeLimit::parse(&text);
        prop_assert_eq!(TimeLimit::parse(&limit.to_string()).unwrap(), limit);
    }
}
